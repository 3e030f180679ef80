"""Reports that came up: which units sent theirs, each to open and to keep."""

from collections.abc import Sequence
from datetime import date

from handlers.errors import Refused
from handlers.messages import Choice, Choices, Part, Reply, Text, Title, reply
from handlers.organiser.own_tree import unit_below
from handlers.organiser.report_actions import (
    RECEIVED,
    RECEIVED_IN,
    RETURN,
    RETURN_UNDO,
    SENT,
    SENT_DOCX,
    SENT_XLSX,
)
from handlers.paging import page_of
from handlers.permissions import organiser
from handlers.reports.narrative import Narrative
from handlers.reports.opened import Opened, ending_in, open_approved, rows_of
from handlers.reports.periods import FIRST_WRITTEN, KINDS, Period, newest_ended
from handlers.reports.shown import overview
from handlers.routing import Route
from handlers.secretary.own_unit import own_unit
from handlers.secretary.report_actions import UNIT
from handlers.secretary.report_handing import handed, handed_sheet
from handlers.secretary.reports import lost_words
from handlers.turn import Turn
from storage.queries.audit import newest_of
from storage.queries.report import (
    LostWords,
    of_units,
    read_narrative,
    read_remark,
    reporting_units,
)
from storage.queries.report_figures import first_day
from storage.queries.tree import ancestors
from storage.queries.unit_settings import settings_of
from storage.tables import Report, Unit

LONGEST = 500
_NAMED = 20


def received(turn: Turn, unit: int) -> Sequence[Reply]:
    """The newest month that has ended."""
    own_unit(turn, unit)
    cut_off = settings_of(turn.session, unit).cut_off
    return received_in(turn, unit, newest_ended("month", turn.today, cut_off), 0)


def received_in(turn: Turn, unit: int, period: Period, page: int) -> Sequence[Reply]:
    """Who has sent a period's report, and who has not."""
    say, standing = turn.say, own_unit(turn, unit)
    units = reporting_units(turn.session, unit)
    ids = [each.id or 0 for each in units]
    there = of_units(turn.session, ids, period.kind, ending_in(period))
    sent = [each for each in units if each.id in there]
    missing = [each for each in units if each.id not in there]
    label = say("Which report would you like to open?")

    def choice(each: Unit) -> Choice:
        return _choice(turn, each, there[each.id or 0], period)

    return [
        reply(
            Title(text=say("Reports received, {period}", period=period.label(say))),
            Text(
                text=say(
                    "{unit}: {n} of {of} units have sent theirs.",
                    unit=standing.unit_name,
                    n=len(sent),
                    of=len(units),
                ),
                tone="strong",
            ),
            Text(text=_missing(turn, missing)) if missing else None,
            Text(text=label) if sent else None,
            *page_of(
                sent,
                page,
                choice,
                lambda to: RECEIVED_IN.build(unit=unit, period=period, page=to),
                say,
                label,
            ),
            Choices(label=say("Other"), choices=tuple(_others(turn, unit, period))),
        )
    ]


def _choice(turn: Turn, unit: Unit, report: Report, period: Period) -> Choice:
    say, action = turn.say, SENT.build(unit=unit.id, period=period)
    assert report.approved is not None
    day = f"{report.approved.astimezone(turn.policy.timezone):%d/%m}"
    if report.revision == 1:
        label = say("{unit} – sent on {day}", unit=unit.name, day=day)
    else:
        label = say(
            "{unit} – revision {n}, sent on {day}", unit=unit.name, n=report.revision, day=day
        )
    return Choice(label=label, action=action)


def _missing(turn: Turn, units: Sequence[Unit]) -> str:
    say, names = turn.say, ", ".join(each.name for each in units[:_NAMED])
    if len(units) > _NAMED:
        return say("Not yet: {names} and {n} others.", names=names, n=len(units) - _NAMED)
    return say("Not yet: {names}.", names=names)


def _others(turn: Turn, unit: int, period: Period) -> list[Choice]:
    """The period before and after, the other kinds, and the way back."""
    say, found = turn.say, []
    cut_off = settings_of(turn.session, unit).cut_off
    around = [period.before(), period.before(-1)]
    newest = newest_ended(period.kind, turn.today, cut_off)
    around = [each for each in around if each.year >= FIRST_WRITTEN and each <= newest]
    begun = first_day(turn.session, unit)
    around = [each for each in around if begun is not None and ending_in(each)[1] >= begun]
    around += [newest_ended(kind, turn.today, cut_off) for kind in KINDS if kind != period.kind]
    for each in around:
        name = each.label(say)
        action = RECEIVED_IN.build(unit=unit, period=each, page=0)
        found.append(Choice(label=name[:1].upper() + name[1:], action=action))
    own = UNIT.build(unit=unit)
    return [*found, Choice(label=say("All reports"), action=own, look="quiet")]


# -- one report ------------------------------------------------------------------------------------


def sent_report(turn: Turn, unit: int, period: Period) -> Opened:
    """The newest approved revision of a unit below; drafts are its own affair."""
    name = unit_below(turn, unit).name
    rows = rows_of(turn.session, unit, period)
    row = next((each for each in rows if each.status == "approved"), None)
    if row is None:
        raise Refused(
            turn.say(
                "{unit} has not sent its report of {period} yet.",
                unit=name,
                period=period.label(turn.say),
            ),
            "a report that was not approved",
        )
    try:
        return open_approved(turn.session, row, period, turn.policy)
    except LostWords:
        raise lost_words(turn) from None


def leads_above(turn: Turn, unit: int) -> bool:
    """Whether this person leads a unit above that one, not only that one."""
    led = {each.unit_id for each in turn.official.units("secretary")}
    return not led.isdisjoint(ancestors(turn.session, unit)[1:])


def show(turn: Turn, unit: int, period: Period) -> Sequence[Reply]:
    """A report that came up."""
    return [sent_page(turn, sent_report(turn, unit, period))]


def sent_page(turn: Turn, report: Opened, *parts_first: Part) -> Reply:
    """A report that came up, with what can be done."""
    say, of = turn.say, {"unit": report.unit_id, "period": report.period}
    label = say("What would you like to do?")
    choices = [
        Choice(label=say("As a Word document"), action=SENT_DOCX.build(**of), look="primary"),
        Choice(label=say("As a spreadsheet"), action=SENT_XLSX.build(**of)),
    ]
    if leads_above(turn, report.unit_id) and not is_revised(turn, report):
        back = RETURN.build(revision=report.revision, **of)
        choices.append(Choice(label=say("Send back for revision"), action=back))
    led = _own_above(turn, report.unit_id)
    if led is not None:
        to = RECEIVED_IN.build(unit=led, period=report.period, page=0)
        choices.append(Choice(label=say("Reports received"), action=to, look="quiet"))
    if leads_above(turn, report.unit_id) and untouched_return(turn, report) is not None:
        undo = RETURN_UNDO.build(revision=report.revision, **of)
        choices.insert(-1, Choice(label=say("Take the return back"), action=undo))
    return reply(
        *parts_first,
        *overview(report, say),
        *_being_revised(turn, report),
        Choices(label=label, choices=tuple(choices)),
    )


def _being_revised(turn: Turn, report: Opened) -> list[Text]:
    """That a revision is being written, and for which words of those above."""
    say, drafted = turn.say, draft_of(turn, report)
    if drafted is None:
        return []
    being = Text(text=say("The unit is writing a revision."))
    remark, day = read_remark(turn.session, drafted), _returned_on(turn, report)
    if not remark:
        return [being]
    words = (
        say("Sent back for revision: {remark}", remark=remark)
        if day is None
        else say("Sent back on {day}: {remark}", day=f"{day:%d/%m/%Y}", remark=remark)
    )
    return [Text(text=words, tone="alert"), being]


def _returned_on(turn: Turn, report: Opened) -> date | None:
    entry = newest_of(turn.session, report.unit_id, "report.return", period=str(report.period))
    return None if entry is None else entry.at.astimezone(turn.policy.timezone).date()


def draft_of(turn: Turn, report: Opened) -> Report | None:
    """The draft that follows an approved revision."""
    row = rows_of(turn.session, report.unit_id, report.period)[0]
    return row if row.status == "draft" else None


def untouched_return(turn: Turn, report: Opened) -> Report | None:
    """The draft that sending back began, while the unit has written nothing in it."""
    drafted = draft_of(turn, report)
    if drafted is None or not drafted.remark:
        return None
    words = Narrative.of(read_narrative(turn.session, drafted))
    return drafted if words.own == report.narrative.own else None


def is_revised(turn: Turn, report: Opened) -> bool:
    """Whether a draft follows it."""
    return draft_of(turn, report) is not None


def _own_above(turn: Turn, unit: int) -> int | None:
    """The nearest unit above that this person leads."""
    led = {each.unit_id for each in turn.official.units("secretary")}
    return next((each for each in ancestors(turn.session, unit)[1:] if each in led), None)


def back_to_sent(turn: Turn, unit: int, period: Period) -> Choice:
    """The way back to a report that came up."""
    action = SENT.build(unit=unit, period=period)
    return Choice(label=turn.say("Back to the report"), action=action, look="quiet")


def as_document(turn: Turn, unit: int, period: Period) -> Sequence[Reply]:
    """The document."""
    return [handed(turn, sent_report(turn, unit, period), back_to_sent(turn, unit, period))]


def as_spreadsheet(turn: Turn, unit: int, period: Period) -> Sequence[Reply]:
    """The figures."""
    return [handed_sheet(turn, sent_report(turn, unit, period), back_to_sent(turn, unit, period))]


ROUTES = [
    Route(RECEIVED, received, organiser),
    Route(RECEIVED_IN, received_in, organiser),
    Route(SENT, show, organiser),
    Route(SENT_DOCX, as_document, organiser),
    Route(SENT_XLSX, as_spreadsheet, organiser),
]

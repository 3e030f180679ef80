"""Reports that came up: which units sent theirs, each to open, to keep or to send back."""

from collections.abc import Sequence

from handlers.errors import Refused
from handlers.messages import Choice, Choices, Field, Reply, Text, Title, reply
from handlers.organiser.own_tree import unit_below
from handlers.organiser.report_actions import (
    RECEIVED,
    RECEIVED_IN,
    RETURN,
    RETURN_BECAUSE,
    SENT,
    SENT_DOCX,
    SENT_XLSX,
)
from handlers.paging import page_of
from handlers.permissions import organiser
from handlers.proactive import send, speech_for
from handlers.reports.opened import Opened, ending_in, open_approved, rows_of
from handlers.reports.periods import FIRST_WRITTEN, KINDS, Period, newest_ended
from handlers.reports.shown import heading, overview
from handlers.routing import Route
from handlers.secretary.own_unit import own_unit
from handlers.secretary.report_actions import REPORT, UNIT
from handlers.secretary.reports import handed, handed_sheet, lost_words
from handlers.secretary.reports_approve import begin_revision, chats_of
from handlers.turn import Turn
from storage.queries.audit import record
from storage.queries.report import LostWords, of_units, reporting_units
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
    around += [newest_ended(kind, turn.today, cut_off) for kind in KINDS if kind != period.kind]
    for each in around:
        name = each.label(say)
        action = RECEIVED_IN.build(unit=unit, period=each, page=0)
        found.append(Choice(label=name[:1].upper() + name[1:], action=action))
    own = UNIT.build(unit=unit)
    return [*found, Choice(label=say("All reports"), action=own, look="quiet")]


# -- one report ------------------------------------------------------------------------------------


def _sent(turn: Turn, unit: int, period: Period) -> Opened:
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


def _leads_above(turn: Turn, unit: int) -> bool:
    """Whether this person leads a unit above that one, not only that one."""
    led = {each.unit_id for each in turn.official.units("secretary")}
    return not led.isdisjoint(ancestors(turn.session, unit)[1:])


def show(turn: Turn, unit: int, period: Period) -> Sequence[Reply]:
    """A report that came up."""
    return [_page(turn, _sent(turn, unit, period))]


def _page(turn: Turn, report: Opened) -> Reply:
    say, of = turn.say, {"unit": report.unit_id, "period": report.period}
    label = say("What would you like to do?")
    choices = [
        Choice(label=say("As a Word document"), action=SENT_DOCX.build(**of), look="primary"),
        Choice(label=say("As a spreadsheet"), action=SENT_XLSX.build(**of)),
    ]
    if _leads_above(turn, report.unit_id) and not _revising(turn, report):
        back = RETURN.build(revision=report.revision, **of)
        choices.append(Choice(label=say("Send back for revision"), action=back))
    led = _own_above(turn, report.unit_id)
    if led is not None:
        to = RECEIVED_IN.build(unit=led, period=report.period, page=0)
        choices.append(Choice(label=say("Reports received"), action=to, look="quiet"))
    being = Text(text=say("The unit is writing a revision.")) if _revising(turn, report) else None
    return reply(*overview(report, say), being, Choices(label=label, choices=tuple(choices)))


def _revising(turn: Turn, report: Opened) -> bool:
    """Whether a draft follows it."""
    return rows_of(turn.session, report.unit_id, report.period)[0].status == "draft"


def _own_above(turn: Turn, unit: int) -> int | None:
    """The nearest unit above that this person leads."""
    led = {each.unit_id for each in turn.official.units("secretary")}
    return next((each for each in ancestors(turn.session, unit)[1:] if each in led), None)


def _back(turn: Turn, unit: int, period: Period) -> Choice:
    action = SENT.build(unit=unit, period=period)
    return Choice(label=turn.say("Back to the report"), action=action, look="quiet")


def as_document(turn: Turn, unit: int, period: Period) -> Sequence[Reply]:
    """The document."""
    return [handed(turn, _sent(turn, unit, period), _back(turn, unit, period))]


def as_spreadsheet(turn: Turn, unit: int, period: Period) -> Sequence[Reply]:
    """The figures."""
    return [handed_sheet(turn, _sent(turn, unit, period), _back(turn, unit, period))]


# -- sent back -------------------------------------------------------------------------------------


def _returnable(turn: Turn, unit: int, period: Period, revision: int) -> Opened:
    report = _sent(turn, unit, period)
    if not _leads_above(turn, unit):
        raise Refused(
            turn.say("This is for the secretary of a unit above that one."),
            f"the return of a report of unit {unit}, which is not below theirs",
        )
    if report.revision != revision or _revising(turn, report):
        raise Refused(
            turn.say("The unit is writing a revision already, so nothing was sent back."),
            "the return of a report that is being revised",
        )
    return report


def ask_back(turn: Turn, unit: int, period: Period, revision: int) -> Sequence[Reply]:
    """What should be different?"""
    report = _returnable(turn, unit, period, revision)
    return [_ask_why(turn, report)]


def _ask_why(turn: Turn, report: Opened, error: str = "") -> Reply:
    say, of = turn.say, {"unit": report.unit_id, "period": report.period}
    return reply(
        heading(report.period, report.frame.unit, say),
        Field(
            action=RETURN_BECAUSE.build(revision=report.revision, **of),
            label=say("What should be different? The unit's secretary reads this."),
            send=say("Send it back"),
            value=turn.text if error else "",
            error=error,
            most=LONGEST,
            lines=4,
        ),
        Choices(
            label=say("What would you like to do?"),
            choices=(_back(turn, report.unit_id, report.period),),
        ),
    )


def send_back(turn: Turn, unit: int, period: Period, revision: int) -> Sequence[Reply]:
    """The unit gets it back with a word, and a draft to change."""
    say, report = turn.say, _returnable(turn, unit, period, revision)
    if not turn.text:
        return [_ask_why(turn, report, say("Please say in a few words what should be different."))]
    if len(turn.text) > LONGEST:
        error = say("Please use at most {most} characters.", most=LONGEST)
        return [_ask_why(turn, report, error)]
    begin_revision(turn, report, turn.text)
    record(
        turn.session,
        at=turn.now,
        action="report.return",
        actor_id=turn.official.person_id,
        unit_id=unit,
        details={"unit": report.frame.code, "period": str(period), "revision": revision},
    )
    told = _tell(turn, report, turn.text)
    text = (
        say("Sent back. The secretary of {unit} was told.", unit=report.frame.unit)
        if told
        else say(
            "Sent back. Nobody of {unit} can be reached here yet: please tell them.",
            unit=report.frame.unit,
        )
    )
    label = say("What would you like to do?")
    return [reply(Title(text=text), Choices(label=label, choices=(_back(turn, unit, period),)))]


def _tell(turn: Turn, report: Opened, remark: str) -> int:
    links = chats_of(turn, report.unit_id)
    for link in links:
        say = speech_for(link, turn.policy)
        action = REPORT.build(unit=report.unit_id, period=report.period)
        message = reply(
            heading(report.period, report.frame.unit, say),
            Text(text=say("Sent back for revision: {remark}", remark=remark), tone="strong"),
            Text(
                text=say(
                    "A draft of revision {n} was begun with your words.", n=report.revision + 1
                )
            ),
            Choices(
                label=say("What would you like to do?"),
                choices=(Choice(label=say("Open the draft"), action=action, look="primary"),),
            ),
        )
        send(turn.session, link, [message])
    return len(links)


ROUTES = [
    Route(RECEIVED, received, organiser),
    Route(RECEIVED_IN, received_in, organiser),
    Route(SENT, show, organiser),
    Route(SENT_DOCX, as_document, organiser),
    Route(SENT_XLSX, as_spreadsheet, organiser),
    Route(RETURN, ask_back, organiser),
    Route(RETURN_BECAUSE, send_back, organiser, again=SENT),
]

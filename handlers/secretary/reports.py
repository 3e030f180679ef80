"""/baocaoky: the reports of one's own unit, each with what can be done about it."""

import re
from collections.abc import Sequence
from datetime import date

from handlers.errors import Refused
from handlers.messages import Choice, Choices, Note, Part, Reply, Text, Title, reply
from handlers.organiser.report_actions import RECEIVED
from handlers.permissions import secretary
from handlers.reports.opened import NotYet, Opened, days_of, ending_in, open_report, rows_of
from handlers.reports.periods import (
    FIRST_WRITTEN,
    KINDS,
    Period,
    newest_ended,
    period_of,
    read_period,
)
from handlers.reports.shown import first_day_after, overview
from handlers.routing import Route
from handlers.secretary.own_unit import own_unit
from handlers.secretary.report_actions import (
    APPROVE,
    DOCX,
    EARLIER,
    REPORT,
    REPORTS,
    REVISE,
    SECTIONS,
    UNIT,
    XLSX,
)
from handlers.secretary.report_handing import handed, handed_sheet
from handlers.turn import Turn
from storage.queries.report import LostWords, receiver
from storage.queries.report_figures import first_day
from storage.queries.tree import has_units_below
from storage.queries.unit_settings import settings_of

_PERIOD = re.compile(r"2\d{3}(?:-?(?:[QqHh]\d|\d{2}))?")
_EARLIER = 6


def reports(turn: Turn) -> Sequence[Reply]:
    """The reports of the one unit, or first which unit; "/baocaoky 2026-10" opens that one."""
    asked, units = _asked_for(turn), turn.official.units("secretary")
    if len(units) == 1:
        only = units[0].unit_id
        return unit_reports(turn, only) if asked is None else show(turn, only, asked)
    title = turn.say("The reports of which unit?")
    choices = tuple(
        Choice(
            label=each.unit_name,
            action=UNIT.build(unit=each.unit_id)
            if asked is None
            else REPORT.build(unit=each.unit_id, period=asked),
        )
        for each in units
    )
    return [reply(Title(text=title), Choices(label=title, choices=choices))]


def _asked_for(turn: Turn) -> Period | None:
    found = _PERIOD.search(turn.text)
    try:
        return None if found is None else read_period(found[0])
    except ValueError:
        return None


def unit_reports(turn: Turn, unit: int) -> Sequence[Reply]:
    """The newest month, quarter, half year and year, and the month that runs."""
    say, standing = turn.say, own_unit(turn, unit)
    title = say("Reports of {unit}", unit=standing.unit_name)
    cut_off = settings_of(turn.session, unit).cut_off
    ended = [newest_ended(kind, turn.today, cut_off) for kind in KINDS]
    running = period_of("month", turn.today, cut_off)
    label = say("Which report?")
    due = tuple(_choice(turn, unit, each) for each in (ended[0], running, *ended[1:]))
    begun = first_day(turn.session, unit)
    others = [_earlier_than(turn, unit, each) for each in ended if _any_before(each, begun)]
    if has_units_below(turn.session, [unit]):
        received = RECEIVED.build(unit=unit)
        others.insert(0, Choice(label=say("Reports received"), action=received))
    return [
        reply(
            Title(text=title),
            Text(
                text=say(
                    "The program drafts each report from the figures. You read it, write what only "
                    "you know, and approve it; then it goes up and stays as it is."
                )
            ),
            Choices(label=label, choices=due),
            Choices(label=say("Other"), choices=tuple(others)) if others else None,
        )
    ]


def _any_before(period: Period, begun: date | None) -> bool:
    """Whether there is anything to report of an earlier one."""
    before = period.before()
    return begun is not None and before.year >= FIRST_WRITTEN and ending_in(before)[1] >= begun


def _earlier_than(turn: Turn, unit: int, period: Period) -> Choice:
    label = turn.say("Earlier than {period}", period=period.label(turn.say))
    return Choice(label=label, action=EARLIER.build(unit=unit, period=period), look="quiet")


def _choice(turn: Turn, unit: int, period: Period) -> Choice:
    """A period with how its report stands."""
    say, name = turn.say, period.label(turn.say)
    label = name[:1].upper() + name[1:]
    rows = rows_of(turn.session, unit, period)
    if not rows:
        days = days_of(turn.session, unit, period)
        if turn.today in days:
            label = say("{period} (still running)", period=label)
    elif rows[0].status == "approved":
        label = say("{period}: approved", period=label)
    else:
        label = say("{period}: draft", period=label)
    return Choice(label=label, action=REPORT.build(unit=unit, period=period))


def earlier(turn: Turn, unit: int, period: Period) -> Sequence[Reply]:
    """Periods of the same kind before that one."""
    say, standing = turn.say, own_unit(turn, unit)
    title = say("Reports of {unit}", unit=standing.unit_name)
    begun = first_day(turn.session, unit)
    found = [period.before(steps) for steps in range(1, _EARLIER + 1)]
    found = [each for each in found if _any_before(each.before(-1), begun)]
    choices = [_choice(turn, unit, each) for each in found]
    if found and _any_before(found[-1], begun):
        choices.append(_earlier_than(turn, unit, found[-1]))
    choices.append(to_reports(turn, unit))
    return [reply(Title(text=title), Choices(label=title, choices=tuple(choices)))]


# -- one report ------------------------------------------------------------------------------------


def own_report(turn: Turn, unit: int, period: Period) -> Opened:
    """The newest revision of one's own unit's report; refused for another's, or before there is
    anything to report."""
    own_unit(turn, unit)
    try:
        return open_report(turn.session, unit, period, turn.policy, turn.today)
    except NotYet as not_yet:
        raise Refused(
            turn.say(
                "There is nothing to report of {period} yet: please come back on {day}.",
                period=period.label(turn.say),
                day=f"{not_yet.on:%d/%m/%Y}",
            ),
            f"a report of {period}, of which no week has ended",
            ways=_ways_on(turn, to_reports(turn, unit)),
        ) from None
    except LostWords:
        raise lost_words(turn) from None


def lost_words(turn: Turn) -> Refused:
    """The operator can mend this, nobody else."""
    return Refused(
        turn.say(
            "What was written in this report cannot be opened any more. Please tell whoever runs "
            "this program: a secret is missing ([privacy] old_secrets)."
        ),
        "a report sealed under an unknown secret",
    )


def own_draft(turn: Turn, unit: int, period: Period) -> Opened:
    """The same, where it can still be changed."""
    report = own_report(turn, unit, period)
    if report.approved:
        raise Refused(
            turn.say("This report is approved and stays as it is. To change it, begin a revision."),
            "a change to an approved report",
            ways=_ways_on(turn, _to_revision(turn, report), to_report(turn, unit, period)),
        )
    return report


def _to_revision(turn: Turn, report: Opened) -> Choice:
    action = REVISE.build(unit=report.unit_id, period=report.period)
    return Choice(label=turn.say("Begin a revision"), action=action)


def _ways_on(turn: Turn, *ways: Choice) -> Choices:
    return Choices(label=turn.say("What would you like to do?"), choices=ways)


def show(turn: Turn, unit: int, period: Period) -> Sequence[Reply]:
    """The report as it stands."""
    return [page(turn, own_report(turn, unit, period))]


def page(turn: Turn, report: Opened, *parts_first: Part) -> Reply:
    """The message of a report, with what can be done."""
    say = turn.say
    label = say("What would you like to do?")
    return reply(
        *parts_first,
        *overview(report, say),
        _when(turn, report),
        Choices(label=label, choices=tuple(_steps(turn, report))),
        fresh=bool(parts_first),
    )


def _when(turn: Turn, report: Opened) -> Note | None:
    if report.approved or not report.told.running:
        return None
    return Note(
        text=turn.say("It can be approved from {day} on.", day=first_day_after(report.told.last))
    )


def _steps(turn: Turn, report: Opened) -> list[Choice]:
    say, of = turn.say, {"unit": report.unit_id, "period": report.period}
    ways = [
        Choice(label=say("As a Word document"), action=DOCX.build(**of)),
        Choice(label=say("As a spreadsheet"), action=XLSX.build(**of)),
    ]
    if report.approved:
        ways.append(Choice(label=say("Begin a revision"), action=REVISE.build(**of), look="quiet"))
    else:
        ways.insert(0, Choice(label=say("Edit the text"), action=SECTIONS.build(**of)))
        if report.told.last < turn.today:
            approve = APPROVE.build(**of)
            ways.append(Choice(label=_approving(turn, report), action=approve, look="primary"))
    return [*ways, to_reports(turn, report.unit_id)]


def _approving(turn: Turn, report: Opened) -> str:
    """At the top nobody is above to get it."""
    if receiver(turn.session, report.unit_id) is None:
        return turn.say("Approve the report")
    return turn.say("Approve and send up")


def to_reports(turn: Turn, unit: int) -> Choice:
    """The way back to the list."""
    return Choice(label=turn.say("All reports"), action=UNIT.build(unit=unit), look="quiet")


def to_report(turn: Turn, unit: int, period: Period) -> Choice:
    """The way back to one report."""
    action = REPORT.build(unit=unit, period=period)
    return Choice(label=turn.say("Back to the report"), action=action, look="quiet")


def as_document(turn: Turn, unit: int, period: Period) -> Sequence[Reply]:
    """The document to print or to send."""
    report = own_report(turn, unit, period)
    return [handed(turn, report, to_report(turn, unit, period))]


def as_spreadsheet(turn: Turn, unit: int, period: Period) -> Sequence[Reply]:
    """The figures to work with."""
    report = own_report(turn, unit, period)
    return [handed_sheet(turn, report, to_report(turn, unit, period))]


def approved_meanwhile(turn: Turn) -> Refused:
    """Somebody else was quicker."""
    return Refused(
        turn.say("This report has just been approved, so nothing was changed."),
        "a change to a report that was approved meanwhile",
    )


ROUTES = [
    Route(REPORTS, reports, secretary),
    Route(UNIT, unit_reports, secretary),
    Route(EARLIER, earlier, secretary),
    Route(REPORT, show, secretary),
    Route(DOCX, as_document, secretary),
    Route(XLSX, as_spreadsheet, secretary),
]

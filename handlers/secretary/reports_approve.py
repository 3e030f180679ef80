"""Approving a report fixes it and sends it up; a revision begins where something must change."""

import hashlib
import json
from collections.abc import Sequence

from handlers.doors import doors_now
from handlers.errors import Refused
from handlers.messages import Choice, Choices, Reply, Text, Title, reply
from handlers.organiser.report_actions import SENT
from handlers.permissions import secretary
from handlers.proactive import send, speech_for
from handlers.reports.document import document
from handlers.reports.frame import Fixed
from handlers.reports.keeping import AlreadyApproved, locked_draft
from handlers.reports.narrative import Narrative
from handlers.reports.opened import Opened, days_of, open_approved, rows_of
from handlers.reports.periods import Period
from handlers.reports.shown import first_day_after, overview
from handlers.routing import Route
from handlers.secretary.own_unit import own_unit
from handlers.secretary.report_actions import (
    APPROVE,
    APPROVE_YES,
    REPORT,
    REVISE,
    REVISE_YES,
    SECTIONS,
)
from handlers.secretary.reports import own_draft, own_report, page, to_report
from handlers.turn import Turn
from storage.queries.audit import record
from storage.queries.digest import unit_name
from storage.queries.report import approve as fix
from storage.queries.report import begin, links_by_person, receiver, secretaries
from storage.tables import Link


def approve(turn: Turn, unit: int, period: Period) -> Sequence[Reply]:
    """Show what is about to be fixed."""
    return [_ask(turn, _ended(turn, unit, period))]


def _ended(turn: Turn, unit: int, period: Period) -> Opened:
    """The draft of a period that has ended."""
    report = own_draft(turn, unit, period)
    if report.told.last >= turn.today:
        raise Refused(
            turn.say(
                "{period} has not ended yet; its report can be approved from {day} on.",
                period=period.label(turn.say),
                day=first_day_after(report.told.last),
            ),
            f"approval of a report of {period}, which has not ended",
        )
    return report


def _ask(turn: Turn, report: Opened, *, changed: bool = False) -> Reply:
    say, of = turn.say, {"unit": report.unit_id, "period": report.period}
    yes = APPROVE_YES.build(revision=report.revision, check=_check(report), **of)
    label = say("Approve this report?")
    return reply(
        Text(text=say("The figures or the text have changed; please look again."), tone="alert")
        if changed
        else None,
        *overview(report, say),
        Text(text=_what_follows(turn, report)),
        Text(text=label, tone="strong"),
        Choices(
            label=label,
            choices=(
                Choice(label=say("Yes, approve it"), action=yes, look="primary"),
                Choice(label=say("Edit the text"), action=SECTIONS.build(**of)),
                to_report(turn, report.unit_id, report.period),
            ),
        ),
        fresh=changed,
    )


def _what_follows(turn: Turn, report: Opened) -> str:
    say = turn.say
    above = receiver(turn.session, report.unit_id)
    if above is None:
        return say(
            "Figures and text are fixed as they are now: later ratings or withdrawals change "
            "nothing in it. There is no unit above yours, so it is kept here."
        )
    return say(
        "Figures and text are fixed as they are now: later ratings or withdrawals change nothing "
        "in it. The document goes to the secretaries of {unit}.",
        unit=unit_name(turn.session, above).name,
    )


def _check(report: Opened) -> str:
    """By which what was shown is known again."""
    said = [report.told.figures.written(), [each.text for each in report.written]]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:10]


def approve_yes(
    turn: Turn, unit: int, period: Period, revision: int, check: str
) -> Sequence[Reply]:
    """Fix what was shown; where that has changed, show it anew."""
    own_unit(turn, unit)
    rows = rows_of(turn.session, unit, period)
    if (rows[0].revision if rows else 1) != revision:
        return _done_before(turn, unit, period)
    try:  # from here on nobody else changes it
        row = locked_draft(turn.session, unit, period, rows[0] if rows else None)
    except AlreadyApproved:
        return _done_before(turn, unit, period)
    report = _ended(turn, unit, period)
    if _check(report) != check:
        return [_ask(turn, report, changed=True)]
    words = Narrative(report.narrative.own, {}).fixed_now(report.written)
    fixed = Fixed(frame=report.frame, figures=report.told.figures)
    person = turn.official.person_id
    fix(turn.session, row, words.kept(), fixed.model_dump_json(), person, turn.now)
    _record(turn, report, "report.approve", report.revision)
    approved = open_approved(turn.session, row, period, turn.policy)
    return [page(turn, approved, Title(text=_sent_up(turn, approved)))]


def _done_before(turn: Turn, unit: int, period: Period) -> Sequence[Reply]:
    said = turn.say("This report was approved before; nothing was done twice.")
    return [page(turn, own_report(turn, unit, period), Text(text=said))]


def _record(turn: Turn, report: Opened, action: str, revision: int) -> None:
    record(
        turn.session,
        at=turn.now,
        action=action,
        actor_id=turn.official.person_id,
        unit_id=report.unit_id,
        details={
            "unit": report.frame.code,
            "period": str(report.period),
            "revision": revision,
        },
    )


def _sent_up(turn: Turn, report: Opened) -> str:
    """Tell those above; what became of it, in words."""
    say = turn.say
    above = receiver(turn.session, report.unit_id)
    if above is None:
        return say("Approved. There is no unit above yours, so the report is kept here.")
    name = unit_name(turn.session, above).name
    told = 0
    for link in chats_of(turn, above, but=turn.official.person_id):
        send(turn.session, link, [_arrived(turn, link, report)])
        told += 1
    if told:
        return say("Approved and sent up to {unit}.", unit=name)
    return say(
        "Approved. {unit} finds it under its reports received; nobody there could be told.",
        unit=name,
    )


def chats_of(turn: Turn, unit: int, *, but: int | None = None) -> list[Link]:
    """Where the secretaries of a unit are reached, one chat each."""
    people = [each for each in secretaries(turn.session, unit) if each != but]
    links = links_by_person(turn.session, people)
    doors = doors_now(turn.session, turn.now, turn.policy)
    chosen = [doors.of(links.get(person, ())) for person in people]
    return [link for link in chosen if link is not None]


def _arrived(turn: Turn, link: Link, report: Opened) -> Reply:
    """The report as it comes to those above."""
    say = speech_for(link, turn.policy)
    opened = SENT.build(unit=report.unit_id, period=report.period)
    return reply(
        Title(text=say("A report has come from {unit}", unit=report.frame.unit)),
        *overview(report, say)[1:],
        document(report),
        Choices(
            label=say("What would you like to do?"),
            choices=(Choice(label=say("Open the report"), action=opened, look="primary"),),
        ),
    )


# -- a revision ------------------------------------------------------------------------------------


def revise(turn: Turn, unit: int, period: Period) -> Sequence[Reply]:
    """Ask before another revision is begun."""
    say, report = turn.say, own_report(turn, unit, period)
    if not report.approved:
        return [page(turn, report)]
    of = {"unit": unit, "period": period}
    label = say("Begin revision {n}?", n=report.revision + 1)
    return [
        reply(
            Title(text=label),
            Text(
                text=say(
                    "It starts from your words and counts the figures anew. What was approved stays "
                    "valid until the revision is approved."
                )
            ),
            Choices(
                label=label,
                choices=(
                    Choice(
                        label=say("Yes, begin"),
                        action=REVISE_YES.build(revision=report.revision, **of),
                        look="primary",
                    ),
                    Choice(label=say("No, leave it"), action=REPORT.build(**of)),
                ),
            ),
        )
    ]


def revise_yes(turn: Turn, unit: int, period: Period, revision: int) -> Sequence[Reply]:
    """Begin it, once."""
    own_unit(turn, unit)
    report = own_report(turn, unit, period)
    if report.approved and report.revision == revision:
        begin_revision(turn, report)
        _record(turn, report, "report.revise", revision + 1)
    return [page(turn, own_report(turn, unit, period))]


def begin_revision(turn: Turn, report: Opened, remark: str = "") -> None:
    """The draft that follows an approved revision, with its own words; the figures follow."""
    days = days_of(turn.session, report.unit_id, report.period, report.row)
    begin(
        turn.session,
        report.unit_id,
        report.period.kind,
        (days.first, days.last),
        revision=report.revision + 1,
        narrative=Narrative(report.narrative.own, {}).kept(),
        remark=remark,
    )


ROUTES = [
    Route(APPROVE_YES, approve_yes, secretary, again=REPORT),
    Route(APPROVE, approve, secretary),
    Route(REVISE_YES, revise_yes, secretary, again=REPORT),
    Route(REVISE, revise, secretary),
]

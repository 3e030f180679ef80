"""A report that came up is sent back with a word, or that is taken back: the unit has a draft to
change until then."""

from collections.abc import Sequence

from handlers.errors import Refused
from handlers.messages import Choice, Choices, Field, Reply, Text, Title, reply
from handlers.organiser.received_reports import (
    back_to_sent,
    is_revised,
    leads_above,
    sent_page,
    sent_report,
    untouched_return,
)
from handlers.organiser.report_actions import RETURN, RETURN_BECAUSE, RETURN_UNDO, SENT
from handlers.permissions import organiser
from handlers.proactive import send, speech_for
from handlers.reports.opened import Opened
from handlers.reports.periods import Period
from handlers.reports.shown import heading
from handlers.routing import Route
from handlers.secretary.report_actions import REPORT
from handlers.secretary.reports_approve import begin_revision, chats_of
from handlers.texts import Speech
from handlers.turn import Turn
from storage.queries.audit import record
from storage.queries.report import drop_draft

LONGEST = 500


def _returnable(turn: Turn, unit: int, period: Period, revision: int) -> Opened:
    report = sent_report(turn, unit, period)
    if not leads_above(turn, unit):
        raise Refused(
            turn.say("This is for the secretary of a unit above that one."),
            f"the return of a report of unit {unit}, which is not below theirs",
        )
    if report.revision != revision or is_revised(turn, report):
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
            digits=False,
            label=say("What should be different? The unit's secretary reads this."),
            send=say("Send it back"),
            value=turn.text if error else "",
            error=error,
            most=LONGEST,
            lines=4,
        ),
        Choices(
            label=say("What would you like to do?"),
            choices=(back_to_sent(turn, report.unit_id, report.period),),
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
    return [
        reply(Title(text=text), Choices(label=label, choices=(back_to_sent(turn, unit, period),)))
    ]


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


def take_back(turn: Turn, unit: int, period: Period, revision: int) -> Sequence[Reply]:
    """The report stands again as it was approved, while nothing was written in its draft."""
    say, report = turn.say, sent_report(turn, unit, period)
    if not leads_above(turn, unit):
        raise Refused(
            turn.say("This is for the secretary of a unit above that one."),
            f"a return of a report of unit {unit}, which is not below theirs",
        )
    found = untouched_return(turn, report)
    if found is None or report.revision != revision or not drop_draft(turn.session, found):
        raise Refused(
            say("The unit is writing in its draft already, or there is none; nothing was changed."),
            "taking back a return that is not there or was answered",
        )
    record(
        turn.session,
        at=turn.now,
        action="report.return_undone",
        actor_id=turn.official.person_id,
        unit_id=unit,
        details={"unit": report.frame.code, "period": str(period), "revision": revision},
    )
    for link in chats_of(turn, unit):
        send(turn.session, link, [_stands_again(speech_for(link, turn.policy), report)])
    return [sent_page(turn, report, Text(text=say("The return was taken back."), tone="strong"))]


def _stands_again(say: Speech, report: Opened) -> Reply:
    action = REPORT.build(unit=report.unit_id, period=report.period)
    opening = Choice(label=say("Open the report"), action=action, look="primary")
    return reply(
        heading(report.period, report.frame.unit, say),
        Text(text=say("The return was taken back: the report stands as it was approved.")),
        Choices(label=say("What would you like to do?"), choices=(opening,)),
    )


ROUTES = [
    Route(RETURN, ask_back, organiser),
    Route(RETURN_BECAUSE, send_back, organiser, again=SENT),
    Route(RETURN_UNDO, take_back, organiser, again=SENT),
]

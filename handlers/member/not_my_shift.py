"""“That day was not my shift”: a member names a day that is over, their secretary decides."""

from collections.abc import Sequence
from datetime import date, timedelta

from handlers.citizen.actions import START
from handlers.duty_days import (
    LAST_DAYS,
    DutyDay,
    day_label,
    duty_days,
    duty_lines,
    find_duty_day,
)
from handlers.errors import Refused
from handlers.member.days import dated
from handlers.member.shift_actions import (
    NOT_MINE,
    NOT_MINE_BACK,
    NOT_MINE_DAY,
    NOT_MINE_SURE,
    SHIFT,
)
from handlers.messages import Choice, Choices, Part, Reply, Text, Title, reply
from handlers.official.tell_person import tell
from handlers.paging import page_of
from handlers.permissions import member
from handlers.routing import Route
from handlers.secretary.dispute_card import dispute_card
from handlers.texts import Speech, mark
from handlers.turn import Turn
from storage.queries.audit import record
from storage.queries.claims import claim, claim_key
from storage.queries.deciders import deciders
from storage.queries.dispute import (
    Dispute,
    dispute_about,
    disputes_of,
    drop_dispute,
    raise_dispute,
)

_STATES = {
    "open": mark("{day}, {desk}: your secretary has not decided yet."),
    "accepted": mark("{day}, {desk}: does not count for you."),
    "declined": mark("{day}, {desk}: your secretary did not agree; it stays your shift."),
}
_SHOWN = 8


def days(turn: Turn, page: int) -> Sequence[Reply]:
    """The days to choose from, and what came of earlier ones."""
    return [_listed(turn, page)]


def _listed(turn: Turn, page: int, *parts_first: Part) -> Reply:
    say, person = turn.say, turn.official.person_id
    since = turn.today - timedelta(days=LAST_DAYS)
    raised = disputes_of(turn.session, person, since)
    named = {(each.day, each.desk_code) for each in raised}
    found = [each for each in duty_days(turn, person) if (each.day, each.desk_code) not in named]
    title = say("Which day was not your shift?")
    return reply(
        *parts_first,
        Title(text=title),
        Text(text=_explained(turn) if found else say("There is no day to choose from.")),
        *(Text(text=_state(say, each)) for each in raised[:_SHOWN]),
        *page_of(
            found,
            page,
            lambda each: Choice(
                label=day_label(each, say),
                action=NOT_MINE_DAY.build(day=each.day, desk=each.desk_code),
            ),
            lambda to: NOT_MINE.build(page=to),
            say,
            title,
        ),
        _ways(turn, raised),
    )


def _explained(turn: Turn) -> str:
    return turn.say(
        "Days of the last {n} days that are over, whether or not anybody rated. Your secretary "
        "decides; what is agreed does not count for you any more.",
        n=LAST_DAYS,
    )


def _state(say: Speech, dispute: Dispute) -> str:
    return say(_STATES[dispute.state], day=dated(dispute.day, say), desk=dispute.desk_name)


def _ways(turn: Turn, raised: Sequence[Dispute]) -> Choices:
    say = turn.say
    back = [
        Choice(
            label=say("Take it back: {day}, {desk}", day=dated(each.day, say), desk=each.desk_name),
            action=NOT_MINE_BACK.build(day=each.day, desk=each.desk_code),
            look="quiet",
        )
        for each in raised[:_SHOWN]
        if each.state == "open"
    ]
    ways = (
        Choice(label=say("My shift"), action=SHIFT.build(), look="quiet"),
        Choice(label=say("To my menu"), action=START.build(), look="quiet"),
    )
    return Choices(label=say("What would you like to do?"), choices=(*back, *ways))


def _chosen(turn: Turn, day: date, desk: str) -> DutyDay:
    found = find_duty_day(turn, turn.official.person_id, day, desk)
    if found is None:
        raise Refused(
            turn.say("You were not on duty there that day, or it is too long ago."),
            "a dispute about a day that is not among the member's",
        )
    return found


def ask(turn: Turn, day: date, desk: str) -> Sequence[Reply]:
    """Once more, before the secretary hears of it."""
    duty, say = _chosen(turn, day, desk), turn.say
    if dispute_about(turn.session, turn.official.person_id, duty.desk_id, day) is not None:
        return [_listed(turn, 0)]
    title = say("{day}, {desk}: was that not your shift?", day=dated(day, say), desk=duty.desk_name)
    sure = Choice(
        label=say("Yes, tell my secretary"),
        action=NOT_MINE_SURE.build(day=day, desk=desk),
        look="primary",
    )
    no = Choice(label=say("‹ Go back"), action=NOT_MINE.build(page=0), look="quiet")
    text = say("Your secretary decides and you hear of it. A day can be decided only once.")
    return [reply(Title(text=title), Text(text=text), Choices(label=title, choices=(sure, no)))]


def sure(turn: Turn, day: date, desk: str) -> Sequence[Reply]:
    """Put it to the secretaries."""
    duty, say = _chosen(turn, day, desk), turn.say
    session, who = turn.session, turn.official
    asked = deciders(session, [who.person_id])(who.person_id, day)
    if not asked:
        nobody = say(
            "No secretary who could decide has joined here yet. Please speak with your secretary."
        )
        return [_listed(turn, 0, Text(text=nobody, tone="alert"))]
    if not raise_dispute(session, who.person_id, duty.desk_id, day):
        return [_listed(turn, 0, Text(text=say("That day has been named already.")))]
    dispute = dispute_about(session, who.person_id, duty.desk_id, day)
    assert dispute is not None
    _log(turn, "day.dispute", dispute)
    # Named, taken back and named again: the secretaries' chats ring once.
    if claim(session, claim_key("dispute", who.code, desk, day), turn.today):
        for each in sorted(asked):
            tell(
                turn,
                each,
                lambda speech: dispute_card(
                    speech, dispute, duty_lines(turn, duty, dispute.full_name, speech)
                ),
            )
    told = say("Your secretary has been told and decides. You will hear of it here.")
    return [_listed(turn, 0, Text(text=told, tone="strong"))]


def take_back(turn: Turn, day: date, desk: str) -> Sequence[Reply]:
    """It was their shift after all, while nobody has decided."""
    duty, say = _chosen(turn, day, desk), turn.say
    dispute = dispute_about(turn.session, turn.official.person_id, duty.desk_id, day)
    if dispute is None or not drop_dispute(turn.session, dispute.id):
        return [_listed(turn, 0)]
    _log(turn, "day.dispute_undo", dispute)
    back = say(
        "Taken back: {day}, {desk} stays your shift.", day=dated(day, say), desk=duty.desk_name
    )
    return [_listed(turn, 0, Text(text=back, tone="strong"))]


def _log(turn: Turn, action: str, dispute: Dispute) -> None:
    record(
        turn.session,
        at=turn.now,
        action=action,
        actor_id=turn.official.person_id,
        unit_id=turn.official.units("member")[0].unit_id,
        details={
            "person": dispute.person_code,
            "desk": dispute.desk_code,
            "day": dispute.day.isoformat(),
        },
    )


ROUTES = [
    Route(NOT_MINE, days, member),
    Route(NOT_MINE_DAY, ask, member),
    Route(NOT_MINE_SURE, sure, member, again=NOT_MINE_DAY),
    Route(NOT_MINE_BACK, take_back, member, again=NOT_MINE_DAY),
]

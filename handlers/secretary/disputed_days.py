"""Days that members say were not their shift: the list, and the decision."""

from collections.abc import Sequence
from datetime import timedelta

from handlers.citizen.actions import START
from handlers.duty_days import DutyDay, duty_lines
from handlers.errors import Refused
from handlers.member.days import dated
from handlers.member.shift_times import midnight
from handlers.messages import Choice, Choices, Part, Reply, Text, Title, reply
from handlers.paging import page_of
from handlers.permissions import secretary
from handlers.routing import Route
from handlers.secretary.detaching import accept, decides
from handlers.secretary.dispute_actions import (
    ACCEPT,
    ACCEPT_SURE,
    DETACH_WHO,
    DISPUTE,
    DISPUTES,
    DISPUTES_PAGE,
)
from handlers.secretary.dispute_card import dispute_card
from handlers.texts import Speech
from handlers.turn import Turn
from storage.queries.deciders import deciders
from storage.queries.dispute import Dispute, find_dispute, open_disputes
from storage.queries.duty import duties_between


def waiting(turn: Turn) -> list[Dispute]:
    """What waits for this very secretary."""
    found = open_disputes(turn.session)
    decide_about = deciders(turn.session, {each.person_id for each in found})
    own = turn.official.person_id
    return [each for each in found if own in decide_about(each.person_id, each.day)]


def disputes_choice(turn: Turn) -> Choice:
    """The way here; it says how many days wait."""
    say, n = turn.say, len(waiting(turn))
    label = say("Not their shift: {n} waiting", n=n) if n else say("Days that were not their shift")
    return Choice(label=label, action=DISPUTES.build(), look="plain" if n else "quiet")


def disputes(turn: Turn) -> Sequence[Reply]:
    """The list, with the way to take a day off a member unasked."""
    return [listed(turn)]


def more_disputes(turn: Turn, page: int) -> Sequence[Reply]:
    """Another page of it."""
    return [listed(turn, page)]


def listed(turn: Turn, page: int = 0, *parts_first: Part) -> Reply:
    """The list again; `parts_first` stand on top."""
    say, found = turn.say, waiting(turn)
    title = (
        say("Days that members say were not their shift: {n}", n=len(found))
        if found
        else say("No day waits for your decision.")
    )
    units = turn.official.units("secretary")
    by_oneself = [
        Choice(
            label=_unasked(say, each.unit_name if len(units) > 1 else ""),
            action=DETACH_WHO.build(unit=each.unit_id, page=0),
            look="quiet",
        )
        for each in units
    ]
    menu = Choice(label=say("To my menu"), action=START.build(), look="quiet")
    return reply(
        *parts_first,
        Title(text=title),
        *page_of(
            found,
            page,
            lambda each: Choice(label=_label(say, each), action=DISPUTE.build(dispute=each.id)),
            lambda to: DISPUTES_PAGE.build(page=to),
            say,
            title,
        ),
        Choices(label=say("What would you like to do?"), choices=(*by_oneself, menu)),
    )


def _unasked(say: Speech, unit: str) -> str:
    """Of several units it is said which."""
    if unit:
        return say("Note a day that was not the shift of a member of {unit}…", unit=unit)
    return say("Note a day that was not a member's shift…")


def _label(say: Speech, dispute: Dispute) -> str:
    return say(
        "{name}: {day}, {desk}",
        name=dispute.full_name,
        day=dated(dispute.day, say),
        desk=dispute.desk_name,
    )


def open_dispute(turn: Turn, dispute: int) -> Dispute | None:
    """A dispute that this secretary decides and nobody has decided yet."""
    found = find_dispute(turn.session, dispute)
    if found is not None and not decides(turn, found.person_id, found.day):
        raise Refused(
            turn.say("This is for the secretary of that member's unit."),
            "a decision about a day of somebody else's member",
        )
    return found if found is not None and found.state == "open" else None


def decided_already(turn: Turn) -> Sequence[Reply]:
    """The list, with a word that this one is no longer in it."""
    text = turn.say("That day has been decided or taken back already.")
    return [listed(turn, 0, Text(text=text))]


def show(turn: Turn, dispute: int) -> Sequence[Reply]:
    """The card again."""
    found = open_dispute(turn, dispute)
    if found is None:
        return decided_already(turn)
    lines = duty_lines(turn, _duty_day(turn, found), found.full_name, turn.say)
    return [dispute_card(turn.say, found, lines)]


def _duty_day(turn: Turn, dispute: Dispute) -> DutyDay:
    zone = turn.policy.timezone
    start = midnight(dispute.day, zone)
    end = midnight(dispute.day + timedelta(days=1), zone)
    duties = duties_between(turn.session, dispute.person_id, start, end)
    there = tuple(each for each in duties if each.desk_id == dispute.desk_id)
    return DutyDay(dispute.day, dispute.desk_id, dispute.desk_code, dispute.desk_name, there)


def ask_accept(turn: Turn, dispute: int) -> Sequence[Reply]:
    """Once more: this cannot be undone."""
    found, say = open_dispute(turn, dispute), turn.say
    if found is None:
        return decided_already(turn)
    sure = Choice(
        label=say("Yes, it does not count for them"), action=ACCEPT_SURE.build(dispute=dispute)
    )
    return [sure_about(turn, found, sure, DISPUTE.build(dispute=dispute))]


def sure_about(
    turn: Turn, found: Dispute | DutyDay, sure: Choice, back: str, name: str = ""
) -> Reply:
    """The question before a day is taken off a member."""
    say = turn.say
    title = say(
        "Shall {day} at {desk} not count for {name}?",
        day=dated(found.day, say),
        desk=found.desk_name,
        name=found.full_name if isinstance(found, Dispute) else name,
    )
    warned = say(
        "The ratings of that day that counted for them, if there are any, then count for the desk "
        "alone. This cannot be undone: nobody keeps whose they were."
    )
    no = Choice(label=say("‹ Go back"), action=back, look="primary")
    return reply(Title(text=title), Text(text=warned), Choices(label=title, choices=(no, sure)))


def accept_sure(turn: Turn, dispute: int) -> Sequence[Reply]:
    """The day is taken off the member."""
    found, say = open_dispute(turn, dispute), turn.say
    if found is None:
        return decided_already(turn)
    told = accept(turn, found)
    return [listed(turn, 0, Text(text=outcome(say, found, told=told), tone="strong"))]


def outcome(say: Speech, found: Dispute, *, told: bool) -> str:
    """What the secretary reads when it is done."""
    values = {"day": dated(found.day, say), "desk": found.desk_name, "name": found.full_name}
    if told:
        return say("{day} at {desk} does not count for {name}, who has been told.", **values)
    return say(
        "{day} at {desk} does not count for {name}. They cannot be reached here: please tell them.",
        **values,
    )


ROUTES = [
    Route(DISPUTES, disputes, secretary),
    Route(DISPUTES_PAGE, more_disputes, secretary),
    Route(DISPUTE, show, secretary),
    Route(ACCEPT, ask_accept, secretary),
    Route(ACCEPT_SURE, accept_sure, secretary, again=DISPUTE),
]

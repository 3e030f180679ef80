"""Leave and work trips: typed leniently, echoed before they are kept, listed, taken back."""

from collections.abc import Sequence
from datetime import date

from handlers.member.actions import (
    ADD_DAYS_OFF,
    DAYS_OFF,
    DELETE_DAYS_OFF,
    NEW_DAYS_OFF,
    REMINDERS,
    TYPED_DAYS_OFF,
)
from handlers.member.days import dated, own_policy
from handlers.member.typed_days import FARTHEST, LONGEST, read_span
from handlers.messages import Choice, Choices, Field, Part, Reply, Text, Title, reply
from handlers.permissions import member
from handlers.routing import Route
from handlers.texts import Speech, mark
from handlers.turn import Turn
from handlers.workdays import Span, working_days_between
from storage.queries.days_off import add_leave, delete_leave, leaves
from storage.tables import Leave

MOST_AHEAD = 100
_SHOWN = 8
_KINDS = {"leave": mark("Leave"), "trip": mark("Work trip")}
_QUESTIONS = {
    "leave": mark("From when to when are you on leave?"),
    "trip": mark("From when to when is the work trip?"),
}


def listed(turn: Turn, *parts_first: Part) -> Sequence[Reply]:
    """What is noted from today on (and what ended lately), each with a way to take it back."""
    say = turn.say
    noted = leaves(turn.session, turn.official.person_id)
    shown = sorted(noted, key=lambda leave: (leave.last < turn.today, leave.first))[:_SHOWN]
    delete = [
        Choice(
            label=say("Take back: {days}", days=_days(say, Span(leave.first, leave.last))),
            action=DELETE_DAYS_OFF.build(leave=leave.id),
            look="quiet",
        )
        for leave in shown
    ]
    new = (
        Choice(label=say("Note leave"), action=NEW_DAYS_OFF.build(kind="leave"), look="primary"),
        Choice(label=say("Note a work trip"), action=NEW_DAYS_OFF.build(kind="trip")),
    )
    back = Choice(label=say("‹ Go back"), action=REMINDERS.build(), look="quiet")
    return [
        reply(
            *parts_first,
            Title(text=say("Leave and work trips")),
            *(Text(text=_line(say, leave)) for leave in shown),
            None if shown else Text(text=say("Nothing is noted.")),
            Text(text=say("On these days nothing is asked, and your streak rests.")),
            Choices(label=say("Leave and work trips"), choices=(*new, *delete, back)),
        )
    ]


def show(turn: Turn) -> Sequence[Reply]:
    """The list, asked for by a button."""
    return listed(turn)


def _line(say: Speech, leave: Leave) -> str:
    days = _days(say, Span(leave.first, leave.last))
    return say("{kind}: {days}", kind=say(_KINDS[leave.kind]), days=days)


def _days(say: Speech, span: Span) -> str:
    if span.first == span.last:
        return dated(span.first, say)
    return say("{first} – {last}", first=dated(span.first, say), last=dated(span.last, say))


def ask(turn: Turn, kind: str, error: str = "") -> Sequence[Reply]:
    """Ask from when to when."""
    if kind not in _KINDS:
        return listed(turn)
    say = turn.say
    back = Choice(label=say("‹ Go back"), action=DAYS_OFF.build(), look="quiet")
    return [
        reply(
            Title(text=say(_QUESTIONS[kind])),
            Field(
                action=TYPED_DAYS_OFF.build(kind=kind),
                label=say("Type the days, such as 24/11 - 26/11"),
                hint=say("One day is enough too, such as 24/11 or tomorrow."),
                send=say("Next"),
                value=turn.text if error else "",
                error=error,
                most=60,
                digits_to=31,
            ),
            Choices(label=say("What would you like to do?"), choices=(back,)),
        )
    ]


def typed(turn: Turn, kind: str) -> Sequence[Reply]:
    """What was typed, read and echoed; nothing is kept before it is confirmed."""
    span = read_span(turn.text, turn.today)
    if span is None or kind not in _KINDS:
        return ask(turn, kind, turn.say("Please type days such as 24/11 - 26/11."))
    say = turn.say
    worked = len(working_days_between(span.first, span.last, own_policy(turn)))
    return [
        reply(
            Title(
                text=say("{kind}: {days}. Right?", kind=say(_KINDS[kind]), days=_days(say, span))
            ),
            Text(text=say.count("That is {n} working day.", "That is {n} working days.", worked)),
            Choices(
                label=say("Right?"),
                choices=(
                    Choice(
                        label=say("Yes, note it"),
                        action=ADD_DAYS_OFF.build(kind=kind, first=span.first, last=span.last),
                        look="primary",
                    ),
                    Choice(label=say("No, type again"), action=NEW_DAYS_OFF.build(kind=kind)),
                ),
            ),
        )
    ]


def add(turn: Turn, kind: str, first: date, last: date) -> Sequence[Reply]:
    """Keep confirmed days off; the same ones twice are kept once."""
    today, person = turn.today, turn.official.person_id
    sound = first <= last and last - first <= LONGEST and abs(first - today) <= FARTHEST
    if kind not in _KINDS or not sound:
        return ask(turn, kind, turn.say("Please type days such as 24/11 - 26/11."))
    if sum(leave.last >= today for leave in leaves(turn.session, person)) >= MOST_AHEAD:
        return listed(turn, Text(text=turn.say("That is too many. Take some back first.")))
    add_leave(turn.session, person, first, last, kind)
    return listed(turn, Text(text=turn.say("Noted. Have a good time!"), tone="strong"))


def take_back(turn: Turn, leave: int) -> Sequence[Reply]:
    """Forget days off of one's own; somebody else's stay."""
    gone = delete_leave(turn.session, turn.official.person_id, leave)
    return listed(turn, Text(text=turn.say("Taken back."))) if gone else listed(turn)


ROUTES = [
    Route(DAYS_OFF, show, may=member),
    Route(NEW_DAYS_OFF, ask, may=member),
    Route(TYPED_DAYS_OFF, typed, may=member),
    Route(ADD_DAYS_OFF, add, may=member, again=DAYS_OFF),
    Route(DELETE_DAYS_OFF, take_back, may=member, again=DAYS_OFF),
]

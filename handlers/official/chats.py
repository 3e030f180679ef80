"""Where an official is reached: their chats, and which of them gets reminders first."""

from collections.abc import Iterator, Sequence

from handlers.citizen.actions import START
from handlers.errors import Refused
from handlers.messages import Choice, Choices, Reply, Text, Title, reply
from handlers.official.actions import CHAT_ADD, CHAT_REMINDERS, CHATS, CHATS_OFF, LEAVE
from handlers.official.chat_states import chat_line, chosen_first, states_of
from handlers.permissions import official
from handlers.routing import Route
from handlers.turn import Turn
from storage.queries.link import links_of, prefer, switch_off
from storage.tables import Link


def chats(turn: Turn) -> Sequence[Reply]:
    """Every chat of this person; a tap chooses where reminders and digests go first, or nowhere."""
    say, links = turn.say, links_of(turn.session, turn.official.person_id)
    label = say("Reminders and digests go first to:")
    return [
        reply(
            Title(text=say("Your chats")),
            *states_of(turn, links),
            Text(text=label, tone="strong"),
            Choices(label=label, choices=tuple(_firsts(turn, links)), single=True),
            Text(text=_explained(turn)) if len(links) > 1 else None,
            Choices(
                label=say("What would you like to do?"),
                choices=(
                    Choice(label=say("Link another messenger"), action=CHAT_ADD.build()),
                    Choice(label=say("Leave the program"), action=LEAVE.build(), look="quiet"),
                    Choice(label=say("To my menu"), action=START.build(), look="quiet"),
                ),
            ),
        )
    ]


def _firsts(turn: Turn, links: Sequence[Link]) -> Iterator[Choice]:
    first = chosen_first(links)
    for link in links:
        yield Choice(
            label=chat_line(turn, link),
            action=CHAT_REMINDERS.build(link=link.id, on=1),
            pressed=link is first,
        )
    yield Choice(label=turn.say("Nowhere"), action=CHATS_OFF.build(), pressed=first is None)


def _explained(turn: Turn) -> str:
    return turn.say(
        "They go to one chat only. If it is not open (blocked, or waiting for you to write), the "
        "next one gets them."
    )


def own_link(turn: Turn, link: int) -> Link:
    """A chat of this very person; anybody else's is refused."""
    found = turn.session.get(Link, link)
    if found is None or found.person_id != turn.official.person_id:
        raise Refused(
            turn.say("This chat is not linked to you (any more)."),
            "an action named a chat of somebody else",
        )
    return found


def choose_first(turn: Turn, link: int, on: int) -> Sequence[Reply]:
    """Send reminders to this chat first from now on, to the others where it is shut.

    Switched off by an earlier message's button, this chat alone gets none.
    """
    chosen = own_link(turn, link)
    if on:
        prefer(turn.session, chosen)
    else:
        switch_off(turn.session, [chosen])
    return chats(turn)


def choose_none(turn: Turn) -> Sequence[Reply]:
    """Send no reminder and no digest anywhere."""
    switch_off(turn.session, links_of(turn.session, turn.official.person_id))
    return chats(turn)


ROUTES = [
    Route(CHATS, chats, may=official),
    Route(CHAT_REMINDERS, choose_first, may=official, again=CHATS),
    Route(CHATS_OFF, choose_none, may=official, again=CHATS),
]

"""Where an official is reached: their chats, which of them get reminders, one more chat."""

from collections.abc import Sequence

from handlers.citizen.actions import START
from handlers.errors import Refused
from handlers.messages import Choice, Choices, Part, Reply, Text, Title, reply
from handlers.official.actions import CHAT_ADD, CHAT_REMINDERS, CHATS, LEAVE
from handlers.official.channel_names import channel_name
from handlers.permissions import official
from handlers.routing import Route
from handlers.several_numbers import several_numbers
from handlers.turn import Turn
from storage.queries.link import links_of
from storage.tables import Link


def chats(turn: Turn) -> Sequence[Reply]:
    """Every chat of this person; a tap switches its reminders on or off."""
    say, links = turn.say, links_of(turn.session, turn.official.person_id)
    label = say("Reminders and digests go to:")
    return [
        reply(
            Title(text=say("Your chats")),
            _warning(turn, links),
            *_unreachable(turn, links),
            Text(text=label, tone="strong"),
            Choices(
                label=label,
                choices=tuple(_toggle(turn, link) for link in links),
                several=several_numbers(say),
            ),
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


def chat_line(turn: Turn, link: Link) -> str:
    """A chat as its owner tells it from the others."""
    name = channel_name(turn.say, link.channel)
    day = link.since.strftime("%d/%m/%Y")
    if link.id == turn.official.link_id:
        return turn.say("{channel}, since {day} (this chat)", channel=name, day=day)
    return turn.say("{channel}, since {day}", channel=name, day=day)


def _toggle(turn: Turn, link: Link) -> Choice:
    return Choice(
        label=chat_line(turn, link),
        action=CHAT_REMINDERS.build(link=link.id, on=0 if link.reminders else 1),
        pressed=link.reminders,
    )


def _warning(turn: Turn, links: Sequence[Link]) -> Text | None:
    if any(link.reminders and not link.unreachable for link in links):
        return None
    text = turn.say("No chat is on: no reminder and no digest reaches you.")
    return Text(text=text, tone="alert")


def _unreachable(turn: Turn, links: Sequence[Link]) -> list[Part]:
    return [
        Text(
            text=turn.say(
                "{chat}: messages do not arrive there. Write to the bot in that chat to switch it on "
                "again.",
                chat=chat_line(turn, link),
            )
        )
        for link in links
        if link.unreachable
    ]


def own_link(turn: Turn, link: int) -> Link:
    """A chat of this very person; anybody else's is refused."""
    found = turn.session.get(Link, link)
    if found is None or found.person_id != turn.official.person_id:
        raise Refused(
            turn.say("This chat is not linked to you (any more)."),
            "an action named a chat of somebody else",
        )
    return found


def switch_reminders(turn: Turn, link: int, on: int) -> Sequence[Reply]:
    """Send reminders to this chat from now on, or no more."""
    chosen = own_link(turn, link)
    chosen.reminders = bool(on)
    turn.session.add(chosen)
    turn.session.flush()
    return chats(turn)


ROUTES = [
    Route(CHATS, chats, may=official),
    Route(CHAT_REMINDERS, switch_reminders, may=official, again=CHATS),
]

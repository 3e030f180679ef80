"""A person's chats as they tell them apart, and what is the matter with each."""

from collections.abc import Iterator, Sequence

from handlers.doors import Doors, doors_now
from handlers.messages import Text
from handlers.official.channel_names import channel_name
from handlers.turn import Turn
from storage.queries.doors import in_order
from storage.tables import Link


def chat_line(turn: Turn, link: Link) -> str:
    """A chat as its owner tells it from the others."""
    name = channel_name(turn.say, link.channel)
    day = link.since.strftime("%d/%m/%Y")
    if link.id == turn.official.link_id:
        return turn.say("{channel}, since {day} (this chat)", channel=name, day=day)
    return turn.say("{channel}, since {day}", channel=name, day=day)


def chosen_first(links: Sequence[Link]) -> Link | None:
    """The chat its owner wants reminders in first, open or not; None where all are off."""
    return next(iter(in_order(link for link in links if link.reminders)), None)


def states_of(turn: Turn, links: Sequence[Link]) -> Iterator[Text]:
    """Whether anything reaches this person, and why not everywhere."""
    say, doors = turn.say, doors_now(turn.session, turn.now, turn.policy)
    wanted = [link for link in links if link.reminders]
    if not any(not link.unreachable for link in wanted):
        text = say("No chat is on: no reminder and no digest reaches you.")
        yield Text(text=text, tone="alert")
    for link in links:
        if (
            state := _state(turn, doors, link, off=bool(wanted) and not link.reminders)
        ) is not None:
            yield Text(text=state)
    stands_in = _stands_in(turn, doors, links)
    if stands_in is not None:
        chat = chat_line(turn, stands_in)
        yield Text(text=say("At the moment they go to: {chat}.", chat=chat), tone="strong")


def _state(turn: Turn, doors: Doors, link: Link, *, off: bool) -> str | None:
    say, chat = turn.say, chat_line(turn, link)
    if link.unreachable:
        return say(
            "{chat}: messages do not arrive there. Write to the bot in that chat to switch it on "
            "again.",
            chat=chat,
        )
    if off:
        return say("{chat}: switched off. Choose it to get reminders there again.", chat=chat)
    if link.channel in doors.shut:
        return say("{chat}: takes no messages at the moment; they have been used up.", chat=chat)
    if not _open_now(turn, doors, link):
        return say(
            "{chat}: what comes unasked waits until you write to the bot there again.", chat=chat
        )
    return None


def _open_now(turn: Turn, doors: Doors, link: Link) -> bool:
    """Where its owner writes right now, they have just been heard."""
    here = link.id == turn.official.link_id and link.channel not in doors.shut
    return here or doors.is_open(link)


def _stands_in(turn: Turn, doors: Doors, links: Sequence[Link]) -> Link | None:
    """The chat that is written to in place of the one chosen, while that is shut."""
    first, now = chosen_first(links), doors.of(links)
    if first is None or now is None or now is first:
        return None
    shut = first.unreachable or not _open_now(turn, doors, first)
    return now if shut and _open_now(turn, doors, now) else None

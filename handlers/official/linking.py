"""Linking a chat to a person; whoever has other chats hears of it there."""

from datetime import datetime

from handlers.doors import doors_now
from handlers.messages import Choice, Choices, Reply, Text, reply
from handlers.official.actions import CHATS
from handlers.official.channel_names import channel_name
from handlers.official.notice import MEMBER_NOTICE
from handlers.policy import Policy
from handlers.proactive import send, speech_for
from handlers.turn import Turn
from storage.queries.link import add_link, link_of_chat, links_of
from storage.queries.moving import move_on
from storage.tables import Link


def link_here(turn: Turn, person_id: int) -> None:
    """From now on this chat is this person's."""
    incoming = turn.incoming
    if not link_chat(turn, person_id, incoming.channel, incoming.chat, turn.say.language):
        raise RuntimeError("this chat was linked in the midst of its own turn")
    turn.look_again()


def link_chat(
    turn: Turn,
    person_id: int,
    channel: str,
    address: str,
    language: str | None,
    *,
    heard: datetime | None = None,
) -> bool:
    """Link any chat to a person; False if it is somebody's already.

    `heard`: when they last wrote there, if that was before this turn.
    """
    others = list(links_of(turn.session, person_id))
    linked = link_of_chat(turn.session, channel, address) is None and add_link(
        turn.session,
        person_id,
        channel,
        address,
        language=language,
        notice=MEMBER_NOTICE,
        since=turn.today,
        heard=heard if channel in turn.policy.windows else None,
    )
    if linked:
        _go_on_here(turn, others)
        _tell_other_chats(turn, others, channel, address)
    return linked


def _go_on_here(turn: Turn, others: list[Link]) -> None:
    """What waits for chats that are shut need not wait any longer: there is another door now."""
    doors = doors_now(turn.session, turn.now, turn.policy)
    for link in others:
        if not doors.is_open(link):
            move_on(turn.session, link.channel, link.chat, turn.now, turn.policy.windows)


def _tell_other_chats(turn: Turn, others: list[Link], channel: str, address: str) -> None:
    """Nobody gains a second chat unnoticed: all that were known before are told, open or not, and
    what they are told never goes to the new one instead."""
    doors = doors_now(turn.session, turn.now, turn.policy)
    new = link_of_chat(turn.session, channel, address)
    first = new is not None and doors.of([*others, new]) is new
    for link in others:
        if not link.unreachable and doors.is_known(link):
            send(turn.session, link, [_told(turn.policy, link, channel, first=first)], stays=True)


def _told(policy: Policy, link: Link, channel: str, *, first: bool) -> Reply:
    """`first`: reminders go to the new chat from now on."""
    say = speech_for(link, policy)
    text = say(
        "Another chat was linked to you just now, on {channel}. If that was not you, unlink it and "
        "tell your secretary.",
        channel=channel_name(say, channel),
    )
    look = Choice(label=say("Chats and reminders"), action=CHATS.build())
    moved = say("Reminders and digests go there first from now on; choose otherwise with /kenh.")
    goes = Text(text=moved) if first else None
    return reply(Text(text=text), goes, Choices(label=say("Chats and reminders"), choices=(look,)))

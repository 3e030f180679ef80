"""From the commit of an answer to whoever sends it, in this process, without reading it again."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from handlers.messages import Incoming, Reply
from handlers.remembered import as_json
from storage.queries.outbox import Unsent


class Sends(Protocol):
    """Who sends (bot.delivery.Delivery). Chats are named by their pseudonyms."""

    def expect(self, channel: str, chat: str) -> bool:
        """Whether the answer about to be queued may be handed over; True obliges to do so."""
        ...

    def hand_over(self, channel: str, chat: str, rows: Sequence[Unsent]) -> None:
        """What was committed and is all that waits for this chat; none: it has to be read."""
        ...


@dataclass
class Handing:
    """`expected`: whoever sends leaves this chat alone until it gets the `rows`."""

    expected: bool
    rows: Sequence[Unsent] = ()


@contextmanager
def handing_over(sends: Sends | None, channel: str, chat: str) -> Iterator[Handing]:
    """Around the transaction that queues an answer; set the `rows` once they are committed."""
    handing = Handing(expected=sends is not None and sends.expect(channel, chat))
    try:
        yield handing
    finally:
        if sends is not None and handing.expected:
            sends.hand_over(channel, chat, handing.rows)


def in_places(incoming: Incoming, replies: Sequence[Reply]) -> Iterator[tuple[Reply, str | None]]:
    """Each reply, and the message whose place it takes."""
    for index, answer in enumerate(replies):
        yield answer, incoming.pressed if index == 0 and not answer.fresh else None


def content(answer: Reply, edit: str | None) -> str:
    """What stands in the outbox for it (JSON)."""
    return f'{{"reply":{as_json(answer)},"edit":{json.dumps(edit)}}}'

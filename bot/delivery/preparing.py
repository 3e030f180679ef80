"""What a proactive message needs before it leaves: that it still waits, an open door, numbers."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from bot.channels.base import Channel
from bot.delivery.numbering import numbered_for_typing
from storage.queries.doors import Windows, is_open, shut_doors
from storage.queries.link import link_of_chat
from storage.queries.moving import move_or_hold
from storage.queries.outbox import Unsent, still_there
from storage.queries.traffic import lock_chat


@dataclass(frozen=True)
class Prepared:
    """A message as it can leave now; None if it cannot. `counts`: what became of others."""

    row: Unsent | None
    counts: Counter[str] = field(default_factory=Counter)


def limits(channel: Channel) -> bool:
    """Whether this messenger needs anything prepared."""
    can = channel.can
    return not can.buttons or can.window is not None or can.monthly > 0


def prepare(
    session: Session,
    channel: Channel,
    row: Unsent,
    now: datetime,
    windows: Windows,
    *,
    limited: bool,
) -> Prepared:
    """Look once more whether it still waits here: it was read ahead, and the person may have left.

    Where the messenger limits, look whether their door is open; where it is shut all that waits
    there unasked goes on to their next one, or is held. Somebody unknown is tried."""
    lock_chat(session, row.chat)
    there = still_there(session, channel.name, row)
    if there is None or there.address is None or not limited:
        return Prepared(there)
    link = link_of_chat(session, channel.name, there.address)
    shut = shut_doors(session, now)
    takes = channel.name not in shut if link is None else is_open(link, shut, now, windows)
    if not takes:
        return Prepared(None, move_or_hold(session, channel.name, row.chat, now, windows))
    if not channel.can.buttons:
        there = numbered_for_typing(session, there, now)
    return Prepared(there)

"""A channel that takes nothing for a while, from nobody: what was queued for it, until it opens."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from storage.queries.doors import Windows, open_door, shut_until
from storage.queries.moving import move_or_hold
from storage.queries.traffic import ANSWER, PROACTIVE, a_day_at_most
from storage.tables import Link, Outbox

_ROWS = Outbox.__table__  # type: ignore[attr-defined]
_MOST_CHATS = 100  # at a time: nothing else is written meanwhile, and the next look goes on


def tend_door(
    session: Session,
    channel: str,
    now: datetime,
    windows: Windows,
    *,
    works: bool,
    skip: Collection[str] = (),
) -> Counter[str]:
    """Of a channel that was shut for everyone: open it if it `works` or its time is over, else
    clear away what was queued for it since. How many were moved, how many held."""
    until = shut_until(session, channel)
    if until is None:
        return Counter()
    if works or until <= now:
        reopen(session, channel, now, windows)
        return Counter()
    return move_or_hold_all(session, channel, now, windows, skip)


def move_or_hold_all(
    session: Session, channel: str, now: datetime, windows: Windows, skip: Collection[str] = ()
) -> Counter[str]:
    """The same for all of a channel that is shut, a page of chats at a time, but for those
    (pseudonyms) to skip. Answers wait too: a day at most, as everything of a citizen."""
    mine = (_ROWS.c.channel == channel, _ROWS.c.held.is_(False))
    session.execute(
        update(Outbox)
        .where(*mine, _ROWS.c.lane == ANSWER, _ROWS.c.until.is_(None))
        .values(until=a_day_at_most(now))
    )
    chats = session.execute(
        select(_ROWS.c.chat)
        .where(*mine, _ROWS.c.lane == PROACTIVE, _ROWS.c.chat.not_in(list(skip)))
        .group_by(_ROWS.c.chat)
        .order_by(func.min(_ROWS.c.id))
        .limit(_MOST_CHATS)
    ).scalars()
    counts: Counter[str] = Counter()
    for chat in list(chats):
        counts += move_or_hold(session, channel, chat, now, windows)
    return counts


def reopen(session: Session, channel: str, now: datetime, windows: Windows) -> None:
    """A channel that was shut takes messages again: what was held for it goes, but for chats that
    the messenger opens only when the person writes."""
    open_door(session, channel)
    mine = [_ROWS.c.channel == channel, _ROWS.c.lane == PROACTIVE, _ROWS.c.held.is_(True)]
    if (window := windows.get(channel)) is not None:
        heard = select(col(Link.chat)).where(
            col(Link.channel) == channel, col(Link.heard) > now - window
        )
        mine.append(_ROWS.c.chat.in_(heard))
    session.execute(update(Outbox).where(*mine).values(held=False))

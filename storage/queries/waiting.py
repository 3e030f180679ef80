"""What waits in the outbox for which chat: counted, shown, dropped when a chat or its worth is gone."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import CursorResult, delete, func, select, update
from sqlmodel import Session

from storage.database import keys_of
from storage.queries.outbox import Unsent, opened
from storage.queries.traffic import PROACTIVE
from storage.tables import Outbox

_ROWS = Outbox.__table__  # type: ignore[attr-defined]
_MOST_NAMES = 500  # in one statement


def chats_waiting(
    session: Session, channel: str, chats: Collection[str]
) -> dict[str, tuple[int, int]]:
    """What waits, due or not, for which of these chats (pseudonyms): the newest row, how many."""
    found: dict[str, tuple[int, int]] = {}
    names = sorted(chats)
    for start in range(0, len(names), _MOST_NAMES):
        rows = session.execute(
            select(_ROWS.c.chat, func.max(_ROWS.c.id), func.count())
            .where(_ROWS.c.channel == channel, _ROWS.c.chat.in_(names[start : start + _MOST_NAMES]))
            .group_by(_ROWS.c.chat)
        )
        found.update({chat: (newest, count) for chat, newest, count in rows})
    return found


def held_for(session: Session, chats: Collection[str]) -> list[tuple[str, Unsent]]:
    """The proactive messages held for a person's chats (pseudonyms) with their channel, in order."""
    rows = session.execute(
        select(_ROWS)
        .where(_ROWS.c.chat.in_(list(chats)), _ROWS.c.lane == PROACTIVE, _ROWS.c.held.is_(True))
        .order_by(_ROWS.c.id)
    )
    return [(row["channel"], opened(keys_of(session), row)) for row in rows.mappings()]


def count_day(session: Session, channel: str, most: int) -> int:
    """Count one more day that proactive messages of a channel waited in vain; those that waited
    more than `most` days are forgotten: how many. For a channel that fetches its messages."""
    mine = (_ROWS.c.channel == channel, _ROWS.c.lane == PROACTIVE)
    session.execute(update(Outbox).where(*mine).values(attempts=_ROWS.c.attempts + 1))
    done = session.execute(delete(Outbox).where(*mine, _ROWS.c.attempts > most))
    assert isinstance(done, CursorResult)
    return done.rowcount


def waiting_claims(session: Session, channel: str, chat: str) -> list[str]:
    """The claims whose only message still waits, whole or in part, for this chat (pseudonym)."""
    rows = session.execute(
        select(_ROWS).where(
            _ROWS.c.channel == channel, _ROWS.c.chat == chat, _ROWS.c.lane == PROACTIVE
        )
    )
    found = (opened(keys_of(session), row) for row in rows.mappings())
    return [each.content["claim"] for each in found if each.content and "claim" in each.content]


def drop_chat(session: Session, channel: str, chat: str) -> int:
    """Forget everything queued for a chat (pseudonym) that is gone; how many messages."""
    done = session.execute(delete(Outbox).where(_ROWS.c.channel == channel, _ROWS.c.chat == chat))
    assert isinstance(done, CursorResult)
    return done.rowcount


def drop_proactive(session: Session, channel: str, chats: Collection[str]) -> None:
    """Forget what waits unasked for a person's chat (under the pseudonyms of each secret)."""
    session.execute(
        delete(Outbox).where(
            _ROWS.c.channel == channel, _ROWS.c.lane == PROACTIVE, _ROWS.c.chat.in_(list(chats))
        )
    )


def drop_expired(session: Session, now: datetime, channel: str | None = None) -> int:
    """Forget what is worth nothing any more, in every channel or in one; how many."""
    mine = [] if channel is None else [_ROWS.c.channel == channel]
    done = session.execute(delete(Outbox).where(_ROWS.c.until <= now, *mine))
    assert isinstance(done, CursorResult)
    return done.rowcount

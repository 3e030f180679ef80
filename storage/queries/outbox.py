"""Sending from the outbox: what is due and in which order, what was sent, what waits."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    RowMapping,
    case,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlmodel import Session

from storage.database import keys_of
from storage.keys import Keys
from storage.queries.traffic import ANSWER, PROACTIVE
from storage.tables import Outbox

_ROWS = Outbox.__table__  # type: ignore[attr-defined]
_MOST_ROWS = 200  # of one page of answers; what does not fit comes with the next
_MOST_NAMES = 500  # in one statement


@dataclass(frozen=True)
class Unsent:
    """A row of the outbox, opened: `address` where to, `content` as it was put.

    Both are None for a row that no configured secret opens: it can never be sent.
    """

    id: int
    chat: str
    address: str | None
    content: dict[str, Any] | None
    lane: int
    attempts: int


def waiting_answers(
    session: Session, channel: str, now: datetime, *, chats: int, skip: Collection[str] = ()
) -> list[Unsent]:
    """The rows of the `chats` that have waited longest for an answer, each chat's in order.

    A chat's earlier rows go ahead with its answer, proactive ones and ones put off: someone who
    writes again is not kept waiting. `skip` names chats (pseudonyms) that are busy or resting.
    """
    answering = (
        select(
            _ROWS.c.chat,
            func.min(_ROWS.c.id).label("first"),
            func.max(_ROWS.c.id).label("last"),
        )
        .where(_ROWS.c.channel == channel, _ROWS.c.lane == ANSWER, _due(now), *_not_in(skip))
        .group_by(_ROWS.c.chat)
        .order_by(func.min(_ROWS.c.id))
        .limit(chats)
        .subquery()
    )
    rows = session.execute(
        select(_ROWS)
        .join(answering, answering.c.chat == _ROWS.c.chat)
        .where(_ROWS.c.channel == channel, _ROWS.c.id <= answering.c.last)
        .order_by(answering.c.first, _ROWS.c.id)
        .limit(_MOST_ROWS)
    )
    return [_opened(keys_of(session), row) for row in rows.mappings()]


def next_proactive(
    session: Session, channel: str, now: datetime, *, most: int, skip: Collection[str] = ()
) -> list[Unsent]:
    """The oldest proactive rows that are due, one a chat, of chats without a waiting answer."""
    other = _ROWS.alias()
    behind_another = (
        select(other.c.id)
        .where(
            other.c.channel == channel,
            other.c.chat == _ROWS.c.chat,
            or_(other.c.id < _ROWS.c.id, other.c.lane == ANSWER),
        )
        .exists()
    )
    rows = session.execute(
        select(_ROWS)
        .where(
            _ROWS.c.channel == channel,
            _ROWS.c.lane == PROACTIVE,
            _due(now),
            ~behind_another,
            *_not_in(skip),
        )
        .order_by(_ROWS.c.id)
        .limit(most)
    )
    return [_opened(keys_of(session), row) for row in rows.mappings()]


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


def waiting_for(session: Session, channel: str, chats: Collection[str]) -> list[Unsent]:
    """Everything that waits for one person (under the pseudonyms of each secret), in order."""
    rows = session.execute(
        select(_ROWS)
        .where(_ROWS.c.channel == channel, _ROWS.c.chat.in_(list(chats)))
        .order_by(_ROWS.c.id)
        .limit(_MOST_ROWS)
    )
    return [_opened(keys_of(session), row) for row in rows.mappings()]


def count_day(session: Session, channel: str, most: int) -> int:
    """Count one more day that proactive messages of a channel waited in vain; those that waited
    more than `most` days are forgotten: how many. For a channel that fetches its messages."""
    mine = (_ROWS.c.channel == channel, _ROWS.c.lane == PROACTIVE)
    session.execute(update(Outbox).where(*mine).values(attempts=_ROWS.c.attempts + 1))
    done = session.execute(delete(Outbox).where(*mine, _ROWS.c.attempts > most))
    assert isinstance(done, CursorResult)
    return done.rowcount


def _due(now: datetime) -> ColumnElement[bool]:
    return or_(_ROWS.c.not_before.is_(None), _ROWS.c.not_before <= now)


def _not_in(chats: Collection[str]) -> list[ColumnElement[bool]]:
    return [_ROWS.c.chat.not_in(list(chats))] if chats else []


def _opened(keys: Keys, row: RowMapping) -> Unsent:
    address: str | None = None
    content: dict[str, Any] | None = None
    try:
        address, content = keys.open(row["address"]), json.loads(keys.open(row["content"]))
    except ValueError:
        address = content = None
    return Unsent(row["id"], row["chat"], address, content, row["lane"], row["attempts"])


def confirm_sent(session: Session, ids: Collection[int]) -> None:
    """Forget messages that arrived (or never will)."""
    session.execute(delete(Outbox).where(_ROWS.c.id.in_(list(ids))))


def put_off(session: Session, row: Unsent, channel: str, until: datetime) -> None:
    """Count a failed attempt; the whole chat rests until then, unless a new answer is queued."""
    failed = case((_ROWS.c.id == row.id, 1), else_=0)
    session.execute(
        update(Outbox)
        .where(_ROWS.c.channel == channel, _ROWS.c.chat == row.chat)
        .values(attempts=_ROWS.c.attempts + failed, not_before=until)
    )


def replace_content(session: Session, row: int, content: Mapping[str, Any]) -> None:
    """Keep only what is left to send of a message that went out in part."""
    sealed = keys_of(session).seal(json.dumps(content, ensure_ascii=False))
    session.execute(update(Outbox).where(_ROWS.c.id == row).values(content=sealed))


def waiting_claims(session: Session, channel: str, chat: str) -> list[str]:
    """The claims whose only message still waits, whole or in part, for this chat (pseudonym)."""
    rows = session.execute(
        select(_ROWS).where(
            _ROWS.c.channel == channel, _ROWS.c.chat == chat, _ROWS.c.lane == PROACTIVE
        )
    )
    opened = (_opened(keys_of(session), row) for row in rows.mappings())
    return [each.content["claim"] for each in opened if each.content and "claim" in each.content]


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


def outbox_depth(session: Session) -> dict[tuple[str, int], int]:
    """How many messages wait, by channel and lane."""
    rows = session.execute(
        select(_ROWS.c.channel, _ROWS.c.lane, func.count()).group_by(_ROWS.c.channel, _ROWS.c.lane)
    )
    return {(channel, lane): count for channel, lane, count in rows}

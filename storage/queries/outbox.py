"""Sending from the outbox: what is due and in which order, what was sent, what waits."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    RowMapping,
    and_,
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
PUT_OFF_AT_MOST = timedelta(minutes=10)
HELD = 2  # beside the lanes, where messages are counted: those that wait for the person to write


@dataclass(frozen=True)
class Unsent:
    """A row of the outbox, opened: `address` where to, `content` as it was put.

    Both are None for a row that no configured secret opens: it can never be sent. `until`: see
    storage.tables.Outbox.
    """

    id: int
    chat: str
    address: str | None
    content: dict[str, Any] | None
    lane: int
    attempts: int
    until: datetime | None = None


def waiting_answers(
    session: Session, channel: str, now: datetime, *, chats: int, skip: Collection[str] = ()
) -> list[Unsent]:
    """The rows of the `chats` that have waited longest for an answer, each chat's in order.

    A chat's earlier rows go ahead with its answer, proactive ones, ones put off and ones held:
    someone who writes again is not kept waiting. `skip` names chats (pseudonyms) that are busy or
    resting.
    """
    answering = session.execute(
        select(_ROWS.c.chat, func.min(_ROWS.c.id), func.max(_ROWS.c.id))
        .where(
            _ROWS.c.channel == channel,
            _ROWS.c.lane == ANSWER,
            _due(now),
            _moving(_ROWS, now),
            *_not_in(skip),
        )
        .group_by(_ROWS.c.chat)
        .order_by(func.min(_ROWS.c.id))
        .limit(chats)
    ).all()
    if not answering:
        return []
    # Not as one statement: SQLite would go through everything that waits in the channel.
    mine = [and_(_ROWS.c.chat == chat, _ROWS.c.id <= last) for chat, _, last in answering]
    place = case({chat: first for chat, first, _ in answering}, value=_ROWS.c.chat)
    rows = session.execute(
        select(_ROWS)
        .where(_ROWS.c.channel == channel, or_(*mine), _worth(_ROWS, now))
        .order_by(place, _ROWS.c.id)
        .limit(_MOST_ROWS)
    )
    return [opened(keys_of(session), row) for row in rows.mappings()]


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
            _moving(other, now),
        )
        .exists()
    )
    rows = session.execute(
        select(_ROWS)
        .where(
            _ROWS.c.channel == channel,
            _ROWS.c.lane == PROACTIVE,
            _due(now),
            _moving(_ROWS, now),
            ~behind_another,
            *_not_in(skip),
        )
        .order_by(_ROWS.c.id)
        .limit(most)
    )
    return [opened(keys_of(session), row) for row in rows.mappings()]


def waiting_for(session: Session, channel: str, chats: Collection[str]) -> list[Unsent]:
    """Everything that waits for one person (under the pseudonyms of each secret), in order."""
    rows = session.execute(
        select(_ROWS)
        .where(_ROWS.c.channel == channel, _ROWS.c.chat.in_(list(chats)))
        .order_by(_ROWS.c.id)
        .limit(_MOST_ROWS)
    )
    return [opened(keys_of(session), row) for row in rows.mappings()]


def _worth(rows: FromClause, now: datetime) -> ColumnElement[bool]:
    return or_(rows.c.until.is_(None), rows.c.until > now)


def _moving(rows: FromClause, now: datetime) -> ColumnElement[bool]:
    return and_(rows.c.held.is_(False), _worth(rows, now))


def _due(now: datetime) -> ColumnElement[bool]:
    # Put off for longer than anything is: the clock has been set back meanwhile.
    set_back = _ROWS.c.not_before > now + PUT_OFF_AT_MOST
    return or_(_ROWS.c.not_before.is_(None), _ROWS.c.not_before <= now, set_back)


def _not_in(chats: Collection[str]) -> list[ColumnElement[bool]]:
    return [_ROWS.c.chat.not_in(list(chats))] if chats else []


def opened(keys: Keys, row: RowMapping) -> Unsent:
    """A row with its seals broken, as far as a configured secret does."""
    address: str | None = None
    content: dict[str, Any] | None = None
    try:
        address, content = keys.open(row["address"]), json.loads(keys.open(row["content"]))
    except ValueError:
        address = content = None
    return Unsent(
        row["id"], row["chat"], address, content, row["lane"], row["attempts"], row["until"]
    )


def still_there(session: Session, channel: str, row: Unsent) -> Unsent | None:
    """The row as it is now; None if it went, or went elsewhere, since it was read."""
    found = session.execute(
        select(_ROWS).where(
            _ROWS.c.id == row.id, _ROWS.c.channel == channel, _ROWS.c.chat == row.chat
        )
    ).mappings()
    return next((opened(keys_of(session), each) for each in found), None)


def confirm_sent(session: Session, ids: Collection[int]) -> None:
    """Forget messages that arrived."""
    session.execute(delete(_ROWS).where(_ROWS.c.id.in_(list(ids))))


def give_up(session: Session, channel: str, ids: Collection[int]) -> None:
    """Forget messages that never will arrive, unless they are another channel's by now."""
    session.execute(delete(Outbox).where(_ROWS.c.id.in_(list(ids)), _ROWS.c.channel == channel))


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


def outbox_depth(session: Session) -> dict[tuple[str, int], int]:
    """How many messages wait, by channel and lane; those that are held under HELD, whose ever."""
    lane = case((_ROWS.c.held, HELD), else_=_ROWS.c.lane)
    rows = session.execute(
        select(_ROWS.c.channel, lane, func.count()).group_by(_ROWS.c.channel, lane)
    )
    return {(channel, lane): count for channel, lane, count in rows}

"""The audit log: written in one chain, read, checked. Nothing changes a row that stands in it."""

import hmac
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import func, insert, update
from sqlmodel import Session, col, select

from storage.database import keys_of
from storage.tables import Audit, Meta

_LOCK = 3005
_END = "audit"  # the key of what meta knows of the newest entry

By = Literal["person", "operator", "program"]


@dataclass(frozen=True)
class Entry:
    """One change; `details` opened, None if no configured secret opens them."""

    id: int
    at: datetime
    by: str
    actor_id: int | None
    action: str
    unit_id: int | None
    details: dict[str, Any] | None


def record(
    session: Session,
    *,
    at: datetime,
    action: str,
    actor_id: int | None = None,
    by: By | None = None,
    unit_id: int | None = None,
    details: Mapping[str, Any] | None = None,
) -> int:
    """Add an entry in the transaction of the change it tells of; returns its number.

    `action` is noun.verb, such as `role.end`. `details` are what JSON has: codes, not ids, so
    that the log reads by itself. Nothing of a citizen belongs there.
    """
    if session.get_bind().dialect.name == "postgresql":  # the chain has one end
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    before = session.exec(select(Audit.mac).order_by(col(Audit.id).desc()).limit(1)).one_or_none()
    text = json.dumps(details or {}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    row = Audit(
        at=at,
        by=by or ("operator" if actor_id is None else "person"),
        actor_id=actor_id,
        action=action,
        unit_id=unit_id,
        details=keys_of(session).seal(text),
        mac="",
    )
    row.mac = keys_of(session).pseudonym("audit", *_content(row, before or ""))
    session.add(row)
    session.flush()
    assert row.id is not None
    _keep_end(session, row, is_first=before is None)
    return row.id


def _keep_end(session: Session, row: Audit, *, is_first: bool) -> None:
    """Count the entry, so that one that is cut off at the end is missed.

    What is missing already stays missing: the count goes on from the one that is kept.
    """
    kept = session.execute(select(Meta.value).where(Meta.key == _END)).scalar_one_or_none()
    if kept is None:
        if is_first:
            session.execute(insert(Meta).values(key=_END, value=_sealed(session, 1, row.mac)))
    elif (end := _opened_end(session, kept)) is not None:
        value = _sealed(session, end[0] + 1, row.mac)
        session.execute(update(Meta).where(col(Meta.key) == _END).values(value=value))


def _sealed(session: Session, count: int, mac: str) -> str:
    return keys_of(session).seal(f"{count} {mac}")


def _opened_end(session: Session, kept: str) -> tuple[int, str] | None:
    """How many entries there are, and the newest one's mac; None if no secret opens it."""
    try:
        count, _, mac = keys_of(session).open(kept).partition(" ")
        return int(count), mac
    except ValueError:
        return None


def _content(row: Audit, before: str) -> tuple[object, ...]:
    """What the keyed hash covers; both databases keep microseconds."""
    at = row.at.astimezone(UTC).isoformat()
    return (before, at, row.by, row.actor_id, row.action, row.unit_id, row.details)


def entries(
    session: Session,
    since: datetime | None = None,
    until: datetime | None = None,
    action: str | None = None,
) -> Iterator[Entry]:
    """The log in the order it was written: from `since` on, before `until`, of one action or all."""
    statement = select(Audit).order_by(col(Audit.id))
    if since is not None:
        statement = statement.where(col(Audit.at) >= since)
    if until is not None:
        statement = statement.where(col(Audit.at) < until)
    if action is not None:
        statement = statement.where(col(Audit.action) == action)
    for row in session.exec(statement, execution_options={"yield_per": 200}):
        yield _opened(session, row)


def newest_entries(session: Session, units: Collection[int], skip: int, most: int) -> list[Entry]:
    """What happened in these units, the newest first."""
    rows = session.exec(
        select(Audit)
        .where(col(Audit.unit_id).in_(units))
        .order_by(col(Audit.id).desc())
        .offset(skip)
        .limit(most)
    )
    return [_opened(session, row) for row in rows]


def entries_of(session: Session, unit_id: int, action: str) -> Iterator[Entry]:
    """One kind of change in one unit, in the order it was written."""
    statement = (
        select(Audit)
        .where(Audit.unit_id == unit_id, Audit.action == action)
        .order_by(col(Audit.id))
    )
    for row in session.exec(statement):
        yield _opened(session, row)


def newest_of(session: Session, unit_id: int, action: str, **details: str) -> Entry | None:
    """The newest change of one kind in a unit whose details say this."""
    statement = (
        select(Audit)
        .where(Audit.unit_id == unit_id, Audit.action == action)
        .order_by(col(Audit.id).desc())
    )
    for row in session.exec(statement):
        entry = _opened(session, row)
        if entry.details and all(entry.details.get(name) == details[name] for name in details):
            return entry
    return None


def find_entry(session: Session, number: int) -> Entry | None:
    """The entry of this number."""
    row = session.get(Audit, number)
    return None if row is None else _opened(session, row)


def _opened(session: Session, row: Audit) -> Entry:
    assert row.id is not None
    try:
        details = json.loads(keys_of(session).open(row.details))
    except ValueError:
        details = None
    return Entry(row.id, row.at, row.by, row.actor_id, row.action, row.unit_id, details)


def verify(session: Session) -> int | None:
    """The number of the first entry that does not follow from the one before; None if all do.

    Where entries are missing at the end it is the number after the newest that is there.
    """
    kept = session.execute(select(Meta.value).where(Meta.key == _END)).scalar_one_or_none()
    end = None if kept is None else _opened_end(session, kept)
    before, last, count = "", 0, 0
    rows = session.exec(select(Audit).order_by(col(Audit.id)), execution_options={"yield_per": 200})
    for row in rows:
        expected = keys_of(session).pseudonyms("audit", *_content(row, before))
        if not any(hmac.compare_digest(each, row.mac) for each in expected):
            return row.id
        before, last, count = row.mac, row.id or 0, count + 1
        if end is not None and count == end[0] and row.mac != end[1]:
            return row.id
    if kept is None and not count:
        return None
    return None if end is not None and 0 < end[0] <= count else last + 1

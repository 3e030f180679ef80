"""Work that was taken on: a unique row per key, so that nothing is done twice."""

from collections.abc import Collection, Sequence
from datetime import date
from urllib.parse import quote, unquote

from sqlalchemy import ColumnElement, CursorResult, String, delete, func, type_coerce
from sqlmodel import Session, col, select

from storage.queries.traffic import insert_new
from storage.tables import Claim

KEPT_DAYS = 60


def claim_key(*parts: object) -> str:
    """A key such as digest/2026-W47/C1/S1; a slash inside a part is escaped."""
    return "/".join(quote(str(part), safe="") for part in parts)


def read_claim_key(key: str) -> list[str]:
    """The parts of a key."""
    return [unquote(part) for part in key.split("/")]


def claim(session: Session, key: str, day: date) -> bool:
    """Take on the work named by `key`; True for the one transaction that gets it.

    On PostgreSQL a second process waits here until the first has committed or given up.
    """
    return insert_new(session, Claim, {"key": key, "day": day})


def only_here(session: Session, what: str) -> bool:
    """Whether, until the end of the transaction, no other process is at this (PostgreSQL)."""
    if session.get_bind().dialect.name != "postgresql":
        return True
    lock = func.pg_try_advisory_xact_lock(func.hashtextextended(what, 0))
    return bool(session.execute(select(lock)).scalar_one())


def release(session: Session, keys: Collection[str]) -> None:
    """Give work back: what was queued for it is forgotten unsent, whoever comes next takes it."""
    if keys:
        session.execute(delete(Claim).where(col(Claim.key).in_(list(keys))))


def claimed(session: Session, keys: Sequence[str]) -> set[str]:
    """Which of these are taken on already: for leaving out what need not be tried."""
    found: set[str] = set()
    for start in range(0, len(keys), 500):
        some = keys[start : start + 500]
        found.update(session.exec(select(Claim.key).where(col(Claim.key).in_(some))))
    return found


def claimed_like(session: Session, prefix: str) -> list[str]:
    """The keys that begin like this (ASCII), found by their bytes: SQLite's index helps."""
    key: ColumnElement[str] = type_coerce(col(Claim.key), String)
    if session.get_bind().dialect.name == "postgresql":
        key = key.collate("C")
    after = prefix[:-1] + chr(ord(prefix[-1]) + 1)
    return list(session.exec(select(Claim.key).where(key >= prefix, key < after)))


def forget_claims(session: Session, before: date) -> int:
    """Forget what was claimed before that day; how many."""
    done = session.execute(delete(Claim).where(col(Claim.day) < before))
    assert isinstance(done, CursorResult)
    return done.rowcount

"""The random key of a day: knows a person's rating again, and is destroyed with the day's window."""

import secrets
from collections.abc import Sequence
from datetime import date

from sqlalchemy import CursorResult, bindparam, delete, select
from sqlmodel import Session

from storage.database import keys_of
from storage.prepared import Prepared, Question, Row
from storage.queries.roster import table_of
from storage.queries.traffic import insert_new
from storage.tables import DayKey

_ROWS = table_of(DayKey)
_READ = Prepared(select(_ROWS.c.key).where(_ROWS.c.day == bindparam("day")))
_OPENED = "day_keys"  # in Session.info, which goes with the transaction


def day_key(session: Session, day: date) -> bytes | None:
    """The key of a day; None once it was destroyed, or where there never was one."""
    opened: dict[date, bytes] = session.info.setdefault(_OPENED, {})
    return opened.get(day) or keep_opened(session, day, _READ.all(session, day=day))


def reading(day: date) -> Question:
    """The question for the key of a day, to be asked along with others."""
    return _READ, {"day": day}


def keep_opened(session: Session, day: date, rows: Sequence[Row]) -> bytes | None:
    """The key in an answer to `reading`; it is not asked for again in this transaction."""
    if not rows:
        return None
    key = bytes.fromhex(keys_of(session).open(rows[0][0]))
    session.info.setdefault(_OPENED, {})[day] = key
    return key


def key_of_day(session: Session, day: date) -> bytes:
    """The key of a day, made if there is none yet: for what is to be forgotten with it."""
    if (key := day_key(session, day)) is not None:
        return key
    sealed = keys_of(session).seal(secrets.token_hex(32))
    insert_new(session, DayKey, {"day": day, "key": sealed})
    key = day_key(session, day)
    assert key is not None
    return key


def destroy_keys(session: Session, before: date) -> int:
    """Destroy the keys of the days before; how many."""
    session.info.pop(_OPENED, None)
    done = session.execute(delete(DayKey).where(_ROWS.c.day < before))
    assert isinstance(done, CursorResult)
    return done.rowcount

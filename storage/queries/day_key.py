"""The random key of a day: knows a person's rating again, and is destroyed with the day's window."""

import secrets
from datetime import date

from sqlalchemy import CursorResult, bindparam, delete, select
from sqlmodel import Session

from storage.database import keys_of
from storage.prepared import Prepared
from storage.queries.roster import table_of
from storage.queries.traffic import insert_new
from storage.tables import DayKey

_ROWS = table_of(DayKey)
_READ = Prepared(select(_ROWS.c.key).where(_ROWS.c.day == bindparam("day")))
_OPENED = "day_keys"  # in Session.info, which goes with the transaction


def day_key(session: Session, day: date) -> bytes | None:
    """The key of a day; None once it was destroyed, or where there never was one."""
    opened: dict[date, bytes] = session.info.setdefault(_OPENED, {})
    if day not in opened:
        row = _READ.first(session, day=day)
        if row is None:
            return None
        opened[day] = bytes.fromhex(keys_of(session).open(row[0]))
    return opened[day]


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

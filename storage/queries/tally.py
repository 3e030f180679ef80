"""Counts ratings as they come, in one statement, under names and numbers that nobody can read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import CursorResult, Insert, bindparam, case, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from storage.keys import keyed_hash, mac
from storage.prepared import Prepared
from storage.queries.day_key import key_of_day
from storage.queries.roster import table_of
from storage.tables import Tally

_TALLY = table_of(Tally)
_COLUMNS = ("key", "slot", "now", "before")
_BLIND_BITS = 60  # so that no count can be seen through, and no sum leaves 63 bits


@dataclass(frozen=True)
class Counted:
    """Something to be counted once more, such as a desk. Never stored, only hashed.

    `window` is the number of the present window; `weight` how much of the one before still counts,
    from 1 (this one has just begun) to 0.
    """

    what: tuple[object, ...]
    window: int = 0
    weight: float = 0.0


def count(session: Session, day: date, counted: Sequence[Counted]) -> list[float]:
    """Count each of these once more; how many each now has, this one included."""
    key = key_of_day(session, day)
    names = [_name(key, each) for each in counted]
    values: dict[str, Any] = {"day": day}
    blinds = []
    for index, (name, each) in enumerate(zip(names, counted, strict=True)):
        slot, now, before = blind = _blinds(key, name)
        blinds.append(blind)
        values |= {
            f"key{index}": name,
            f"slot{index}": slot + each.window,
            f"now{index}": now + 1,
            f"before{index}": before,
        }
    found = {row[0]: row[1:] for row in _adding(len(names)).all(session, **values)}
    return [
        (found[name][0] - now) + each.weight * (found[name][1] - before)
        for name, each, (_, now, before) in zip(names, counted, blinds, strict=True)
    ]


def take_back(session: Session, day: date, counted: Counted) -> None:
    """One less of what was just counted."""
    _TAKING.run(session, key_=_name(key_of_day(session, day), counted))


def forget_tallies(session: Session, before: date) -> int:
    """Forget what was counted on the days before; how many rows."""
    done = session.execute(delete(Tally).where(col(Tally.day) < before))
    assert isinstance(done, CursorResult)
    return done.rowcount


def _name(key: bytes, counted: Counted) -> str:
    return keyed_hash(key, "tally", *counted.what)


def _blinds(key: bytes, name: str) -> tuple[int, int, int]:
    """What is added to the three numbers of a row: nobody without the day's key can take it off."""
    raw = mac(key, b"blind" + name.encode())
    slot, now, before = (
        int.from_bytes(raw[at : at + 8], "big") >> (64 - _BLIND_BITS) for at in (0, 8, 16)
    )
    return slot, now, before


@cache
def _adding(rows: int) -> Prepared:
    """So many rows, each added or counted on: in this window, or as the first of a new one."""

    def statement(dialect: str) -> Insert:
        insert = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(_TALLY)
        given = insert.values(
            [
                {"day": bindparam("day")} | {name: bindparam(f"{name}{n}") for name in _COLUMNS}
                for n in range(rows)
            ]
        )
        old, new = _TALLY.c, given.excluded
        same, next_one = old.slot == new.slot, old.slot == new.slot - 1
        moved = old.now - (new.now - 1) + new.before  # under the blind of the other column
        return given.on_conflict_do_update(
            index_elements=["key"],
            set_={
                "slot": new.slot,
                "now": case((same, old.now + 1), else_=new.now),
                "before": case((same, old.before), (next_one, moved), else_=new.before),
            },
        ).returning(old.key, old.now, old.before)

    return Prepared(statement)


_TAKING = Prepared(
    update(_TALLY).where(_TALLY.c.key == bindparam("key_")).values(now=_TALLY.c.now - 1)
)

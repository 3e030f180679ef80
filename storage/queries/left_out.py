"""How many ratings are kept but not counted: only how many, never what they say."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, func, literal_column, select, union_all
from sqlmodel import Session

from storage.queries.counted import LEFT_OUT
from storage.queries.roster import table_of
from storage.tables import Rating, WeekCount

_RATING, _WEEK = table_of(Rating), table_of(WeekCount)
# In so many letters: a bound parameter would not let SQLite use the index of these alone.
_FLAGGED: ColumnElement[bool] = _RATING.c.status == literal_column("'flagged'")


def left_out(session: Session, units: Collection[int], first: date, last: date) -> dict[int, int]:
    """How many of these units' ratings of these days (both included), by unit. Erased ones count in
    the whole weeks of these days, as those that count do."""
    found: dict[int, int] = {}
    erased = _WEEK.c.monday.between(first, last - timedelta(days=6))
    for each in _by_day(session, units, _RATING.c.day.between(first, last), erased):
        found[each.unit_id] = found.get(each.unit_id, 0) + int(each.n)
    return found


def left_out_in_weeks(
    session: Session, unit_id: int, mondays: Sequence[date], until: date
) -> list[int]:
    """How many of a unit's ratings in the weeks that begin on these days (newest first)."""
    found = [0] * len(mondays)
    days = _RATING.c.day.between(mondays[-1], until)
    for each in _by_day(session, [unit_id], days, _WEEK.c.monday.in_(mondays)):
        ago = next(ago for ago, monday in enumerate(mondays) if each.day >= monday)
        found[ago] += int(each.n)
    return found


def _by_day(
    session: Session,
    units: Collection[int],
    days: ColumnElement[bool],
    erased: ColumnElement[bool],
) -> Sequence[Row[Any]]:
    """How many (n) by unit and day; of erased ones the day is the Monday of their week."""
    kept = (
        select(_RATING.c.unit_id, _RATING.c.day, func.count().label("n"))
        .where(_FLAGGED, _RATING.c.unit_id.in_(units), days)
        .group_by(_RATING.c.unit_id, _RATING.c.day)
    )
    gone = select(_WEEK.c.unit_id, _WEEK.c.monday, _WEEK.c.n).where(
        _WEEK.c.level == LEFT_OUT, _WEEK.c.unit_id.in_(units), erased
    )
    return session.execute(union_all(kept, gone)).all()


def left_out_of(session: Session, person_id: int, first: date, last: date) -> int:
    """How many of a person's ratings of these days."""
    found = session.execute(
        select(func.count()).where(
            _FLAGGED, _RATING.c.member_id == person_id, _RATING.c.day.between(first, last)
        )
    )
    return int(found.scalar_one())

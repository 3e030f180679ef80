"""Ratings that count in figures, found by the index on unit, status, level and day.

A condition on each of the four lets both databases read the days that are asked for and no others:
what a figure costs is what its days hold, whatever history there is. SQLite sees this only where
the levels are named.
"""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    Integer,
    Select,
    Subquery,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    true,
    union_all,
)
from sqlmodel import Session

from storage.prepared import Prepared
from storage.queries.roster import table_of
from storage.tables import Rating, Unit, WeekCount, WeekReason

_RATING, _UNIT = table_of(Rating), table_of(Unit)
_COUNT, _REASON = table_of(WeekCount), table_of(WeekReason)
_LEVELS = (1, 2, 3, 4, 5)  # as the table's own check has them
_WEEK = timedelta(days=6)
LEFT_OUT = 0  # in place of a level: how many erased ratings were not counted

Days = tuple[date, date]


class LevelCount(NamedTuple):
    """So many active ratings of one unit with this level."""

    ago: int
    unit_id: int
    level: int
    n: int


def counted_in(units: Collection[int]) -> tuple[ColumnElement[bool], ...]:
    """That a rating counts, for one of these units."""
    return (
        _RATING.c.unit_id.in_(units),
        _RATING.c.status == "active",
        _RATING.c.level.in_(_LEVELS),
    )


def rating_levels(session: Session, periods: Sequence[Days]) -> list[LevelCount]:
    """The active ratings of every unit there is, in each of these periods (both days included);
    `ago` is the place of the period. Erased ones count in the whole weeks of a period.

    One statement, however many units: each number is one stretch of the index.
    """
    if not periods:
        return []
    days = _bound(periods)
    found = {row[:3]: row[3] for row in _all_levels(len(periods)).all(session, **days) if row[3]}
    for row in _all_erased(len(periods)).all(session, **days):
        found[row[:3]] = found.get(row[:3], 0) + int(row[3])
    return [LevelCount(ago, unit, level, n) for (ago, unit, level), n in found.items()]


@cache
def _all_levels(periods: int) -> Prepared:
    of, level = _periods(periods), _levels()
    n = (
        select(func.count())
        .where(
            _RATING.c.unit_id == _UNIT.c.id,
            _RATING.c.status == "active",
            _RATING.c.level == level.c.level,
            _RATING.c.day.between(of.c.first, of.c.last),
        )
        .scalar_subquery()
    )
    return Prepared(
        select(of.c.ago, _UNIT.c.id, level.c.level, n)
        .select_from(_UNIT)
        .join(level, true())
        .join(of, true())
    )


@cache
def _all_erased(periods: int) -> Prepared:
    return Prepared(_erased(periods))


def _erased(periods: int) -> Select[tuple[int, int, int, int]]:
    of = _periods(periods)
    return (
        select(of.c.ago, _COUNT.c.unit_id, _COUNT.c.level, func.sum(_COUNT.c.n))
        .join_from(of, _COUNT, _COUNT.c.monday.between(of.c.first, of.c.last_monday))
        .where(_COUNT.c.level != LEFT_OUT)
        .group_by(of.c.ago, _COUNT.c.unit_id, _COUNT.c.level)
    )


def erased_reasons(
    session: Session, periods: Sequence[Days], units: Collection[int]
) -> list[tuple[int, str, int]]:
    """How often each reason (side/code) was given in erased ratings: (ago, reason, n)."""
    of = _periods(len(periods))
    rows = session.execute(
        select(of.c.ago, _REASON.c.reason, func.sum(_REASON.c.n))
        .join_from(of, _REASON, _REASON.c.monday.between(of.c.first, of.c.last_monday))
        .where(_REASON.c.unit_id.in_(units))
        .group_by(of.c.ago, _REASON.c.reason),
        _bound(periods),
    )
    return [(row[0], row[1], int(row[2])) for row in rows]


def erased_in(unit_id: int, first: date, last: date) -> Select[tuple[date, int]]:
    """Ratings of a unit that counted and are erased, of weeks that begin in these days: (Monday, n),
    several of a week."""
    return select(_COUNT.c.monday, _COUNT.c.n).where(
        _COUNT.c.unit_id == unit_id,
        _COUNT.c.monday.between(first, last),
        _COUNT.c.level != LEFT_OUT,
    )


def any_before(units: Collection[int], day: date) -> ColumnElement[bool]:
    """Whether these units have any rating of earlier days, whatever became of it."""
    rated = _RATING.c.unit_id.in_(units) & (_RATING.c.day < day)
    kept = _RATING.c.status.in_(("active", "flagged")) & _RATING.c.level.in_(_LEVELS)
    withdrawn = (_RATING.c.status == "withdrawn") & _RATING.c.level.is_(None)
    erased = select(_COUNT.c.n).where(_COUNT.c.unit_id.in_(units), _COUNT.c.monday < day)
    left = (select(_RATING.c.id).where(rated, how).exists() for how in (kept, withdrawn))
    return or_(*left, erased.exists())


def first_rated(session: Session, below: CTE) -> date | None:
    """The first day with a rating of the units whose ids are in `below`, whatever became of it."""
    level, found = _levels(), []
    for status, how in (
        ("active", _RATING.c.level == level.c.level),
        ("flagged", _RATING.c.level == level.c.level),
        ("withdrawn", _RATING.c.level.is_(None)),
    ):
        first = (
            select(func.min(_RATING.c.day))
            .where(_RATING.c.unit_id == below.c.id, _RATING.c.status == status, how)
            .scalar_subquery()
        )
        asked = select(func.min(first)).select_from(below).join(level, true())
        found.append(session.execute(asked).scalar_one())
    return min((day for day in found if day is not None), default=None)


def _levels() -> Subquery:
    return union_all(
        *(select(literal_column(str(n), Integer).label("level")) for n in _LEVELS)
    ).subquery("levels")


def _periods(many: int) -> Subquery:
    """Each period: its place, its days, and the last Monday whose week lies in it."""
    names = ("first", "last", "last_monday")
    return union_all(
        *(
            select(
                literal_column(str(ago), Integer).label("ago"),
                *(bindparam(f"{name}_{ago}", type_=Date).label(name) for name in names),
            )
            for ago in range(many)
        )
    ).subquery("periods")


def _bound(periods: Sequence[Days]) -> dict[str, date]:
    return {
        f"{name}_{ago}": day
        for ago, (first, last) in enumerate(periods)
        for name, day in (("first", first), ("last", last), ("last_monday", last - _WEEK))
    }

"""How many ratings are kept but not counted: only how many, never what they say."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, func, literal_column, select
from sqlmodel import Session

from storage.queries.roster import table_of
from storage.tables import Rating

_RATING = table_of(Rating)
# In so many letters: a bound parameter would not let SQLite use the index of these alone.
_FLAGGED: ColumnElement[bool] = _RATING.c.status == literal_column("'flagged'")


def left_out(session: Session, units: Collection[int], first: date, last: date) -> dict[int, int]:
    """How many of these units' ratings of these days (both included), by unit."""
    rows = session.execute(
        select(_RATING.c.unit_id, func.count())
        .where(_FLAGGED, _RATING.c.unit_id.in_(units), _RATING.c.day.between(first, last))
        .group_by(_RATING.c.unit_id)
    )
    return {row[0]: row[1] for row in rows}


def left_out_of(session: Session, person_id: int, first: date, last: date) -> int:
    """How many of a person's ratings of these days."""
    found = session.execute(
        select(func.count()).where(
            _FLAGGED, _RATING.c.member_id == person_id, _RATING.c.day.between(first, last)
        )
    )
    return int(found.scalar_one())

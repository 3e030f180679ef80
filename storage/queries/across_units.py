"""Whether ratings were given at desks of another unit than the one they count for."""

from datetime import date

from sqlalchemy import ColumnElement, Exists, or_, select
from sqlmodel import Session

from storage.queries.counted import counted_in
from storage.queries.roster import table_of
from storage.tables import Desk, Rating

_RATING, _DESK = table_of(Rating), table_of(Desk)


def unit_crosses(session: Session, unit_id: int, since: date, until: date) -> bool:
    """Whether a unit's ratings of these days came from desks of others, or its desks' ratings
    count for others."""
    desks = select(_DESK.c.id).where(_DESK.c.unit_id == unit_id)
    days = _RATING.c.day.between(since, until)
    # Apart: each finds its days by an index of its own.
    ours = _elsewhere(*counted_in([unit_id]), days)
    given = _elsewhere(_RATING.c.desk_id.in_(desks), days, _RATING.c.status == "active")
    return bool(session.execute(select(or_(ours, given))).scalar())


def person_crosses(session: Session, person_id: int, since: date, until: date) -> bool:
    """The same of the ratings of one person."""
    days, whose = _RATING.c.day.between(since, until), _RATING.c.member_id == person_id
    found = _elsewhere(whose, days, _RATING.c.status == "active")
    return bool(session.execute(select(found)).scalar())


def _elsewhere(*which: ColumnElement[bool]) -> Exists:
    return (
        select(_RATING.c.id)
        .join_from(_RATING, _DESK, _RATING.c.desk_id == _DESK.c.id)
        .where(*which, _RATING.c.unit_id != _DESK.c.unit_id)
        .exists()
    )

"""Whether ratings were given at desks of another unit than the one they count for."""

from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlmodel import Session

from storage.queries.roster import table_of
from storage.tables import Desk, Rating

_RATING, _DESK = table_of(Rating), table_of(Desk)


def unit_crosses(session: Session, unit_id: int, since: date, until: date) -> bool:
    """Whether a unit's ratings of these days came from desks of others, or its desks' ratings
    count for others."""
    desks = select(_DESK.c.id).where(_DESK.c.unit_id == unit_id)
    involved = or_(_RATING.c.unit_id == unit_id, _RATING.c.desk_id.in_(desks))
    return _any(session, involved, since, until)


def person_crosses(session: Session, person_id: int, since: date, until: date) -> bool:
    """The same of the ratings of one person."""
    return _any(session, _RATING.c.member_id == person_id, since, until)


def _any(session: Session, whose: ColumnElement[bool], since: date, until: date) -> bool:
    found = session.execute(
        select(_RATING.c.id)
        .join_from(_RATING, _DESK, _RATING.c.desk_id == _DESK.c.id)
        .where(
            whose,
            _RATING.c.unit_id != _DESK.c.unit_id,
            _RATING.c.day.between(since, until),
            _RATING.c.status == "active",
        )
        .limit(1)
    ).first()
    return found is not None

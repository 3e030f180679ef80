"""A member's own ratings in closed weeks, and what they were shown last."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select
from sqlmodel import Session

from storage.queries.roster import table_of
from storage.queries.traffic import insert_new
from storage.tables import OwnScore, Rating

_RATING = table_of(Rating)


class Score(NamedTuple):
    """So many ratings of a member with this level and these reasons, the first on this day."""

    level: int
    reasons: str
    n: int
    first: date


def own_counts(session: Session, person_id: int, after: date | None, until: date) -> list[Score]:
    """Active ratings about a person after one day and up to another."""
    asked = select(_RATING.c.level, _RATING.c.reasons, func.count(), func.min(_RATING.c.day)).where(
        _RATING.c.member_id == person_id, _RATING.c.day <= until, _RATING.c.status == "active"
    )
    if after is not None:
        asked = asked.where(_RATING.c.day > after)
    rows = session.execute(asked.group_by(_RATING.c.level, _RATING.c.reasons))
    return [Score(*row) for row in rows]


def shown_last(session: Session, person_id: int) -> OwnScore | None:
    """What the person saw last; nobody else moves it on in this transaction."""
    return session.get(OwnScore, person_id, with_for_update=True)


def keep_shown(
    session: Session, person_id: int, through: date, count: int, figures: str
) -> OwnScore:
    """Remember what is shown now; where two chats of a person ask at once, the first one counts."""
    values = {"person_id": person_id, "through": through, "count": count, "figures": figures}
    if insert_new(session, OwnScore, values):
        return session.get_one(OwnScore, person_id)
    row = session.get_one(OwnScore, person_id, with_for_update=True, populate_existing=True)
    if row.through < through:
        row.through, row.count, row.figures = through, count, figures
        session.add(row)
        session.flush()
    return row

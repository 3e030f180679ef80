"""What leaves the database as tables: ratings; sorted by content, never by age."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlmodel import Session

from storage.database import keys_of
from storage.queries.past import below, units_then
from storage.queries.roster import table_of
from storage.queries.tree import subtree
from storage.tables import Answer, Desk, Person, Rating, Unit

_AT_ONCE = 1000
_UNIT, _PERSON = table_of(Unit), table_of(Person)
_DESK, _RATING, _ANSWER = table_of(Desk), table_of(Rating), table_of(Answer)

Units = Collection[int] | None
"""The ids of the units that are wanted; None is all of them."""


class ExportedRating(NamedTuple):
    """One rating. Of a withdrawn one only the frame is left: no level, reasons or comment; a
    comment that was hidden is left out."""

    id: str
    day: date
    unit_code: str
    desk_code: str
    person_code: str
    level: int | None
    reasons: str
    comment: str
    channel: str
    status: str


def unit_id(session: Session, code: str) -> int | None:
    """The unit of this code."""
    return session.execute(select(_UNIT.c.id).where(_UNIT.c.code == code)).scalar_one_or_none()


def unit_codes(session: Session) -> dict[int, str]:
    """The code of every unit there ever was, by its id."""
    return dict(session.execute(select(_UNIT.c.id, _UNIT.c.code)).all())


def unit_names(session: Session) -> dict[str, str]:
    """The name of every unit, by its code."""
    return dict(session.execute(select(_UNIT.c.code, _UNIT.c.name)).all())


def units_below(session: Session, unit: int, since: date | None, until: date | None) -> set[int]:
    """A unit and those below it: as the tree stood on the last of these days, if there is one,
    else as it stands now, closed ones included."""
    if until is None:
        return set(session.execute(select(subtree(unit).c.id)).scalars())
    then = units_then(session, since or date.min, until)
    return {unit, *(each.id for each in below(then, unit))}


def ratings(
    session: Session, since: date | None, until: date | None, units: Units
) -> Iterator[ExportedRating]:
    """Ratings of these days (both included) in these units; None is no limit.

    ValueError if a comment was sealed under a secret that is no longer configured.
    """
    statement = (
        select(
            _RATING.c.id,
            _RATING.c.day,
            _UNIT.c.code.label("unit_code"),
            _DESK.c.code.label("desk_code"),
            func.coalesce(_PERSON.c.code, "").label("person_code"),
            _RATING.c.level,
            _RATING.c.reasons,
            case((_ANSWER.c.hidden != "", None), else_=_RATING.c.comment).label("comment"),
            _RATING.c.channel,
            _RATING.c.status,
        )
        .join_from(_RATING, _UNIT, _RATING.c.unit_id == _UNIT.c.id)
        .join(_DESK, _RATING.c.desk_id == _DESK.c.id)
        .outerjoin(_PERSON, _RATING.c.member_id == _PERSON.c.id)
        .outerjoin(_ANSWER, _ANSWER.c.rating_id == _RATING.c.id)
        .order_by(
            _RATING.c.day,
            by_bytes(session, _UNIT.c.code),
            by_bytes(session, _DESK.c.code),
            by_bytes(session, func.coalesce(_PERSON.c.code, "")),
            func.coalesce(_RATING.c.level, 0),
            by_bytes(session, _RATING.c.reasons),
            _RATING.c.channel,
            _RATING.c.status,
            by_bytes(session, _RATING.c.id),  # random: it tells nothing either
        )
    )
    if since is not None:
        statement = statement.where(_RATING.c.day >= since)
    if until is not None:
        statement = statement.where(_RATING.c.day <= until)
    keys = keys_of(session)
    for row in streamed(session, among(statement, _RATING.c.unit_id, units)):
        if row.status == "withdrawn":
            emptied = (*row[:5], None, "", "", row.channel, row.status)
            yield ExportedRating._make(emptied)
        else:
            comment = keys.open(row.comment) if row.comment else ""
            yield ExportedRating._make((*row[:7], comment, row.channel, row.status))


def among(statement: Select[Any], column: ColumnElement[Any], units: Units) -> Select[Any]:
    """Only rows of these units."""
    return statement if units is None else statement.where(column.in_(sorted(units)))


def by_bytes(session: Session, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The same order on both databases, whatever language PostgreSQL was set up in."""
    if session.get_bind().dialect.name == "postgresql":
        return column.collate("C")
    return column


def streamed(session: Session, statement: Select[Any]) -> Iterator[Any]:
    """Row by row: a million of them never stand in memory together."""
    yield from session.execute(statement, execution_options={"yield_per": _AT_ONCE})

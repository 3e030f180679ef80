"""What leaves the database as tables: ratings, units, people; sorted by content, never by age."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select
from sqlmodel import Session

from storage.database import keys_of
from storage.queries.roster import table_of
from storage.queries.tree import subtree
from storage.tables import Desk, Membership, Person, Rating, Unit

_AT_ONCE = 1000
_UNIT, _PERSON, _MEMBERSHIP = table_of(Unit), table_of(Person), table_of(Membership)
_DESK, _RATING = table_of(Desk), table_of(Rating)


class ExportedRating(NamedTuple):
    """One rating. Of a withdrawn one only the frame is left: no level, reasons or comment."""

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


class ExportedUnit(NamedTuple):
    """A unit; the parent by its code, "" for none."""

    code: str
    name: str
    kind: str
    parent_code: str
    pilot: bool


class ExportedPerson(NamedTuple):
    """A person's place in one unit, the e-mail opened."""

    code: str
    full_name: str
    unit_code: str
    role: str
    position: str
    email: str


class ExportedDesk(NamedTuple):
    """A desk as a poster names it."""

    code: str
    name: str
    unit_name: str


def unit_id(session: Session, code: str) -> int | None:
    """The unit of this code."""
    return session.execute(select(_UNIT.c.id).where(_UNIT.c.code == code)).scalar_one_or_none()


def ratings(
    session: Session, since: date | None, until: date | None, unit: int | None
) -> Iterator[ExportedRating]:
    """Ratings of these days (both included) in a unit and the units below it; None is no limit.

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
            _RATING.c.comment,
            _RATING.c.channel,
            _RATING.c.status,
        )
        .join_from(_RATING, _UNIT, _RATING.c.unit_id == _UNIT.c.id)
        .join(_DESK, _RATING.c.desk_id == _DESK.c.id)
        .outerjoin(_PERSON, _RATING.c.member_id == _PERSON.c.id)
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
    for row in streamed(session, within(statement, _RATING.c.unit_id, unit)):
        if row.status == "withdrawn":
            emptied = (*row[:5], None, "", "", row.channel, row.status)
            yield ExportedRating._make(emptied)
        else:
            comment = keys.open(row.comment) if row.comment else ""
            yield ExportedRating._make((*row[:7], comment, row.channel, row.status))


def units(session: Session, unit: int | None) -> Iterator[ExportedUnit]:
    """A unit and those below it, or all, by code."""
    parent = _UNIT.alias()
    statement = (
        select(
            _UNIT.c.code,
            _UNIT.c.name,
            _UNIT.c.kind,
            func.coalesce(parent.c.code, ""),
            _UNIT.c.pilot,
        )
        .outerjoin_from(_UNIT, parent, _UNIT.c.parent_id == parent.c.id)
        .order_by(by_bytes(session, _UNIT.c.code))
    )
    for row in streamed(session, within(statement, _UNIT.c.id, unit)):
        yield ExportedUnit(*row)


def people(session: Session, unit: int | None) -> Iterator[ExportedPerson]:
    """Everyone's places in a unit and those below it, or all, by person.

    ValueError if an e-mail was sealed under a secret that is no longer configured.
    """
    statement = (
        select(
            _PERSON.c.code,
            _PERSON.c.full_name,
            _UNIT.c.code,
            _MEMBERSHIP.c.role,
            _PERSON.c.position,
            _PERSON.c.email,
        )
        .join_from(_MEMBERSHIP, _PERSON, _MEMBERSHIP.c.person_id == _PERSON.c.id)
        .join(_UNIT, _MEMBERSHIP.c.unit_id == _UNIT.c.id)
        .order_by(
            by_bytes(session, _PERSON.c.code),
            by_bytes(session, _UNIT.c.code),
            _MEMBERSHIP.c.role,
        )
    )
    keys = keys_of(session)
    for row in streamed(session, within(statement, _MEMBERSHIP.c.unit_id, unit)):
        *frame, email = row
        yield ExportedPerson._make((*frame, keys.open(email) if email else ""))


def desks(session: Session, unit: int | None) -> list[ExportedDesk]:
    """The desks of a unit and those below it, or all, by code."""
    statement = (
        select(_DESK.c.code, _DESK.c.name, _UNIT.c.name)
        .join_from(_DESK, _UNIT, _DESK.c.unit_id == _UNIT.c.id)
        .order_by(by_bytes(session, _DESK.c.code))
    )
    return [ExportedDesk(*row) for row in session.execute(within(statement, _DESK.c.unit_id, unit))]


def within(statement: Select[Any], column: ColumnElement[Any], unit: int | None) -> Select[Any]:
    """Only rows whose unit is this one or below it."""
    return statement if unit is None else statement.where(column.in_(select(subtree(unit).c.id)))


def by_bytes(session: Session, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The same order on both databases, whatever language PostgreSQL was set up in."""
    if session.get_bind().dialect.name == "postgresql":
        return column.collate("C")
    return column


def streamed(session: Session, statement: Select[Any]) -> Iterator[Any]:
    """Row by row: a million of them never stand in memory together."""
    yield from session.execute(statement, execution_options={"yield_per": _AT_ONCE})

"""Pledges as they leave the database: sorted by content, never by age."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlmodel import Session

from storage.queries.export import Units, among, by_bytes, streamed
from storage.queries.roster import table_of
from storage.tables import Person, Pledge, Unit

_PLEDGE, _PERSON, _UNIT = table_of(Pledge), table_of(Person), table_of(Unit)


class ExportedPledge(NamedTuple):
    """One item of one day; the unit is where the member stood that day."""

    day: date
    unit_code: str
    person_code: str
    item_code: str
    status: str
    late: bool


def pledges(
    session: Session, since: date | None, until: date | None, units: Units
) -> Iterator[ExportedPledge]:
    """Pledges of these days (both included) in these units; None is no limit."""
    statement = (
        select(
            _PLEDGE.c.day,
            _UNIT.c.code.label("unit_code"),
            _PERSON.c.code.label("person_code"),
            _PLEDGE.c.code.label("item_code"),
            _PLEDGE.c.status,
            _PLEDGE.c.late,
        )
        .join_from(_PLEDGE, _UNIT, _PLEDGE.c.unit_id == _UNIT.c.id)
        .join(_PERSON, _PLEDGE.c.person_id == _PERSON.c.id)
        .order_by(
            _PLEDGE.c.day,
            by_bytes(session, _UNIT.c.code),
            by_bytes(session, _PERSON.c.code),
            by_bytes(session, _PLEDGE.c.code),
        )
    )
    if since is not None:
        statement = statement.where(_PLEDGE.c.day >= since)
    if until is not None:
        statement = statement.where(_PLEDGE.c.day <= until)
    for row in streamed(session, among(statement, _PLEDGE.c.unit_id, units)):
        yield ExportedPledge(*row)

"""The roster as it leaves the database: units, people, desks, duties, now or in some days."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, null, or_, select, true, union_all
from sqlmodel import Session

from storage.database import keys_of
from storage.queries.export import Units, among, by_bytes, streamed, unit_codes
from storage.queries.roster import table_of
from storage.tables import Desk, Duty, Membership, MembershipPast, Person, Unit, UnitPast

_UNIT, _UNIT_PAST = table_of(Unit), table_of(UnitPast)
_PERSON, _MEMBERSHIP, _PAST = table_of(Person), table_of(Membership), table_of(MembershipPast)
_DESK, _DUTY = table_of(Desk), table_of(Duty)


class Days(NamedTuple):
    """From `since` to `until`, both included, None open; asks for everything that was then."""

    since: date | None
    until: date | None

    def holds(self, begins: ColumnElement[Any], ends: ColumnElement[Any]) -> ColumnElement[bool]:
        """Whether something that holds from one day to another (NULL: open) held in these."""
        begun = or_(begins.is_(None), begins <= self.until) if self.until else true()
        lasting = or_(ends.is_(None), ends >= self.since) if self.since else true()
        return and_(begun, lasting)


class ExportedUnit(NamedTuple):
    """A unit as it was from a day on; other units by their code, "" for none. `until` is the last day
    of one that closed: of one that became something else, the next row says from when."""

    code: str
    name: str
    kind: str
    parent_code: str
    pilot: bool
    since: date | None
    until: date | None
    merged_into: str


class ExportedPerson(NamedTuple):
    """A person's place in one unit from one day to another, the e-mail opened."""

    code: str
    full_name: str
    unit_code: str
    role: str
    position: str
    email: str
    since: date | None
    until: date | None


class ExportedDesk(NamedTuple):
    """A desk; `until` is its last day."""

    code: str
    name: str
    unit_code: str
    multi_agency: bool
    until: date | None


class ExportedDuty(NamedTuple):
    """Who is at a desk from when to when, in UTC."""

    desk_code: str
    person_code: str
    starts: datetime
    ends: datetime | None


def units(session: Session, days: Days | None, wanted: Units) -> Iterator[ExportedUnit]:
    """Units by code: open ones as they are now, or everything they were in those days."""
    now = select(
        _UNIT.c.id,
        _UNIT.c.code,
        *(_UNIT.c[name] for name in ("name", "kind", "parent_id", "pilot", "since", "until")),
        _UNIT.c.merged_into_id,
    )
    if days is None:
        now = now.where(_UNIT.c.until.is_(None))
        rows = now.subquery()
    else:
        then = select(
            _UNIT_PAST.c.unit_id,
            _UNIT.c.code,
            *(_UNIT_PAST.c[name] for name in ("name", "kind", "parent_id", "pilot", "since")),
            null(),
            null(),
        ).join(_UNIT, _UNIT_PAST.c.unit_id == _UNIT.c.id)
        rows = union_all(
            now.where(days.holds(_UNIT.c.since, _UNIT.c.until)),
            then.where(days.holds(_UNIT_PAST.c.since, _UNIT_PAST.c.until)),
        ).subquery()
    found = rows.c
    statement = select(
        *(found[name] for name in ("code", "name", "kind", "parent_id", "pilot", "since", "until")),
        found.merged_into_id,
    ).order_by(by_bytes(session, found.code), found.since.is_not(None), found.since)
    codes = unit_codes(session)
    for row in streamed(session, among(statement, found.id, wanted)):
        code, name, kind, parent, pilot, since, until, merged = row
        yield ExportedUnit(
            code, name, kind, codes.get(parent, ""), pilot, since, until, codes.get(merged, "")
        )


def people(session: Session, days: Days | None, wanted: Units) -> Iterator[ExportedPerson]:
    """Everyone's places, by person: those of now, or those of any of those days.

    ValueError if an e-mail was sealed under a secret that is no longer configured.
    """
    names = ("person_id", "unit_id", "role", "since")
    now = select(*(_MEMBERSHIP.c[name] for name in names), null().label("until"))
    roles = now.subquery()
    if days is not None:
        then = select(*(_PAST.c[name] for name in names), _PAST.c.until)
        roles = union_all(then, now).subquery()
    statement = (
        select(
            _PERSON.c.code,
            _PERSON.c.full_name,
            _UNIT.c.code.label("unit_code"),
            roles.c.role,
            _PERSON.c.position,
            roles.c.since,
            roles.c.until,
            _PERSON.c.email,
        )
        .join_from(roles, _PERSON, roles.c.person_id == _PERSON.c.id)
        .join(_UNIT, roles.c.unit_id == _UNIT.c.id)
        .order_by(
            by_bytes(session, _PERSON.c.code),
            by_bytes(session, _UNIT.c.code),
            roles.c.role,
            roles.c.since.is_not(None),
            roles.c.since,
        )
    )
    if days is not None:
        statement = statement.where(days.holds(roles.c.since, roles.c.until))
    keys = keys_of(session)
    for row in streamed(session, among(statement, roles.c.unit_id, wanted)):
        *frame, since, until, email = row
        opened = keys.open(email) if email else ""
        yield ExportedPerson._make((*frame, opened, since, until))


def desks(session: Session, days: Days | None, wanted: Units) -> Iterator[ExportedDesk]:
    """Desks by code: open ones, or those that were open on any of those days."""
    statement = (
        select(_DESK.c.code, _DESK.c.name, _UNIT.c.code, _DESK.c.multi_agency, _DESK.c.until)
        .join_from(_DESK, _UNIT, _DESK.c.unit_id == _UNIT.c.id)
        .order_by(by_bytes(session, _DESK.c.code))
    )
    open_ = _DESK.c.until.is_(None) if days is None else days.holds(null(), _DESK.c.until)
    for row in streamed(session, among(statement.where(open_), _DESK.c.unit_id, wanted)):
        yield ExportedDesk(*row)


def duties(
    session: Session, first: datetime | None, after: datetime | None, wanted: Units
) -> Iterator[ExportedDuty]:
    """The roster's duties (not the shifts begun in chat) that last beyond `first` and begin before
    `after`, by desk, person and beginning; of the desks of these units."""
    statement = (
        select(_DESK.c.code, _PERSON.c.code, _DUTY.c.starts, _DUTY.c.ends)
        .join_from(_DUTY, _DESK, _DUTY.c.desk_id == _DESK.c.id)
        .join(_PERSON, _DUTY.c.person_id == _PERSON.c.id)
        .where(_DUTY.c.origin == "roster")
        .order_by(
            by_bytes(session, _DESK.c.code), by_bytes(session, _PERSON.c.code), _DUTY.c.starts
        )
    )
    if first is not None:
        statement = statement.where(func.coalesce(_DUTY.c.ends > first, true()))
    if after is not None:
        statement = statement.where(_DUTY.c.starts < after)
    for row in streamed(session, among(statement, _DESK.c.unit_id, wanted)):
        yield ExportedDuty(*row)

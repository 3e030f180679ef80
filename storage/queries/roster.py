"""The roster as it is stored, read whole and written in bulk: units, people, desks, duties."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Table, bindparam, func, insert, select, update
from sqlmodel import Session

from storage.database import keys_of
from storage.tables import (
    Desk,
    Duty,
    Membership,
    MembershipPast,
    Person,
    Pledge,
    Rating,
    Unit,
    UnitPast,
)

_IMPORT_LOCK = 3004
_AT_ONCE = 500


class StoredUnit(NamedTuple):
    """A unit; its parent and the unit it was merged into by their codes, "" for none. `changed` is
    the last day on which it was something else, None if it never was."""

    id: int
    code: str
    name: str
    folded: str
    kind: str
    parent_code: str
    pilot: bool
    since: date | None
    until: date | None
    merged_into: str
    changed: date | None


class StoredPerson(NamedTuple):
    """A person; the e-mail opened, None if no configured secret opens it."""

    id: int
    code: str
    full_name: str
    position: str
    email: str | None


class StoredMembership(NamedTuple):
    """A person's place in a unit, both by their codes."""

    id: int
    person_code: str
    unit_code: str
    role: str
    since: date | None


class StoredPastRole(NamedTuple):
    """A role somebody held until a day."""

    person_code: str
    unit_code: str
    role: str
    since: date | None
    until: date


class StoredDesk(NamedTuple):
    """A desk; its unit by its code."""

    id: int
    code: str
    name: str
    folded: str
    unit_code: str
    multi_agency: bool
    until: date | None


class StoredDuty(NamedTuple):
    """A duty; desk and person by their codes."""

    id: int
    desk_code: str
    person_code: str
    starts: datetime
    ends: datetime | None
    origin: str


@dataclass(frozen=True)
class StoredRoster:
    """Everything an import is compared with. `first_day` is that of any rating or pledge."""

    units: dict[str, StoredUnit]
    people: dict[str, StoredPerson]
    memberships: list[StoredMembership]
    past_roles: list[StoredPastRole]
    desks: dict[str, StoredDesk]
    duties: list[StoredDuty]
    axes: frozenset[str] = frozenset()
    first_day: date | None = None


def table_of(model: type[Any]) -> Table:
    """The Core table behind a SQLModel class."""
    table: Table = model.__table__
    return table


_UNIT, _PERSON, _MEMBERSHIP = table_of(Unit), table_of(Person), table_of(Membership)
_DESK, _DUTY = table_of(Desk), table_of(Duty)
_PAST, _UNIT_PAST = table_of(MembershipPast), table_of(UnitPast)
_DAYS = table_of(Rating), table_of(Pledge)


def lock_roster(session: Session) -> None:
    """Until the end of the transaction no other import runs (SQLite has one writer anyway)."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_IMPORT_LOCK)))


def stored_roster(session: Session) -> StoredRoster:
    """The whole roster."""
    return StoredRoster(
        units={each.code: each for each in _units(session)},
        people={each.code: each for each in _people(session)},
        memberships=_memberships(session),
        past_roles=_past_roles(session),
        desks={each.code: each for each in _desks(session)},
        duties=_duties(session),
        first_day=_first_day(session),
    )


def _first_day(session: Session) -> date | None:
    firsts = [session.execute(select(func.min(table.c.day))).scalar() for table in _DAYS]
    return min((day for day in firsts if day is not None), default=None)


def _units(session: Session) -> list[StoredUnit]:
    parent, successor = _UNIT.alias(), _UNIT.alias()
    changed = (
        select(func.max(_UNIT_PAST.c.until))
        .where(_UNIT_PAST.c.unit_id == _UNIT.c.id)
        .correlate(_UNIT)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            _UNIT.c.id,
            _UNIT.c.code,
            _UNIT.c.name,
            _UNIT.c.folded,
            _UNIT.c.kind,
            func.coalesce(parent.c.code, ""),
            _UNIT.c.pilot,
            _UNIT.c.since,
            _UNIT.c.until,
            func.coalesce(successor.c.code, ""),
            changed,
        )
        .outerjoin_from(_UNIT, parent, _UNIT.c.parent_id == parent.c.id)
        .outerjoin(successor, _UNIT.c.merged_into_id == successor.c.id)
    )
    return [StoredUnit(*row) for row in rows]


def _people(session: Session) -> list[StoredPerson]:
    rows = session.execute(
        select(
            _PERSON.c.id, _PERSON.c.code, _PERSON.c.full_name, _PERSON.c.position, _PERSON.c.email
        )
    )
    return [
        StoredPerson(row.id, row.code, row.full_name, row.position, _opened(session, row.email))
        for row in rows
    ]


def _opened(session: Session, sealed: str) -> str | None:
    try:
        return keys_of(session).open(sealed) if sealed else ""
    except ValueError:  # the secret changed: the import seals it anew
        return None


def _memberships(session: Session) -> list[StoredMembership]:
    rows = session.execute(
        select(
            _MEMBERSHIP.c.id, _PERSON.c.code, _UNIT.c.code, _MEMBERSHIP.c.role, _MEMBERSHIP.c.since
        )
        .join_from(_MEMBERSHIP, _PERSON, _MEMBERSHIP.c.person_id == _PERSON.c.id)
        .join(_UNIT, _MEMBERSHIP.c.unit_id == _UNIT.c.id)
        .order_by(_MEMBERSHIP.c.id)
    )
    return [StoredMembership(*row) for row in rows]


def _past_roles(session: Session) -> list[StoredPastRole]:
    rows = session.execute(
        select(_PERSON.c.code, _UNIT.c.code, _PAST.c.role, _PAST.c.since, _PAST.c.until)
        .join_from(_PAST, _PERSON, _PAST.c.person_id == _PERSON.c.id)
        .join(_UNIT, _PAST.c.unit_id == _UNIT.c.id)
    )
    return [StoredPastRole(*row) for row in rows]


def _desks(session: Session) -> list[StoredDesk]:
    rows = session.execute(
        select(
            _DESK.c.id,
            _DESK.c.code,
            _DESK.c.name,
            _DESK.c.folded,
            _UNIT.c.code,
            _DESK.c.multi_agency,
            _DESK.c.until,
        ).join_from(_DESK, _UNIT, _DESK.c.unit_id == _UNIT.c.id)
    )
    return [StoredDesk(*row) for row in rows]


def _duties(session: Session) -> list[StoredDuty]:
    rows = session.execute(
        select(
            _DUTY.c.id,
            _DESK.c.code,
            _PERSON.c.code,
            _DUTY.c.starts,
            _DUTY.c.ends,
            _DUTY.c.origin,
        )
        .join_from(_DUTY, _DESK, _DUTY.c.desk_id == _DESK.c.id)
        .join(_PERSON, _DUTY.c.person_id == _PERSON.c.id)
    )
    return [StoredDuty(*row) for row in rows]


def ids_by_code(session: Session, model: type[Any]) -> dict[str, int]:
    """The id of every unit, person or desk."""
    table = table_of(model)
    return {row.code: row.id for row in session.execute(select(table.c.code, table.c.id))}


def insert_rows(
    session: Session, model: type[Any], rows: Sequence[Mapping[str, Any]]
) -> Iterator[int]:
    """Insert rows of the same columns; yields how many were written, chunk by chunk."""
    for start in range(0, len(rows), _AT_ONCE):
        chunk = [dict(row) for row in rows[start : start + _AT_ONCE]]
        session.execute(insert(table_of(model)), chunk)
        yield len(chunk)


def update_rows(
    session: Session, model: type[Any], rows: Sequence[Mapping[str, Any]]
) -> Iterator[int]:
    """Update rows of the same columns by their `id`; yields how many, chunk by chunk."""
    if not rows:
        return
    table = table_of(model)
    changed: dict[str, Any] = {name: bindparam(f"new_{name}") for name in rows[0] if name != "id"}
    statement = update(table).where(table.c.id == bindparam("new_id")).values(changed)
    for start in range(0, len(rows), _AT_ONCE):
        chunk = [
            {f"new_{name}": value for name, value in row.items()}
            for row in rows[start : start + _AT_ONCE]
        ]
        session.connection().execute(statement, chunk)
        yield len(chunk)

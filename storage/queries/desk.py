"""Desks, who is on duty there, and which unit a rating belongs to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, or_
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from storage.prepared import Prepared, Question, Row
from storage.queries.roster import table_of
from storage.queries.tree import ids_below
from storage.tables import Desk, Duty, Membership, Person, Unit
from storage.tables.columns import UtcTime

_DESK, _UNIT, _DUTY = table_of(Desk), table_of(Unit), table_of(Duty)
_PERSON, _STANDING = table_of(Person), table_of(Membership)
_DESKS = core_select(
    _DESK.c.id,
    _DESK.c.code,
    _DESK.c.name,
    _DESK.c.unit_id,
    _DESK.c.folded,
    _DESK.c.until,
    _UNIT.c.name,
    _UNIT.c.folded,
    _UNIT.c.until,
).join_from(_DESK, _UNIT, _DESK.c.unit_id == _UNIT.c.id)
_BY_CODE = Prepared(_DESKS.where(_DESK.c.code == bindparam("code")))
_BY_ID = Prepared(_DESKS.where(_DESK.c.id == bindparam("id")))
_ALL = Prepared(_DESKS.order_by(_UNIT.c.folded, _DESK.c.folded, _DESK.c.code))
_ON_DUTY = Prepared(
    core_select(
        _PERSON.c.id, _PERSON.c.full_name, _DUTY.c.starts, _DUTY.c.ends, _STANDING.c.unit_id
    )
    .join_from(_DUTY, _PERSON, _DUTY.c.person_id == _PERSON.c.id)
    .outerjoin(_STANDING, _STANDING.c.person_id == _PERSON.c.id)
    .where(
        _DUTY.c.desk_id == bindparam("desk"),
        _DUTY.c.starts <= bindparam("end", type_=UtcTime),
        or_(_DUTY.c.ends.is_(None), _DUTY.c.ends > bindparam("start", type_=UtcTime)),
    )
    .order_by(
        _PERSON.c.full_name,
        _PERSON.c.code,
        _DUTY.c.starts,
        _STANDING.c.role,
        _STANDING.c.unit_id,
    )
)
_UNITS = Prepared(
    core_select(_STANDING.c.unit_id)
    .where(_STANDING.c.person_id == bindparam("person"))
    .order_by(_STANDING.c.role, _STANDING.c.unit_id)
)


@dataclass(frozen=True)
class DeskWithUnit:
    """A desk and the name of its unit; `folded` is both and the code, without accents.

    `until` is its last day, or its unit's if that comes first; None: it is open.
    """

    id: int
    code: str
    name: str
    unit_id: int
    unit_name: str
    folded: str
    until: date | None = None

    def is_closed(self, day: date) -> bool:
        """Whether it takes no new ratings on that day."""
        return self.until is not None and self.until < day


@dataclass(frozen=True)
class Serving:
    """Somebody on duty at a desk, from when to when (None: until further), and where they stand."""

    id: int
    full_name: str
    times: tuple[tuple[datetime, datetime | None], ...]
    units: tuple[int, ...]

    def is_there(self, at: datetime) -> bool:
        """Whether at this moment."""
        return any(starts <= at and (ends is None or ends > at) for starts, ends in self.times)


def with_unit(row: Row) -> DeskWithUnit:
    """The desk in an answer to `by_code`."""
    desk, code, name, unit, desk_folded, until, unit_name, unit_folded, unit_until = row
    folded = f"{code.lower()} {desk_folded} {unit_folded}"
    ends = [day for day in (until, unit_until) if day is not None]
    return DeskWithUnit(desk, code, name, unit, unit_name, folded, min(ends, default=None))


def by_code(code: str) -> Question:
    """The question for the desk with this code, in any case."""
    return _BY_CODE, {"code": code.upper()}


def find_desk(session: Session, code: str) -> DeskWithUnit | None:
    """The desk with this code, in any case."""
    row = _BY_CODE.first(session, code=code.upper())
    return None if row is None else with_unit(row)


def all_desks(session: Session) -> list[DeskWithUnit]:
    """Every desk, by unit and name: a province has hundreds, not thousands."""
    return [with_unit(row) for row in _ALL.all(session)]


def open_desks(session: Session, day: date) -> list[DeskWithUnit]:
    """Every desk that takes ratings on that day, by unit and name."""
    return [each for each in all_desks(session) if not each.is_closed(day)]


def desks_below(session: Session, units: Collection[int], day: date) -> list[DeskWithUnit]:
    """The open desks of these units and of those below them, by unit and name."""
    inside = set().union(*(ids_below(session, unit) for unit in units))
    return [each for each in open_desks(session, day) if each.unit_id in inside]


def has_desks_below(session: Session, units: Collection[int], day: date) -> bool:
    """Whether there is one."""
    inside = set().union(*(ids_below(session, unit) for unit in units))
    found = session.exec(
        select(Desk.id)
        .join(Unit, col(Desk.unit_id) == col(Unit.id))
        .where(
            col(Desk.unit_id).in_(inside),
            or_(col(Desk.until).is_(None), col(Desk.until) >= day),
            or_(col(Unit.until).is_(None), col(Unit.until) >= day),
        )
        .limit(1)
    ).first()
    return found is not None


def desk_by_id(session: Session, desk_id: int) -> DeskWithUnit:
    """The desk of a rating."""
    row = _BY_ID.first(session, id=desk_id)
    assert row is not None
    return with_unit(row)


def on_duty(session: Session, desk_id: int, start: datetime, end: datetime) -> list[Serving]:
    """Who is on duty at a desk at some time in [start, end], by name."""
    prepared, values = serving_at(desk_id, start, end)
    return serving(prepared.all(session, **values))


def serving_at(desk_id: int, start: datetime, end: datetime) -> Question:
    """The question for who is on duty at a desk at some time in [start, end]."""
    return _ON_DUTY, {"desk": desk_id, "start": start, "end": end}


def serving(rows: Sequence[Row]) -> list[Serving]:
    """Who is in an answer to `serving_at`, by name."""
    times: dict[tuple[int, str], dict[tuple[datetime, datetime | None], None]] = {}
    units: dict[int, dict[int, None]] = {}
    for person, name, starts, ends, unit in rows:
        times.setdefault((person, name), {})[starts, ends] = None
        standing = units.setdefault(person, {})
        if unit is not None:
            standing[unit] = None
    return [
        Serving(person, name, tuple(some), tuple(units[person]))
        for (person, name), some in times.items()
    ]


def unit_of_member(session: Session, person_id: int, desk: DeskWithUnit) -> int:
    """The unit a rating of this person counts for: the desk's if they stand there, else theirs."""
    return unit_among([unit for (unit,) in _UNITS.all(session, person=person_id)], desk)


def unit_among(units: Sequence[int], desk: DeskWithUnit) -> int:
    """The same, of somebody who stands in these units."""
    return desk.unit_id if not units or desk.unit_id in units else units[0]

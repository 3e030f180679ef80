"""Desks, who is on duty there, and which unit a rating belongs to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_
from sqlmodel import Session, col, select

from storage.queries.tree import ids_below
from storage.tables import Desk, Duty, Membership, Person, Unit


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


def _with_unit(desk: Desk, unit: Unit) -> DeskWithUnit:
    assert desk.id is not None
    folded = f"{desk.code.lower()} {desk.folded} {unit.folded}"
    ends = [day for day in (desk.until, unit.until) if day is not None]
    until = min(ends, default=None)
    return DeskWithUnit(desk.id, desk.code, desk.name, desk.unit_id, unit.name, folded, until)


def find_desk(session: Session, code: str) -> DeskWithUnit | None:
    """The desk with this code, in any case."""
    row = session.exec(
        select(Desk, Unit)
        .join(Unit, col(Desk.unit_id) == col(Unit.id))
        .where(Desk.code == code.upper())
    ).one_or_none()
    return None if row is None else _with_unit(*row)


def all_desks(session: Session) -> list[DeskWithUnit]:
    """Every desk, by unit and name: a province has hundreds, not thousands."""
    rows = session.exec(
        select(Desk, Unit)
        .join(Unit, col(Desk.unit_id) == col(Unit.id))
        .order_by(Unit.folded, Desk.folded, Desk.code)
    )
    return [_with_unit(*row) for row in rows]


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
    desk = session.get_one(Desk, desk_id)
    return _with_unit(desk, session.get_one(Unit, desk.unit_id))


def on_duty(session: Session, desk_id: int, start: datetime, end: datetime) -> Sequence[Person]:
    """Who is on duty at a desk at some time in [start, end], by name."""
    return session.exec(
        select(Person)
        .join(Duty, col(Duty.person_id) == col(Person.id))
        .where(
            Duty.desk_id == desk_id,
            Duty.starts <= end,
            or_(col(Duty.ends).is_(None), col(Duty.ends) > start),
        )
        .distinct()
        .order_by(Person.full_name, Person.code)
    ).all()


def unit_of_member(session: Session, person_id: int, desk: DeskWithUnit) -> int:
    """The unit a rating of this person counts for: the desk's if they stand there, else theirs."""
    units = session.exec(
        select(Membership.unit_id)
        .where(Membership.person_id == person_id)
        .order_by(Membership.role, col(Membership.unit_id))
    ).all()
    if not units or desk.unit_id in units:
        return desk.unit_id
    return units[0]

"""What units and roles were: changes that keep the past, and the organisation as it stood on a day.

A row of `unit` or `membership` is what holds now, from its `since` on; what held before stands in
`unit_past` and `membership_past`. A change names the first day it holds (`on`, local).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Subquery, or_, select, union_all
from sqlmodel import Session, col

from storage.queries.roster import table_of
from storage.tables import Membership, MembershipPast, Unit, UnitPast

_MEMBERSHIP, _PAST = table_of(Membership), table_of(MembershipPast)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class UnitThen:
    """A unit as it stood at the end of some days. `until` is its last day if it closed in them."""

    id: int
    code: str
    name: str
    kind: str
    parent_id: int | None
    pilot: bool
    until: date | None


def change_unit(session: Session, unit: Unit, on: date, **values: Any) -> None:
    """Give a unit other values from that day on; what it was until the day before is kept.

    `values` may be name (with folded), kind, parent_id, pilot, until, merged_into_id. Closing
    (`until`) and reopening end nothing of what it was: they are no new shape of the unit.
    """
    shape = {"name", "kind", "parent_id", "pilot"} & values.keys()
    changed = any(getattr(unit, name) != values[name] for name in shape)
    if changed and (unit.since is None or unit.since < on):
        session.add(
            UnitPast(
                unit_id=unit.id or 0,
                since=unit.since,
                until=on - _DAY,
                name=unit.name,
                kind=unit.kind,
                parent_id=unit.parent_id,
                pilot=unit.pilot,
            )
        )
        unit.since = on
    for name, value in values.items():
        setattr(unit, name, value)
    session.add(unit)
    session.flush()


def end_membership(session: Session, role: Membership, on: date) -> None:
    """Take a role away from that day on; that it was held until the day before is kept."""
    if role.since is None or role.since < on:
        session.add(
            MembershipPast(
                person_id=role.person_id,
                unit_id=role.unit_id,
                role=role.role,
                since=role.since,
                until=on - _DAY,
            )
        )
    session.delete(role)
    session.flush()


def roles_on(day: date, name: str = "roles") -> Subquery:
    """Who held which role where on that day: person_id, unit_id, role (each once)."""
    now = select(_MEMBERSHIP.c.person_id, _MEMBERSHIP.c.unit_id, _MEMBERSHIP.c.role).where(
        or_(_MEMBERSHIP.c.since.is_(None), _MEMBERSHIP.c.since <= day)
    )
    before = select(_PAST.c.person_id, _PAST.c.unit_id, _PAST.c.role).where(
        or_(_PAST.c.since.is_(None), _PAST.c.since <= day), _PAST.c.until >= day
    )
    return union_all(now, before).subquery(name)


def units_then(session: Session, first: date, last: date) -> list[UnitThen]:
    """Every unit there was in these days, as it stood on the last of them it existed, by code."""
    return History.of(session).then(first, last)


@dataclass(frozen=True)
class History:
    """All units as they are and as they were, read once to be asked for many days."""

    units: dict[int, Unit]
    pasts: Sequence[UnitPast]

    @classmethod
    def of(cls, session: Session) -> "History":
        """Asked of the database."""
        units = session.execute(select(Unit)).scalars()
        newest_first = (col(UnitPast.until).desc(), col(UnitPast.id).desc())
        pasts = session.execute(select(UnitPast).order_by(*newest_first)).scalars().all()
        return cls({unit.id or 0: unit for unit in units}, pasts)

    def then(self, first: date, last: date) -> list[UnitThen]:
        """What `units_then` says."""
        found = {
            id_: UnitThen(
                id_, unit.code, unit.name, unit.kind, unit.parent_id, unit.pilot, _ended(unit, last)
            )
            for id_, unit in self.units.items()
            if _holds(unit.since, unit.until, first, last)
        }
        for past in self.pasts:
            if past.unit_id not in found and _holds(past.since, past.until, first, last):
                code = self.units[past.unit_id].code
                found[past.unit_id] = UnitThen(
                    past.unit_id, code, past.name, past.kind, past.parent_id, past.pilot, None
                )
        return sorted(found.values(), key=lambda each: each.code)


def _holds(since: date | None, until: date | None, first: date, last: date) -> bool:
    return (since is None or since <= last) and (until is None or until >= first)


def _ended(unit: Unit, last: date) -> date | None:
    return unit.until if unit.until is not None and unit.until < last else None


def below(units: Iterable[UnitThen], top: int) -> list[UnitThen]:
    """The unit `top` and everything under it, each parent before its children."""
    units = list(units)
    children: dict[int | None, list[UnitThen]] = {}
    for each in units:
        children.setdefault(each.parent_id, []).append(each)
    found = [each for each in units if each.id == top]
    for each in found:  # grows while it is walked
        found.extend(children.get(each.id, ()))
    return found

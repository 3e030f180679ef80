"""Who decides about a member's day: a secretary of theirs, never they themselves."""

from collections.abc import Callable, Collection, Iterator
from datetime import date

from sqlalchemy import Select, select
from sqlmodel import Session

from storage.queries.roster import table_of
from storage.tables import Link, Membership, MembershipPast, Unit

_MEMBERSHIP, _PAST = table_of(Membership), table_of(MembershipPast)
_LINK, _UNIT = table_of(Link), table_of(Unit)


def member_units(session: Session, people: Collection[int]) -> Callable[[int, date], set[int]]:
    """The units each of these is a member of now or was on a day, read once for all of them."""
    now: dict[int, set[int]] = {}
    for person, unit in session.execute(
        select(_MEMBERSHIP.c.person_id, _MEMBERSHIP.c.unit_id).where(
            _MEMBERSHIP.c.person_id.in_(people), _MEMBERSHIP.c.role == "member"
        )
    ):
        now.setdefault(person, set()).add(unit)
    past = session.execute(
        select(_PAST.c.person_id, _PAST.c.unit_id, _PAST.c.since, _PAST.c.until).where(
            _PAST.c.person_id.in_(people), _PAST.c.role == "member"
        )
    ).all()

    def units(person: int, day: date) -> set[int]:
        then = {
            unit
            for whose, unit, since, until in past
            if whose == person and (since is None or since <= day) and day <= until
        }
        return now.get(person, set()) | then

    return units


def deciders(session: Session, people: Collection[int]) -> Callable[[int, date], set[int]]:
    """Who decides about a day of each of these: the secretaries who have joined of each of their
    units, never they themselves; where there is none, those of the next unit above that has one."""
    units, parents = member_units(session, people), dict(_parents(session))
    leading: dict[int, set[int]] = {}
    for unit, secretary in session.execute(_leading()):
        leading.setdefault(unit, set()).add(secretary)

    def decide_about(person: int, day: date) -> set[int]:
        found: set[int] = set()
        for unit in units(person, day):
            up: int | None = unit
            while up is not None and not (others := leading.get(up, set()) - {person}):
                up = parents.get(up)
            if up is not None:
                found |= others
        return found

    return decide_about


def _parents(session: Session) -> Iterator[tuple[int, int | None]]:
    for row in session.execute(select(_UNIT.c.id, _UNIT.c.parent_id)):
        yield row[0], row[1]


def _leading() -> Select[tuple[int, int]]:
    linked = select(_LINK.c.id).where(_LINK.c.person_id == _MEMBERSHIP.c.person_id).exists()
    return select(_MEMBERSHIP.c.unit_id, _MEMBERSHIP.c.person_id).where(
        _MEMBERSHIP.c.role == "secretary", linked
    )

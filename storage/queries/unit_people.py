"""Who stands on the roster of a unit, and which of them have linked a chat."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from storage.tables import Link, Membership, Person, Unit


@dataclass(frozen=True)
class UnitPerson:
    """Somebody on a unit's roster in one role; `linked`: some chat of theirs is known."""

    id: int
    code: str
    full_name: str
    role: str
    linked: bool


def people_of_unit(session: Session, unit_id: int, role: str | None = None) -> list[UnitPerson]:
    """The roster of a unit, in one role or all, by name; a person with two roles stands twice."""
    linked = select(Link.id).where(Link.person_id == Person.id).exists()
    asked = (
        select(Person, Membership.role, linked)
        .join(Membership, col(Membership.person_id) == col(Person.id))
        .where(Membership.unit_id == unit_id)
        .order_by(Person.full_name, Person.code, Membership.role)
    )
    if role is not None:
        asked = asked.where(Membership.role == role)
    return [
        UnitPerson(person.id or 0, person.code, person.full_name, stands_as, bool(has_chat))
        for person, stands_as, has_chat in session.exec(asked)
    ]


def stands(session: Session, person_id: int, unit_id: int, role: str) -> bool:
    """Whether the roster has this person in this unit and role."""
    found = session.exec(
        select(Membership.id).where(
            Membership.person_id == person_id,
            Membership.unit_id == unit_id,
            Membership.role == role,
        )
    ).first()
    return found is not None


def led_units(session: Session, person_id: int) -> Sequence[Unit]:
    """The units this person is a secretary of: what somebody taking their name would get."""
    return session.exec(
        select(Unit)
        .join(Membership, col(Membership.unit_id) == col(Unit.id))
        .where(Membership.person_id == person_id, Membership.role == "secretary")
        .order_by(Unit.code)
    ).all()


def person_by_code(session: Session, code: str) -> Person:
    """Whom a code means: people are never deleted."""
    return session.exec(select(Person).where(Person.code == code)).one()

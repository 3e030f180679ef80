"""Roles given, and roles that ended by mistake given back: the counterpart of ended_roles."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_
from sqlmodel import Session, col, select

from storage.queries.traffic import insert_new
from storage.tables import Duty, Membership, MembershipPast, Person, Unit

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class EndedRole:
    """A role as it was before it was taken away; `on` is the first day without it."""

    person_id: int
    unit_id: int
    role: str
    since: date | None
    on: date


def role_held(session: Session, person_id: int, unit_id: int, role: str) -> Membership | None:
    """The row of a role somebody holds now."""
    return session.exec(
        select(Membership).where(
            Membership.person_id == person_id,
            Membership.unit_id == unit_id,
            Membership.role == role,
        )
    ).first()


def give_role(
    session: Session, person_id: int, unit_id: int, role: str, since: date | None
) -> bool:
    """Put somebody on the roster of a unit; False if they hold that role there already."""
    values = {"person_id": person_id, "unit_id": unit_id, "role": role, "since": since}
    return insert_new(session, Membership, values)


def give_back(session: Session, ended: EndedRole, today: date) -> bool:
    """Undo the end of a role; False if it is held (again) already.

    On the same day it is as if it had never ended. Later the days between stay what they were.
    """
    if ended.on != today:
        return give_role(session, ended.person_id, ended.unit_id, ended.role, today)
    for past in session.exec(
        select(MembershipPast).where(
            MembershipPast.person_id == ended.person_id,
            MembershipPast.unit_id == ended.unit_id,
            MembershipPast.role == ended.role,
            MembershipPast.until == ended.on - _DAY,
        )
    ).all():
        session.delete(past)
    session.flush()
    return give_role(session, ended.person_id, ended.unit_id, ended.role, ended.since)


def went_elsewhere(session: Session, person_id: int, unit_id: int, on: date) -> bool:
    """Whether somebody was given a role in another unit on or after that day."""
    found = session.exec(
        select(Membership.id).where(
            Membership.person_id == person_id,
            Membership.unit_id != unit_id,
            col(Membership.since) >= on,
        )
    ).first()
    return found is not None


def last_role(session: Session, person_id: int, unit_id: int) -> MembershipPast | None:
    """What somebody was in a unit until they left it; as a member where they were both."""
    return session.exec(
        select(MembershipPast)
        .where(MembershipPast.person_id == person_id, MembershipPast.unit_id == unit_id)
        .order_by(col(MembershipPast.until).desc(), MembershipPast.role)
    ).first()


def stands_anywhere(session: Session, person_id: int) -> bool:
    """Whether the roster has somebody in any unit."""
    found = session.exec(select(Membership.id).where(Membership.person_id == person_id)).first()
    return found is not None


def end_duties(session: Session, person_id: int, now: datetime) -> dict[str, str | None]:
    """Nobody meets this person at a desk from now on; returns when each duty was to end, by id."""
    duties = session.exec(
        select(Duty).where(
            Duty.person_id == person_id, or_(col(Duty.ends).is_(None), col(Duty.ends) > now)
        )
    ).all()
    before = {}
    for duty in duties:
        before[str(duty.id)] = None if duty.ends is None else duty.ends.isoformat()
        duty.ends = max(duty.starts, now)
        session.add(duty)
    session.flush()
    return before


def reopen_duties(session: Session, person_id: int, before: dict[str, str | None]) -> None:
    """Let duties that were ended go on as they were to."""
    for id_, ends in before.items():
        duty = session.get(Duty, int(id_))
        if duty is not None and duty.person_id == person_id:
            duty.ends = None if ends is None else datetime.fromisoformat(ends)
            session.add(duty)
    session.flush()


def add_person(session: Session, unit: Unit, full_name: str, position: str) -> Person:
    """A new person with a free code: the unit's, a hyphen, a number."""
    number = 1 + len(
        session.exec(
            select(Person.id).where(col(Person.code).startswith(f"{unit.code}-", autoescape=True))
        ).all()
    )
    while True:
        code = f"{unit.code}-{number}"
        values = {"code": code, "full_name": full_name, "position": position, "email": ""}
        if insert_new(session, Person, values):
            return session.exec(select(Person).where(Person.code == code)).one()
        number += 1

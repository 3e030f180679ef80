"""Invitations the operator makes at the command line: for one, for a role, for all, for a group."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from handlers.errors import Refused
from handlers.official.people_names import in_order
from handlers.texts import Speech
from storage.queries.audit import record
from storage.queries.joining import (
    State,
    add_group_invite,
    add_invite,
    find_invite,
    revoke,
    state_of,
)
from storage.queries.unit_people import UnitPerson, people_of_unit
from storage.tables import Invite, Person, Unit

_TOKEN = re.compile(r"(?:.*/i/|.*[?&]start=i-|i-)?([A-Za-z0-9_-]{16,40})")
_NAMED_AT_MOST = 10


@dataclass(frozen=True)
class Wanted:
    """What to make: `person` names one by their code, `everyone` all who have not joined yet,
    `group` is the link of the unit's own chat group; else a link for whoever picks their name."""

    unit: str
    role: str
    person: str | None = None
    everyone: bool = False
    group: bool = False


@dataclass(frozen=True)
class Made:
    """One invitation; `person` is whom it names, None where people pick."""

    token: str
    unit_name: str
    role: str
    person: UnitPerson | None = None
    group: bool = False


def make_invites(
    session: Session, wanted: Wanted, now: datetime, expires: datetime, say: Speech
) -> list[Made]:
    """Store the invitations and return their tokens, the only time they can be had.

    Refused says what is wrong with the wish; nothing is stored then.
    """
    unit = session.exec(select(Unit).where(Unit.code == wanted.unit)).first()
    if unit is None:
        raise Refused(say("There is no unit {code}.", code=wanted.unit), "unknown unit")
    assert unit.id is not None
    if wanted.group:
        token = add_group_invite(
            session, unit_id=unit.id, expires=expires, now=now, invited_by=None
        )
        record(session, at=now, action="group_link.create", unit_id=unit.id)
        return [Made(token, unit.name, "member", group=True)]
    people = in_order(people_of_unit(session, unit.id, wanted.role))
    if not people:
        raise Refused(_nobody(wanted, unit, say), "nobody on the roster in this role")
    named: Sequence[UnitPerson | None] = [None]
    if wanted.everyone:
        named = [each for each in people if not each.linked]
    elif wanted.person is not None:
        named = [_named(wanted, people, unit, say)]
    made = []
    for each in named:
        token = add_invite(
            session,
            unit_id=unit.id,
            role=wanted.role,
            person_id=None if each is None else each.id,
            expires=expires,
        )
        _note_made(session, now, unit.id, wanted.role, each)
        made.append(Made(token, unit.name, wanted.role, each))
    return made


def _note_made(
    session: Session, now: datetime, unit_id: int, role: str, person: UnitPerson | None
) -> None:
    record(
        session,
        at=now,
        action="invite.create_any" if person is None else "invite.create",
        unit_id=unit_id,
        details={"person": None if person is None else person.code, "role": role},
    )


def _nobody(wanted: Wanted, unit: Unit, say: Speech) -> str:
    if wanted.role == "secretary":
        return say("The list has no secretary of {unit}. Import one first.", unit=unit.name)
    return say("The list has no member of {unit}. Import them first.", unit=unit.name)


def _named(wanted: Wanted, people: Sequence[UnitPerson], unit: Unit, say: Speech) -> UnitPerson:
    found = next((each for each in people if each.code == wanted.person), None)
    if found is not None:
        return found
    there = [say("{code} ({name})", code=each.code, name=each.full_name) for each in people]
    shown = ", ".join(there[:_NAMED_AT_MOST])
    sentence = (
        say("{code} is no secretary of {unit} on the list.", code=wanted.person, unit=unit.name)
        if wanted.role == "secretary"
        else say("{code} is no member of {unit} on the list.", code=wanted.person, unit=unit.name)
    )
    if len(there) > _NAMED_AT_MOST:
        shown = say("{names} and {n} more", names=shown, n=len(there) - _NAMED_AT_MOST)
    ways = say("There are: {names}. Choose one of them, or import the list anew.", names=shown)
    raise Refused(f"{sentence} {ways}", "not on the roster in this role")


def revoke_invite(session: Session, link: str, now: datetime, say: Speech) -> State:
    """Withdraw an invitation by its link or token; what it was before. Refused if unknown."""
    token = _TOKEN.fullmatch(link.strip())
    found = find_invite(session, token[1]) if token else None
    if found is None:
        raise Refused(
            say("There is no such invitation. Name its whole link, or the part behind /i/."),
            "unknown invitation",
        )
    before = state_of(found, now)
    if before == "open":
        revoke(session, found)
        _note_revoked(session, now, found)
    return before


def _note_revoked(session: Session, now: datetime, invite: Invite) -> None:
    named = None if invite.person_id is None else session.get_one(Person, invite.person_id)
    details = {"person": None if named is None else named.code, "role": invite.role}
    group = invite.kind == "group"
    record(
        session,
        at=now,
        action="group_link.stop" if group else "invite.revoke",
        unit_id=invite.unit_id,
        details=None if group else details,
    )

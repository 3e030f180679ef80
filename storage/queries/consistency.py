"""What must hold of the organisation and its past, and the codes of where it does not."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, text
from sqlmodel import Session

from storage.queries.roster import table_of
from storage.tables import Audit, Membership, MembershipPast, Person, Unit, UnitPast

_UNIT, _UNIT_PAST = table_of(Unit), table_of(UnitPast)
_PERSON, _MEMBERSHIP, _PAST = table_of(Person), table_of(Membership), table_of(MembershipPast)


def count_audit(session: Session) -> int:
    """How many entries the audit log has."""
    return int(session.execute(select(func.count()).select_from(table_of(Audit))).scalar_one())


def missing_triggers(session: Session) -> Sequence[str]:
    """The triggers that guard the audit log and are not there, or sleep."""
    if session.get_bind().dialect.name == "postgresql":
        wanted = {"audit_no_change"}
        found = text(
            "SELECT tgname FROM pg_trigger"
            " WHERE tgrelid = to_regclass('audit') AND tgenabled IN ('O', 'A')"
        )
    else:
        wanted = {"audit_no_update", "audit_no_delete", "audit_no_replace"}
        found = text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'")
    return sorted(wanted - set(session.execute(found).scalars()))


def units_without_secretary(session: Session, today: date) -> Sequence[str]:
    """Open units that have members and no secretary."""
    held = select(_MEMBERSHIP.c.unit_id)
    return _codes(
        session,
        select(_UNIT.c.code).where(
            or_(_UNIT.c.until.is_(None), _UNIT.c.until >= today),
            _UNIT.c.id.in_(held.where(_MEMBERSHIP.c.role == "member")),
            _UNIT.c.id.not_in(held.where(_MEMBERSHIP.c.role == "secretary")),
        ),
    )


def units_at_odds_with_their_past(session: Session) -> Sequence[str]:
    """Units that were two things on one day."""
    other = _UNIT_PAST.alias()
    with_present = (
        select(_UNIT.c.code)
        .join(_UNIT_PAST, _UNIT_PAST.c.unit_id == _UNIT.c.id)
        .where(or_(_UNIT.c.since.is_(None), _UNIT_PAST.c.until >= _UNIT.c.since))
    )
    with_past = (
        select(_UNIT.c.code)
        .join(_UNIT_PAST, _UNIT_PAST.c.unit_id == _UNIT.c.id)
        .join(other, and_(other.c.unit_id == _UNIT.c.id, other.c.id > _UNIT_PAST.c.id))
        .where(*_overlapping(_UNIT_PAST, other))
    )
    return _codes(session, with_present, with_past)


def people_at_odds_with_their_past(session: Session) -> Sequence[str]:
    """People who held one role in one unit twice on one day."""
    other = _PAST.alias()
    same = [_PAST.c[name] == _MEMBERSHIP.c[name] for name in ("person_id", "unit_id", "role")]
    with_present = (
        select(_PERSON.c.code)
        .join(_MEMBERSHIP, _MEMBERSHIP.c.person_id == _PERSON.c.id)
        .join(_PAST, and_(*same))
        .where(or_(_MEMBERSHIP.c.since.is_(None), _PAST.c.until >= _MEMBERSHIP.c.since))
    )
    twice = [_PAST.c[name] == other.c[name] for name in ("person_id", "unit_id", "role")]
    with_past = (
        select(_PERSON.c.code)
        .join(_PAST, _PAST.c.person_id == _PERSON.c.id)
        .join(other, and_(other.c.id > _PAST.c.id, *twice))
        .where(*_overlapping(_PAST, other))
    )
    return _codes(session, with_present, with_past)


def _overlapping(one: Any, other: Any) -> list[Any]:
    return [
        or_(one.c.since.is_(None), one.c.since <= other.c.until),
        or_(other.c.since.is_(None), other.c.since <= one.c.until),
    ]


def people_in_closed_units(session: Session, today: date) -> Sequence[str]:
    """People who still have a role in a unit that is closed."""
    return _codes(
        session,
        select(_PERSON.c.code)
        .join(_MEMBERSHIP, _MEMBERSHIP.c.person_id == _PERSON.c.id)
        .join(_UNIT, _MEMBERSHIP.c.unit_id == _UNIT.c.id)
        .where(_UNIT.c.until < today),
    )


def parents_of_several_pilots(session: Session) -> Sequence[str]:
    """Units with more than one open pilot right below them."""
    parent = _UNIT.alias()
    return _codes(
        session,
        select(parent.c.code)
        .join(_UNIT, _UNIT.c.parent_id == parent.c.id)
        .where(_UNIT.c.pilot, _UNIT.c.until.is_(None))
        .group_by(parent.c.code)
        .having(func.count() > 1),
    )


def _codes(session: Session, *statements: Select[Any]) -> list[str]:
    return sorted({code for each in statements for code in session.execute(each).scalars()})

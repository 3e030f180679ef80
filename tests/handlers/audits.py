"""What stands in the audit log, as the tests read it; and the roster, by codes."""

from typing import Any

from sqlmodel import Session, select

from storage.queries.audit import entries, verify
from storage.tables import Membership, MembershipPast, Person, Unit
from tests.people import Place


async def log_of(place: Place) -> list[tuple[str, str | None, dict[str, Any]]]:
    """Every entry as (action, code of who did it, details), in order; the chain is whole."""

    def look(session: Session) -> list[tuple[str, str | None, dict[str, Any]]]:
        assert verify(session) is None
        codes = dict(session.exec(select(Person.id, Person.code)).all())
        return [
            (each.action, codes.get(each.actor_id), each.details or {}) for each in entries(session)
        ]

    return await place.database.run(look)


async def done(place: Place) -> list[str]:
    """The actions of the log, joining left out."""
    return [action for action, _, _ in await log_of(place) if action != "invite.use"]


async def roles(place: Place, unit: str) -> set[str]:
    """Who stands in a unit now, such as "P1 member" or "P1 member since 2026-11-16"."""

    def look(session: Session) -> set[str]:
        rows = session.exec(
            select(Person, Membership, Unit).where(
                Person.id == Membership.person_id,
                Unit.id == Membership.unit_id,
                Unit.code == unit,
            )
        )
        return {
            f"{person.code} {held.role}" + (f" since {held.since}" if held.since else "")
            for person, held, _ in rows
        }

    return await place.database.run(look)


async def past_roles(place: Place) -> set[str]:
    """What has ended, such as "P1 member C1 until 2026-11-15"."""

    def look(session: Session) -> set[str]:
        rows = session.exec(
            select(Person, MembershipPast, Unit).where(
                Person.id == MembershipPast.person_id, Unit.id == MembershipPast.unit_id
            )
        )
        return {
            f"{person.code} {past.role} {unit.code} until {past.until}"
            for person, past, unit in rows
        }

    return await place.database.run(look)

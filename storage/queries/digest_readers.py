"""Who reads a unit's digest, in which chat, and when each of them wants it."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from storage.queries.claims import claim_key, claimed_like, read_claim_key
from storage.queries.traffic import insert_new
from storage.tables import DigestPreference, Link, Membership, Person, Unit


@dataclass(frozen=True)
class Reader:
    """A secretary of a unit with the chat their digest goes to; `at` "mon 08:00" or None."""

    unit_id: int
    unit_code: str
    person_id: int
    person_code: str
    link: Link
    at: str | None


def readers(session: Session) -> list[Reader]:
    """Everyone who is linked as a secretary now and has not stopped the digest, by unit."""
    rows = session.exec(
        select(Unit, Person, Link, DigestPreference)
        .join(Membership, col(Membership.unit_id) == col(Unit.id))
        .join(Person, col(Membership.person_id) == col(Person.id))
        .join(Link, col(Link.person_id) == col(Person.id))
        .outerjoin(
            DigestPreference,
            (col(DigestPreference.person_id) == col(Person.id))
            & (col(DigestPreference.unit_id) == col(Unit.id)),
        )
        .where(Membership.role == "secretary")
        .order_by(Unit.code, Person.code, col(Link.id))
    ).all()
    chats: dict[tuple[int, int], list[Link]] = {}
    found: dict[tuple[int, int], Reader] = {}
    for unit, person, link, preference in rows:
        if preference is not None and preference.stopped:
            continue
        assert unit.id is not None
        assert person.id is not None
        place = (unit.id, person.id)
        chats.setdefault(place, []).append(link)
        chosen = chosen_link(chats[place])
        if chosen is not None:
            at = None if preference is None else preference.at
            found[place] = Reader(unit.id, unit.code, person.id, person.code, chosen, at)
    return list(found.values())


def chosen_link(links: list[Link]) -> Link | None:
    """The one chat (of a person's, the first linked first) a digest goes to.

    The newest with reminders on; if that person can be reached in none of those, another one;
    none for somebody who wants no reminders anywhere.
    """
    if not any(link.reminders for link in links):
        return None
    reachable = [link for link in links if not link.unreachable]
    wanted = [link for link in reachable if link.reminders] or reachable
    return wanted[-1] if wanted else None


def digest_key(week: str, unit_code: str, person_code: str) -> str:
    """The claim on one secretary's digest."""
    return claim_key("digest", week, unit_code, person_code)


def newest_digests(session: Session, until: str) -> dict[tuple[str, str], str]:
    """The newest week (2026-W47) each secretary got each unit's digest of, by codes.

    Weeks after `until` do not count: they went out while the clock was ahead.
    """
    found: dict[tuple[str, str], str] = {}
    for key in claimed_like(session, "digest/"):
        _, week, unit, person = read_claim_key(key)
        if week <= until:
            found[unit, person] = max(week, found.get((unit, person), ""))
    return found


def preference(session: Session, person_id: int, unit_id: int) -> DigestPreference:
    """When a secretary wants a unit's digest; stored with defaults on first use."""
    values = {"person_id": person_id, "unit_id": unit_id, "at": None, "stopped": False}
    insert_new(session, DigestPreference, values)
    return session.get_one(DigestPreference, (person_id, unit_id))

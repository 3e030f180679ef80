"""Who reads a unit's digest, in which chats they may get it, and when each of them wants it."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from storage.queries.claims import claim_key, claimed_like, read_claim_key
from storage.queries.doors import wanted_links
from storage.queries.link import chat_names
from storage.queries.outbox import confirm_sent
from storage.queries.traffic import insert_new
from storage.queries.waiting import held_for
from storage.tables import DigestPreference, Link, Membership, Person, Unit


@dataclass(frozen=True)
class Reader:
    """A secretary of a unit with all their chats; `at` "mon 08:00" or None."""

    unit_id: int
    unit_code: str
    person_id: int
    person_code: str
    links: tuple[Link, ...]
    at: str | None


def readers(session: Session) -> list[Reader]:
    """Everyone who is linked as a secretary now, wants messages in some chat that can be reached,
    and has not stopped the digest; by unit."""
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
    found: dict[tuple[int, int], Reader] = {}
    for unit, person, link, preference in rows:
        if preference is not None and preference.stopped:
            continue
        assert unit.id is not None
        assert person.id is not None
        at = None if preference is None else preference.at
        known = found.get((unit.id, person.id))
        links = (link,) if known is None else (*known.links, link)
        found[unit.id, person.id] = Reader(unit.id, unit.code, person.id, person.code, links, at)
    return [reader for reader in found.values() if wanted_links(reader.links)]


def digest_key(week: str, unit_code: str, person_code: str) -> str:
    """The claim on one secretary's digest."""
    return claim_key("digest", week, unit_code, person_code)


def drop_held_digests(session: Session, reader: Reader, week: str) -> int:
    """Forget digests of weeks before this one that are held until their reader writes, so that
    these do not come in a heap; how many. Their claims stay: the weeks are read with /bantin.
    """
    chats = {name for link in reader.links for name in chat_names(session, link)}
    old = [
        row.id
        for _, row in held_for(session, chats)
        if row.content and _is_older(str(row.content.get("claim", "")), reader, week)
    ]
    confirm_sent(session, old)
    return len(old)


def _is_older(claim: str, reader: Reader, week: str) -> bool:
    what, *of = read_claim_key(claim)
    return what == "digest" and of[1:] == [reader.unit_code, reader.person_code] and of[0] < week


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

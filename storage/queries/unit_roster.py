"""The roster of a unit as those who look after it see it: roles, messengers, whether reminders arrive."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlmodel import Session, col, select

from storage.tables import Link, Membership, MembershipPast, Person, Unit

Reach = Literal["not joined", "on", "off", "unreachable"]


@dataclass(frozen=True)
class Listed:
    """Somebody of a unit, once. `roles` are those in this unit, `channels` where they have joined.

    `reach`: reminders arrive somewhere (on), are wanted nowhere (off), or do not arrive.
    """

    id: int
    code: str
    full_name: str
    position: str
    roles: tuple[str, ...]
    channels: tuple[str, ...]
    reach: Reach

    @property
    def linked(self) -> bool:
        """Whether some chat of theirs is known."""
        return bool(self.channels)

    @property
    def role(self) -> str:
        """The role they are invited in: as a member where they are one."""
        return "member" if "member" in self.roles else "secretary"


def unit_roster(session: Session, unit_id: int) -> list[Listed]:
    """Everybody who stands in a unit now, by name."""
    rows = session.exec(
        select(Person, Membership.role)
        .join(Membership, col(Membership.person_id) == col(Person.id))
        .where(Membership.unit_id == unit_id)
        .order_by(Person.full_name, Person.code, Membership.role)
    ).all()
    people: dict[int, Person] = {}
    roles: dict[int, list[str]] = {}
    for person, role in rows:
        people[person.id or 0] = person
        roles.setdefault(person.id or 0, []).append(role)
    links = _links(session, people.keys())
    return [
        Listed(
            id_,
            person.code,
            person.full_name,
            person.position,
            tuple(roles[id_]),
            tuple(dict.fromkeys(link.channel for link in links.get(id_, ()))),
            _reach(links.get(id_, ())),
        )
        for id_, person in people.items()
    ]


def _links(session: Session, people: Collection[int]) -> dict[int, list[Link]]:
    found: dict[int, list[Link]] = {}
    rows = session.exec(
        select(Link).where(col(Link.person_id).in_(people)).order_by(col(Link.id))
    ).all()
    for link in rows:
        found.setdefault(link.person_id, []).append(link)
    return found


def _reach(links: Sequence[Link]) -> Reach:
    if not links:
        return "not joined"
    wanted = [link for link in links if link.reminders]
    if not wanted:
        return "off"
    return "on" if any(not link.unreachable for link in wanted) else "unreachable"


@dataclass(frozen=True)
class Former:
    """Somebody whose last role in a unit has ended. `led`: they were its secretary once."""

    id: int
    code: str
    full_name: str
    led: bool
    linked: bool


def former_people(session: Session, unit_id: int) -> list[Former]:
    """Who stood in a unit once and does not now, by name."""
    still = select(Membership.person_id).where(Membership.unit_id == unit_id)
    led = set(
        session.exec(
            select(MembershipPast.person_id).where(
                MembershipPast.unit_id == unit_id, MembershipPast.role == "secretary"
            )
        )
    )
    chat = select(Link.id).where(Link.person_id == Person.id).exists()
    rows = session.exec(
        select(Person, chat)
        .where(
            col(Person.id).in_(
                select(MembershipPast.person_id).where(MembershipPast.unit_id == unit_id)
            ),
            col(Person.id).not_in(still),
        )
        .order_by(Person.full_name, Person.code)
    )
    return [
        Former(each.id or 0, each.code, each.full_name, each.id in led, bool(joined))
        for each, joined in rows
    ]


@dataclass(frozen=True)
class UnitBrief:
    """A unit below, by name: who leads it (names) and how many of them have joined."""

    id: int
    code: str
    full_name: str
    secretaries: int
    joined: int
    below: int


def briefs(session: Session, units: Collection[int]) -> list[UnitBrief]:
    """These units where they are open, by name, with their secretaries counted."""
    rows = session.exec(
        select(Unit)
        .where(col(Unit.id).in_(units), col(Unit.until).is_(None))
        .order_by(Unit.folded, Unit.code)
    ).all()
    chat = select(Link.id).where(Link.person_id == Membership.person_id).exists()
    leading: dict[int, list[bool]] = {}
    for unit_id, joined in session.exec(
        select(Membership.unit_id, chat).where(
            Membership.role == "secretary", col(Membership.unit_id).in_(units)
        )
    ):
        leading.setdefault(unit_id, []).append(bool(joined))
    parents = session.exec(
        select(Unit.parent_id).where(col(Unit.parent_id).in_(units), col(Unit.until).is_(None))
    ).all()
    return [
        UnitBrief(
            unit.id or 0,
            unit.code,
            unit.name,
            len(leading.get(unit.id or 0, ())),
            sum(leading.get(unit.id or 0, ())),
            parents.count(unit.id),
        )
        for unit in rows
    ]


def children(session: Session, unit_id: int) -> list[int]:
    """The open units right below one."""
    rows = session.exec(select(Unit.id).where(Unit.parent_id == unit_id, col(Unit.until).is_(None)))
    return [each for each in rows if each is not None]

"""Whom a visitor of the demo may be, and how their browser becomes that person's."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from bot.channels.web import NAME
from handlers.official.notice import MEMBER_NOTICE
from storage.database import keys_of
from storage.queries.link import add_link, identify, link_of_chat, unlink
from storage.tables import Link, Membership, Person, Unit

# Who had the role when the story began, and in which unit.
MEMBERS = {"DV05": "C1", "DV20": "C3", "DV15": "C2"}  # with a colleague, alone, at no desk
SECRETARIES = {"DV04": "C1", "DV27": "C4"}  # of a unit with many ratings and of one below k
ORGANISERS = {"DV01": "TD", "DV02": "DP"}  # of everything, and of a part of it


@dataclass(frozen=True)
class Role:
    """Somebody a visitor may be; `unit` is empty for who has no role left."""

    code: str
    full_name: str
    position: str
    unit: str
    secretary: bool
    organiser: bool = False


def offered_roles(session: Session) -> Sequence[Role]:
    """Three members, two secretaries, two organisers, in this order: whoever has the role today.

    A role that nobody has any more is left out.
    """
    offered: dict[str, Role] = {}
    for role, wanted in (
        ("secretary", ORGANISERS),
        ("secretary", SECRETARIES),
        ("member", MEMBERS),
    ):
        for code, unit in wanted.items():
            holder = _holder(session, code, unit, role, [*offered])
            if holder is not None:
                person, of = holder
                offered[person.code] = Role(
                    person.code,
                    person.full_name,
                    person.position,
                    of.name,
                    secretary=role == "secretary",
                    organiser=wanted is ORGANISERS,
                )
    return sorted(offered.values(), key=lambda each: (each.secretary, each.organiser))


def _holder(
    session: Session, code: str, unit: str, role: str, taken: Sequence[str]
) -> tuple[Person, Unit] | None:
    """Who has a role in a unit: this person, or else somebody who is not offered yet."""
    return session.exec(
        select(Person, Unit)
        .join(Membership, col(Membership.person_id) == col(Person.id))
        .join(Unit, col(Membership.unit_id) == col(Unit.id))
        .where(Unit.code == unit, Membership.role == role, col(Person.code).not_in(taken))
        .order_by(col(Person.code) != code, Person.code)
    ).first()


def who_is(session: Session, visitor: str) -> Role | None:
    """The person this browser is, with their first role; None for a citizen."""
    who = identify(session, NAME, visitor)
    if who is None:
        return None
    led = who.units("secretary")
    first = next(iter(led or who.standings), None)
    unit = "" if first is None else first.unit_name
    return Role(who.code, who.full_name, "", unit, secretary=bool(led))


# -- one chat for each person: whoever comes back to them finds what came meanwhile ----------------


def chat_of(session: Session, code: str) -> str:
    """The demo's own chat of a person: every browser that is this person is this chat."""
    return keys_of(session).pseudonym("demo chat", code)[:22]


def join_all(session: Session, but: Collection[str], since: date) -> None:
    """Everybody who has a role has joined, all but these. Nothing is sent to them unasked until a
    visitor is them: nobody would read it."""
    people = session.exec(
        select(Person)
        .where(col(Person.id).in_(select(Membership.person_id)), col(Person.code).not_in(but))
        .order_by(Person.code)
    )
    for person in people.all():
        link = _linked(session, person, since)
        link.reminders = False
        session.add(link)
    session.flush()


def become(session: Session, visitor: str, code: str, language: str, day: date) -> str | None:
    """The chat a browser is from now on, to be that person; None for nobody's code."""
    person = session.exec(select(Person).where(Person.code == code)).one_or_none()
    if person is None:
        return None
    leave_behind(session, visitor)
    link = _linked(session, person, day)
    if link.language is None:  # the first visitor; who turns the reminders off later means it
        link.reminders = True
    link.language = language
    session.add(link)
    session.flush()
    return chat_of(session, code)


def _linked(session: Session, person: Person, since: date) -> Link:
    """The link of a person's own chat, made where there is none."""
    address = chat_of(session, person.code)
    link = link_of_chat(session, NAME, address)
    if link is not None and link.person_id != person.id:  # an invitation was opened in it
        unlink(session, link)
        link = None
    if link is None:
        assert person.id is not None
        add_link(
            session, person.id, NAME, address, language=None, notice=MEMBER_NOTICE, since=since
        )
        link = link_of_chat(session, NAME, address)
    assert link is not None
    return link


def leave_behind(session: Session, visitor: str) -> None:
    """A browser is somebody else from now on: a chat that it alone was is nobody's any more."""
    link = link_of_chat(session, NAME, visitor)
    if link is None:
        return
    person = session.get_one(Person, link.person_id)
    if visitor != chat_of(session, person.code):
        unlink(session, link)

"""Whom a visitor of the demo may be, and how their browser becomes that person's."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session, col, select

from bot.channels.web import NAME
from handlers.official.notice import MEMBER_NOTICE
from storage.queries.link import add_link, identify, link_of_chat, unlink
from storage.tables import Membership, Person, Unit

MEMBERS = ("DV05", "DV20", "DV15")  # rated with a colleague, rated alone, at no desk
SECRETARIES = ("DV04", "DV27")  # of a unit with many ratings and of one below k
ORGANISERS = ("DV01", "DV02")  # of everything, and of a part of it


@dataclass(frozen=True)
class Role:
    """Somebody a visitor may be."""

    code: str
    full_name: str
    position: str
    unit: str
    secretary: bool
    organiser: bool = False


def offered_roles(session: Session) -> Sequence[Role]:
    """Three members, two secretaries, two organisers, in this order."""
    return [
        *(_role(session, code, "member") for code in MEMBERS),
        *(_role(session, code, "secretary") for code in SECRETARIES),
        *(replace(_role(session, code, "secretary"), organiser=True) for code in ORGANISERS),
    ]


def _role(session: Session, code: str, role: str) -> Role:
    person, unit = session.exec(
        select(Person, Unit)
        .join(Membership, col(Membership.person_id) == col(Person.id))
        .join(Unit, col(Membership.unit_id) == col(Unit.id))
        .where(Person.code == code, Membership.role == role)
        .order_by(Unit.code)
    ).first() or _missing(code)
    return Role(code, person.full_name, person.position, unit.name, role == "secretary")


def _missing(code: str) -> tuple[Person, Unit]:
    raise LookupError(f"{code} is not on the demo's roster")


def who_is(session: Session, visitor: str) -> str | None:
    """The code of the person this browser is, None for a citizen."""
    who = identify(session, NAME, visitor)
    return None if who is None else who.code


def become(session: Session, visitor: str, code: str, language: str, day: date) -> bool:
    """Link a browser to a person of the roster, whoever it was before; False for nobody's code."""
    person = session.exec(select(Person).where(Person.code == code)).one_or_none()
    if person is None or person.id is None:
        return False
    become_citizen(session, visitor)
    return add_link(
        session, person.id, NAME, visitor, language=language, notice=MEMBER_NOTICE, since=day
    )


def become_citizen(session: Session, visitor: str) -> None:
    """This browser is nobody's any more."""
    link = link_of_chat(session, NAME, visitor)
    if link is not None:
        unlink(session, link)

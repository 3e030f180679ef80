"""What members noted to the days of a week, for the secretary of the unit they logged them in."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, func, select

from storage.database import keys_of
from storage.tables import DayNote, Person, Pledge


@dataclass(frozen=True)
class MemberNote:
    """A member's note to a day; `text` None if no configured secret opens it."""

    full_name: str
    day: date
    text: str | None


def count_notes(session: Session, unit_id: int, first: date, last: date) -> int:
    """How many notes belong to these days (both included) of a unit."""
    return session.exec(
        select(func.count()).select_from(DayNote).where(*_of_unit(unit_id, first, last))
    ).one()


def notes_between(
    session: Session, unit_id: int, first: date, last: date, *, skip: int, most: int
) -> list[MemberNote]:
    """A page of them, by name and day."""
    rows = session.exec(
        select(Person, DayNote)
        .join(DayNote, col(DayNote.person_id) == col(Person.id))
        .where(*_of_unit(unit_id, first, last))
        .order_by(Person.full_name, Person.code, col(DayNote.day))
        .offset(skip)
        .limit(most)
    )
    return [MemberNote(who.full_name, note.day, _opened(session, note.text)) for who, note in rows]


def _of_unit(unit_id: int, first: date, last: date) -> tuple[Any, ...]:
    """Of the days a member logged in this unit: another unit's secretary was not promised any."""
    logged_here = (
        select(Pledge.id)
        .where(
            Pledge.person_id == DayNote.person_id,
            Pledge.day == DayNote.day,
            Pledge.unit_id == unit_id,
        )
        .exists()
    )
    return col(DayNote.day).between(first, last), logged_here


def _opened(session: Session, sealed: str) -> str | None:
    try:
        return keys_of(session).open(sealed)
    except ValueError:
        return None

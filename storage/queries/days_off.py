"""A member's days off, and when they want to be asked."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, select

from storage.tables import Leave, Preference


def leaves(session: Session, person_id: int) -> Sequence[Leave]:
    """A member's leave and work trips, by their first day."""
    return session.exec(
        select(Leave)
        .where(Leave.person_id == person_id)
        .order_by(col(Leave.first), col(Leave.last), col(Leave.id))
    ).all()


def add_leave(session: Session, person_id: int, first: date, last: date, kind: str) -> bool:
    """Note days off; False if the very same is noted already."""
    same = session.exec(
        select(Leave).where(
            Leave.person_id == person_id,
            Leave.first == first,
            Leave.last == last,
            Leave.kind == kind,
        )
    ).first()
    if same is not None:
        return False
    session.add(Leave(person_id=person_id, first=first, last=last, kind=kind))
    session.flush()
    return True


def delete_leave(session: Session, person_id: int, leave_id: int) -> bool:
    """Forget days off of this member; False if there is no such entry of theirs."""
    leave = session.get(Leave, leave_id)
    if leave is None or leave.person_id != person_id:
        return False
    session.delete(leave)
    session.flush()
    return True


def preference(session: Session, person_id: int) -> Preference:
    """When a member wants to be asked; the installation's times where they said nothing."""
    return session.get(Preference, person_id) or Preference(person_id=person_id)


def keep_preference(session: Session, wanted: Preference) -> None:
    """Store when a member wants to be asked."""
    session.add(wanted)
    session.flush()

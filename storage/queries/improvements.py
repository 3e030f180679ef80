"""What an office changed because of citizens: written as a draft, shown at a desk, taken down."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, select

from storage.queries.desk import DeskWithUnit
from storage.tables import Improvement


def shown_at(session: Session, desk: DeskWithUnit, most: int) -> Sequence[Improvement]:
    """What the page of a desk shows, the newest first."""
    return session.exec(
        select(Improvement)
        .where(_at(desk), col(Improvement.day).is_not(None), col(Improvement.hidden).is_(False))
        .order_by(col(Improvement.day).desc(), col(Improvement.id).desc())
        .limit(most)
    ).all()


def written_for(session: Session, desk: DeskWithUnit, most: int) -> Sequence[Improvement]:
    """What was written for a desk, the newest first: drafts that were not put away, what is shown,
    what was taken down."""
    kept = or_(col(Improvement.day).is_not(None), col(Improvement.hidden).is_(False))
    return session.exec(
        select(Improvement).where(_at(desk), kept).order_by(col(Improvement.id).desc()).limit(most)
    ).all()


def _at(desk: DeskWithUnit) -> ColumnElement[bool]:
    return or_(
        col(Improvement.desk_id) == desk.id,
        and_(col(Improvement.desk_id).is_(None), col(Improvement.unit_id) == desk.unit_id),
    )


def find_improvement(session: Session, number: int) -> Improvement | None:
    """The improvement of this number."""
    return session.get(Improvement, number, with_for_update=True)


def add_draft(
    session: Session, desk: DeskWithUnit, text: str, replaces: Improvement | None = None
) -> Improvement:
    """Words nobody sees yet: for the desk, or new ones for what is shown already."""
    row = Improvement(
        unit_id=desk.unit_id if replaces is None else replaces.unit_id,
        desk_id=desk.id if replaces is None else replaces.desk_id,
        text=text,
        replaces_id=None if replaces is None else replaces.id,
    )
    session.add(row)
    session.flush()
    return row


def publish(session: Session, row: Improvement, on: date) -> Improvement:
    """Show it from now on; the month of what was shown before stays. Returns what is shown.

    A draft of new words gives them to the one it replaces, and goes.
    """
    if row.replaces_id is not None:
        shown = session.get_one(Improvement, row.replaces_id, with_for_update=True)
        shown.text = row.text
        session.delete(row)
        row = shown
    row.day = row.day or on
    row.hidden = False
    session.add(row)
    session.flush()
    return row


def take_down(session: Session, row: Improvement) -> None:
    """Show it no longer; it can be shown again."""
    row.hidden = True
    session.add(row)
    session.flush()


def put_back(session: Session, row: Improvement) -> None:
    """Undo that: under the month it stood before."""
    row.hidden = False
    session.add(row)
    session.flush()

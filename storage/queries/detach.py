"""Taking a day at a desk off a member: its ratings of theirs count for the desk alone."""

from datetime import date

from sqlalchemy import case, text, update
from sqlmodel import Session, col, select

from storage.queries.rating import lock_desk_day
from storage.tables import Rating, Unit

_MIX_DAY = text(
    """
    WITH taken AS (DELETE FROM rating WHERE desk_id = :desk AND day = :day RETURNING *)
    INSERT INTO rating SELECT * FROM taken ORDER BY random()
    """
)


def detach(
    session: Session, person_id: int, desk_id: int, day: date, desk_unit: int, *, others: bool
) -> None:
    """That day was not this person's shift: their ratings of it count for the desk alone.

    They become as those about nobody in particular: who served is an open question where
    `others` were on duty, else nobody was. So no rating says any more whose it was, and nobody can
    undo it; that this day was taken off this member stays known, as every decision does.
    `desk_unit` is the desk's unit now; where other ratings of that day know the unit it had then, it
    is theirs, and a unit that was merged into the desk's keeps what it had.
    """
    lock_desk_day(session, desk_id, day)
    of_day = (col(Rating.desk_id) == desk_id, col(Rating.day) == day)
    then = session.exec(
        select(Rating.unit_id).where(*of_day, col(Rating.member_id).is_(None)).limit(1)
    ).first()
    merged = select(Unit.id).where(Unit.merged_into_id == desk_unit)
    session.execute(
        update(Rating)
        .where(*of_day, col(Rating.member_id) == person_id)
        .values(
            member_id=None,
            attribution="asked" if others else "nobody",
            unit_id=then
            or case((col(Rating.unit_id).in_(merged), col(Rating.unit_id)), else_=desk_unit),
        )
    )
    if session.get_bind().dialect.name == "postgresql":  # all of them: what was changed lies last
        session.execute(_MIX_DAY, {"desk": desk_id, "day": day})

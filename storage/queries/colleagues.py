"""Whether an official and the people at a desk belong together."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from storage.tables import Membership


def share_a_unit(session: Session, units: Collection[int], people: Collection[int]) -> bool:
    """Whether one of these people stands in one of these units."""
    if not units or not people:
        return False
    found = session.exec(
        select(Membership.id)
        .where(col(Membership.unit_id).in_(units), col(Membership.person_id).in_(people))
        .limit(1)
    )
    return found.first() is not None

"""An office offered to a successor, who accepts or declines it within a week."""

from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete
from sqlmodel import Session, col, select

from storage.tables import RoleOffer, Unit

OFFER_LIVES = timedelta(days=7)


def offer_office(
    session: Session, unit_id: int, giver_id: int, successor_id: int, now: datetime
) -> RoleOffer:
    """Keep an offer; an earlier one of the same secretary for the same unit gives way to it."""
    withdraw_offers(session, unit_id, giver_id)
    offer = RoleOffer(
        unit_id=unit_id, giver_id=giver_id, successor_id=successor_id, expires=now + OFFER_LIVES
    )
    session.add(offer)
    session.flush()
    return offer


def open_offer(session: Session, unit_id: int, giver_id: int, now: datetime) -> RoleOffer | None:
    """What a secretary has offered and nobody has answered yet."""
    return session.exec(
        select(RoleOffer).where(
            RoleOffer.unit_id == unit_id,
            RoleOffer.giver_id == giver_id,
            col(RoleOffer.expires) > now,
        )
    ).first()


def offers_to(session: Session, successor_id: int, now: datetime) -> list[tuple[int, str]]:
    """The open offers to somebody: their numbers, and the name of the unit each is of."""
    found = session.exec(
        select(RoleOffer.id, Unit.name)
        .join(Unit, col(Unit.id) == col(RoleOffer.unit_id))
        .where(RoleOffer.successor_id == successor_id, col(RoleOffer.expires) > now)
        .order_by(col(RoleOffer.id))
    )
    return [(number or 0, unit_name) for number, unit_name in found]


def find_offer(session: Session, offer_id: int) -> RoleOffer | None:
    """An offer, held until the end of the transaction: it is decided once."""
    return session.get(RoleOffer, offer_id, with_for_update=True, populate_existing=True)


def withdraw_offers(session: Session, unit_id: int, giver_id: int) -> None:
    """Nothing this secretary offered for the unit can be accepted any more."""
    session.execute(
        delete(RoleOffer).where(
            col(RoleOffer.unit_id) == unit_id, col(RoleOffer.giver_id) == giver_id
        )
    )


def purge_offers(session: Session, now: datetime) -> int:
    """Forget offers that nobody answered in time; how many."""
    done = session.execute(delete(RoleOffer).where(col(RoleOffer.expires) <= now))
    assert isinstance(done, CursorResult)
    return done.rowcount

"""The catalogue of the three responsibilities as it is stored: axes, and items in every wording."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from storage.tables import Axis, Item


def axes(session: Session) -> Sequence[Axis]:
    """The responsibilities, in the province's order."""
    return session.exec(select(Axis).order_by(col(Axis.position), Axis.code)).all()


def current_items(session: Session) -> Sequence[Item]:
    """The items that are offered, in the province's order."""
    return session.exec(
        select(Item)
        .join(Axis, col(Item.axis) == col(Axis.code))
        .where(col(Item.current).is_(True))
        .order_by(col(Axis.position), col(Item.position), Item.code)
    ).all()


def all_wordings(session: Session) -> Sequence[Item]:
    """Every item in every wording it ever had, oldest first."""
    return session.exec(select(Item).order_by(col(Item.id))).all()

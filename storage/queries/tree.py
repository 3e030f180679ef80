"""The tree of units as it stands now: what lies below, who may look after whom."""

from collections.abc import Collection

from sqlalchemy import CTE, literal, select
from sqlmodel import Session

from storage.queries.roster import table_of
from storage.tables import Unit

_UNIT = table_of(Unit)


def subtree(unit: int) -> CTE:
    """The ids of a unit and all below it, closed ones included, as a selectable."""
    under = select(literal(unit).label("id")).cte("below", recursive=True)
    return under.union(select(_UNIT.c.id).join_from(_UNIT, under, _UNIT.c.parent_id == under.c.id))


def ids_below(session: Session, unit: int) -> set[int]:
    """The unit itself and every unit below it."""
    return set(session.execute(select(subtree(unit).c.id)).scalars())


def has_units_below(session: Session, units: Collection[int]) -> bool:
    """Whether any of these units has an open unit right below it."""
    found = session.execute(
        select(_UNIT.c.id).where(_UNIT.c.parent_id.in_(units), _UNIT.c.until.is_(None)).limit(1)
    ).first()
    return found is not None


def ancestors(session: Session, unit: int) -> list[int]:
    """The unit itself, its parent, and so on up to the top."""
    up = select(_UNIT.c.id, _UNIT.c.parent_id, literal(0).label("height")).where(_UNIT.c.id == unit)
    cte = up.cte("above", recursive=True)
    cte = cte.union(
        select(_UNIT.c.id, _UNIT.c.parent_id, cte.c.height + 1).join_from(
            _UNIT, cte, _UNIT.c.id == cte.c.parent_id
        )
    )
    return list(session.execute(select(cte.c.id).order_by(cte.c.height)).scalars())

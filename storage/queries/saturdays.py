"""Who works on Saturdays: units by their own word or that of the nearest unit above them."""

from sqlalchemy import CTE, false, func, select
from sqlmodel import Session

from storage.queries.roster import table_of
from storage.tables import Membership, Unit, UnitSetting

_UNIT, _SETTING, _MEMBERSHIP = table_of(Unit), table_of(UnitSetting), table_of(Membership)


def saturdays() -> CTE:
    """Every unit (`id`) and whether its Saturdays are working days (`works`), in one walk."""
    own = _SETTING.c.saturday
    top = (
        select(_UNIT.c.id, func.coalesce(own, false()).label("works"))
        .outerjoin_from(_UNIT, _SETTING, _SETTING.c.unit_id == _UNIT.c.id)
        .where(_UNIT.c.parent_id.is_(None))
        .cte("saturdays", recursive=True)
    )
    return top.union_all(
        select(_UNIT.c.id, func.coalesce(own, top.c.works))
        .join_from(_UNIT, top, _UNIT.c.parent_id == top.c.id)
        .outerjoin(_SETTING, _SETTING.c.unit_id == _UNIT.c.id)
    )


def unit_works_saturdays(session: Session, unit_id: int) -> bool:
    """Whether Saturdays are working days in this unit."""
    units = saturdays()
    return bool(session.execute(select(units.c.works).where(units.c.id == unit_id)).scalar())


def member_works_saturdays(session: Session, person_id: int) -> bool:
    """Whether any unit this person is a member of works on Saturdays."""
    units = saturdays()
    found = session.execute(
        select(_MEMBERSHIP.c.id)
        .join_from(_MEMBERSHIP, units, _MEMBERSHIP.c.unit_id == units.c.id)
        .where(_MEMBERSHIP.c.person_id == person_id, _MEMBERSHIP.c.role == "member", units.c.works)
        .limit(1)
    )
    return found.first() is not None

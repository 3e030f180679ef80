"""What only a report counts."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import case, func, select
from sqlmodel import Session

from storage.queries.counted import first_rated
from storage.queries.past import roles_on
from storage.queries.roster import table_of
from storage.queries.tree import subtree
from storage.tables import Pledge, Report

_PLEDGE, _REPORT = (table_of(each) for each in (Pledge, Report))


def first_day(session: Session, unit_id: int) -> date | None:
    """The first day of which a unit or one below it has a pledge, a rating or a report."""
    below = subtree(unit_id)
    rated = first_rated(session, below)
    found: list[date] = [] if rated is None else [rated]
    for table, day in ((_PLEDGE, _PLEDGE.c.day), (_REPORT, _REPORT.c.first)):
        of_one = select(func.min(day)).where(table.c.unit_id == below.c.id).scalar_subquery()
        first = session.execute(select(func.min(of_one)).select_from(below)).scalar_one()
        found += [] if first is None else [first]
    return min(found, default=None)


def members_who_told_all(session: Session, units: Collection[int], first: date, last: date) -> int:
    """How many places of members (on the last day) have pledges there, and said of each in these
    days how it went."""
    roles, open_ones = roles_on(last), case((_PLEDGE.c.status == "pledged", 1), else_=0)
    told = (  # counted before it is joined: SQLite would look up the roles for every pledge
        select(_PLEDGE.c.person_id, _PLEDGE.c.unit_id)
        .where(_PLEDGE.c.unit_id.in_(units), _PLEDGE.c.day.between(first, last))
        .group_by(_PLEDGE.c.person_id, _PLEDGE.c.unit_id)
        .having(func.max(open_ones) == 0)
        .cte("told")
    )
    members = select(func.count()).select_from(
        told.join(
            roles,
            (roles.c.person_id == told.c.person_id)
            & (roles.c.unit_id == told.c.unit_id)
            & (roles.c.role == "member"),
        )
    )
    return int(session.execute(members).scalar_one())

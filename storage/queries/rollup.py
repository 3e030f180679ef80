"""The figures of many units at once: one grouped statement for each kind, however many units.

`periods` are days from first to last, both included: the period itself, then perhaps the one before
it. `ago` says which of them: 0 or 1. They must not overlap.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlmodel import Session

from storage.queries.counted import Days, any_before, counted_in, erased_reasons
from storage.queries.past import roles_on
from storage.queries.roster import table_of
from storage.tables import (
    Answer,
    Item,
    Link,
    Membership,
    Pledge,
    Rating,
    Unit,
    UnitPast,
)

_RATING, _PLEDGE, _ITEM = map(table_of, (Rating, Pledge, Item))
_ANSWER, _LINK, _ROLE = map(table_of, (Answer, Link, Membership))
_UNIT, _PAST = table_of(Unit), table_of(UnitPast)


class ReasonCount(NamedTuple):
    """So many active ratings of the units together that give these reasons."""

    ago: int
    reasons: str
    n: int


class PledgeCount(NamedTuple):
    """So many pledges of one unit in this responsibility with this status."""

    ago: int
    unit_id: int
    axis: str
    status: str
    n: int


class PeopleCount(NamedTuple):
    """So many people in one role of a unit; `joined`: how many of them have linked a chat."""

    unit_id: int
    role: str
    n: int
    joined: int


class CommentCount(NamedTuple):
    """So many comments of a unit that are not hidden; `answered`: how many have an answer."""

    unit_id: int
    n: int
    answered: int


def _ago(day: ColumnElement[date], periods: Sequence[Days]) -> ColumnElement[int]:
    return case(*((day.between(*days), ago) for ago, days in enumerate(periods)))


def _in(day: ColumnElement[date], periods: Sequence[Days]) -> ColumnElement[bool]:
    """In one of them; from the first to the last of all, said too, is what an index is searched by."""
    first, last = min(days[0] for days in periods), max(days[1] for days in periods)
    return day.between(first, last) & or_(*(day.between(*days) for days in periods))


def rating_reasons(
    session: Session, units: Collection[int], periods: Sequence[Days]
) -> list[ReasonCount]:
    """Why these units together were rated as they were."""
    ago = _ago(_RATING.c.day, periods).label("ago")
    rows = session.execute(
        select(ago, _RATING.c.reasons, func.count())
        .where(*counted_in(units), _in(_RATING.c.day, periods), _RATING.c.reasons != "")
        .group_by(ago, _RATING.c.reasons)
    )
    return [
        *(ReasonCount(*row) for row in rows),
        *(ReasonCount(*row) for row in erased_reasons(session, periods, units)),
    ]


def pledges(session: Session, units: Collection[int], periods: Sequence[Days]) -> list[PledgeCount]:
    """The pledges of these units, each where its member stood that day."""
    ago = _ago(_PLEDGE.c.day, periods).label("ago")
    rows = session.execute(
        select(ago, _PLEDGE.c.unit_id, _ITEM.c.axis, _PLEDGE.c.status, func.count())
        .join(_ITEM, _ITEM.c.id == _PLEDGE.c.item_id)
        .where(_PLEDGE.c.unit_id.in_(units), _in(_PLEDGE.c.day, periods))
        .group_by(ago, _PLEDGE.c.unit_id, _ITEM.c.axis, _PLEDGE.c.status)
    )
    return [PledgeCount(*row) for row in rows]


def people(session: Session, units: Collection[int], on: date) -> list[PeopleCount]:
    """Who stood in these units on that day, by role, and how many of them had a chat by then."""
    roles = roles_on(on)
    linked = (
        select(_LINK.c.id)
        .where(_LINK.c.person_id == roles.c.person_id, _LINK.c.since <= on)
        .exists()
    )
    joined = func.count(case((linked, roles.c.person_id)).distinct())
    rows = session.execute(
        select(roles.c.unit_id, roles.c.role, func.count(roles.c.person_id.distinct()), joined)
        .where(roles.c.unit_id.in_(units))
        .group_by(roles.c.unit_id, roles.c.role)
    )
    return [PeopleCount(*row) for row in rows]


def members_with_pledge(
    session: Session, units: Collection[int], periods: Sequence[Days], on: date
) -> dict[tuple[int, int], int]:
    """How many of each unit's members on that day pledged for it, by (ago, unit)."""
    ago, roles = _ago(_PLEDGE.c.day, periods).label("ago"), roles_on(on)
    pledged = (  # each person once, before anything is joined: a tenth of the rows, by the index
        select(ago, _PLEDGE.c.unit_id, _PLEDGE.c.person_id)
        .where(_PLEDGE.c.unit_id.in_(units), _in(_PLEDGE.c.day, periods))
        .distinct()
        .cte("pledged")
    )
    rows = session.execute(
        select(pledged.c.ago, pledged.c.unit_id, func.count(pledged.c.person_id.distinct()))
        .join(
            roles,
            (roles.c.person_id == pledged.c.person_id) & (roles.c.unit_id == pledged.c.unit_id),
        )
        .where(roles.c.role == "member")
        .group_by(pledged.c.ago, pledged.c.unit_id)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def comments(session: Session, units: Collection[int], days: Days) -> list[CommentCount]:
    """How many comments citizens left to these units, and how many were answered."""
    answered = func.sum(case((func.coalesce(_ANSWER.c.text, "") != "", 1), else_=0))
    rows = session.execute(
        select(_RATING.c.unit_id, func.count(), answered)
        .outerjoin(_ANSWER, _ANSWER.c.rating_id == _RATING.c.id)
        .where(
            *counted_in(units),
            _RATING.c.day.between(*days),
            _RATING.c.comment.is_not(None),
            func.coalesce(_ANSWER.c.hidden, "") == "",
        )
        .group_by(_RATING.c.unit_id)
    )
    return [CommentCount(row[0], row[1], int(row[2])) for row in rows]


def led_with_others(session: Session) -> set[int]:
    """The units led by somebody who leads another unit too: one person reads both digests."""
    several: Select[tuple[int]] = (
        select(_ROLE.c.person_id)
        .where(_ROLE.c.role == "secretary")
        .group_by(_ROLE.c.person_id)
        .having(func.count() > 1)
    )
    rows = session.execute(
        select(_ROLE.c.unit_id)
        .where(_ROLE.c.role == "secretary", _ROLE.c.person_id.in_(several))
        .distinct()
    )
    return set(rows.scalars())


def anything_before(session: Session, units: Collection[int], day: date) -> bool:
    """Whether any of these units has ratings or pledges of earlier days."""
    pledged = select(_PLEDGE.c.id).where(_PLEDGE.c.unit_id.in_(units), _PLEDGE.c.day < day)
    return bool(session.execute(select(or_(any_before(units, day), pledged.exists()))).scalar())


def has_below(session: Session, unit: int, first: date, last: date) -> bool:
    """Whether a unit stood right below this one in these days, as storage.queries.past has it."""
    now = select(_UNIT.c.id).where(
        _UNIT.c.parent_id == unit,
        or_(_UNIT.c.since.is_(None), _UNIT.c.since <= last),
        or_(_UNIT.c.until.is_(None), _UNIT.c.until >= first),
    )
    before = (
        select(_PAST.c.id)
        .join(_UNIT, _UNIT.c.id == _PAST.c.unit_id)
        .where(
            _PAST.c.parent_id == unit,
            _UNIT.c.since > last,  # what it is now came later
            _PAST.c.until >= last,
            or_(_PAST.c.since.is_(None), _PAST.c.since <= last),
        )
    )
    return bool(session.execute(select(or_(now.exists(), before.exists()))).scalar())

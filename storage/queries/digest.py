"""The figures of a unit's weeks, counted by the database; `ago` is how many weeks before the last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, case, false, func, literal, null, or_, select, true, union_all
from sqlmodel import Session

from storage.queries.counted import LEFT_OUT, any_before, counted_in
from storage.queries.past import roles_on
from storage.queries.roster import table_of
from storage.tables import (
    Axis,
    DigestSent,
    Item,
    Leave,
    Person,
    Pledge,
    Preference,
    Rating,
    Unit,
    WeekCount,
    WeekReason,
)

_UNIT, _PERSON = table_of(Unit), table_of(Person)
_WEEK, _REASON = table_of(WeekCount), table_of(WeekReason)
_RATING, _PLEDGE, _ITEM, _AXIS = map(table_of, (Rating, Pledge, Item, Axis))
_LEAVE, _PREFERENCE, _SENT = table_of(Leave), table_of(Preference), table_of(DigestSent)


class RatingCount(NamedTuple):
    """So many ratings of one week with this level and these reasons. Of erased ratings levels and
    reasons were counted apart: `level` None are reasons of ratings that other rows count."""

    ago: int
    level: int | None
    reasons: str
    n: int
    erased: bool = False


class PledgeCount(NamedTuple):
    """So many pledges of one week in this responsibility with this status."""

    ago: int
    axis: str
    status: str
    n: int


class MemberDay(NamedTuple):
    """A day on which a member pledged; `checked_in`: something of it was reported."""

    person_id: int
    day: date
    checked_in: bool


class Praise(NamedTuple):
    """So many ratings of a member in a week with this level and these reasons."""

    person_id: int
    level: int
    reasons: str
    n: int


@dataclass(frozen=True)
class UnitName:
    """A unit as a digest names it."""

    id: int
    code: str
    name: str


@dataclass(frozen=True)
class MemberName:
    """A member as a digest names them; `leads`: also a secretary of that unit."""

    id: int
    code: str
    full_name: str
    leads: bool


def unit_name(session: Session, unit_id: int) -> UnitName:
    """The unit of this id."""
    columns = (_UNIT.c.id, _UNIT.c.code, _UNIT.c.name)
    return UnitName(*session.execute(select(*columns).where(_UNIT.c.id == unit_id)).one())


def find_unit(session: Session, code: str) -> UnitName | None:
    """The unit of this code."""
    columns = (_UNIT.c.id, _UNIT.c.code, _UNIT.c.name)
    row = session.execute(select(*columns).where(_UNIT.c.code == code)).one_or_none()
    return None if row is None else UnitName(*row)


def members_of(session: Session, unit_id: int, day: date) -> list[MemberName]:
    """The members a unit had on that day, by code."""
    roles, other = roles_on(day), roles_on(day, "others")
    leads = (
        select(other.c.person_id)
        .where(
            other.c.person_id == _PERSON.c.id,
            other.c.unit_id == unit_id,
            other.c.role == "secretary",
        )
        .exists()
    )
    rows = session.execute(
        select(_PERSON.c.id, _PERSON.c.code, _PERSON.c.full_name, leads)
        .join(roles, roles.c.person_id == _PERSON.c.id)
        .where(roles.c.unit_id == unit_id, roles.c.role == "member")
        .order_by(_PERSON.c.code)
    )
    return [MemberName(id_, code, name, bool(also)) for id_, code, name, also in rows]


def _ago(column: ColumnElement[date], mondays: Sequence[date]) -> ColumnElement[int]:
    """0 for the newest of these weeks, 1 for the one before, …"""
    return case(*((column >= monday, ago) for ago, monday in enumerate(mondays)))


def rating_counts(
    session: Session, unit_id: int, mondays: Sequence[date], until: date
) -> list[RatingCount]:
    """Active ratings of the weeks that begin on these Mondays (newest first), up to `until`; those
    that are erased by now too."""
    ago = _ago(_RATING.c.day, mondays).label("ago")
    kept = (
        select(ago, _RATING.c.level, _RATING.c.reasons, func.count().label("n"), false())
        .where(*counted_in([unit_id]), _RATING.c.day.between(mondays[-1], until))
        .group_by(ago, _RATING.c.level, _RATING.c.reasons)
    )
    erased = (
        select(_ago(each.c.monday, mondays), level, reason, each.c.n, true()).where(
            each.c.unit_id == unit_id, each.c.monday.in_(mondays), *only
        )
        for each, level, reason, only in (
            (_WEEK, _WEEK.c.level, literal(""), [_WEEK.c.level != LEFT_OUT]),
            (_REASON, null(), _REASON.c.reason, []),
        )
    )
    return [RatingCount(*row) for row in session.execute(union_all(kept, *erased))]


def pledge_counts(
    session: Session, unit_id: int, mondays: Sequence[date], until: date
) -> list[PledgeCount]:
    """Pledges of the weeks that begin on these Mondays (newest first), up to `until`."""
    ago = _ago(_PLEDGE.c.day, mondays).label("ago")
    rows = session.execute(
        select(ago, _ITEM.c.axis, _PLEDGE.c.status, func.count())
        .join(_ITEM, _ITEM.c.id == _PLEDGE.c.item_id)
        .where(_PLEDGE.c.unit_id == unit_id, _PLEDGE.c.day.between(mondays[-1], until))
        .group_by(ago, _ITEM.c.axis, _PLEDGE.c.status)
    )
    return [PledgeCount(*row) for row in rows]


def members_with_pledge(
    session: Session, unit_id: int, mondays: Sequence[date], until: date
) -> dict[int, int]:
    """How many of the members on the last of these days pledged in each week, by weeks ago."""
    ago = _ago(_PLEDGE.c.day, mondays).label("ago")
    roles = roles_on(until)
    members = select(roles.c.person_id).where(roles.c.unit_id == unit_id, roles.c.role == "member")
    rows = session.execute(
        select(ago, func.count(_PLEDGE.c.person_id.distinct()))
        .where(
            _PLEDGE.c.unit_id == unit_id,
            _PLEDGE.c.day.between(mondays[-1], until),
            _PLEDGE.c.person_id.in_(members),
        )
        .group_by(ago)
    )
    return {row[0]: row[1] for row in rows}


def member_days(session: Session, unit_id: int, since: date, until: date) -> list[MemberDay]:
    """The days on which the members on the last of them pledged, wherever they stood then."""
    roles = roles_on(until)
    reported = func.max(case((_PLEDGE.c.status != "pledged", 1), else_=0))
    rows = session.execute(
        select(_PLEDGE.c.person_id, _PLEDGE.c.day, reported)
        .join(roles, roles.c.person_id == _PLEDGE.c.person_id)
        .where(
            roles.c.unit_id == unit_id,
            roles.c.role == "member",
            _PLEDGE.c.day.between(since, until),
        )
        .group_by(_PLEDGE.c.person_id, _PLEDGE.c.day)
    )
    return [MemberDay(person, day, bool(checked)) for person, day, checked in rows]


def praise(session: Session, unit_id: int, since: date, until: date) -> list[Praise]:
    """The active ratings of this unit's days that are known to be about somebody."""
    rows = session.execute(
        select(_RATING.c.member_id, _RATING.c.level, _RATING.c.reasons, func.count())
        .where(
            *counted_in([unit_id]),
            _RATING.c.day.between(since, until),
            _RATING.c.member_id.is_not(None),
        )
        .group_by(_RATING.c.member_id, _RATING.c.level, _RATING.c.reasons)
    )
    return [Praise(*row) for row in rows]


def resting(session: Session, people: Sequence[int], since: date, until: date) -> set[int]:
    """Who of these people was on leave, on a trip or had paused on one of these days."""
    away = session.execute(
        select(_LEAVE.c.person_id).where(
            _LEAVE.c.person_id.in_(people), _LEAVE.c.first <= until, _LEAVE.c.last >= since
        )
    )
    paused = session.execute(
        select(_PREFERENCE.c.person_id).where(
            _PREFERENCE.c.person_id.in_(people), _PREFERENCE.c.paused_until >= since
        )
    )
    return {*away.scalars(), *paused.scalars()}


def item_labels(session: Session, code: str) -> tuple[str, str] | None:
    """The offered catalogue item of this code, in Vietnamese and English."""
    row = session.execute(
        select(_ITEM.c.label_vi, _ITEM.c.label_en)
        .where(_ITEM.c.code == code, _ITEM.c.current.is_(True))
        .limit(1)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def anything_before(session: Session, unit_id: int, day: date) -> bool:
    """Whether a unit has ratings or pledges of earlier days."""
    pledged = select(_PLEDGE.c.id).where(_PLEDGE.c.unit_id == unit_id, _PLEDGE.c.day < day)
    return bool(session.execute(select(or_(any_before([unit_id], day), pledged.exists()))).scalar())


def last_sent(session: Session, unit_id: int, before: str) -> tuple[str, str] | None:
    """The newest week before that one (2026-W47) whose digest went out, and its figures."""
    row = session.execute(
        select(_SENT.c.week, _SENT.c.figures)
        .where(_SENT.c.unit_id == unit_id, _SENT.c.week < before)
        .order_by(_SENT.c.week.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def was_sent(session: Session, unit_id: int, week: str) -> bool:
    """Whether a digest of this week went out to anybody."""
    row = session.execute(
        select(_SENT.c.id).where(_SENT.c.unit_id == unit_id, _SENT.c.week == week)
    ).first()
    return row is not None

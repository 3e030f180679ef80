"""Who is due to be asked: found in one statement, claimed once per person and day."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    String,
    cast,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from storage.queries.pledge import OPEN
from storage.queries.roster import table_of
from storage.queries.saturdays import saturdays
from storage.tables import Claim, Leave, Link, Membership, Person, Pledge, Preference

_PERSON, _PREFERENCE, _CLAIM = table_of(Person), table_of(Preference), table_of(Claim)
_MEMBERSHIP, _LINK, _LEAVE = table_of(Membership), table_of(Link), table_of(Leave)
_PLEDGE = table_of(Pledge)
_AT_ONCE = 500


class Due(NamedTuple):
    """A member whose time has come. Quiet hours are local "HH:MM", None for none."""

    person_id: int
    full_name: str
    quiet_from: str | None
    quiet_to: str | None

    @property
    def given_name(self) -> str:
        """How a colleague is called."""
        return self.full_name.split()[-1]


def reminder_key(what: str, day: date, person_id: int) -> str:
    """What is claimed for one reminder."""
    return f"{_prefix(what, day)}{person_id}"


def _prefix(what: str, day: date) -> str:
    return f"remind_{what}/{day.isoformat()}/"


def due_members(
    session: Session,
    what: str,
    day: date,
    *,
    usual: str,
    after: str,
    until: str,
    only_saturday_workers: bool = False,
) -> Sequence[Due]:
    """Members to be asked on a day: their own time or the `usual` lies after `after` and not
    after `until` (local "HH:MM"), they are reached somewhere, not paused, off or asked before.

    what: "pledge" for those who took nothing on yet, "checkin" for those who have not reported
    all they took on. `only_saturday_workers`: only members of units that work on Saturdays.
    """
    own = _PREFERENCE.c.pledge_at if what == "pledge" else _PREFERENCE.c.checkin_at
    at = func.coalesce(own, usual)
    paused = _PREFERENCE.c.paused_until
    key = literal(_prefix(what, day)) + cast(_PERSON.c.id, String)
    rows = session.execute(
        select(_PERSON.c.id, _PERSON.c.full_name, _PREFERENCE.c.quiet_from, _PREFERENCE.c.quiet_to)
        .outerjoin_from(_PERSON, _PREFERENCE, _PREFERENCE.c.person_id == _PERSON.c.id)
        .where(
            at > after,
            at <= until,
            or_(paused.is_(None), paused < day),
            _is_member(only_saturday_workers=only_saturday_workers),
            _there_is(_LINK, _LINK.c.reminders, ~_LINK.c.unreachable),
            ~_there_is(_LEAVE, _LEAVE.c.first <= day, _LEAVE.c.last >= day),
            ~exists().where(_CLAIM.c.key == key),
            _has_to_answer(what, day),
        )
        .order_by(_PERSON.c.id)
    )
    return [Due(*row) for row in rows]


def _is_member(*, only_saturday_workers: bool) -> ColumnElement[bool]:
    member = _MEMBERSHIP.c.role == "member"
    if not only_saturday_workers:
        return _there_is(_MEMBERSHIP, member)
    units = saturdays()
    at_work = select(units.c.id).where(units.c.works)
    return _there_is(_MEMBERSHIP, member, _MEMBERSHIP.c.unit_id.in_(at_work))


def _there_is(table: Any, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(table.c.person_id == _PERSON.c.id, *conditions)


def _has_to_answer(what: str, day: date) -> ColumnElement[bool]:
    if what == "pledge":
        return ~_there_is(_PLEDGE, _PLEDGE.c.day == day)
    return _there_is(_PLEDGE, _PLEDGE.c.day == day, _PLEDGE.c.status == OPEN)


def claim_reminders(session: Session, what: str, day: date, person_ids: Sequence[int]) -> set[int]:
    """Take on the reminders of these members; those of them that nobody else has taken on."""
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    keys = {reminder_key(what, day, person): person for person in person_ids}
    ordered, claimed = sorted(keys), set()  # in one order: two processes cannot deadlock
    for start in range(0, len(ordered), _AT_ONCE):
        rows = [{"key": key, "day": day} for key in ordered[start : start + _AT_ONCE]]
        statement = insert(_CLAIM).values(rows).on_conflict_do_nothing()
        claimed |= {keys[row.key] for row in session.execute(statement.returning(_CLAIM.c.key))}
    return claimed


def forget_reminders(session: Session, before: date) -> int:
    """Forget what was claimed here before that day: a reminder means nothing after its own day."""
    done = session.execute(
        delete(Claim).where(_CLAIM.c.day < before, _CLAIM.c.key.like("remind\\_%", escape="\\"))
    )
    assert isinstance(done, CursorResult)
    return done.rowcount

"""Shifts as members begin and end them in chat, beside the duties of the roster."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, CursorResult, Update, or_, select, update
from sqlmodel import Session

from storage.queries.roster import table_of
from storage.tables import Desk, Duty, Person

_DUTY, _DESK = table_of(Duty), table_of(Desk)
_FROM_CHAT = _DUTY.c.origin == "chat"


@dataclass(frozen=True)
class Shift:
    """A duty with its desk. `lapses`: when a shift begun in chat ends by itself."""

    id: int
    person_id: int
    desk_id: int
    desk_code: str
    desk_name: str
    unit_id: int
    starts: datetime
    ends: datetime | None
    origin: str
    lapses: datetime | None


@dataclass(frozen=True)
class OpenDesk:
    """A desk that is not closed."""

    id: int
    code: str
    name: str
    unit_id: int


def lock_person(session: Session, person_id: int) -> None:
    """PostgreSQL: one of a person's chats at a time changes their shifts."""
    session.get(Person, person_id, with_for_update={"key_share": True})


def find_shift(session: Session, shift_id: int, person_id: int) -> Shift | None:
    """A shift this person began in chat, whatever came of it."""
    found = _shifts(session, _DUTY.c.id == shift_id, _DUTY.c.person_id == person_id, _FROM_CHAT)
    return found[0] if found else None


def open_shift(session: Session, person_id: int) -> Shift | None:
    """The shift this person began in chat and has not ended."""
    found = _shifts(session, _DUTY.c.person_id == person_id, _FROM_CHAT, _DUTY.c.ends.is_(None))
    return found[0] if found else None


def on_roster_now(session: Session, person_id: int, now: datetime) -> list[Shift]:
    """Where the roster has this person on duty right now, by desk code."""
    return _shifts(
        session,
        _DUTY.c.person_id == person_id,
        _DUTY.c.origin == "roster",
        _DUTY.c.starts <= now,
        or_(_DUTY.c.ends.is_(None), _DUTY.c.ends > now),
    )


def _shifts(session: Session, *conditions: ColumnElement[bool]) -> list[Shift]:
    rows = session.execute(
        select(
            _DUTY.c.id,
            _DUTY.c.person_id,
            _DUTY.c.desk_id,
            _DESK.c.code,
            _DESK.c.name,
            _DESK.c.unit_id,
            _DUTY.c.starts,
            _DUTY.c.ends,
            _DUTY.c.origin,
            _DUTY.c.lapses,
        )
        .join_from(_DUTY, _DESK, _DUTY.c.desk_id == _DESK.c.id)
        .where(*conditions)
        .order_by(_DESK.c.code, _DUTY.c.starts, _DUTY.c.id)
    )
    return [Shift(*row) for row in rows]


def begin_shift(
    session: Session, desk_id: int, person_id: int, now: datetime, lapses: datetime
) -> None:
    """Put a person on duty at a desk from now on."""
    session.add(
        Duty(desk_id=desk_id, person_id=person_id, starts=now, origin="chat", lapses=lapses)
    )
    session.flush()


def end_shift(session: Session, shift_id: int, at: datetime) -> bool:
    """End a running shift; False if it had ended before."""
    running = (_DUTY.c.id == shift_id, _FROM_CHAT, _DUTY.c.ends.is_(None))
    return _changed(session, update(Duty).where(*running).values(ends=at))


def resume_shift(session: Session, shift_id: int, lapses: datetime) -> None:
    """Take back that a shift ended; it lapses then."""
    mine = (_DUTY.c.id == shift_id, _FROM_CHAT)
    _changed(session, update(Duty).where(*mine).values(ends=None, lapses=lapses))


def correct_end(session: Session, shift_id: int, at: datetime) -> None:
    """A shift that has ended did so at another time."""
    ended = (_DUTY.c.id == shift_id, _FROM_CHAT, _DUTY.c.ends.is_not(None))
    _changed(session, update(Duty).where(*ended).values(ends=at))


def _changed(session: Session, statement: Update) -> bool:
    done = session.execute(statement)
    assert isinstance(done, CursorResult)
    return done.rowcount > 0


def end_lapsed(session: Session, now: datetime) -> list[Shift]:
    """End every shift whose time is up, at the moment it was; each is returned once."""
    ids = session.execute(
        update(Duty)
        .where(_FROM_CHAT, _DUTY.c.ends.is_(None), _DUTY.c.lapses <= now)
        .values(ends=_DUTY.c.lapses)
        .returning(_DUTY.c.id)
    ).scalars()
    found = list(ids)
    return _shifts(session, _DUTY.c.id.in_(found)) if found else []


def lapsed_since(session: Session, since: datetime, now: datetime) -> list[Shift]:
    """The shifts that ended by themselves after `since` and stand so."""
    return _shifts(
        session,
        _FROM_CHAT,
        _DUTY.c.lapses > since,
        _DUTY.c.lapses <= now,
        _DUTY.c.ends == _DUTY.c.lapses,
    )


def find_open_desk(session: Session, code: str, today: date) -> OpenDesk | None:
    """The desk of this code, in any case, unless it is closed."""
    found = _open_desks(session, today, _DESK.c.code == code.upper())
    return found[0] if found else None


def own_desks(
    session: Session, person_id: int, units: Collection[int], today: date, began_since: datetime
) -> list[OpenDesk]:
    """Where a person may begin a shift without the staff code: the desks of these units, those
    the roster ever gave them, and those where they began one since then (by the staff code)."""
    known = select(_DUTY.c.desk_id).where(
        _DUTY.c.person_id == person_id,
        or_(_DUTY.c.origin == "roster", _DUTY.c.starts >= began_since),
    )
    mine = or_(_DESK.c.unit_id.in_(units), _DESK.c.id.in_(known))
    return _open_desks(session, today, mine)


def _open_desks(session: Session, today: date, *conditions: ColumnElement[bool]) -> list[OpenDesk]:
    rows = session.execute(
        select(_DESK.c.id, _DESK.c.code, _DESK.c.name, _DESK.c.unit_id)
        .where(*conditions, or_(_DESK.c.until.is_(None), _DESK.c.until >= today))
        .order_by(_DESK.c.code)
    )
    return [OpenDesk(*row) for row in rows]


def duties_between(
    session: Session, person_id: int, start: datetime, end: datetime
) -> Sequence[Shift]:
    """Every duty of a person, of the roster or begun in chat, that touches [start, end)."""
    return _shifts(
        session,
        _DUTY.c.person_id == person_id,
        _DUTY.c.starts < end,
        or_(_DUTY.c.ends.is_(None), _DUTY.c.ends > start),
    )

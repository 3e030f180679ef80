"""Days that were not a member's shift: raised by them, decided by a secretary of theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import CursorResult, delete, or_, select
from sqlmodel import Session, col

from storage.queries.roster import table_of
from storage.queries.traffic import insert_new
from storage.tables import Desk, DisputedDay, Membership, MembershipPast, Person

_DISPUTE, _DESK, _PERSON = table_of(DisputedDay), table_of(Desk), table_of(Person)
_MEMBERSHIP, _PAST = table_of(Membership), table_of(MembershipPast)


@dataclass(frozen=True)
class Dispute:
    """A disputed day with whom and where it is about. `state`: open, accepted, declined."""

    id: int
    person_id: int
    person_code: str
    full_name: str
    desk_id: int
    desk_code: str
    desk_name: str
    day: date
    state: str


@dataclass(frozen=True)
class MemberLately:
    """Somebody who is a member of a unit, or was until lately."""

    id: int
    code: str
    full_name: str


def disputes_of(session: Session, person_id: int, since: date) -> list[Dispute]:
    """What a member raised (or a secretary decided unasked) about days from then on."""
    return _disputes(session, _DISPUTE.c.person_id == person_id, _DISPUTE.c.day >= since)


def open_disputes(session: Session) -> list[Dispute]:
    """Everything that waits for a decision, the newest day first."""
    return _disputes(session, _DISPUTE.c.state == "open")


def find_dispute(session: Session, dispute_id: int) -> Dispute | None:
    """One of them, locked: two secretaries do not decide at once."""
    if session.get(DisputedDay, dispute_id, with_for_update=True, populate_existing=True) is None:
        return None
    return _disputes(session, _DISPUTE.c.id == dispute_id)[0]


def dispute_about(session: Session, person_id: int, desk_id: int, day: date) -> Dispute | None:
    """The dispute about this very day, if there is one."""
    found = _disputes(
        session,
        _DISPUTE.c.person_id == person_id,
        _DISPUTE.c.desk_id == desk_id,
        _DISPUTE.c.day == day,
    )
    return found[0] if found else None


def _disputes(session: Session, *conditions: object) -> list[Dispute]:
    rows = session.execute(
        select(
            _DISPUTE.c.id,
            _DISPUTE.c.person_id,
            _PERSON.c.code,
            _PERSON.c.full_name,
            _DISPUTE.c.desk_id,
            _DESK.c.code,
            _DESK.c.name,
            _DISPUTE.c.day,
            _DISPUTE.c.state,
        )
        .join_from(_DISPUTE, _PERSON, _DISPUTE.c.person_id == _PERSON.c.id)
        .join(_DESK, _DISPUTE.c.desk_id == _DESK.c.id)
        .where(*conditions)  # type: ignore[arg-type]
        .order_by(_DISPUTE.c.day.desc(), _PERSON.c.code, _DESK.c.code)
    )
    return [Dispute(*row) for row in rows]


def raise_dispute(session: Session, person_id: int, desk_id: int, day: date) -> bool:
    """Dispute a day; False if it was disputed before, whatever came of it."""
    values = {"person_id": person_id, "desk_id": desk_id, "day": day, "state": "open"}
    return insert_new(session, DisputedDay, values)


def drop_dispute(session: Session, dispute_id: int) -> bool:
    """Take back what is still open; False if it was decided meanwhile."""
    done = session.execute(
        delete(DisputedDay).where(_DISPUTE.c.id == dispute_id, _DISPUTE.c.state == "open")
    )
    assert isinstance(done, CursorResult)
    return done.rowcount > 0


def decide(session: Session, dispute_id: int, state: str) -> None:
    """Keep what was decided: accepted or declined."""
    row = session.get_one(DisputedDay, dispute_id, with_for_update=True)
    row.state = state
    session.add(row)
    session.flush()


def detached_people(session: Session, desk_id: int, day: date) -> set[int]:
    """For whom this desk's day does not count: nobody may name them for it any more."""
    return set(
        session.execute(
            select(_DISPUTE.c.person_id).where(
                _DISPUTE.c.desk_id == desk_id,
                _DISPUTE.c.day == day,
                _DISPUTE.c.state == "accepted",
            )
        ).scalars()
    )


def members_lately(session: Session, unit: int, since: date) -> Sequence[MemberLately]:
    """Who is a member of a unit now or was on some day from `since` on, by name."""
    now = select(_MEMBERSHIP.c.person_id).where(
        _MEMBERSHIP.c.unit_id == unit, _MEMBERSHIP.c.role == "member"
    )
    before = select(_PAST.c.person_id).where(
        _PAST.c.unit_id == unit, _PAST.c.role == "member", _PAST.c.until >= since
    )
    rows = session.execute(
        select(_PERSON.c.id, _PERSON.c.code, _PERSON.c.full_name)
        .where(or_(_PERSON.c.id.in_(now), _PERSON.c.id.in_(before)))
        .order_by(_PERSON.c.full_name, _PERSON.c.code)
    )
    return [MemberLately(*row) for row in rows]


def forget_disputes(session: Session, before: date) -> int:
    """Delete disputes about days whose ratings are not kept any more; how many."""
    done = session.execute(delete(DisputedDay).where(col(DisputedDay.day) < before))
    assert isinstance(done, CursorResult)
    return done.rowcount

"""Roles given and given back; new people; what races leave behind."""

from datetime import date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from storage.database import Database
from storage.queries.ended_roles import end_role
from storage.queries.past import roles_on
from storage.queries.roles import (
    EndedRole,
    add_person,
    end_duties,
    give_back,
    give_role,
    reopen_duties,
    role_held,
)
from storage.tables import Desk, Duty, Membership, MembershipPast, Person, Unit
from tests.conftest import Clock
from tests.people import furnish

TODAY = date(2026, 11, 16)
DAYS = st.integers(0, 10).map(lambda days: TODAY + timedelta(days=days))


def ids(session: Session) -> tuple[int, int]:
    """Lan and C1."""
    person = session.exec(select(Person.id).where(Person.code == "P1")).one()
    unit = session.exec(select(Unit.id).where(Unit.code == "C1")).one()
    return person or 0, unit or 0


def held_on(session: Session, person: int, unit: int) -> list[date]:
    """On which of these days somebody is a member of a unit."""
    found = []
    for number in range(-3, 14):
        day = TODAY + timedelta(days=number)
        roles = roles_on(day)
        rows = session.execute(
            select(roles.c.role).where(roles.c.person_id == person, roles.c.unit_id == unit)
        ).all()
        assert len(rows) <= 1
        found += [day] if rows else []
    return found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(end=DAYS, back=DAYS)
def test_a_role_given_back_covers_what_it_did_but_never_a_day_that_passed_without_it(
    database: Database, clock: Clock, end: date, back: date
) -> None:
    def work(session: Session) -> None:
        furnish(session, clock())
        person, unit = ids(session)
        always = held_on(session, person, unit)
        role = role_held(session, person, unit, "member")
        assert role is not None
        end_role(session, role.id or 0, end)
        on = max(end, back)
        assert give_back(session, EndedRole(person, unit, "member", None, end), on)
        assert held_on(session, person, unit) == [day for day in always if day < end or day >= on]
        assert not give_back(session, EndedRole(person, unit, "member", None, end), on)
        pasts = session.exec(select(MembershipPast)).all()
        assert len(pasts) == (0 if on == end else 1)
        raise Undo

    class Undo(Exception):
        pass

    try:
        database.run_now(work)
    except Undo:
        return
    raise AssertionError("was not undone")


def test_a_new_person_gets_the_next_code_that_is_free(database: Database, clock: Clock) -> None:
    def work(session: Session) -> list[str]:
        furnish(session, clock())
        unit = session.exec(select(Unit).where(Unit.code == "C1")).one()
        session.add(Person(code="C1-2", full_name="Có Sẵn"))
        session.flush()
        return [add_person(session, unit, f"Người {number}", "").code for number in range(3)]

    assert database.run_now(work) == ["C1-3", "C1-4", "C1-5"]


def test_a_role_is_held_once(database: Database, clock: Clock) -> None:
    def work(session: Session) -> list[bool]:
        furnish(session, clock())
        person, unit = ids(session)
        given = [give_role(session, person, unit, "secretary", TODAY) for _ in range(2)]
        assert (
            len(session.exec(select(Membership).where(Membership.person_id == person)).all()) == 2
        )
        return given

    assert database.run_now(work) == [True, False]


def test_duties_end_now_and_go_on_as_they_were_to(database: Database, clock: Clock) -> None:
    def work(session: Session) -> tuple[list[datetime | None], ...]:
        furnish(session, clock())
        person, _ = ids(session)
        desk = session.exec(select(Desk.id).where(Desk.code == "Q3")).one() or 0
        hour = timedelta(hours=1)
        for starts, ends in ((-9, -8), (-1, 3), (5, 9)):
            begin, end = clock() + starts * hour, clock() + ends * hour
            session.add(Duty(desk_id=desk, person_id=person, starts=begin, ends=end))
        session.flush()

        def ends_of() -> list[datetime | None]:
            rows = session.exec(select(Duty).where(Duty.person_id == person).order_by(Duty.id))  # type: ignore[arg-type]
            return [each.ends for each in rows]

        before = ends_of()
        kept = end_duties(session, person, clock())
        between = ends_of()
        reopen_duties(session, person, kept)
        return before, between, ends_of()

    before, between, after = database.run_now(work)
    assert before == after
    now = clock()
    assert between[:2] == [now, now]  # the two without an end
    assert between[2] == before[2]  # over already
    assert between[3] == now
    assert between[4] == now + timedelta(hours=5)  # to come: never begins

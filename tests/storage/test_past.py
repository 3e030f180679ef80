"""The organisation as it stood: renamed, moved and closed units, roles that ended."""

from datetime import date

import pytest
from sqlmodel import Session, select

from storage.database import Database
from storage.queries.ended_roles import end_role
from storage.queries.past import below, change_unit, roles_on, units_then
from storage.tables import Membership, Person, Unit, UnitPast

OCTOBER = date(2026, 10, 1), date(2026, 10, 31)
NOVEMBER = date(2026, 11, 1), date(2026, 11, 30)
MOVED = date(2026, 11, 10)


def _tree(session: Session) -> dict[str, Unit]:
    units = {}
    for code, parent in (("T", None), ("A", "T"), ("B", "T"), ("C", "A")):
        above = None if parent is None else units[parent].id
        units[code] = Unit(code=code, name=f"Đơn vị {code}", folded="", parent_id=above)
        session.add(units[code])
        session.flush()
    return units


def _seen(session: Session, days: tuple[date, date], top: int) -> list[tuple[str, str]]:
    return [(each.code, each.name) for each in below(units_then(session, *days), top)]


def test_a_moved_and_renamed_unit_keeps_its_place_in_the_months_before(database: Database) -> None:
    def work(session: Session) -> None:
        units = _tree(session)
        change_unit(session, units["C"], MOVED, parent_id=units["B"].id, name="Đơn vị C mới")
        assert _seen(session, OCTOBER, units["A"].id or 0)[1:] == [("C", "Đơn vị C")]
        assert _seen(session, OCTOBER, units["B"].id or 0)[1:] == []
        assert _seen(session, NOVEMBER, units["A"].id or 0)[1:] == []
        assert _seen(session, NOVEMBER, units["B"].id or 0)[1:] == [("C", "Đơn vị C mới")]

    database.run_now(work)


def test_two_changes_on_one_day_leave_one_past(database: Database) -> None:
    def work(session: Session) -> None:
        units = _tree(session)
        change_unit(session, units["C"], MOVED, name="Nhầm")
        change_unit(session, units["C"], MOVED, name="Đúng")
        (past,) = session.exec(select(UnitPast)).all()
        assert (past.name, past.since, past.until) == ("Đơn vị C", None, date(2026, 11, 9))
        assert units["C"].since == MOVED

    database.run_now(work)


def test_a_closed_unit_is_there_until_its_last_day(database: Database) -> None:
    def work(session: Session) -> None:
        units = _tree(session)
        change_unit(session, units["C"], MOVED, until=date(2026, 10, 31))
        october = {each.code: each.until for each in units_then(session, *OCTOBER)}
        assert october["C"] is None
        assert "C" not in {each.code for each in units_then(session, *NOVEMBER)}
        straddling = units_then(session, date(2026, 10, 26), date(2026, 11, 1))
        assert {e.code: e.until for e in straddling}["C"] == date(2026, 10, 31)

    database.run_now(work)


def test_a_unit_that_came_later_was_not_there_before(database: Database) -> None:
    def work(session: Session) -> None:
        units = _tree(session)
        units["C"].since = MOVED
        session.flush()
        assert "C" not in {each.code for each in units_then(session, *OCTOBER)}
        assert "C" in {each.code for each in units_then(session, *NOVEMBER)}

    database.run_now(work)


@pytest.mark.parametrize(
    ("day", "where"), [(OCTOBER[1], {"A"}), (date(2026, 11, 9), {"A"}), (MOVED, {"B"})]
)
def test_a_person_who_moved_stood_where_they_stood(
    database: Database, day: date, where: set[str]
) -> None:
    def work(session: Session) -> set[str]:
        units = _tree(session)
        person = Person(code="P1", full_name="Nguyễn Thị Lan")
        session.add(person)
        session.flush()
        role = Membership(person_id=person.id or 0, unit_id=units["A"].id or 0, role="member")
        session.add(role)
        session.flush()
        end_role(session, role.id or 0, MOVED)
        session.add(
            Membership(
                person_id=person.id or 0, unit_id=units["B"].id or 0, role="member", since=MOVED
            )
        )
        session.flush()
        roles = roles_on(day)
        found = session.execute(
            select(Unit.code).join(roles, roles.c.unit_id == Unit.id)  # type: ignore[arg-type]
        )
        return set(found.scalars())

    assert database.run_now(work) == where

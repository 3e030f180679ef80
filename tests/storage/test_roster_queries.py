"""The roster is read whole and written in bulk; exports follow the tree."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from storage.database import Database, keys_of
from storage.errors import DatabaseUnavailable
from storage.queries import export, export_roster, roster
from storage.queries.desk import desks_below
from storage.tables import Desk, Duty, Membership, Person, Unit

START = datetime(2026, 1, 1, tzinfo=UTC)


def furnish(session: Session) -> None:
    """A above B above C, a desk and a person in C."""
    names = [{"code": code, "name": f"Đoàn {code}", "folded": "", "kind": "", "pilot": False}
             for code in "CBA"]  # fmt: skip
    assert sum(roster.insert_rows(session, Unit, names)) == 3
    ids = roster.ids_by_code(session, Unit)
    links = [{"id": ids["B"], "parent_id": ids["A"]}, {"id": ids["C"], "parent_id": ids["B"]}]
    assert sum(roster.update_rows(session, Unit, links)) == 2
    email = keys_of(session).seal("c@example.vn")
    person = {"code": "P", "full_name": "Nguyễn An", "position": "", "email": email}
    list(roster.insert_rows(session, Person, [person]))
    desk = {"code": "Q1", "name": "Quầy 1", "folded": "", "unit_id": ids["C"], "multi_agency": True}
    list(roster.insert_rows(session, Desk, [desk]))
    people, desks = roster.ids_by_code(session, Person), roster.ids_by_code(session, Desk)
    place = {"person_id": people["P"], "unit_id": ids["C"], "role": "member"}
    list(roster.insert_rows(session, Membership, [place]))
    duty = {"desk_id": desks["Q1"], "person_id": people["P"], "starts": START, "ends": None}
    list(roster.insert_rows(session, Duty, [duty]))


def test_the_stored_roster_names_everything_by_its_code(database: Database) -> None:
    database.run_now(furnish)
    stored = database.run_now(roster.stored_roster)
    assert {unit.code: unit.parent_code for unit in stored.units.values()} == {
        "A": "",
        "B": "A",
        "C": "B",
    }
    assert stored.people["P"].email == "c@example.vn"
    assert stored.memberships[0][1:] == ("P", "C", "member", None)
    assert stored.desks["Q1"][4:] == ("C", True, None)
    assert stored.duties[0][1:] == ("Q1", "P", START, None, "roster")


def test_a_thousand_rows_are_written_in_chunks(database: Database) -> None:
    people = [
        {"code": f"P{n}", "full_name": f"Người {n}", "position": "", "email": ""}
        for n in range(1100)
    ]
    written = database.run_now(lambda session: list(roster.insert_rows(session, Person, people)))
    assert written == [500, 500, 100]
    ids = database.run_now(lambda session: roster.ids_by_code(session, Person))
    changes = [{"id": ids[f"P{n}"], "position": f"chức vụ {n}"} for n in range(1100)]
    database.run_now(lambda session: list(roster.update_rows(session, Person, changes)))
    stored = database.run_now(roster.stored_roster)
    assert all(stored.people[f"P{n}"].position == f"chức vụ {n}" for n in range(1100))


@pytest.mark.parametrize(
    ("unit", "expected"), [("A", "ABC"), ("B", "BC"), ("C", "C"), (None, "ABC")]
)
def test_a_unit_is_exported_with_those_below_it(
    database: Database, unit: str | None, expected: str
) -> None:
    database.run_now(furnish)

    def work(session: Session) -> list[str]:
        top = None if unit is None else export.unit_id(session, unit)
        wanted = None if top is None else export.units_below(session, top, None, None)
        return [each.code for each in export_roster.units(session, None, wanted)]

    assert database.read_now(work) == list(expected)


def test_desks_below_a_unit_are_found_for_their_posters(database: Database) -> None:
    database.run_now(furnish)

    def work(session: Session) -> list[str]:
        top = export.unit_id(session, "A")
        return [each.code for each in desks_below(session, [top or 0], date(2026, 11, 16))]

    assert database.read_now(work) == ["Q1"]


def test_work_that_only_reads_cannot_write_and_later_work_can(database: Database) -> None:
    with pytest.raises((DBAPIError, DatabaseUnavailable)):
        database.read_now(furnish)
    assert database.run_now(roster.stored_roster).units == {}
    for _ in range(3):
        database.read_now(roster.stored_roster)
    database.run_now(furnish)
    assert len(database.read_now(roster.stored_roster).units) == 3

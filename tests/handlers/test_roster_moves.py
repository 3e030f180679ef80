"""People and desks move, units change their shape: what was before is kept."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from storage.database import Database
from storage.queries.audit import entries
from storage.queries.past import roles_on, units_then
from storage.queries.roster import stored_roster
from storage.tables import Invite, Person, Unit
from tests.handlers.rosters import (
    ON,
    as_csv,
    counts,
    good,
    lines,
    load,
    only,
    past_roles,
    refused,
    roles,
)

LAN, MINH, HOA = "Nguyễn Thị Lan", "Trần Văn Minh", "Lê Thị Hoa"
BEFORE = ON - timedelta(days=1)
LIFE = ("from", "to")


@pytest.fixture
def files(database: Database, tmp_path: Path) -> Path:
    """The good roster is in; a folder for the files that follow."""
    load(database, as_csv(tmp_path / "first", good()))
    return tmp_path


def people(*rows: list[Any]) -> dict[str, Any]:
    return only("people", *rows)


def lived(*rows: list[Any]) -> dict[str, Any]:
    return only("people", *rows, more=LIFE)


def test_the_first_roster_holds_as_long_as_anybody_knows(database: Database, files: Path) -> None:
    del files
    assert set(roles(database).values()) == {None}
    assert past_roles(database) == set()


def test_who_is_named_in_another_unit_has_moved_there(database: Database, files: Path) -> None:
    report = load(database, as_csv(files, people(["P2", MINH, "C2", "member", "", ""])))
    assert counts(report)["memberships"] == (0, 1, 0)
    assert report.tables["memberships"].ended == 0
    assert report.examples == {"moved": ["P2: C1 → C2"]}
    assert roles(database)["P2", "C2", "member"] == ON
    assert past_roles(database) == {("P2", "C1", "member", None, BEFORE)}


def test_on_the_days_before_everybody_stood_where_they_stood(
    database: Database, files: Path
) -> None:
    load(database, as_csv(files, people(["P2", MINH, "C2", "member", "", ""])))

    def where(day: date) -> set[str]:
        def work(session: Session) -> set[str]:
            held = roles_on(day)
            found = session.execute(
                select(Unit.code)
                .join(held, held.c.unit_id == Unit.id)  # type: ignore[arg-type]
                .join(Person, held.c.person_id == Person.id)  # type: ignore[arg-type]
                .where(Person.code == "P2")
            )
            return set(found.scalars())

        return database.run_now(work)

    assert where(BEFORE) == {"C1"}
    assert where(ON) == {"C2"}


def test_an_option_says_from_which_day_the_changes_hold(database: Database, files: Path) -> None:
    load(
        database,
        as_csv(files, people(["P2", MINH, "C2", "member", "", ""])),
        on=date(2026, 11, 1),
    )
    assert roles(database)["P2", "C2", "member"] == date(2026, 11, 1)
    assert past_roles(database) == {("P2", "C1", "member", None, date(2026, 10, 31))}


def test_a_role_the_file_does_not_name_for_a_person_stays(database: Database, files: Path) -> None:
    load(database, as_csv(files, people(["P1", LAN, "TD", "member", "", ""])))
    held = roles(database)
    assert held["P1", "C1", "secretary"] is None
    assert ("P1", "C2", "member") not in held
    assert held["P1", "TD", "member"] == ON


def test_whoever_stands_in_fewer_units_than_before_has_left_the_others(
    database: Database, files: Path
) -> None:
    both = people(["P2", MINH, "C1", "member", "", ""], ["P2", MINH, "C2", "member", "", ""])
    load(database, as_csv(files / "both", both))
    report = load(database, as_csv(files / "one", people(["P2", MINH, "TD", "member", "", ""])))
    assert counts(report)["memberships"] == (0, 1, 0)
    assert report.tables["memberships"].ended == 1
    assert {key for key in roles(database) if key[0] == "P2"} == {("P2", "TD", "member")}


def test_a_changed_role_within_a_unit_begins_that_day(database: Database, files: Path) -> None:
    report = load(database, as_csv(files, people(["P3", HOA, "C2", "secretary", "Cán sự", ""])))
    assert counts(report)["memberships"] == (0, 1, 0)
    assert report.examples["moved"] == ["P3: C2 member → secretary"]
    assert roles(database)["P3", "C2", "secretary"] == ON
    assert past_roles(database) == {("P3", "C2", "member", None, BEFORE)}


def test_a_newcomer_to_a_unit_with_people_begins_today_and_to_a_new_unit_always_was(
    database: Database, files: Path
) -> None:
    tables = {
        **only("units", ["C3", "Chi đoàn Thuế", "", "TD", ""]),
        **people(
            ["P4", "Vũ Thị Mai", "C1", "member", "", ""], ["P5", "Hồ An", "C3", "member", "", ""]
        ),
    }
    load(database, as_csv(files, tables))
    assert roles(database)["P4", "C1", "member"] == ON
    assert roles(database)["P5", "C3", "member"] is None
    assert database.run_now(stored_roster).units["C3"].since == ON


def test_importing_the_move_again_changes_nothing(database: Database, files: Path) -> None:
    paths = as_csv(files, people(["P2", MINH, "C2", "member", "", ""]))
    load(database, paths)
    again = load(database, paths)
    assert again.changes_nothing
    assert again.number is None


def test_back_on_the_same_day_leaves_no_trace_of_the_other_place(
    database: Database, files: Path
) -> None:
    load(database, as_csv(files / "a", people(["P2", MINH, "C2", "member", "", ""])))
    load(database, as_csv(files / "b", people(["P2", MINH, "C1", "member", "", ""])))
    assert roles(database)["P2", "C1", "member"] == ON
    assert past_roles(database) == {("P2", "C1", "member", None, BEFORE)}


def test_days_in_the_file_say_when_somebody_came_and_left(database: Database, files: Path) -> None:
    rows = lived(
        ["P2", MINH, "C2", "member", "", "", "01/11/2026", ""],
        ["P3", HOA, "C2", "member", "", "", "", "2026-11-15"],
        ["P6", "Bùi Ân", "C1", "member", "", "", "2025-01-01", "2025-12-31"],
    )
    paths = as_csv(files, rows)
    report = load(database, paths)
    assert roles(database)["P2", "C2", "member"] == date(2026, 11, 1)
    assert past_roles(database) == {
        ("P2", "C1", "member", None, date(2026, 10, 31)),
        ("P3", "C2", "member", None, date(2026, 11, 15)),
        ("P6", "C1", "member", date(2025, 1, 1), date(2025, 12, 31)),
    }
    assert report.tables["people"].ended == 1
    assert load(database, paths).changes_nothing


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (
            ["P2", MINH, "C2", "member", "", "", "2026-11-23", ""],
            "people.csv, row 2, column from: 2026-11-23 lies ahead: import it once it has come.",
        ),
        (
            ["P2", MINH, "C1", "member", "", "", "", "2026-12-01"],
            "people.csv, row 2, column to: 2026-12-01 lies ahead: import it once it has come.",
        ),
        (
            ["P2", MINH, "C1", "member", "", "", "2026-03-02", "2026-03-01"],
            "people.csv, row 2, column to: The last day is before the first.",
        ),
    ],
)
def test_days_that_cannot_be_are_refused(
    database: Database, files: Path, row: list[Any], line: str
) -> None:
    assert lines(refused(database, as_csv(files, lived(row)))) == [line]


def test_a_role_cannot_begin_while_it_was_held_before(database: Database, files: Path) -> None:
    load(
        database, as_csv(files / "a", lived(["P2", MINH, "C1", "member", "", "", "", "2026-11-15"]))
    )
    again = lived(["P2", MINH, "C1", "member", "", "", "2026-11-10", ""])
    assert lines(refused(database, as_csv(files / "b", again))) == [
        "people.csv, row 2, column from: This role was held until 2026-11-15; begin later."
    ]
    known = lived(["P2", MINH, "C1", "member", "", "", "2026-11-10", "2026-11-12"])
    (told,) = lines(refused(database, as_csv(files / "c", known)))
    assert told.endswith("Other days of this role are stored that overlap with these.")


def test_an_open_invitation_of_the_old_place_brings_nobody_back(
    database: Database, files: Path
) -> None:
    stored = database.run_now(stored_roster)

    def invite(session: Session) -> None:
        session.add(
            Invite(
                token="t",
                unit_id=stored.units["C1"].id,
                role="member",
                person_id=stored.people["P2"].id,
                expires=datetime(2027, 1, 1, tzinfo=UTC),
            )
        )

    database.run_now(invite)
    load(database, as_csv(files, people(["P2", MINH, "C2", "member", "", ""])))
    assert database.run_now(lambda session: session.exec(select(Invite)).one().revoked)


def test_a_unit_that_is_renamed_keeps_its_old_name_in_the_months_before(
    database: Database, files: Path
) -> None:
    renamed = only("units", ["C2", "Chi đoàn Tư pháp", "chi đoàn", "C1", ""])
    report = load(database, as_csv(files, renamed))
    assert report.examples == {"units_changed": ["C2"]}

    def shape(session: Session, first: date, last: date) -> tuple[str, int | None]:
        (unit,) = (each for each in units_then(session, first, last) if each.code == "C2")
        return unit.name, unit.parent_id

    stored = database.run_now(stored_roster).units
    october = database.run_now(
        lambda session: shape(session, date(2026, 10, 1), date(2026, 10, 31))
    )
    november = database.run_now(lambda session: shape(session, date(2026, 11, 1), ON))
    assert october == ("Chi đoàn Sở Tư pháp", stored["TD"].id)
    assert november == ("Chi đoàn Tư pháp", stored["C1"].id)


def test_a_change_dated_before_the_last_one_is_refused(database: Database, files: Path) -> None:
    load(database, as_csv(files / "a", only("units", ["C2", "Tên mới", "", "TD", ""])))
    row = ["C2", "Tên khác", "", "TD", "", "2026-11-01", "", ""]
    told = refused(
        database, as_csv(files / "b", only("units", row, more=("from", "to", "merged_into")))
    )
    assert lines(told) == [
        ("units.csv, row 2, column from: What this unit was until 2026-11-21 is kept; begin later.")
    ]


def test_desks_move_close_and_reopen(database: Database, files: Path) -> None:
    head = "to"
    rows = only(
        "desks",
        ["Q1", "Quầy 1 – Hộ tịch", "C2", "", ""],
        ["Q2", "Quầy 2 – Đất đai", "C2", "x", "2026-11-20"],
        more=(head,),
    )
    paths = as_csv(files / "a", rows)
    report = load(database, paths)
    desks = database.run_now(stored_roster).desks
    assert (desks["Q1"].unit_code, desks["Q2"].until) == ("C2", date(2026, 11, 20))
    assert report.examples == {"desks_moved": ["Q1: C1 → C2"], "desks_closed": ["Q2"]}
    assert counts(report)["desks"] == (0, 1, 0)
    assert report.tables["desks"].ended == 1
    assert load(database, paths).changes_nothing
    again = only("desks", ["Q2", "Quầy 2 – Đất đai", "C2", "x"])
    load(database, as_csv(files / "b", again))
    assert database.run_now(stored_roster).desks["Q2"].until is None


def test_what_the_files_do_not_name_is_counted_and_stays(database: Database, files: Path) -> None:
    report = load(database, as_csv(files, people(["P2", MINH, "C2", "member", "", ""])))
    untouched = {name: each.untouched for name, each in report.tables.items()}
    assert untouched == {"units": 3, "people": 2, "memberships": 3, "desks": 2, "duties": 1}


def test_every_import_that_changes_something_is_in_the_audit_log(
    database: Database, files: Path
) -> None:
    report = load(database, as_csv(files, people(["P2", MINH, "C2", "member", "", ""])))

    def last(session: Session) -> Any:
        return list(entries(session, action="roster.import"))[-1]

    entry = database.run_now(last)
    assert (entry.id, entry.by, entry.details["on"]) == (report.number, "operator", "2026-11-22")
    assert entry.details["counts"]["memberships"]["changed"] == 1
    assert MINH not in str(entry.details)

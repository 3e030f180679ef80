"""Rules that take several rows, or the database, to see."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from handlers.roster import Counts, RosterMistakes
from storage.database import Database
from storage.keys import Keys
from tests.databases import migrated
from tests.handlers.rosters import Tables, as_csv, as_workbook, good, lines, load, refused


def with_rows(sheet: str, *rows: list[Any]) -> Tables:
    """The good roster and these rows below it."""
    tables = good()
    tables[sheet] += rows
    return tables


def told(database: Database, folder: Path, tables: Tables) -> list[str]:
    return lines(refused(database, as_csv(folder, tables)))


@pytest.fixture
def database(sqlite_url: str, keys: Keys) -> Iterator[Database]:
    """SQLite alone: these rules are Python's, not the database's."""
    opened = Database(migrated(sqlite_url), keys)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("sheet", "row", "line"),
    [
        (
            "units",
            ["C9", "Chi đoàn", "", "C8", ""],
            "units.csv, row 5, column parent_code: There is no unit C8.",
        ),
        (
            "units",
            ["C2", "Chi đoàn Sở Tư pháp", "chi đoàn", "TD", "không"],
            "units.csv, row 5, column code: The code C2 already stands in units.csv, row 4.",
        ),
        (
            "units",
            ["C3", "Chi đoàn Thuế", "", "TD", "yes"],
            "units.csv, row 5, column pilot: C1 is already the pilot under the same parent.",
        ),
        (
            "units",
            ["C3", "Chi đoàn Thuế", "", "C3", ""],
            (
                "units.csv, row 5, column parent_code: These units are each other's parents,"
                " in a circle: C3 → C3."
            ),
        ),
        (
            "people",
            ["P4", "Vũ Thị Mai", "C9", "member", "", ""],
            "people.csv, row 6, column unit_code: There is no unit C9.",
        ),
        (
            "people",
            ["P2", "Trần Văn Minh", "C1", "member", "", ""],
            (
                "people.csv, row 6, column code: This person already stands in this unit"
                " with this role: people.csv, row 4."
            ),
        ),
        (
            "people",
            ["P2", "Trần Văn Mình", "C2", "member", "", ""],
            (
                "people.csv, row 6, column full_name: The same person (P2) has another value here"
                " in people.csv, row 4."
            ),
        ),
        (
            "people",
            ["P1", "Nguyễn Thị Lan", "TD", "member", "", "khac@danang.example.vn"],
            (
                "people.csv, row 6, column email: The same person (P1) has another value here"
                " in people.csv, row 2."
            ),
        ),
        (
            "desks",
            ["Q3", "Quầy 3", "C9", ""],
            "desks.csv, row 4, column unit_code: There is no unit C9.",
        ),
        (
            "desks",
            ["Q1", "Quầy 1", "C1", ""],
            "desks.csv, row 4, column code: The code Q1 already stands in desks.csv, row 2.",
        ),
        (
            "duties",
            ["Q9", "P1", "2026-01-01", ""],
            "duties.csv, row 5, column desk_code: There is no desk Q9.",
        ),
        (
            "duties",
            ["Q1", "P9", "2026-01-01", ""],
            "duties.csv, row 5, column person_code: There is no person P9.",
        ),
        (
            "duties",
            ["Q2", "P1", "2026-01-05 17:00", "2026-01-05 17:00"],
            "duties.csv, row 5, column to: The end must be after the beginning.",
        ),
        (
            "duties",
            ["Q1", "P2", "2026-01-05", "2026-01-09"],
            "duties.csv, row 5, column from: The same duty already stands in duties.csv, row 3.",
        ),
        (
            "duties",
            ["Q1", "P2", "2026-01-09 10:00", "2026-01-10"],
            "duties.csv, row 5, column from: This duty overlaps with the one in duties.csv, row 3.",
        ),
        (
            "duties",
            ["Q1", "P1", "2025-12-01", "2026-01-01"],
            "duties.csv, row 5, column from: This duty overlaps with the one in duties.csv, row 2.",
        ),
    ],
)
def test_a_row_that_does_not_fit_the_others_is_named_with_the_reason(
    database: Database, tmp_path: Path, sheet: str, row: list[Any], line: str
) -> None:
    assert told(database, tmp_path, with_rows(sheet, row)) == [line]


def test_neighbouring_duties_and_two_people_at_one_desk_are_no_overlap(
    database: Database, tmp_path: Path
) -> None:
    tables = with_rows(
        "duties",
        ["Q1", "P2", "2026-01-10", "2026-01-10"],
        ["Q2", "P3", "2026-01-05 11:30", "2026-01-05 17:00"],
        ["Q2", "P1", "2026-01-05", "2026-01-05"],
    )
    assert load(database, as_csv(tmp_path, tables)).tables["duties"] == Counts(6, 0, 0)


def test_a_long_duty_overlaps_with_all_it_covers(database: Database, tmp_path: Path) -> None:
    tables = with_rows("duties", ["Q1", "P2", "2026-01-01", ""], ["Q1", "P2", "2026-03-01", ""])
    assert told(database, tmp_path, tables) == [
        "duties.csv, row 5, column from: This duty overlaps with the one in duties.csv, row 3.",
        "duties.csv, row 6, column from: This duty overlaps with the one in duties.csv, row 5.",
    ]


def test_a_circle_of_several_units_is_told_once(database: Database, tmp_path: Path) -> None:
    tables = with_rows(
        "units", ["A", "A", "", "B", ""], ["B", "B", "", "C", ""], ["C", "C", "", "A", ""],
        ["D", "hangs on the circle", "", "A", ""],
    )  # fmt: skip
    assert told(database, tmp_path, tables) == [
        (
            "units.csv, row 5, column parent_code: These units are each other's parents,"
            " in a circle: A → B → C → A."
        )
    ]


def test_a_circle_closed_through_the_database_is_refused(
    database: Database, tmp_path: Path
) -> None:
    load(database, as_csv(tmp_path / "first", good()))
    more = {"units": [good()["units"][0], ["TD", "Thành Đoàn", "", "C2", ""]]}
    assert told(database, tmp_path / "more", more) == [
        (
            "units.csv, row 2, column parent_code: These units are each other's parents,"
            " in a circle: TD → C2 → TD."
        )
    ]


def test_a_second_pilot_beside_the_stored_one_is_refused_but_it_may_move(
    database: Database, tmp_path: Path
) -> None:
    load(database, as_csv(tmp_path / "first", good()))
    head, _city, first, second = good()["units"]
    second[4] = "x"
    assert told(database, tmp_path / "more", {"units": [head, second]}) == [
        "units.csv, row 2, column pilot: C1 is already the pilot under the same parent."
    ]
    first[4] = "no"
    moved = load(database, as_csv(tmp_path / "moved", {"units": [head, second, first]}))
    assert moved.tables["units"] == Counts(0, 2, 0)


def test_a_duty_that_overlaps_with_a_stored_one_is_refused_until_that_ends(
    database: Database, tmp_path: Path
) -> None:
    load(database, as_csv(tmp_path / "first", good()))
    head = good()["duties"][0]
    later = ["Q1", "P1", "2026-02-01", ""]
    assert told(database, tmp_path / "more", {"duties": [head, later]}) == [
        (
            "duties.csv, row 2, column from: This person already has a duty at this desk,"
            " stored from 2026-01-01 00:00 on. Import that one with an end first."
        )
    ]
    ended = ["Q1", "P1", "2026-01-01", "2026-01-31"]
    report = load(database, as_csv(tmp_path / "ended", {"duties": [head, ended, later]}))
    assert report.tables["duties"] == Counts(1, 1, 0)


def test_rows_that_name_something_unreadable_are_not_blamed_for_it(
    database: Database, tmp_path: Path
) -> None:
    tables = good()
    tables["desks"][1][0] = "QA"
    for row in tables["duties"][1:3]:
        row[0] = "QA"
    assert told(database, tmp_path, tables) == [
        (
            "desks.csv, row 2, column code: QA is not a desk code: a letter first, at most 16 letters,"
            " digits, _ or -, and at least one digit, such as Q1."
        )
    ]


def test_an_unreadable_sheet_makes_no_second_mistakes(database: Database, tmp_path: Path) -> None:
    tables = good()
    tables["units"][0][1] = "tên"
    assert [error.column for error in refused(database, as_csv(tmp_path, tables))] == [
        "tên",
        "name",
    ]


def test_one_row_may_have_several_mistakes_of_every_kind(
    database: Database, tmp_path: Path
) -> None:
    tables = with_rows("people", ["P2", "Trần Khác", "C9", "chief", "", "no address"])
    errors = refused(database, [as_workbook(tmp_path / "r.xlsx", tables)])
    assert {error.row for error in errors} == {6}
    assert {error.column for error in errors} == {"full_name", "unit_code", "role", "email"}


def test_the_exception_itself_names_nobody(database: Database, tmp_path: Path) -> None:
    tables = with_rows("people", ["P2", "Trần Văn Mình", "C2", "member", "", "x"])
    with pytest.raises(RosterMistakes) as caught:
        load(database, as_csv(tmp_path, tables))
    assert str(caught.value) == "2 mistakes in the roster"

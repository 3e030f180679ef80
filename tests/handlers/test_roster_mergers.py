"""Units close and are merged: nobody and nothing is left behind."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from handlers.roster import EndsMuch
from storage.database import Database
from storage.queries.roster import stored_roster
from storage.tables import Invite
from tests.handlers.rosters import (
    ON,
    SAY,
    Tables,
    as_csv,
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
LIFE = ("from", "to", "merged_into")
C1 = ["C1", "Chi đoàn Sở Nội vụ", "chi đoàn", "TD", ""]


def below() -> Tables:
    """The good roster with two units below C1."""
    tables = good()
    tables["units"] += [
        ["D1", "Phân đoàn 1", "phân đoàn", "C1", ""],
        ["D2", "Phân đoàn 2", "phân đoàn", "C1", ""],
    ]
    return tables


@pytest.fixture
def files(database: Database, tmp_path: Path) -> Path:
    """That roster is in; a folder for the files that follow."""
    load(database, as_csv(tmp_path / "first", below()))
    return tmp_path


def units(*rows: list[Any]) -> Tables:
    return only("units", *rows, more=LIFE)


def test_a_merged_unit_gives_its_people_desks_and_units_to_its_successor(
    database: Database, files: Path
) -> None:
    paths = as_csv(files, units([*C1, "", "", "C2"]))
    report = load(database, paths)
    stored = database.run_now(stored_roster)
    assert (stored.units["C1"].until, stored.units["C1"].merged_into) == (BEFORE, "C2")
    assert {stored.units[code].parent_code for code in ("D1", "D2")} == {"C2"}
    assert stored.desks["Q1"].unit_code == "C2"
    assert roles(database)["P2", "C2", "member"] == ON
    assert ("P1", "C1", "secretary", None, BEFORE) in past_roles(database)
    assert report.examples["units_merged"] == ["C1 → C2"]
    assert report.examples["unseated"] == ["P1 (C1 secretary)"]
    assert report.examples["moved"] == ["P2: C1 → C2"]
    assert load(database, paths).changes_nothing


def test_whoever_the_file_sends_elsewhere_does_not_follow_the_merger(
    database: Database, files: Path
) -> None:
    tables = {
        **units(
            [*C1, "", "2026-11-15", "C2"], ["D1", "Phân đoàn 1", "phân đoàn", "TD", "", "", "", ""]
        ),
        **only(
            "people",
            ["P1", LAN, "C2", "secretary", "Chuyên viên", "lan@danang.example.vn"],
            ["P2", MINH, "D1", "member", "", ""],
        ),
        **only("desks", ["Q1", "Quầy 1 – Hộ tịch", "D1", ""]),
    }
    paths = as_csv(files, tables)
    load(database, paths)
    stored = database.run_now(stored_roster)
    assert stored.units["D1"].parent_code == "TD"
    assert stored.units["D2"].parent_code == "C2"
    assert stored.desks["Q1"].unit_code == "D1"
    held = roles(database)
    assert held["P1", "C2", "secretary"] == ON
    assert held["P2", "D1", "member"] == ON
    assert ("P2", "C2", "member") not in held
    assert load(database, paths).changes_nothing


def test_members_of_two_merged_units_are_members_once(database: Database, files: Path) -> None:
    both = only(
        "people", ["P2", MINH, "C1", "member", "", ""], ["P2", MINH, "C2", "member", "", ""]
    )
    load(database, as_csv(files / "both", both))
    tables = units(
        ["N", "Chi đoàn mới", "chi đoàn", "TD", "", "", "", ""],
        [*C1, "", "", "N"],
        ["C2", "Chi đoàn Sở Tư pháp", "chi đoàn", "TD", "", "", "2026-11-17", "N"],
    )
    load(database, as_csv(files / "merged", tables))
    assert {key for key in roles(database) if key[0] == "P2"} == {("P2", "N", "member")}
    assert roles(database)["P3", "N", "member"] == date(2026, 11, 18)


def test_a_unit_may_be_merged_into_one_below_it(database: Database, files: Path) -> None:
    load(database, as_csv(files, units([*C1, "", "", "D1"])))
    stored = database.run_now(stored_roster)
    assert stored.units["D1"].parent_code == "TD"
    assert stored.units["D2"].parent_code == "D1"


def test_a_unit_without_anybody_may_close_and_open_again(database: Database, files: Path) -> None:
    row = ["D1", "Phân đoàn 1", "phân đoàn", "C1", ""]
    report = load(database, as_csv(files / "a", units([*row, "", "2026-11-20", ""])))
    assert report.tables["units"].ended == 1
    assert report.examples == {"units_closed": ["D1"]}
    assert database.run_now(stored_roster).units["D1"].until == date(2026, 11, 20)
    load(database, as_csv(files / "b", only("units", row)))
    assert database.run_now(stored_roster).units["D1"].until is None


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (
            [[*C1, "", "2026-11-20", ""]],
            [
                (
                    "row 2, column to: C1 closes and still has roles (2), desks (1) or units below it (2):"
                    " name in merged_into the unit that takes them, or give them rows of their own."
                )
            ],
        ),
        (
            [[*C1, "", "", "C9"]],
            ["row 2, column merged_into: There is no unit C9."],
        ),
        (
            [[*C1, "", "2026-11-23", "C2"]],
            ["row 2, column to: 2026-11-23 lies ahead: import it once it has come."],
        ),
        (
            [
                [*C1, "", "", "C2"],
                ["C2", "Chi đoàn Sở Tư pháp", "chi đoàn", "TD", "", "", "", "C1"],
            ],
            [
                (
                    "row 2, column merged_into: These units are merged into each other, in a circle:"
                    " C1 → C2 → C1."
                ),
                (
                    "row 3, column merged_into: These units are merged into each other, in a circle:"
                    " C2 → C1 → C2."
                ),
            ],
        ),
        (
            [[*C1, "", "", "C1"]],
            [
                (
                    "row 2, column merged_into: These units are merged into each other, in a circle:"
                    " C1 → C1."
                )
            ],
        ),
        (
            [[*C1, "", "", "C2"], ["D1", "Phân đoàn 1", "phân đoàn", "C1", "", "", "", ""]],
            ["row 3, column parent_code: The unit C1 is closed."],
        ),
        (
            [
                [*C1, "", "", "D1"],
                ["D1", "Phân đoàn 1", "phân đoàn", "TD", "", "", "2026-11-20", ""],
            ],
            ["row 2, column merged_into: The unit D1 is closed."],
        ),
    ],
)
def test_an_end_that_leaves_something_behind_is_refused_with_its_cure(
    database: Database, files: Path, rows: list[list[Any]], told: list[str]
) -> None:
    found = [
        line.removeprefix("units.csv, ")
        for line in lines(refused(database, as_csv(files, units(*rows))))
    ]
    assert found == told


def test_nobody_is_put_into_a_closed_unit(database: Database, files: Path) -> None:
    tables = {
        **units([*C1, "", "", "C2"]),
        **only("people", ["P2", MINH, "C1", "member", "", ""]),
        **only("desks", ["Q1", "Quầy 1 – Hộ tịch", "C1", ""]),
    }
    assert lines(refused(database, as_csv(files, tables))) == [
        "people.csv, row 2, column unit_code: The unit C1 is closed.",
        "desks.csv, row 2, column unit_code: The unit C1 is closed.",
    ]


def test_a_list_that_is_complete_ends_what_it_leaves_out(database: Database, files: Path) -> None:
    tables = below()
    del tables["units"][4:]  # D1 and D2
    del tables["people"][2]  # Lan, member of C2
    del tables["people"][2]  # Minh
    del tables["desks"][2]
    del tables["duties"][1]
    paths = as_csv(files, tables)
    report = load(database, paths, complete=True)
    stored = database.run_now(stored_roster)
    assert {unit.code for unit in stored.units.values() if unit.until} == {"D1", "D2"}
    assert set(roles(database)) == {("P1", "C1", "secretary"), ("P3", "C2", "member")}
    assert stored.desks["Q2"].until == BEFORE
    assert {name: each.ended for name, each in report.tables.items()} == {
        "units": 2, "people": 1, "memberships": 2, "desks": 1, "duties": 1,
    }  # fmt: skip
    (running,) = (duty for duty in stored.duties if duty.person_code == "P1")
    assert running.ends is not None
    assert load(database, paths, complete=True).changes_nothing


def test_a_complete_list_of_one_sheet_leaves_the_others_alone(
    database: Database, files: Path
) -> None:
    people = {"people": good()["people"][:2]}
    load(database, as_csv(files, people), complete=True)
    stored = database.run_now(stored_roster)
    assert set(roles(database)) == {("P1", "C1", "secretary")}
    assert not any(unit.until for unit in stored.units.values())
    assert not any(desk.until for desk in stored.desks.values())


def test_a_complete_list_without_a_unit_that_has_people_is_refused(
    database: Database, files: Path
) -> None:
    told = refused(database, as_csv(files, {"units": below()["units"][:3]}), complete=True)
    assert lines(told) == [
        (
            "units.csv: C2 is not in this complete list and would close, but still has roles (2),"
            " desks (1) or units below it (0): name the unit, or what becomes of them."
        )
    ]


def test_a_complete_list_drops_duties_that_have_not_begun(database: Database, files: Path) -> None:
    head = good()["duties"][0]
    ahead = {"duties": [head, ["Q2", "P2", "2026-12-01", ""]]}
    load(database, as_csv(files / "ahead", ahead))
    load(database, as_csv(files / "all", {"duties": good()["duties"]}), complete=True)
    assert len(database.run_now(stored_roster).duties) == 3


def test_more_than_a_tenth_ends_only_when_that_is_agreed(database: Database, files: Path) -> None:
    before = database.run_now(stored_roster)
    paths = as_csv(files, only("people", ["P2", MINH, "C1", "-member", "", ""]))
    with pytest.raises(EndsMuch) as caught:
        load(database, paths, may_end=False)
    assert [(each.table, each.ended, each.of) for each in caught.value.endings] == [
        ("person", 1, 3),
        ("membership", 1, 4),
    ]
    assert database.run_now(stored_roster) == before
    assert load(database, paths, may_end=True).tables["memberships"].ended == 1


def test_a_tenth_or_less_and_any_number_of_moves_need_no_asking(
    database: Database, files: Path
) -> None:
    crowd = [[f"M{n}", f"Người {n}", "C1", "member", "", ""] for n in range(7)]
    load(database, as_csv(files / "crowd", only("people", *crowd)))  # 10 people, 11 roles
    for row in crowd:
        row[2] = "C2"
    rows = only("people", *crowd, ["P2", MINH, "C1", "-member", "", ""])
    report = load(database, as_csv(files / "moved", rows), may_end=False)
    assert report.endings == []
    assert report.tables["memberships"].changed == 7


def test_a_dry_run_says_what_would_end_and_asks_nobody(database: Database, files: Path) -> None:
    paths = as_csv(files, only("people", ["P2", MINH, "C1", "-member", "", ""]))
    before = database.run_now(stored_roster)
    report = load(database, paths, may_end=False, dry_run=True)
    assert [each.table for each in report.endings] == ["person", "membership"]
    assert report.number is None
    assert database.run_now(stored_roster) == before


def test_nobody_is_invited_into_a_unit_that_is_no_more(database: Database, files: Path) -> None:
    unit = database.run_now(stored_roster).units["C1"].id

    def invite(session: Session) -> None:
        expires = datetime(2027, 1, 1, tzinfo=UTC)
        session.add(Invite(token="t", kind="group", unit_id=unit, role="member", expires=expires))

    database.run_now(invite)
    load(database, as_csv(files, units([*C1, "", "", "C2"])))
    assert database.run_now(lambda session: session.exec(select(Invite)).one().revoked)


def test_a_closed_unit_keeps_its_last_day_when_its_successor_is_named_later(
    database: Database, files: Path
) -> None:
    row = ["D1", "Phân đoàn 1", "phân đoàn", "C1", ""]
    load(database, as_csv(files / "a", units([*row, "", "2026-11-17", ""])))
    load(database, as_csv(files / "b", units([*row, "", "", "D2"])))
    unit = database.run_now(stored_roster).units["D1"]
    assert (unit.until, unit.merged_into) == (date(2026, 11, 17), "D2")


def led() -> Tables:
    """Forty members and a secretary in each of two units."""
    crowd = [[f"M{n}", f"Người {n}", f"C{1 + n % 2}", "member", "", ""] for n in range(80)]
    return only("people", *crowd, ["M1", "Người 1", "C2", "secretary", "", ""])


def test_the_end_of_few_roles_that_are_most_of_the_secretaries_is_asked_about(
    database: Database, files: Path
) -> None:
    load(database, as_csv(files / "led", led()))
    rest = {"people": led()["people"][:-1]}
    lan = ["P1", LAN, "C2", "member", "Chuyên viên", "lan@danang.example.vn"]
    rest["people"] += [*good()["people"][3:], lan]  # all members there are, and no secretary
    paths = as_csv(files / "members", rest)
    with pytest.raises(EndsMuch) as caught:
        load(database, paths, complete=True, may_end=False)
    assert [each.said(SAY) for each in caught.value.endings] == [
        "This would end 2 of 2 roles of secretaries.",
        "2 units would be left without a secretary: C1, C2.",
    ]
    assert load(database, paths, complete=True).tables["memberships"].ended == 2


def test_a_secretary_whom_another_follows_and_one_of_two_need_no_asking(
    database: Database, files: Path
) -> None:
    load(database, as_csv(files / "led", led()))
    rows = only(
        "people",
        ["M1", "Người 1", "C2", "-secretary", "", ""],
        ["M3", "Người 3", "C2", "secretary", "", ""],
    )
    assert load(database, as_csv(files / "next", rows), may_end=False).endings == []


def test_a_unit_that_loses_its_only_secretary_is_named(database: Database, files: Path) -> None:
    load(database, as_csv(files / "led", led()))
    rows = only("people", ["P1", LAN, "C1", "-secretary", "", ""])
    with pytest.raises(EndsMuch) as caught:
        load(database, as_csv(files / "end", rows), may_end=False)
    told = [each.said(SAY) for each in caught.value.endings]
    assert told[-1] == "1 unit would be left without a secretary: C1."

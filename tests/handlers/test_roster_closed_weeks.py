"""Weeks that have ended keep their tree, whatever an import or its undoing says."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from handlers.roster import EndsMuch
from handlers.roster.terms import noon
from storage.database import Database
from storage.queries.roster import stored_roster
from storage.tables import Rating
from storage.tables.columns import random_id
from tests.handlers.rosters import (
    ON,
    SAY,
    ZONE,
    as_csv,
    lines,
    load,
    refused,
    take_back,
)
from tests.handlers.test_roster_mergers import C1, below, files, units

__all__ = ["files"]

MONDAY = (
    "Weeks that have ended keep their tree: {} can move, close or open from 16/11/2026 on"
    " (its last day 15/11/2026 or later), not before."
)


@pytest.mark.parametrize(
    ("row", "on", "line"),
    [
        (["D1", "Phân đoàn 1", "", "C1", "", "", "2026-11-14", ""], ON, "row 2, column to: "),
        (["D1", "Phân đoàn 1", "", "C1", "", "", "2026-11-14", "D2"], ON, "row 2, column to: "),
        (["D1", "Phân đoàn 1", "", "C2", "", "2026-11-15", "", ""], ON, "row 2, column from: "),
        (
            ["D1", "Phân đoàn 1", "", "C2", "", "", "", ""],
            date(2026, 11, 15),
            "row 2, column parent_code: ",
        ),
        (
            ["D1", "Phân đoàn 1", "", "C1", "", "", "", "D2"],
            date(2026, 11, 15),
            "row 2, column parent_code: ",
        ),
    ],
)
def test_weeks_that_have_ended_keep_their_tree(
    database: Database, files: Path, row: list[Any], on: date, line: str
) -> None:
    before = database.run_now(stored_roster)
    told = lines(refused(database, as_csv(files, units(row)), on=on))
    assert told == [f"units.csv, {line}{MONDAY.format('D1')}"]
    assert database.run_now(stored_roster) == before


def test_a_complete_list_closes_nothing_in_weeks_that_have_ended(
    database: Database, files: Path
) -> None:
    paths = as_csv(files, {"units": below()["units"][:-2]})
    told = lines(refused(database, paths, complete=True, on=date(2026, 11, 15)))
    assert told == [f"units.csv: {MONDAY.format(code)}" for code in ("D1", "D2")]
    assert load(database, paths, complete=True, on=date(2026, 11, 16)).tables["units"].ended == 2


def test_what_changes_this_week_a_new_unit_and_a_new_name_are_no_other_tree(
    database: Database, files: Path
) -> None:
    rows = units(
        ["D1", "Phân đoàn 1", "phân đoàn", "C2", "", "2026-11-16", "", ""],
        ["D2", "Phân đoàn 2", "phân đoàn", "C1", "", "", "2026-11-15", ""],
        ["N", "Chi đoàn mới", "chi đoàn", "TD", "", "2026-01-01", "", ""],
    )
    load(database, as_csv(files / "a", rows))
    renamed = units(["C2", "Tên mới", "chi đoàn", "TD", "", "", "", ""])
    load(database, as_csv(files / "b", renamed), on=date(2026, 10, 1))
    assert database.run_now(stored_roster).units["C2"].since == date(2026, 10, 1)


def test_a_first_day_hides_no_unit_from_weeks_that_have_ended(
    database: Database, files: Path
) -> None:
    stored = database.run_now(stored_roster)

    def rate(session: Session) -> None:
        rating = Rating(
            id=random_id(), day=date(2026, 11, 2), desk_id=stored.desks["Q1"].id,
            unit_id=stored.units["C1"].id, attribution="desk", level=4, reasons="",
            channel="web", scheme=1, notice="1", status="active",
        )  # fmt: skip
        session.add(rating)

    database.run_now(rate)
    founded = units([*C1, "2020-01-01", "", ""])
    load(database, as_csv(files / "a", founded))
    assert database.run_now(stored_roster).units["C1"].since == date(2020, 1, 1)
    later = units([*C1, "2026-11-09", "", ""])
    assert lines(refused(database, as_csv(files / "b", later))) == [
        (
            "units.csv, row 2, column from: Weeks that have ended keep their tree, and this unit was"
            " there: leave this cell as it was, or empty."
        )
    ]


def test_taking_back_a_move_of_a_week_that_has_ended_is_agreed_first(
    database: Database, files: Path
) -> None:
    moved = units(["D1", "Phân đoàn 1", "phân đoàn", "C2", "", "", "", ""])
    number = load(database, as_csv(files, moved)).number
    take_back(database, number, may_end=False, dry_run=True)  # this week nobody asks
    with pytest.raises(EndsMuch) as caught:
        take_back(database, number, may_end=False, now=noon(ON + timedelta(days=2), ZONE))
    (concern,) = (each.said(SAY) for each in caught.value.endings)
    assert concern.startswith("This would change the tree of weeks that have ended")
    assert concern.endswith("(D1).")
    take_back(database, number, now=noon(ON + timedelta(days=2), ZONE))
    assert database.run_now(stored_roster).units["D1"].parent_code == "C1"


def test_a_later_change_that_stands_is_named_with_its_day(database: Database, files: Path) -> None:
    load(database, as_csv(files / "a", units(["D1", "Một", "", "C1", "", "", "", ""])))
    paths = as_csv(files / "b", units(["D1", "Hai", "", "C1", "", "", "", ""]))
    report = load(database, paths, on=date(2026, 11, 1))
    assert report.examples["units_later"] == ["D1 (22/11/2026)"]
    assert database.run_now(stored_roster).units["D1"].since == ON

"""Roster files for tests: a small good roster as rows, written as CSV files or a workbook."""

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl

from handlers.roster import (
    ImportReport,
    RosterError,
    RosterMistakes,
    UndoReport,
    import_roster,
    read_files,
    undo_import,
)
from handlers.roster.terms import noon
from handlers.texts import Speaker
from storage.database import Database
from storage.queries.roster import stored_roster

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
ON = date(2026, 11, 22)  # the day an import takes effect
SAY = Speaker("en", citizen="Ông/Bà")

Rows = list[list[Any]]
Tables = dict[str, Rows]


def good() -> Tables:
    """Three units, three people, two desks, three duties."""
    return {
        "units": [
            ["code", "name", "kind", "parent_code", "pilot"],
            ["TD", "Thành Đoàn Đà Nẵng", "Thành Đoàn", "", ""],
            ["C1", "Chi đoàn Sở Nội vụ", "chi đoàn", "TD", "có"],
            ["C2", "Chi đoàn Sở Tư pháp", "chi đoàn", "TD", "không"],
        ],
        "people": [
            ["code", "full_name", "unit_code", "role", "position", "email"],
            ["P1", "Nguyễn Thị Lan", "C1", "secretary", "Chuyên viên", "lan@danang.example.vn"],
            ["P1", "Nguyễn Thị Lan", "C2", "member", "", ""],
            ["P2", "Trần Văn Minh", "C1", "member", "", ""],
            ["P3", "Lê Thị Hoa", "C2", "member", "Cán sự", ""],
        ],
        "desks": [
            ["code", "name", "unit_code", "multi_agency"],
            ["q1", "Quầy 1 – Hộ tịch", "C1", ""],
            ["Q2", "Quầy 2 – Đất đai", "C2", "x"],
        ],
        "duties": [
            ["desk_code", "person_code", "from", "to"],
            ["Q1", "P1", "2026-01-01", ""],
            ["Q1", "P2", "2026-01-05", "2026-01-09"],
            ["Q2", "P3", "2026-01-05 07:30", "2026-01-05 11:30"],
        ],
    }


def as_csv(
    folder: Path, tables: Tables, delimiter: str = ",", encoding: str = "utf-8"
) -> list[Path]:
    """One file per table."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, rows in tables.items():
        path = folder / f"{name}.csv"
        with path.open("w", newline="", encoding=encoding) as file:
            csv.writer(file, delimiter=delimiter).writerows(rows)
        paths.append(path)
    return paths


def as_workbook(path: Path, tables: Tables) -> Path:
    """One sheet per table."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in tables.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    workbook.save(path)
    return path


def load(
    database: Database, paths: Sequence[Path], *, on: date = ON, **options: Any
) -> ImportReport:
    """Import files as the command line does: read outside, check and store in a transaction.

    Today is ON, whatever day the changes hold from."""
    roster = read_files(paths, SAY)
    now = noon(ON, ZONE)
    return database.run_now(
        lambda session: import_roster(session, roster, ZONE, SAY, on=on, now=now, **options)
    )


def take_back(database: Database, number: int | None, **options: Any) -> UndoReport:
    """Undo an import, on the same day if no other moment (`now`) is given."""
    assert number is not None
    options.setdefault("now", noon(ON, ZONE))
    return database.run_now(lambda session: undo_import(session, number, ZONE, SAY, **options))


def only(sheet: str, *rows: list[Any], more: Sequence[str] = ()) -> Tables:
    """These rows alone, below the usual header and `more` columns."""
    return {sheet: [[*good()[sheet][0], *more], *rows]}


def roles(database: Database) -> dict[tuple[str, str, str], date | None]:
    """Every role (person, unit, role) that is held, with its first day."""
    stored = database.run_now(stored_roster)
    return {
        (each.person_code, each.unit_code, each.role): each.since for each in stored.memberships
    }


def past_roles(database: Database) -> set[tuple[str, str, str, date | None, date]]:
    """Every role that was held before: person, unit, role, first and last day."""
    return {tuple(each) for each in database.run_now(stored_roster).past_roles}


def refused(database: Database, paths: Sequence[Path], **options: Any) -> list[RosterError]:
    """The mistakes an import is refused for."""
    try:
        load(database, paths, **options)
    except RosterMistakes as mistakes:
        return mistakes.errors
    raise AssertionError("the roster was taken")


def lines(errors: Sequence[RosterError]) -> list[str]:
    """The mistakes as the operator reads them."""
    return [error.said(SAY) for error in errors]


def counts(report: ImportReport) -> dict[str, tuple[int, int, int]]:
    """(added, changed, unchanged) by table."""
    return {
        name: (each.added, each.changed, each.unchanged) for name, each in report.tables.items()
    }

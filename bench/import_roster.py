"""A province imported on SQLite (75 units, 4,000 people, 300 desks), beside calamine reading the same
workbook and raw sqlite3 storing its rows unchecked in one transaction; both wait for the disk."""

import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import xlsxwriter
from python_calamine import CalamineWorkbook

from bench.side_by_side import Row, Timed, compare
from handlers.roster import import_roster, read_files
from handlers.texts import Speaker
from storage.database import Database
from storage.keys import Keys
from storage.schema import upgrade

UNITS, PEOPLE, DESKS = 75, 4000, 300
ROWS = UNITS + PEOPLE + DESKS
DAY = date(2026, 11, 16)
NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SAY = Speaker("en")


def rows() -> Iterator[Row]:
    """A first import into an empty database, then the same file again."""
    Path("var").mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="bench", dir="var") as name:  # a real disk: /tmp may be memory
        folder = Path(name)
        workbook = province(folder / "province.xlsx")
        raw = _raw(folder, workbook)
        yield compare(
            "one row of a first import, from the XLSX on",
            _first(folder, workbook),
            "calamine and sqlite3, unchecked",
            raw,
        )
        again = folder / "again.sqlite"
        upgrade(f"sqlite:///{again}")
        with _installation(again) as database:
            take_in(database, workbook)
            yield compare(
                "one row imported again: nothing changed",
                lambda: take_in(database, workbook),
                "calamine and sqlite3, unchecked",
                raw,
            )


def province(path: Path) -> Path:
    """A workbook of that size."""
    with xlsxwriter.Workbook(path) as workbook:
        sheets = {
            "units": [["code", "name", "kind", "parent_code", "pilot"]]
            + [[f"U{n}", f"Đoàn cơ sở {n}", "", "U0" if n else "", ""] for n in range(UNITS)],
            "people": [["code", "full_name", "unit_code", "role", "position", "email"]]
            + [
                [f"M{n}", f"Đoàn viên {n}", f"U{n % UNITS}", "member", "", f"m{n}@example.vn"]
                for n in range(PEOPLE)
            ],
            "desks": [["code", "name", "unit_code", "multi_agency"]]
            + [[f"T{n}", f"Quầy số {n}", f"U{n % UNITS}", ""] for n in range(DESKS)],
        }
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


@contextmanager
def _installation(file: Path) -> Iterator[Database]:
    database = Database(
        f"sqlite:///{file}", Keys("a secret for the benchmark, long enough to be one")
    )
    try:
        yield database
    finally:
        database.close()


def take_in(database: Database, workbook: Path) -> int:
    """Read the file and import it, as the command does."""
    roster = read_files([workbook], SAY)
    database.run_now(
        lambda session: import_roster(session, roster, ZONE, SAY, on=DAY, now=NOW, may_end=False)
    )
    return ROWS


def _first(folder: Path, workbook: Path) -> Timed:
    """Each round needs an empty database; a round more than are measured, as the first warms up."""
    empty = folder / "empty.sqlite"
    upgrade(f"sqlite:///{empty}")
    numbers = itertools.count()

    def work() -> int:
        file = folder / f"first{next(numbers)}.sqlite"
        file.write_bytes(empty.read_bytes())
        with _installation(file) as database:
            return take_in(database, workbook)

    return work


def _raw(folder: Path, workbook: Path) -> Timed:
    """The same workbook read and its rows stored as they are, and nothing else."""
    connection = sqlite3.connect(folder / "raw.sqlite", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE row (id INTEGER PRIMARY KEY, a TEXT, b TEXT, c TEXT, d TEXT)")

    def work() -> int:
        connection.execute("BEGIN IMMEDIATE")
        with CalamineWorkbook.from_path(workbook) as found:
            for name in found.sheet_names:
                rows = [row[:4] for row in found.get_sheet_by_name(name).to_python()]
                connection.executemany("INSERT INTO row (a, b, c, d) VALUES (?, ?, ?, ?)", rows)
        connection.execute("COMMIT")
        return ROWS

    return work

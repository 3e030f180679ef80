"""Meters: processor time, statements, bytes that stay, bytes of log, on both databases."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import event
from sqlmodel import Session

from storage.database import Database

KEPT = ("rating", "pledge", "day_note", "claim", "digest_sent", "own_score", "answer")


@dataclass
class Cost:
    """Of one: milliseconds of our processor and of PostgreSQL's, statements, bytes that stay (rows
    and indexes), bytes of write-ahead log."""

    cpu_ms: float
    server_ms: float
    statements: float
    kept: float
    log: float


class Meter:
    """Reads everything that is counted, on one kind of database."""

    def __init__(self, database: Database, server: int | None) -> None:
        self._database, self._server = database, server
        self.statements = 0

    def count(self, database: Database) -> None:
        """Count the statements of SQLite's connections from now on."""

        @event.listens_for(database.engine, "connect")
        def trace(connection: Any, _record: object) -> None:
            connection.execute("PRAGMA wal_autocheckpoint=0")
            connection.set_trace_callback(self._one)

    def _one(self, statement: str) -> None:
        if not statement.startswith("--"):
            self.statements += 1

    def read(self) -> tuple[float, float, float, float]:
        return time.process_time() * 1000, self._server_ms(), self.statements, self._log()

    def kept(self) -> float:
        """Bytes of the tables that stay, with their indexes."""
        if not self._database.is_sqlite:
            with self._look() as connection:
                names = connection.execute("SELECT relname FROM pg_class WHERE relkind = 'r'")
                for name in KEPT:  # what was updated leaves holes: without them, as after a while
                    connection.execute(f"VACUUM FULL {name}")  # type: ignore[arg-type]
                there = {name for (name,) in names.fetchall()} & set(KEPT)
                return sum(
                    connection.execute("SELECT pg_total_relation_size(%s)", [name]).fetchone()[0]
                    for name in there
                )
        return self._database.run_now(_pages_kept)

    def _log(self) -> float:
        if self._database.is_sqlite:
            file = self._database.file
            return os.path.getsize(f"{file}-wal") if os.path.exists(f"{file}-wal") else 0
        with self._look() as connection:
            row = connection.execute("SELECT pg_current_wal_insert_lsn() - '0/0'").fetchone()
        return float(row[0]) if row else 0

    @contextmanager
    def _look(self) -> Iterator[psycopg.Connection]:
        url = self._database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url, autocommit=True) as connection:
            yield connection

    def _server_ms(self) -> float:
        return 0.0 if self._server is None else cpu_ms(children(self._server))


def _pages_kept(session: Session) -> float:
    names = "', '".join(KEPT)
    statement = (
        "SELECT sum(pgsize) FROM dbstat WHERE name IN (SELECT name FROM sqlite_master"
        f" WHERE tbl_name IN ('{names}'))"
    )
    return float(session.connection().exec_driver_sql(statement).scalar() or 0)


def children(parent: int) -> list[int]:
    found = [parent]
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == parent:
                found.append(int(entry.name))
    return found


def cpu_ms(processes: Sequence[int]) -> float:
    ticks = 0
    for process in processes:
        try:
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")


async def measured(meter: Meter, work: Callable[[], Awaitable[int]], *, warm: bool = True) -> Cost:
    """The cost of one of what `work` does; it says how many it did."""
    if warm:
        await work()
    kept, before = await asyncio.to_thread(meter.kept), await asyncio.to_thread(meter.read)
    done = await work()
    after = await asyncio.to_thread(meter.read)
    grown = await asyncio.to_thread(meter.kept) - kept
    cpu, server, statements, log = (b - a for a, b in zip(before, after, strict=True))
    return Cost(cpu / done, server / done, statements / done, grown / done, log / done)

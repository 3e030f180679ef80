"""Storing on SQLite, beside raw sqlite3 with one commit per row; both wait for the disk."""

import asyncio
import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import insert
from sqlmodel import Session

from bench.side_by_side import Row, Timed, compare
from bot.channels.base import Capabilities
from bot.dispatch import Dispatch, Handled
from handlers.messages import Incoming
from handlers.policy import Policy
from handlers.routes import router
from storage.database import Database
from storage.keys import Keys
from storage.schema import upgrade
from storage.tables import Desk, Meta, Unit

AT_ONCE = 100  # people who tap at the same moment
ROWS = 500
NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)


def rows() -> Iterator[Row]:
    """Rows through the writer thread, then whole taps through Dispatch."""
    with _database() as (database, folder):
        raw = _raw_inserts(folder / "raw.sqlite")
        yield compare(
            "one row through the writer thread", _rows(database), "sqlite3, one commit a row", raw
        )
        yield compare(
            "one tap: dedupe, rate, queue the answer",
            _taps(database),
            "sqlite3, one commit a row",
            raw,
        )


@contextmanager
def _database() -> Iterator[tuple[Database, Path]]:
    Path("var").mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="bench", dir="var") as name:  # a real disk: /tmp may be memory
        folder = Path(name)
        url = f"sqlite:///{folder / 'bench.sqlite'}"
        upgrade(url)
        database = Database(url, Keys("a secret for the benchmark, long enough to be one"))
        database.run_now(_one_desk)
        try:
            yield database, folder
        finally:
            database.close()


def _one_desk(session: Session) -> None:
    unit = Unit(code="C1", name="Chi đoàn", folded="chi doan")
    session.add(unit)
    session.flush()
    assert unit.id is not None
    session.add(Desk(code="Q1", name="Quầy 1", folded="quay 1", unit_id=unit.id))


def _raw_inserts(file: Path) -> Timed:
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE row (id INTEGER PRIMARY KEY, value TEXT)")

    def write() -> int:
        for number in range(ROWS):
            connection.execute("INSERT INTO row (value) VALUES (?)", (f"value {number}",))
        return ROWS

    return write


def _rows(database: Database) -> Timed:
    numbers = itertools.count()

    def store(session: Session) -> None:
        session.connection().execute(
            insert(Meta), {"key": f"bench {next(numbers)}", "value": "value"}
        )

    async def one_person(rows: int) -> None:
        for _ in range(rows):
            await database.run(store)

    async def everybody() -> None:
        await asyncio.gather(*(one_person(ROWS // AT_ONCE) for _ in range(AT_ONCE)))

    def write() -> int:
        asyncio.run(everybody())
        return ROWS

    return write


def _taps(database: Database) -> Timed:
    people = itertools.count()
    day = f"{NOW:%y%m%d}"

    async def everybody() -> None:
        dispatch = Dispatch(database, router(), Policy(), lambda: NOW, lambda _channel: None)
        names = [f"person {next(people)}" for _ in range(ROWS)]
        outcomes = await asyncio.gather(*(_tap(dispatch, name, day) for name in names))
        assert not any(outcome.reference or outcome.refused for outcome in outcomes)

    def tap() -> int:
        asyncio.run(everybody())
        return ROWS

    return tap


async def _tap(dispatch: Dispatch, person: str, day: str) -> Handled:
    incoming = Incoming(
        channel="telegram",
        chat=person,
        person=person,
        key=f"tap of {person}",
        action=f"rate/Q1/{day}/1/5",
        pressed="1",
    )
    return await dispatch.handle(incoming, Capabilities())

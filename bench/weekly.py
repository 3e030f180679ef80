"""Last week's figures of every unit, with five million ratings of three years behind them.

Ours is `rating_levels`, which digests, roll-ups and reports count by, through the program's own
session. DuckDB has the same rows in the order of their days, which suits it best (in the order of
the table, which is random, it takes dozens of times as long). The ORM asks once for each unit, as is
usual, by the same index.
"""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date

from sqlalchemy import create_engine
from sqlmodel import Session, col, func, select

from bench.programs import PEERS, PEERS_PYTHON, PRIVACY
from bench.side_by_side import Row, Timed, compare
from bench.years import BEGINNING, LAST_WEEK, UNITS, Years, years
from storage.database import Database, normalised
from storage.keys import Keys
from storage.queries.counted import rating_levels
from storage.tables import Rating

_TIMES, _ORM_TIMES = 10, 2  # a turn is short, so that both meet the same machine
_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
Cell = tuple[int, int, int]


def rows() -> Iterator[Row]:
    """Against DuckDB, against an ORM, and against a tenth of the history; both databases."""
    with years() as made, ExitStack() as stack:
        duck = stack.enter_context(_duck(made, BEGINNING))
        ours = {url: stack.enter_context(_ours(url)) for url in _urls(made)}
        for whole, recent in (
            (made.sqlite, made.sqlite_recent),
            (made.postgresql, made.postgresql_recent),
        ):
            what = f"last week of 75 units, 5 million ratings, {_NAMES[_kind(whole)]}"
            orm, their_rows = stack.enter_context(_orm(whole))
            database = ours[whole][1]
            assert sorted(_cells(database)) == sorted(their_rows())
            yield compare(
                what,
                ours[whole][0],
                "DuckDB, same rows by day",
                duck,
                bar=3,
                at_most=True,
                rounds=31,
            )
            yield compare(what, ours[whole][0], "75 ORM queries", orm, bar=6, rounds=11)
            yield compare(
                what,
                ours[whole][0],
                "with 0.5 million ratings",
                ours[recent][0],
                bar=1.1,
                at_most=True,
                rounds=31,
            )


def _urls(made: Years) -> tuple[str, ...]:
    return made.sqlite, made.sqlite_recent, made.postgresql, made.postgresql_recent


def _kind(url: str) -> str:
    return normalised(url).get_backend_name()


def _cells(database: Database) -> list[Cell]:
    found = database.run_now(lambda session: rating_levels(session, [LAST_WEEK]))
    return [(each.unit_id, each.level, each.n) for each in found]


@contextmanager
def _ours(url: str) -> Iterator[tuple[Timed, Database]]:
    database = Database(url, Keys(PRIVACY))

    def count() -> int:
        for _ in range(_TIMES):
            database.run_now(lambda session: rating_levels(session, [LAST_WEEK]))
        return _TIMES

    try:
        yield count, database
    finally:
        database.close()


@contextmanager
def _orm(url: str) -> Iterator[tuple[Timed, Callable[[], list[Cell]]]]:
    """A query for each unit in one session."""
    engine = create_engine(normalised(url))

    def counted() -> list[Cell]:
        found: list[Cell] = []
        with Session(engine) as session:
            for unit in range(1, UNITS + 1):
                asked = (
                    select(Rating.level, func.count())
                    .where(
                        Rating.unit_id == unit,
                        Rating.status == "active",
                        col(Rating.level).in_((1, 2, 3, 4, 5)),
                        col(Rating.day).between(*LAST_WEEK),
                    )
                    .group_by(col(Rating.level))
                )
                found += [(unit, level or 0, n) for level, n in session.exec(asked)]
        return found

    def count() -> int:
        for _ in range(_ORM_TIMES):
            counted()
        return _ORM_TIMES

    try:
        yield count, counted
    finally:
        engine.dispose()


@contextmanager
def _duck(made: Years, since: date) -> Iterator[Timed]:
    days = [each.isoformat() for each in (since, *LAST_WEEK)]
    process = subprocess.Popen(
        [PEERS_PYTHON, PEERS / "duck.py", "count", made.folder, *days],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    asks, answers = process.stdin, process.stdout
    assert answers.readline() == "ready\n"

    def count() -> int:
        asks.write(f"{_TIMES}\n")
        asks.flush()
        assert answers.readline() == "done\n"
        return _TIMES

    try:
        yield count
    finally:
        asks.close()
        process.wait(timeout=30)

"""The database: one writer thread on SQLite, a small pool on PostgreSQL; `run` is the way in."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlmodel import Session

from storage.connecting import Terms, postgresql_engine
from storage.keys import Keys
from storage.pool import Pool
from storage.work import Work, is_outage, session_on, unavailable
from storage.writer import Writer

__all__ = ["Database", "Work", "keys_of", "normalised", "open_engine"]

T = TypeVar("T")

_BUSY_TIMEOUT_S = 10


def normalised(url: str) -> URL:
    """Accept `sqlite:///…` and `postgresql://…`, with or without a driver; choose ours."""
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return parsed.set(drivername="sqlite")
    if backend in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg")
    raise ValueError(f"{backend} is not supported: use sqlite:///file or postgresql://…")


def open_engine(
    url: str, *, foreign_keys: bool = True, pool_size: int = 5, terms: Terms | None = None
) -> Engine:
    """An engine as the program needs it. Without foreign keys only for migrations on SQLite, and
    without `terms` no statement is timed."""
    parsed = normalised(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite_engine(parsed, foreign_keys=foreign_keys)
    untimed = Terms(pool_size=pool_size, statement_timeout=0, lock_timeout=0)
    return postgresql_engine(parsed, terms or untimed)


def _sqlite_engine(url: URL, *, foreign_keys: bool) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, connect_args={"check_same_thread": False, "timeout": _BUSY_TIMEOUT_S}
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin on its own
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            f"foreign_keys={'ON' if foreign_keys else 'OFF'}",
            "secure_delete=ON",  # what is withdrawn or purged is overwritten, not just unlinked
            "cache_size=-16000",  # 16 MB: the upper pages of years of ratings stay at hand
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A deferred BEGIN that reads first and writes later silently loses updates.
        reading = connection.get_execution_options().get("reading")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


class Database:
    """Runs plain functions of a session, each in its own transaction, off the event loop."""

    def __init__(
        self, url: str, keys: Keys, *, pool_size: int = 5, terms: Terms | None = None
    ) -> None:
        self.url = normalised(url)
        self.keys = keys
        terms = terms or Terms(pool_size=pool_size)
        self.direct_url = normalised(terms.direct_url or url)  # for what outlives a transaction
        self.engine = open_engine(url, terms=terms)
        self._replica = (
            open_engine(terms.replica_url, terms=replace(terms, pool_size=1))
            if terms.replica_url
            else None
        )
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._runner: Writer | Pool = (
            Writer(self.engine, keys)
            if self.is_sqlite
            else Pool(self.engine, keys, terms.pool_size)
        )

    async def run(self, work: Work[T]) -> T:
        """Run `work` in one transaction and return its result once that is committed.

        What `work` raises is raised here after its own changes were undone; when the database
        itself failed, DatabaseUnavailable. On PostgreSQL `work` may be run again after a
        deadlock: it must touch nothing but its session.
        """
        order = self._runner.submit(work, asyncio.get_running_loop())
        result: T = await order.future  # type: ignore[misc]
        return result

    def run_now(self, work: Work[T]) -> T:
        """The same for a caller that has no event loop (the command line)."""
        result: T = self._runner.submit(work, None).future.result()
        return result

    def read_now(self, work: Work[T], *, from_replica: bool = False) -> T:
        """Run `work`, which only reads, on one snapshot in the caller's own thread.

        For work of minutes, such as a long export: on SQLite the writer goes on meanwhile. A replica,
        if there is one, may be some seconds behind.
        """
        engine = (self._replica if from_replica else None) or self.engine
        try:
            with (
                _only_reading(engine.connect()) as connection,
                session_on(connection, self.keys) as session,
            ):
                return work(session)
        except Exception as error:
            if is_outage(error):
                raise unavailable(error) from error
            raise

    @property
    def file(self) -> Path | None:
        """The SQLite file, or None on PostgreSQL."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    def close(self) -> None:
        """Finish what was submitted, then let go of every connection."""
        self._runner.close()
        for engine in filter(None, (self.engine, self._replica)):
            engine.dispose()


@contextmanager
def _only_reading(connection: Connection) -> Iterator[Connection]:
    """A transaction that refuses to write and sees one state of the database throughout."""
    if connection.dialect.name != "sqlite":
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with connection.execution_options(**options) as reading, reading.begin():
            reading.exec_driver_sql("SET LOCAL statement_timeout = 0")  # an export takes its time
            yield reading
        return
    with connection.execution_options(reading=True) as reading, reading.begin():
        reading.exec_driver_sql("PRAGMA query_only=ON")
        try:
            yield reading
        finally:
            reading.exec_driver_sql("PRAGMA query_only=OFF")  # the pool keeps the connection


def keys_of(session: Session) -> Keys:
    """The keys that go with this session's database."""
    keys: Keys = session.info["keys"]
    return keys

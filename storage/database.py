"""The database: one writer thread on SQLite, a small pool on PostgreSQL; `run` is the way in."""

import asyncio
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import stamina
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlmodel import Session

from storage.connecting import Terms, postgresql_engine
from storage.errors import DatabaseUnavailable
from storage.keys import Keys
from storage.same_file import SameFile

T = TypeVar("T")
Work = Callable[[Session], T]

_MOST_IN_ONE_COMMIT = 128
_BUSY_TIMEOUT_S = 10
_RETRIED_SQLSTATES = {"40001", "40P01"}  # serialization failure, deadlock: PostgreSQL appendix A


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
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A deferred BEGIN that reads first and writes later silently loses updates.
        reading = connection.get_execution_options().get("reading")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _is_outage(error: BaseException) -> bool:
    if isinstance(error, OperationalError | InterfaceError):
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated


def _is_conflict(error: Exception) -> bool:
    origin = getattr(error, "orig", None)
    return getattr(origin, "sqlstate", None) in _RETRIED_SQLSTATES


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
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._runner: _Writer | _Pool = (
            _Writer(self.engine, keys)
            if self.is_sqlite
            else _Pool(self.engine, keys, terms.pool_size)
        )

    async def run(self, work: Work[T]) -> T:
        """Run `work` in one transaction and return its result once that is committed.

        What `work` raises is raised here after its own changes were undone; when the database
        itself failed, DatabaseUnavailable. On PostgreSQL `work` may be run again after a
        deadlock: it must touch nothing but its session.
        """
        return await asyncio.wrap_future(self._runner.submit(work))

    def run_now(self, work: Work[T]) -> T:
        """The same for a caller that has no event loop (the command line)."""
        return self._runner.submit(work).result()

    def read_now(self, work: Work[T]) -> T:
        """Run `work`, which only reads, on one snapshot in the caller's own thread.

        For work of minutes, such as a long export: on SQLite the writer goes on meanwhile.
        """
        try:
            with (
                _only_reading(self.engine.connect()) as connection,
                _session(connection, self.keys) as session,
            ):
                return work(session)
        except Exception as error:
            if _is_outage(error):
                raise DatabaseUnavailable(str(getattr(error, "orig", error))) from error
            raise

    @property
    def file(self) -> Path | None:
        """The SQLite file, or None on PostgreSQL."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    def close(self) -> None:
        """Finish what was submitted, then let go of every connection."""
        self._runner.close()
        self.engine.dispose()


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


def _session(bind: Engine | Connection, keys: Keys) -> Session:
    return Session(
        bind,
        info={"keys": keys},
        join_transaction_mode="create_savepoint",
        expire_on_commit=False,
    )


class _Writer:
    """SQLite: one thread writes; what queues up meanwhile shares one commit, a SAVEPOINT each."""

    def __init__(self, engine: Engine, keys: Keys) -> None:
        self._engine, self._keys = engine, keys
        self._file = SameFile(engine.url.database)
        self._queue: queue.SimpleQueue[tuple[Work[Any], Future[Any]] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False

    def submit(self, work: Work[T]) -> Future[T]:
        future: Future[T] = Future()
        with self._lock:
            if self._closed:
                raise DatabaseUnavailable("the database is closed")
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="sqlite", daemon=True)
                self._thread.start()
            self._queue.put((work, future))
        return future

    def close(self) -> None:
        with self._lock:
            self._closed = True
            thread = self._thread
            self._queue.put(None)
        if thread is not None:
            thread.join()

    def _serve(self) -> None:
        while (first := self._queue.get()) is not None:
            batch, more = [first], True
            while more and len(batch) < _MOST_IN_ONE_COMMIT:
                try:
                    item = self._queue.get_nowait()
                except queue.Empty:
                    break
                if item is None:
                    more = False
                else:
                    batch.append(item)
            self._commit_together(batch)
            if not more:
                return

    def _commit_together(self, batch: list[tuple[Work[Any], Future[Any]]]) -> None:
        taken = [pair for pair in batch if pair[1].set_running_or_notify_cancel()]
        outcomes: list[tuple[Future[Any], Any, BaseException | None]] = []
        try:
            self._file.check()
            with self._engine.connect() as connection, connection.begin():
                for work, future in taken:
                    outcomes.append((future, *self._one(connection, work)))
        except Exception as error:  # noqa: BLE001 - whatever it was, nobody's work was stored
            outage = DatabaseUnavailable(str(getattr(error, "orig", error)))
            outage.__cause__ = error
            for _, future in taken:
                future.set_exception(outage)
            return
        for future, result, failure in outcomes:
            if failure is None:
                future.set_result(result)
            else:
                future.set_exception(failure)

    def _one(self, connection: Connection, work: Work[Any]) -> tuple[Any, BaseException | None]:
        with _session(connection, self._keys) as session:  # its transaction is a SAVEPOINT here
            try:
                result = work(session)
                session.commit()
            except Exception as error:
                if _is_outage(error):
                    raise
                session.rollback()
                return None, error
        return result, None


class _Pool:
    """PostgreSQL: a few threads, a connection each; deadlocks and serialization are retried."""

    def __init__(self, engine: Engine, keys: Keys, size: int) -> None:
        self._engine, self._keys = engine, keys
        self._threads = ThreadPoolExecutor(max_workers=size, thread_name_prefix="postgresql")

    def submit(self, work: Work[T]) -> Future[T]:
        return self._threads.submit(self._run, work)

    def close(self) -> None:
        self._threads.shutdown(wait=True)

    def _run(self, work: Work[T]) -> T:
        try:
            for attempt in stamina.retry_context(on=_is_conflict, attempts=5, wait_max=1.0):
                with attempt, _session(self._engine, self._keys) as session, session.begin():
                    result = work(session)
                    session.flush()
            return result
        except Exception as error:
            if _is_outage(error):
                raise DatabaseUnavailable(str(getattr(error, "orig", error))) from error
            raise


def keys_of(session: Session) -> Keys:
    """The keys that go with this session's database."""
    keys: Keys = session.info["keys"]
    return keys

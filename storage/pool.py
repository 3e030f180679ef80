"""PostgreSQL: a few threads, each with a connection it keeps; deadlocks are tried again."""

import asyncio
import queue
import threading
from contextlib import suppress
from typing import Any

import stamina
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import PendingRollbackError, SQLAlchemyError

from storage.errors import DatabaseUnavailable
from storage.keys import Keys
from storage.prepared import keep_order, sending
from storage.work import (
    Order,
    Sessions,
    Work,
    finish,
    is_conflict,
    is_outage,
    settle,
    unavailable,
)


class Pool:
    """Runs work on the first thread that is free, each piece in a transaction of its own."""

    def __init__(self, engine: Engine, keys: Keys, size: int) -> None:
        self._engine, self._keys, self._size = engine, keys, size
        keep_order(engine)
        self._queue: queue.SimpleQueue[Order | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._waiting = 0  # orders that no thread has taken up
        self._idle = 0
        self._closed = False

    def submit(self, work: Work[Any], loop: asyncio.AbstractEventLoop | None) -> Order:
        """Queue work; its order's future knows how it ended."""
        order = Order(work, loop)
        with self._lock:
            if self._closed:
                raise DatabaseUnavailable("the database is closed")
            self._waiting += 1
            if self._waiting > self._idle and len(self._threads) < self._size:
                name = f"postgresql_{len(self._threads)}"
                thread = threading.Thread(target=self._serve, name=name, daemon=True)
                self._threads.append(thread)
                self._idle += 1
                thread.start()
            self._queue.put(order)
        return order

    def close(self) -> None:
        """Finish what was submitted, then let go of the connections."""
        with self._lock:
            self._closed = True
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        kept = _Kept(self._engine, self._keys)
        while (order := self._queue.get()) is not None:
            with self._lock:
                self._waiting -= 1
                self._idle -= 1
            wanted = order.is_wanted()
            if wanted:
                _fulfil(order, kept)
            with self._lock:
                self._idle += 1
            if wanted:
                settle((order,))
        kept.let_go()


def _fulfil(order: Order, kept: "_Kept") -> None:
    try:
        order.result = kept.run(order.work)
    except Exception as error:  # noqa: BLE001 - it is raised where the work is waited for
        order.failure = unavailable(error) if is_outage(error) else error


class _Kept:
    """A thread's connection, from its first work to the first failure."""

    def __init__(self, engine: Engine, keys: Keys) -> None:
        self._engine, self._keys = engine, keys
        self._connection: Connection | None = None
        self._sessions: Sessions | None = None

    def run(self, work: Work[Any]) -> Any:
        try:
            return self._once(work)
        except Exception as error:
            if not is_conflict(error):
                raise
        for attempt in stamina.retry_context(on=is_conflict, attempts=4, wait_max=1.0):
            with attempt:
                return self._once(work)
        raise AssertionError("unreachable")

    def _once(self, work: Work[Any]) -> Any:
        """On a connection that turns out to have died since it was last used: on another."""
        was_there = self._connection is not None
        try:
            return self._transact(work)
        except _DiedBeforeCommit as died:
            if not was_there:
                raise unavailable(died.error) from died.error
        try:
            return self._transact(work)
        except _DiedBeforeCommit as died:
            raise unavailable(died.error) from died.error

    def _transact(self, work: Work[Any]) -> Any:
        if self._connection is None or self._sessions is None:
            self._connection = self._engine.connect()
            self._sessions = Sessions(self._connection, self._keys)
        connection, sessions = self._connection, self._sessions
        transaction = connection.begin()
        session = sessions.begin()
        committing = False
        try:
            result = work(session)
            used = session.in_transaction()
            finish(session)
            _refuse_undone(connection)
            with sending(connection):
                committing = True
                transaction.commit()
        except Exception as error:
            # Of a connection that was lost in a SAVEPOINT the error only says that this is gone.
            lost = connection.invalidated
            with suppress(SQLAlchemyError):
                session.close()
            with suppress(SQLAlchemyError):
                transaction.close()
            if committing or lost or connection.in_transaction() or is_outage(error):
                self.let_go()
            if lost and not committing:
                raise _DiedBeforeCommit(error) from error
            raise
        sessions.end(session, used=used)
        return result

    def let_go(self) -> None:
        """Close the connection; the next work opens another."""
        connection, self._connection, self._sessions = self._connection, None, None
        if connection is not None:
            with suppress(SQLAlchemyError):
                connection.invalidate()
            with suppress(SQLAlchemyError):
                connection.close()


def _refuse_undone(connection: Connection) -> None:
    """A COMMIT after an error that the work kept to itself undoes everything and says nothing."""
    driver: Any = connection.connection.dbapi_connection
    if driver.info.transaction_status == TransactionStatus.INERROR:
        raise PendingRollbackError("a statement failed, and the work went on as if it had not")


class _DiedBeforeCommit(Exception):
    """The connection was lost when nothing can have been stored."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

"""SQLite: one thread writes; what queues up meanwhile shares one commit."""

import asyncio
import queue
import threading
from typing import Any

from sqlalchemy import Connection, Engine

from storage.errors import DatabaseUnavailable
from storage.keys import Keys
from storage.same_file import SameFile
from storage.work import Order, Sessions, Work, finish, is_outage, settle, unavailable

# More wait longer for each other than a commit takes: the first are answered while the next are stored.
_MOST_IN_ONE_COMMIT = 12


class Writer:
    """Runs work in order on a connection of its own. Several in one commit have a SAVEPOINT each."""

    def __init__(self, engine: Engine, keys: Keys) -> None:
        self._engine, self._keys = engine, keys
        self._file = SameFile(engine.url.database)
        self._queue: queue.SimpleQueue[Order | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._held: Connection | None = None
        self._sessions: Sessions | None = None

    def submit(self, work: Work[Any], loop: asyncio.AbstractEventLoop | None) -> Order:
        """Queue work; its order's future knows how it ended."""
        order = Order(work, loop)
        with self._lock:
            if self._closed:
                raise DatabaseUnavailable("the database is closed")
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="sqlite", daemon=True)
                self._thread.start()
            self._queue.put(order)
        return order

    def close(self) -> None:
        """Finish what was submitted, then let go of the connection."""
        with self._lock:
            self._closed = True
            thread = self._thread
            self._queue.put(None)
        if thread is not None:
            thread.join()

    def _serve(self) -> None:
        try:
            while (first := self._queue.get()) is not None:
                batch, more = [first], True
                while more and len(batch) < _MOST_IN_ONE_COMMIT and not self._queue.empty():
                    item = self._queue.get()  # at once: nobody else takes anything
                    if item is None:
                        more = False
                    else:
                        batch.append(item)
                if wanted := [order for order in batch if order.is_wanted()]:
                    self._commit_together(wanted)
                if not more:
                    return
        finally:
            self._let_go()

    def _commit_together(self, batch: list[Order]) -> None:
        try:
            self._file.check()
            sessions, driver = self._connected()
            driver.execute("BEGIN IMMEDIATE")
            if len(batch) == 1:
                self._one(sessions, batch[0])
            else:
                for order in batch:
                    self._one_of_many(sessions, driver, order)
            driver.execute("ROLLBACK" if _undone(batch) else "COMMIT")
        except Exception as error:  # noqa: BLE001 - whatever it was, nobody's work was stored
            self._let_go()
            outage = unavailable(error)
            for order in batch:
                order.result, order.failure = None, outage
        settle(batch)

    def _connected(self) -> tuple[Sessions, Any]:
        """The connection's sessions and its driver. As SQLAlchemy sees it, one transaction that never
        ends: beginning and ending its own each time takes it longer than some statements do."""
        if self._held is None or self._sessions is None:
            self._held = self._engine.connect()
            self._held.begin()
            _driver(self._held).execute("ROLLBACK")
            self._sessions = Sessions(self._held, self._keys)
        return self._sessions, _driver(self._held)

    def _let_go(self) -> None:
        """Close the connection; whatever is open on it is undone with it."""
        held, self._held, self._sessions = self._held, None, None
        if held is not None:
            held.invalidate()
            held.close()

    def _one_of_many(self, sessions: Sessions, driver: Any, order: Order) -> None:
        driver.execute("SAVEPOINT one")
        self._one(sessions, order)
        if order.failure is not None:
            driver.execute("ROLLBACK TO one")
        driver.execute("RELEASE one")

    def _one(self, sessions: Sessions, order: Order) -> None:
        session, used = sessions.begin(), True
        try:
            order.result = order.work(session)
            used = session.in_transaction()
            finish(session)
        except Exception as error:
            if is_outage(error):
                raise
            order.result, order.failure = None, error
        finally:
            sessions.end(session, used=used)  # which undoes what it did not finish


def _driver(connection: Connection) -> Any:
    return connection.connection.dbapi_connection


def _undone(batch: list[Order]) -> bool:
    return len(batch) == 1 and batch[0].failure is not None

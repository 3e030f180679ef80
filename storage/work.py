"""Work for the database: a function of a session, who waits for it, and how it ended."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlmodel import Session

from storage.errors import DatabaseUnavailable
from storage.keys import Keys
from storage.prepared import attach

T = TypeVar("T")
Work = Callable[[Session], T]

# PostgreSQL, appendix A. A standby only reads, and so does a server closed because its disk fills.
_ONLY_READS = {"25006"}
_RETRIED_SQLSTATES = {"40001", "40P01"}  # serialization failure, deadlock


class Order:
    """One piece of work that somebody waits for, on an event loop or (`loop` None) a thread."""

    __slots__ = ("failure", "future", "loop", "result", "work")

    def __init__(self, work: Work[Any], loop: asyncio.AbstractEventLoop | None) -> None:
        self.work, self.loop = work, loop
        self.future: asyncio.Future[Any] | Future[Any] = (
            Future() if loop is None else loop.create_future()
        )
        self.result: Any = None
        self.failure: BaseException | None = None

    def is_wanted(self) -> bool:
        """Whether somebody still waits for it; asked once, before it is begun."""
        if isinstance(self.future, Future):
            return self.future.set_running_or_notify_cancel()
        return not self.future.cancelled()

    def settle(self) -> None:
        """Tell who waits how it ended; in the thread they wait in."""
        if self.loop is not None and self.future.cancelled():
            return
        if self.failure is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.failure)


def settle(orders: Sequence[Order]) -> None:
    """Tell everybody who waits for these, each event loop in one call: waking it is what costs."""
    if len(orders) == 1 and (loop := orders[0].loop) is not None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(orders[0].settle)
        return
    by_loop: dict[asyncio.AbstractEventLoop, list[Order]] = {}
    for order in orders:
        if order.loop is None:
            order.settle()
        else:
            by_loop.setdefault(order.loop, []).append(order)
    for loop, waiting in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_settle_each, waiting)


def _settle_each(orders: list[Order]) -> None:
    for order in orders:
        order.settle()


def session_on(connection: Connection, keys: Keys) -> Session:
    """A session in the transaction that runs on this connection; it neither commits nor undoes it.

    On SQLite, where others may share that transaction, the session begins a SAVEPOINT of its own as
    soon as something uses more of it than `Prepared` does; `finish` releases it.
    """
    session = Session(
        connection,
        info={"keys": keys},
        join_transaction_mode=(
            "create_savepoint" if connection.dialect.name == "sqlite" else "rollback_only"
        ),
        expire_on_commit=False,
    )
    attach(session, connection)
    return session


def finish(session: Session) -> None:
    """Write what is pending, and make what was done part of the transaction around it."""
    if session.in_transaction():  # else nothing but `Prepared` was used
        session.commit()


class Sessions:
    """The sessions of one connection, one after the other. One of which nothing but `Prepared` was
    used is as good as new, and used again: to make one takes as long as a statement."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._keys = connection, keys
        self._unused: Session | None = None

    def begin(self) -> Session:
        """A session for one piece of work; see session_on."""
        session, self._unused = self._unused, None
        if session is None:
            return session_on(self._connection, self._keys)
        session.info.clear()
        session.info["keys"] = self._keys
        attach(session, self._connection)
        return session

    def end(self, session: Session, *, used: bool) -> None:
        """Its work is over; `used`: more of it than `Prepared` does."""
        if used or session.in_transaction():
            session.close()
        else:
            self._unused = session


def is_outage(error: BaseException) -> bool:
    """Whether the database failed, not the work."""
    if isinstance(error, OperationalError | InterfaceError) or _sqlstate(error) in _ONLY_READS:
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated


def is_conflict(error: BaseException) -> bool:
    """Whether PostgreSQL asks to run the transaction again."""
    return _sqlstate(error) in _RETRIED_SQLSTATES


def _sqlstate(error: BaseException) -> object:
    return getattr(getattr(error, "orig", None), "sqlstate", None)


def unavailable(error: BaseException) -> DatabaseUnavailable:
    """The outage as the callers know it."""
    outage = DatabaseUnavailable(str(getattr(error, "orig", error)))
    outage.__cause__ = error
    return outage

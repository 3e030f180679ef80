"""Whether a program runs on a database that wants to be changed as a whole."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from bot.locks import AlreadyRunning, RunLock, conninfo
from storage.database import Database
from storage.queries.traffic import LISTEN


class InUse(Exception):
    """A program runs on this PostgreSQL database."""


@contextmanager
def alone_with(database: Database) -> Iterator[None]:
    """Nothing of this program runs on the database, nor begins on a file meanwhile.

    AlreadyRunning on SQLite, InUse on PostgreSQL, where a program listens, and one that sends or
    polls holds a lock.
    """
    if not database.is_sqlite and _held(conninfo(database)):
        raise InUse
    with RunLock(database):
        yield


def _held(target: str) -> bool:
    """Whether another session listens for messages here or holds an advisory lock; in this database
    nobody else takes any."""
    with psycopg.connect(target, autocommit=True) as connection:
        row = connection.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            " WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database()"
            " AND l.pid <> pg_backend_pid())"
            " OR EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND query = %s)",
            [LISTEN],
        ).fetchone()
    return bool(row and row[0])


def other_sessions(database: Database) -> int:
    """How many other sessions are connected: a program that lost its listening one for a moment."""
    if database.is_sqlite:
        return 0
    with psycopg.connect(conninfo(database), autocommit=True) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchone()
    return row[0] if row else 0


__all__ = ["AlreadyRunning", "InUse", "alone_with", "other_sessions"]

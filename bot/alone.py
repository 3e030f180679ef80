"""Whether a program runs on a database that wants to be changed as a whole."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from bot.locks import AlreadyRunning, RunLock, conninfo
from storage.database import Database


class InUse(Exception):
    """A program sends or stores with this PostgreSQL database."""


@contextmanager
def alone_with(database: Database) -> Iterator[None]:
    """Nothing of this program runs on the database, nor begins on a file meanwhile.

    AlreadyRunning on SQLite, InUse on PostgreSQL, whose locks a sending program holds.
    """
    if not database.is_sqlite and _held(conninfo(database)):
        raise InUse
    with RunLock(database):
        yield


def _held(target: str) -> bool:
    """Whether another session holds an advisory lock here; in this database nobody else takes any."""
    with psycopg.connect(target, autocommit=True) as connection:
        row = connection.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            " WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database()"
            " AND l.pid <> pg_backend_pid())"
        ).fetchone()
    return bool(row and row[0])


def other_sessions(database: Database) -> int:
    """How many other sessions are connected: a program with the web alone holds no lock."""
    if database.is_sqlite:
        return 0
    with psycopg.connect(conninfo(database), autocommit=True) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchone()
    return row[0] if row else 0


__all__ = ["AlreadyRunning", "InUse", "alone_with", "other_sessions"]

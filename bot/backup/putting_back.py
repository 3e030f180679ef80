"""Puts a backup back into an empty database of either kind: all of it or nothing."""

import sqlite3
from typing import IO

import psycopg
from sqlalchemy.exc import DataError, IntegrityError

from bot.backup.container import FOREIGN, Damaged
from bot.backup.into_postgresql import into_postgresql
from bot.backup.into_sqlite import into_sqlite
from bot.backup.reasons import UNREADABLE, CannotRestore
from bot.backup.rows import Checked, Rows
from bot.backup.taking import Told
from storage.database import normalised
from storage.keys import Keys

# The database's own refusals of values; that it is full or away is another matter.
_REFUSED = (
    sqlite3.DataError,
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
)
_FOREIGN = (
    *_REFUSED,
    psycopg.DataError,
    psycopg.IntegrityError,
    DataError,
    IntegrityError,
    *FOREIGN,
)


def put_back(
    stream: IO[bytes], sha256: str, url: str, keys: Keys, told: Told, checked: Checked
) -> None:
    """Restore what was judged into an empty database, or raise CannotRestore.

    `checked` looks at the restored database, brought to this release, before it counts.
    """
    into = into_sqlite if normalised(url).get_backend_name() == "sqlite" else into_postgresql
    try:
        into(Rows(stream, sha256, told), url, keys, checked)
    except Damaged as damage:  # it changed since it was judged
        raise CannotRestore(UNREADABLE, detail=damage) from damage
    except _FOREIGN as error:  # sealed with our secret, but no release wrote these rows
        raise CannotRestore(UNREADABLE, detail=type(error).__name__) from error

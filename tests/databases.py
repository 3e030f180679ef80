"""Databases that cost a test little: migrated once, statements compiled once, no waiting for disks."""

import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url

from storage.database import normalised, open_engine
from storage.schema import upgrade

_MOST_STATEMENTS = 10_000
_KEEPERS: dict[str, Engine] = {}


def migrated(url: str) -> str:
    """A migrated, empty SQLite file at this address: as `upgrade` leaves it, at a tenth of the time."""
    if not url.startswith("sqlite"):  # the fixture's PostgreSQL is migrated already
        return url
    return prepared(url, upgrade)


def prepared(url: str, make: Callable[[str], None]) -> str:
    """An SQLite file at this address as `make` makes it: that is done once, then copied."""
    file = Path(make_url(url).database or "")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(_content(make))
    return url


@cache
def _content(make: Callable[[str], None]) -> bytes:
    with tempfile.TemporaryDirectory(prefix="prepared") as folder:
        file = Path(folder) / "made.sqlite"
        make(f"sqlite:///{file}")
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return file.read_bytes()


def hurried(url: str, **how: Any) -> Engine:
    """The program's engine, but SQLite does not wait for the disk (no test pulls the plug), and what
    an engine before this one compiled is not compiled again: that would be a tenth of all work."""
    engine = open_engine(url, **how)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _without_waiting)
    if (keeper := _KEEPERS.get(engine.dialect.name)) is not None:
        engine.dialect, engine._compiled_cache = keeper.dialect, keeper._compiled_cache
    return engine


def _without_waiting(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def compile_once(url: str) -> None:
    """From now on engines for this kind of database share what was compiled for it."""
    keeper = create_engine(normalised(url), query_cache_size=_MOST_STATEMENTS)
    with keeper.connect():  # which tells its dialect the version of the server
        pass
    keeper.dispose()
    _KEEPERS[keeper.dialect.name] = keeper

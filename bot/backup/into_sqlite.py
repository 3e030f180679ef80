"""Restores into a new SQLite file, which gets its name when everything in it is right."""

import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session

from bot.backup.container import Header
from bot.backup.reasons import DANGLING, LEFT_BEHIND, CannotRestore
from bot.backup.rows import Checked, Rows, fitting, recount, refuse_unless_empty
from storage.database import normalised, open_engine
from storage.keys import Keys
from storage.schema import newest, upgrade

_CACHE_KB = 64 * 1024


def into_sqlite(rows: Rows, url: str, keys: Keys, checked: Checked) -> None:
    """All of it or nothing: a kill leaves a file behind that nobody opens and the next try clears."""
    target = Path(normalised(url).database or "").absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        _only_an_empty_one(url)
    else:
        _nothing_left_behind(target)
    unfinished = target.with_name(f".{target.name}.restoring")
    _clear(unfinished)
    try:
        made = f"sqlite:///{unfinished}"
        _fill(rows, unfinished, made)
        if rows.header.revision != newest():
            upgrade(made)
        _look(made, keys, checked)
        _sync(unfinished)
        for leftover in _beside(target):  # its log must not be read into the new file
            leftover.unlink(missing_ok=True)
        os.replace(unfinished, target)
        _sync(target.parent)
    except BaseException:
        _clear(unfinished)
        raise


def _only_an_empty_one(url: str) -> None:
    engine = open_engine(url)
    try:
        with engine.begin() as connection:
            refuse_unless_empty(connection)
        with closing(engine.raw_connection()) as raw:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        engine.dispose()


def _nothing_left_behind(target: Path) -> None:
    for leftover in _beside(target):
        if not leftover.name.endswith("-shm") and leftover.exists() and leftover.stat().st_size:
            raise CannotRestore(LEFT_BEHIND, file=leftover)


def _beside(file: Path) -> list[Path]:
    return [file.with_name(file.name + ending) for ending in ("-wal", "-shm", "-journal")]


def _clear(file: Path) -> None:
    for each in (*_beside(file), file):
        each.unlink(missing_ok=True)


def _fill(rows: Rows, file: Path, url: str) -> None:
    header = rows.header
    upgrade(url, header.revision)
    engine = open_engine(url, foreign_keys=False)
    try:
        with engine.connect() as connection:
            parts = fitting(connection, header)
    finally:
        engine.dispose()
    with closing(sqlite3.connect(file, isolation_level=None)) as raw:
        # Nobody reads this file yet: what a crash leaves of it is thrown away.
        for pragma in ("journal_mode=OFF", "synchronous=OFF", f"cache_size=-{_CACHE_KB}"):
            raw.execute(f"PRAGMA {pragma}")
        raw.execute("BEGIN")
        for part in parts:  # what migrations put there stands in the backup too
            raw.execute(f'DELETE FROM "{part.name}"')  # noqa: S608 - a table of ours
        for table, some in rows.by_table():
            columns = header.columns[table]
            names, marks = ", ".join(f'"{each}"' for each in columns), ", ".join("?" * len(columns))
            raw.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', some)  # noqa: S608
        _go_on_counting(raw, header)
        raw.execute("COMMIT")
        if dangling := raw.execute("PRAGMA foreign_key_check").fetchone():
            raise CannotRestore(DANGLING, table=dangling[0])
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            recount(connection, header)
    finally:
        engine.dispose()


def _go_on_counting(raw: sqlite3.Connection, header: Header) -> None:
    """New numbers come after the newest that was ever given, where a table promises that."""
    found = raw.execute("SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'")
    for (table,) in found.fetchall():
        newest_there = raw.execute(f'SELECT coalesce(max(id), 0) FROM "{table}"').fetchone()[0]  # noqa: S608
        number = max(newest_there, header.numbers.get(table, 0))
        raw.execute("DELETE FROM sqlite_sequence WHERE name = ?", [table])
        raw.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", [table, number])


def _look(url: str, keys: Keys, checked: Checked) -> None:
    engine: Engine = open_engine(url)
    try:
        with Session(engine, info={"keys": keys}) as session:
            checked(session)
    finally:
        engine.dispose()


def _sync(path: Path) -> None:
    """Wait until the disk has it; Windows opens no folders."""
    if path.is_dir() and sys.platform == "win32":
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""Databases that are none, or no longer ours: cut, overwritten, of another program, of the future."""

import sqlite3
import tempfile
from contextlib import closing, suppress
from functools import cache
from pathlib import Path

from tests.databases import migrated
from tests.fuzz.commands import commanded
from tests.fuzz.given import Given

_STATEMENTS = (
    "DROP TABLE alembic_version",
    "DELETE FROM alembic_version",
    "UPDATE alembic_version SET version_num = '0004'",
    "UPDATE alembic_version SET version_num = '0001'",
    "UPDATE alembic_version SET version_num = 'zzzz'",
    "UPDATE alembic_version SET version_num = NULL",
    "INSERT INTO alembic_version VALUES ('0002')",
    "DROP TABLE rating",
    "DROP TABLE meta",
    "ALTER TABLE unit RENAME TO units",
    "ALTER TABLE person DROP COLUMN full_name",
    "CREATE TABLE alembic_version (version_num INT)",
    "CREATE TABLE unit (id TEXT)",
    "CREATE VIEW rating AS SELECT 1",
    "INSERT INTO meta VALUES ('demo', 'yes')",
    "PRAGMA user_version = 7",
    "PRAGMA journal_mode = DELETE",
    "CREATE TRIGGER t AFTER INSERT ON unit BEGIN SELECT RAISE(ABORT, 'no'); END",
)
_COMMANDS = (
    ("migrate",),
    ("doctor",),
    ("digest", "--unit", "C1"),
    ("export", "units", "--output", "OUT.csv"),
)
SEEDS = [bytes([number % 4, 1, 0, number, 1, 0]) for number in range(len(_STATEMENTS))]


@cache
def _sound() -> bytes:
    with tempfile.TemporaryDirectory(prefix="fuzz") as folder:
        migrated(f"sqlite:///{folder}/sound.sqlite")
        return (Path(folder) / "sound.sqlite").read_bytes()


def run(data: bytes) -> None:
    """Give one such file to a command."""
    given = Given(data)
    command = given.pick(_COMMANDS)
    with tempfile.TemporaryDirectory(prefix="fuzz") as name:
        folder = Path(name)
        (folder / "bot.sqlite").write_bytes(_content(given))
        with suppress(sqlite3.Error), closing(sqlite3.connect(folder / "bot.sqlite")) as connection:
            for _ in range(given.number(4)):
                with suppress(sqlite3.Error):
                    connection.execute(given.pick(_STATEMENTS))
            connection.commit()
        commanded(folder, *(each.replace("OUT", f"{folder}/out") for each in command))


def _content(given: Given) -> bytes:
    if given.yes(24):
        return given.rest()
    content = b"" if given.yes(16) else _sound()
    if given.yes(40):
        content = content[: given.number(len(content) + 1)]
    for _ in range(given.number(4) if given.yes(60) else 0):
        at = given.number(len(content) + 1)
        broken = given.raw(40)
        content = content[:at] + broken + content[at + len(broken) :]
    return content

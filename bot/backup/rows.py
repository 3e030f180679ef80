"""The rows of a backup on their way into a database, and what must hold of them there."""

import json
from collections.abc import Callable, Iterator
from typing import IO, Any

from sqlalchemy import Connection, inspect, text
from sqlmodel import Session

from bot.backup.carried import Part, carried
from bot.backup.container import Damaged, Header, Lines
from bot.backup.judging import table_named
from bot.backup.reasons import MISCOUNTED, NOT_EMPTY, STRANGE, UNREADABLE, CannotRestore
from bot.backup.taking import Told

_TELL_EVERY = 2000
# What a database has that nobody used yet: the mark, the catalogue, what a job noted for itself.
_NOTHING_YET = {"alembic_version", "meta", "axis", "item", "claim"}

Checked = Callable[[Session], None]


class Rows:
    """The rows of one table after the other, their progress told; the same bytes as were judged."""

    def __init__(self, stream: IO[bytes], sha256: str, told: Told) -> None:
        self._lines = Lines(stream)
        self.header: Header = self._lines.header
        self._sha256, self._told, self._done = sha256, told, 0

    def by_table(self) -> Iterator[tuple[str, Iterator[list[Any]]]]:
        """Each table with its rows, which must be taken before the next."""
        lines = iter(self._lines)
        line = next(lines, None)
        while line is not None:
            after: list[bytes] = []
            yield table_named(line), self._of_one(lines, after)
            line = after[0] if after else None
        if self._lines.end is None or self._lines.end.found != self._sha256:
            raise Damaged("it changed meanwhile")

    def _of_one(self, lines: Iterator[bytes], after: list[bytes]) -> Iterator[list[Any]]:
        for line in lines:
            if not line.startswith(b"["):
                after.append(line)
                return
            self._done += 1
            if self._done % _TELL_EVERY == 0:
                self._told(self._done, self.header.total)
            yield json.loads(line)


def refuse_unless_empty(connection: Connection) -> None:
    """CannotRestore where the database holds anything."""
    names = inspect(connection).get_table_names()
    if names and "alembic_version" not in names:
        raise CannotRestore(STRANGE)
    for name in sorted(set(names) - _NOTHING_YET):
        found = connection.execute(text(f"SELECT 1 FROM {quoted(connection, name)} LIMIT 1"))  # noqa: S608
        if found.first() is not None:
            raise CannotRestore(NOT_EMPTY, table=name)


def fitting(connection: Connection, header: Header) -> list[Part]:
    """The tables as they are here; they must be those of the backup."""
    parts = carried(connection)
    here = {each.name: set(each.columns) for each in parts}
    for name, columns in header.columns.items():
        if here.get(name) != set(columns):
            raise CannotRestore(UNREADABLE, detail=f"table {name}")
    return parts


def recount(connection: Connection, header: Header) -> None:
    """CannotRestore unless every table holds as many rows as the backup says."""
    for name, wanted in header.counts.items():
        counted = connection.execute(text(f"SELECT count(*) FROM {quoted(connection, name)}"))  # noqa: S608
        if (found := counted.scalar_one()) != wanted:
            raise CannotRestore(MISCOUNTED, table=name, found=found, wanted=wanted)


def quoted(connection: Connection, name: str) -> str:
    """A name as it stands in a statement."""
    return connection.dialect.identifier_preparer.quote(name)

"""What of the database a backup carries, and what it leaves out and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Select,
    Table,
    and_,
    func,
    null,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.schema import MetaData
from sqlalchemy.types import NullType

from storage.queries.backup_made import BACKUP_MADE
from storage.tables import METADATA

# A restore on another machine must neither recognise a citizen nor speak for the one that runs.
LEFT_OUT = {
    "alembic_version": "the header names the revision",
    "day_key": "destroyed after its day: a copy would outlive it",
    "chat": "what a chat's next message means, for a day at most",
    "attempt": "counts of wrong codes, for an hour",
    "tally": "counts of bursts, for a day, under its key",
    "shared_file": "pictures that are drawn again",
    "oa_token": "a refresh token works once: the copy of one is used up, or would use up the original",
}
PARTLY = {
    "outbox": "only what waits for an official: held, tried before, or for a page to fetch it",
    "meta": "all but when the last backup was made",
    "rating": "without the hash under its day's key",
}
_PROACTIVE = 1


@dataclass(frozen=True)
class Part:
    """One table: its columns by name, and which of them a driver gives as something JSON has not."""

    table: Table
    columns: tuple[str, ...]
    moments: tuple[int, ...]
    days: tuple[int, ...]
    booleans: tuple[int, ...]

    @property
    def name(self) -> str:
        """The table's name."""
        return self.table.name

    def rows(self) -> Select[Any]:
        """Its rows as the driver has them, by primary key: of ratings that is a random order."""
        chosen = [self._read(each) for each in self.table.columns]
        return self._limited(select(*chosen)).order_by(*self.table.primary_key.columns)

    def count(self) -> Select[Any]:
        """How many rows that will be."""
        return self._limited(select(func.count()).select_from(self.table))

    def _read(self, column: Column[Any]) -> ColumnElement[Any]:
        if (self.name, column.name) == ("rating", "encounter"):
            return null().label(column.name)
        return type_coerce(column, NullType())

    def _limited(self, statement: Select[Any]) -> Select[Any]:
        condition = _condition(self.table)
        return statement if condition is None else statement.where(condition)


def _condition(table: Table) -> ColumnElement[bool] | None:
    if table.name == "meta":
        return table.c.key != BACKUP_MADE
    if table.name == "outbox":
        link = table.metadata.tables["link"]
        official = (
            select(link.c.id)
            .where(link.c.channel == table.c.channel, link.c.chat == table.c.chat)
            .exists()
        )
        # What is neither is being sent at this very moment: a restore would send it again.
        waits = [table.c.attempts > 0, table.c.channel == "web"]
        waits += [table.c.held.is_(True)] if "held" in table.c else []
        return and_(table.c.lane == _PROACTIVE, official, or_(*waits))
    return None


def carried(connection: Connection) -> list[Part]:
    """The tables a backup carries, as this database has them, each after those it points at."""
    metadata = MetaData()
    metadata.reflect(connection)
    ours = METADATA.tables.keys() - LEFT_OUT.keys()
    return [_part(table) for table in metadata.sorted_tables if table.name in ours]


def _part(table: Table) -> Part:
    kinds = list(table.columns)

    def of(kind: type[Any]) -> tuple[int, ...]:
        return tuple(n for n, each in enumerate(kinds) if isinstance(each.type, kind))

    columns = tuple(each.name for each in kinds)
    return Part(table, columns, of(DateTime), of(Date), of(Boolean))


def numbered(parts: Sequence[Part]) -> Iterator[tuple[Part, str]]:
    """The tables whose rows the database numbers, and the column of the number."""
    for part in parts:
        columns = list(part.table.primary_key.columns)
        if [each.name for each in columns] == ["id"] and columns[0].type.python_type is int:
            yield part, "id"

"""Takes a backup: one snapshot of the running database, streamed into the file."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, BinaryIO

from sqlalchemy import Connection, text
from sqlmodel import Session

from bot.backup.carried import Part, carried, numbered
from bot.backup.container import Header, Sealing, secret_names
from storage.database import keys_of
from storage.queries.mark import is_marked_demo

Told = Callable[[int, int | None], None]
_AT_ONCE = 2000


def take(
    session: Session, stream: BinaryIO, revision: str, program: str, now: datetime, told: Told
) -> Header:
    """Write everything a backup carries of the session's snapshot; what the header says of it."""
    keys, connection = keys_of(session), session.connection()
    parts = carried(connection)
    header = Header(
        revision=revision,
        program=program,
        made=now.astimezone(UTC).isoformat(timespec="seconds"),
        demo=is_marked_demo(session) or False,
        secrets=secret_names(keys),
        counts={each.name: connection.execute(each.count()).scalar_one() for each in parts},
        columns={each.name: list(each.columns) for each in parts},
        numbers=_numbers(connection, parts),
    )
    sealing, done = Sealing(stream, keys), 0
    sealing.header(header)
    for part in parts:
        sealing.line({"table": part.name})
        plain = _plain(part) if connection.dialect.name == "postgresql" else list
        rows = connection.execute(part.rows(), execution_options={"yield_per": _AT_ONCE})
        for some in rows.partitions():
            for row in some:
                sealing.line(plain(row))
            done += len(some)
            told(done, header.total)
    sealing.close()
    return header


def _plain(part: Part) -> Callable[[Any], list[Any]]:
    """What PostgreSQL's driver gives, as SQLite keeps it: days and moments (UTC) as text."""

    def moment(value: datetime) -> str:
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")

    changes: list[tuple[int, Callable[[Any], Any]]] = [
        *((place, moment) for place in part.moments),
        *((place, date.isoformat) for place in part.days),
        *((place, int) for place in part.booleans),
    ]

    def changed(row: Any) -> list[Any]:
        values = list(row)
        for place, change in changes:
            if values[place] is not None:
                values[place] = change(values[place])
        return values

    return changed


def _numbers(connection: Connection, parts: list[Part]) -> dict[str, int]:
    """The newest number that was given out in each table, deleted rows included."""
    if connection.dialect.name == "sqlite":
        there = "SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'"
        if connection.execute(text(there)).first() is None:
            return {}
        found = connection.execute(text("SELECT name, seq FROM sqlite_sequence"))
        names = {each.name for each in parts}
        return {name: int(number) for name, number in found if name in names}
    numbers = {}
    for part, column in numbered(parts):
        sequence = connection.execute(
            text("SELECT pg_get_serial_sequence(:table, :column)"),
            {"table": part.name, "column": column},
        ).scalar()
        if sequence is not None:
            row = connection.execute(text(f"SELECT last_value, is_called FROM {sequence}")).one()  # noqa: S608 - PostgreSQL's own name for it
            numbers[part.name] = row.last_value if row.is_called else 0
    return numbers

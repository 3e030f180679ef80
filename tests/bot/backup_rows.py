"""A database with rows in every table, and what stands in it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Column, Date, MetaData, Table, delete, insert, select, text
from sqlalchemy.types import Boolean, Integer
from sqlmodel import Session

from storage.database import Database
from storage.queries.audit import record
from storage.queries.mark import mark_or_check
from storage.tables import METADATA, Meta
from storage.tables.columns import UtcTime

NOW = datetime(2026, 11, 16, 2, 0, 0, 123456, tzinfo=UTC)
# What a check wants, by table and column; the nth row gets the nth.
_WANTED: dict[tuple[str, str], tuple[Any, ...]] = {
    ("membership", "role"): ("member", "secretary"),
    ("duty", "origin"): ("roster", "chat"),
    ("disputed_day", "state"): ("open", "accepted"),
    ("invite", "role"): ("member", "secretary"),
    ("invite", "kind"): ("single", "group"),
    ("oa_token", "api"): ("v2", "v3"),
    ("pledge", "status"): ("done", "partly"),
    ("leave", "kind"): ("leave", "trip"),
    ("report", "kind"): ("month", "year"),
    ("report", "status"): ("draft", "approved"),
    ("rating", "status"): ("active", "flagged"),
    ("rating", "level"): (5, 1),
    ("rating", "flag"): ("", "burst"),
    ("unit", "pilot"): (True, False),
    ("unit", "since"): (date(2026, 11, 2), None),
    ("unit", "until"): (None, None),
    ("unit_past", "unit_id"): (1, 1),
    ("unit_past", "since"): (None, date(2026, 10, 2)),
    ("unit_past", "until"): (date(2026, 10, 1), date(2026, 11, 1)),
    ("membership", "since"): (date(2026, 11, 2), None),
    ("membership_past", "since"): (None, None),
    ("membership_past", "until"): (date(2026, 11, 1), date(2026, 11, 1)),
    ("membership_past", "unit_id"): (1, 1),
    ("outbox", "lane"): (1, 1),
    ("outbox", "held"): (True, True),
    ("outbox", "channel"): ("zalo_oa", "zalo_oa"),
    ("outbox", "chat"): ("chat 0", "chat 1"),
    ("link", "channel"): ("zalo_oa", "zalo_oa"),
    ("link", "chat"): ("chat 0", "chat 1"),
}


def fill(session: Session, *, demo: bool = False) -> None:
    """Two rows in every table that this database has, pointing at each other."""
    mark_or_check(session, demo=demo)
    tables = MetaData()
    tables.reflect(session.connection())
    for table in METADATA.sorted_tables:
        if table.name in {"meta", "audit"} or table.name not in tables.tables:
            continue
        session.connection().execute(delete(tables.tables[table.name]))
        for n in (0, 1):
            values = {
                each.name: _value(table, each, n)
                for each in table.columns
                if each.name in tables.tables[table.name].columns
            }
            session.connection().execute(insert(table).values(values))
            _count_on(session, table)
    for n in (1, 2):
        record(session, at=NOW, action="role.add", actor_id=n, unit_id=n, details={"n": n})


def _value(table: Table, column: Column[Any], n: int) -> Any:
    if (table.name, column.name) in _WANTED:
        return _WANTED[table.name, column.name][n]
    if column.foreign_keys:
        target = next(iter(column.foreign_keys)).column
        if target.table is table:
            return None if n == 0 else _value(table, target, 0)
        return _value(target.table, target, n)
    kind = column.type
    if isinstance(kind, Boolean):
        return n == 0
    if isinstance(kind, Integer):
        return n + 1
    if isinstance(kind, Date):
        return date(2026, 11, 16 + n)
    if isinstance(kind, UtcTime):
        return NOW + timedelta(days=n)
    return f"{table.name} {column.name} {n} – Đà Nẵng"


def _count_on(session: Session, table: Table) -> None:
    """PostgreSQL counts only the numbers it gave itself."""
    numbered = "id" in table.columns and isinstance(table.columns["id"].type, Integer)
    if numbered and session.get_bind().dialect.name == "postgresql":
        newest = f'(SELECT max(id) FROM "{table.name}")'
        sequence = f"pg_get_serial_sequence('{table.name}', 'id')"
        session.execute(text(f"SELECT setval({sequence}, {newest})"))


Content = dict[str, list[tuple[Any, ...]]]


def content(database: Database) -> Content:
    """Every row of every table, as Python values."""

    def read(session: Session) -> Content:
        return {
            name: sorted(map(tuple, session.execute(select(table)).all()), key=repr)
            for name, table in METADATA.tables.items()
        }

    return database.run_now(read)


def facts(session: Session) -> dict[str, str]:
    """What meta holds."""
    return {row.key: row.value for row in session.execute(select(Meta)).scalars()}

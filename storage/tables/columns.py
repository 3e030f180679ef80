"""Column types and names shared by the tables."""

import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Date, DateTime, Dialect, MetaData, TypeDecorator
from sqlmodel import SQLModel

NAMING = {  # so that batch migrations can name every constraint on both databases
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
METADATA = MetaData(naming_convention=NAMING)


class Table(SQLModel):
    """Base of every table."""

    metadata = METADATA


class UtcTime(TypeDecorator[datetime]):
    """An aware moment, kept in UTC; SQLite would otherwise hand back a naive one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def random_id() -> str:
    """22 characters that carry neither order nor time (128 random bits)."""
    return secrets.token_urlsafe(16)


def writing(type_: Any, dialect: Dialect) -> Callable[[Any], Any] | None:
    """What a value becomes for the driver. Days and moments are most of what SQLite is given, and
    Python writes them ten times as fast as SQLAlchemy, to the same letter."""
    if dialect.name == "sqlite":
        if isinstance(type_, UtcTime):
            return _moment
        if isinstance(type_, Date):
            return _day
    found: Callable[[Any], Any] | None = type_.dialect_impl(dialect).bind_processor(dialect)
    return found


def _day(value: date | None) -> str | None:
    return None if value is None else date.isoformat(value)


def _moment(value: datetime | None) -> str | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")

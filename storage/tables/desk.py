"""Desks where citizens meet members, and who is on duty there."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from storage.tables.columns import Table, UtcTime


class Desk(Table, table=True):
    """A one-stop counter. `code` is unique ignoring case, kept in capitals."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str
    folded: str
    unit_id: int = Field(foreign_key="unit.id", index=True)
    multi_agency: bool = False


class Duty(Table, table=True):
    """A person at a desk from `starts` (inclusive) to `ends` (exclusive, None = until further)."""

    __table_args__ = (UniqueConstraint("desk_id", "person_id", "starts"),)

    id: int | None = Field(default=None, primary_key=True)
    desk_id: int = Field(foreign_key="desk.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    starts: datetime = Field(sa_type=UtcTime)
    ends: datetime | None = Field(default=None, sa_type=UtcTime)

"""People on the roster (officials, never citizens) and where they stand."""

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from storage.tables.columns import Table


class Person(Table, table=True):
    """A young official. `email` is sealed (storage.keys.Keys.seal), empty when unknown."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    full_name: str
    position: str = ""
    email: str = ""


class Membership(Table, table=True):
    """A person's role in one unit; a person may stand in several."""

    __table_args__ = (
        UniqueConstraint("person_id", "unit_id", "role"),
        CheckConstraint("role IN ('member', 'secretary')", name="role"),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    unit_id: int = Field(foreign_key="unit.id", index=True)
    role: str

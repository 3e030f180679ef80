"""People on the roster (officials, never citizens) and where they stand."""

from datetime import date

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
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
    """A person's role in one unit now; a person may stand in several.

    `since` is the first day of it (None: as long as anybody knows).
    """

    __table_args__ = (
        UniqueConstraint("person_id", "unit_id", "role"),
        CheckConstraint("role IN ('member', 'secretary')", name="role"),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    unit_id: int = Field(foreign_key="unit.id", index=True)
    role: str
    since: date | None = None


class MembershipPast(Table, table=True):
    """A role that ended: held from `since` (None: from the beginning) to `until`, both included."""

    __tablename__ = "membership_past"
    __table_args__ = (Index(None, "unit_id", "until"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    unit_id: int = Field(foreign_key="unit.id")
    role: str
    since: date | None = None
    until: date

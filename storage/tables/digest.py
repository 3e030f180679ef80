"""Weekly digests: what was sent, who wants it when, answers to comments, claimed work."""

from datetime import date

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from storage.tables.columns import Table


class Claim(Table, table=True):
    """Work that was taken on, such as `digest/2026-W47/C1/S1`; kept 60 days."""

    key: str = Field(primary_key=True)
    day: date = Field(index=True)


class DigestSent(Table, table=True):
    """The figures (JSON) of a unit's week as they were sent: a later change is named in the next."""

    __tablename__ = "digest_sent"
    __table_args__ = (UniqueConstraint("unit_id", "week"),)

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id")
    week: str
    figures: str


class DigestPreference(Table, table=True):
    """When a secretary wants a unit's digest ("mon 08:00", None = the installation's), or not."""

    __tablename__ = "digest_preference"

    person_id: int = Field(foreign_key="person.id", primary_key=True)
    unit_id: int = Field(foreign_key="unit.id", primary_key=True)
    at: str | None = None
    stopped: bool = False


class Answer(Table, table=True):
    """A secretary's answer to a comment, sealed; its author reads it with the receipt code.

    `text` is empty while there is none. `hidden` says why the comment left the digest ("" = it did
    not); the rating goes on counting. No foreign key to rating: PostgreSQL rewrites those rows
    (storage.queries.rating).
    """

    rating_id: str = Field(primary_key=True)
    text: str = ""
    hidden: str = ""
    day: date


class OwnScore(Table, table=True):
    """What a member last saw of their own ratings: moves only when k new ones have come.

    `through` is the last day of the closed week it covers; `figures` JSON.
    """

    __tablename__ = "own_score"

    person_id: int = Field(foreign_key="person.id", primary_key=True)
    through: date
    count: int
    figures: str

"""Encounter ratings, and the day keys that recognise their author while the window is open."""

from datetime import date

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from storage.tables.columns import Table, random_id

_FLAGGED = text("status = 'flagged'")


class Rating(Table, table=True):
    """One encounter, rated. Day only, random id, no row order (SQLite: WITHOUT ROWID).

    `attribution` says how the member is known: duty (alone on duty), asked (several were, the
    question is open), citizen (who served was answered), unknown ("Người khác / không rõ"),
    nobody (none on duty). `reasons` are side/code joined by ";". `comment` is sealed.
    `encounter` is the keyed hash under the day's key, cleared with it; `receipt` the keyed hash
    of the receipt code. `notice` is the version of the privacy notice the tap consented to.
    """

    __table_args__ = (
        CheckConstraint("level IS NULL OR level BETWEEN 1 AND 5", name="level"),
        CheckConstraint("status IN ('active', 'withdrawn', 'flagged')", name="status"),
        CheckConstraint("(status = 'withdrawn') = (level IS NULL)", name="withdrawn_is_empty"),
        Index(None, "desk_id", "day"),
        Index(None, "member_id", "day"),
        Index(None, "unit_id", "status", "level", "day"),  # what a figure counts
        Index(None, "day"),
        Index(
            "ix_rating_flagged", "unit_id", "day", sqlite_where=_FLAGGED, postgresql_where=_FLAGGED
        ),
        {"sqlite_with_rowid": False},
    )

    id: str = Field(default_factory=random_id, primary_key=True)
    day: date
    desk_id: int = Field(foreign_key="desk.id")
    unit_id: int = Field(foreign_key="unit.id")
    member_id: int | None = Field(default=None, foreign_key="person.id")
    attribution: str
    level: int | None
    reasons: str = ""
    comment: str | None = None
    channel: str
    scheme: int
    notice: str
    status: str = "active"
    encounter: str | None = Field(default=None, unique=True)
    receipt: str | None = Field(default=None, unique=True)


class DayKey(Table, table=True):
    """The random key of one day, sealed; destroyed when the window of that day closes."""

    __tablename__ = "day_key"

    day: date = Field(primary_key=True)
    key: str

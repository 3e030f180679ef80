"""The catalogue of the three responsibilities, what members take on each day, and their days off."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from storage.tables.columns import Table, UtcTime


class Axis(Table, table=True):
    """One of the three responsibilities; its names are data of the province."""

    code: str = Field(primary_key=True)
    label_vi: str
    label_en: str
    position: int


class Item(Table, table=True):
    """One wording of a catalogue item. A new wording is a new row: past pledges keep theirs."""

    __table_args__ = (Index(None, "code", "current"),)

    id: int | None = Field(default=None, primary_key=True)
    code: str
    axis: str = Field(foreign_key="axis.code")
    label_vi: str
    label_en: str
    reference: str = ""
    position: int
    current: bool = True


class Pledge(Table, table=True):
    """One item a member took on for one day. `unit_id` is where they stood that day.

    status: pledged, then done, partly or not_done. `late`: logged for yesterday, until noon.
    `changed` is when it was last touched (a digest sent before that is adjusted in the next).
    """

    __table_args__ = (
        UniqueConstraint("person_id", "day", "code"),
        CheckConstraint("status IN ('pledged', 'done', 'partly', 'not_done')", name="status"),
        Index(None, "unit_id", "day"),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    unit_id: int = Field(foreign_key="unit.id")
    day: date
    item_id: int = Field(foreign_key="item.id")
    code: str
    status: str = "pledged"
    late: bool = False
    changed: datetime = Field(sa_type=UtcTime)


class DayNote(Table, table=True):
    """A member's optional note to a day, sealed; their secretary can read it."""

    __tablename__ = "day_note"

    person_id: int = Field(foreign_key="person.id", primary_key=True)
    day: date = Field(primary_key=True)
    text: str


class Leave(Table, table=True):
    """Days on which nothing is asked and no streak breaks: leave or a work trip, both ends in."""

    __table_args__ = (CheckConstraint("kind IN ('leave', 'trip')", name="kind"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    first: date
    last: date
    kind: str = "leave"


class Preference(Table, table=True):
    """When a member wants to be asked. Times are local "HH:MM", None = the installation's.

    Nothing proactive is sent between `quiet_from` and `quiet_to`, nor up to and including
    `paused_until`.
    """

    person_id: int = Field(foreign_key="person.id", primary_key=True)
    pledge_at: str | None = None
    checkin_at: str | None = None
    quiet_from: str | None = None
    quiet_to: str | None = None
    paused_until: date | None = None

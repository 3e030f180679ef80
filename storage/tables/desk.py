"""Desks where citizens meet members, and who is on duty there."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from storage.tables.columns import Table, UtcTime


class Desk(Table, table=True):
    """A one-stop counter. `code` is unique ignoring case, kept in capitals.

    `until` is its last day: a closed desk takes no new ratings and keeps the old ones.
    """

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str
    folded: str
    unit_id: int = Field(foreign_key="unit.id", index=True)
    multi_agency: bool = False
    until: date | None = None


class Duty(Table, table=True):
    """A person at a desk from `starts` (inclusive) to `ends` (exclusive, None = until further).

    `origin`: roster (an import) or chat (the member began the shift); `lapses`: when one begun in
    chat ends by itself if nobody ended it before.
    """

    __table_args__ = (
        UniqueConstraint("desk_id", "person_id", "starts"),
        CheckConstraint("origin IN ('roster', 'chat')", name="origin"),
    )

    id: int | None = Field(default=None, primary_key=True)
    desk_id: int = Field(foreign_key="desk.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    starts: datetime = Field(sa_type=UtcTime)
    ends: datetime | None = Field(default=None, sa_type=UtcTime)
    origin: str = "roster"
    lapses: datetime | None = Field(default=None, sa_type=UtcTime, index=True)


class DisputedDay(Table, table=True):
    """A member says a day at a desk was not their shift; the secretary decides.

    `state`: open, accepted (that day's ratings of theirs count for the desk alone), declined.
    """

    __tablename__ = "disputed_day"
    __table_args__ = (
        UniqueConstraint("person_id", "desk_id", "day"),
        CheckConstraint("state IN ('open', 'accepted', 'declined')", name="state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    desk_id: int = Field(foreign_key="desk.id")
    day: date
    state: str = "open"


class Improvement(Table, table=True):
    """What an office changed because of citizens, shown on the page of a desk; public text.

    `desk_id` None: of all desks of the unit. `day` is when it was first shown; None: a draft.
    `replaces_id`: a draft of new words for one that is shown. `hidden`: taken down.
    """

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    desk_id: int | None = Field(default=None, foreign_key="desk.id", index=True)
    text: str
    day: date | None = None
    hidden: bool = False
    replaces_id: int | None = Field(default=None, foreign_key="improvement.id")

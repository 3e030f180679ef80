"""What lives for minutes to hours so that answers arrive: seen updates, chats, outbox, attempts."""

from datetime import date, datetime

from sqlalchemy import Index, false
from sqlmodel import Field

from storage.tables.columns import Table, UtcTime


class Seen(Table, table=True):
    """An update that was handled (keyed hash of its key in the channel)."""

    __table_args__ = {"sqlite_with_rowid": False}

    key: str = Field(primary_key=True)
    day: date = Field(index=True)


class Chat(Table, table=True):
    """What a chat's next message means. Keyed by pseudonym, content sealed, gone after 24 h."""

    __table_args__ = {"sqlite_with_rowid": False}

    chat: str = Field(primary_key=True)
    content: str
    expires: datetime = Field(sa_type=UtcTime, index=True)


class Outbox(Table, table=True):
    """A message not yet confirmed as sent; the row goes with its delivery.

    `chat` is the pseudonym, `address` (where to) and `content` (what) are sealed. `lane` 0 is an
    answer, 1 a proactive message. `not_before` delays a retry. `held`: it waits until the person
    writes, because the messenger lets nobody else begin. After `until` it is worth nothing any more.
    """

    __table_args__ = (
        # With what is held apart: a look at what is due must not pass it, however much there is.
        Index(None, "channel", "held", "lane", "id"),
        Index(None, "chat", "channel", "held", "lane"),
        # A number used again could make delivery forget a message that was never sent.
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    channel: str
    chat: str
    address: str
    content: str
    lane: int = 0
    attempts: int = 0
    not_before: datetime | None = Field(default=None, sa_type=UtcTime)
    held: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    until: datetime | None = Field(default=None, sa_type=UtcTime)


class Attempt(Table, table=True):
    """How often a chat tried a receipt code that did not exist, per hour (keyed hash)."""

    __table_args__ = {"sqlite_with_rowid": False}

    key: str = Field(primary_key=True)
    day: date = Field(index=True)
    count: int = 0


class Meta(Table, table=True):
    """Facts about this database itself, such as whether it belongs to a demo."""

    key: str = Field(primary_key=True)
    value: str

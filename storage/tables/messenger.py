"""What a messenger makes us remember: spent messages, doors that are shut, tokens, files to fetch."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from storage.tables.columns import Table, UtcTime


class MonthlyCount(Table, table=True):
    """How many messages a channel has sent in a calendar month ("2026-11", local time)."""

    __tablename__ = "monthly_count"

    channel: str = Field(primary_key=True)
    month: str = Field(primary_key=True)
    count: int = 0


class ShutDoor(Table, table=True):
    """A channel that takes no message before `until`, such as one whose quota is used up."""

    __tablename__ = "shut_door"

    channel: str = Field(primary_key=True)
    until: datetime = Field(sa_type=UtcTime)


class OaToken(Table, table=True):
    """The tokens of one Official Account, both sealed; the refresh token works once.

    `seed` are the pseudonyms of the configured refresh tokens they grew from, the latest last:
    another one in the settings starts anew. `begun` is set while a refresh is under way and cleared
    together with storing its answer: still set at a start, the answer may be lost. `refused`: when
    Zalo refused the refresh token we have. `api` is the version of the interface that takes our
    messages.
    """

    __tablename__ = "oa_token"
    __table_args__ = (CheckConstraint("api IN ('v2', 'v3')", name="api"),)

    app: str = Field(primary_key=True)
    seed: str
    access: str = ""
    refresh: str
    obtained: datetime | None = Field(default=None, sa_type=UtcTime)
    expires: datetime | None = Field(default=None, sa_type=UtcTime)
    begun: datetime | None = Field(default=None, sa_type=UtcTime)
    refused: datetime | None = Field(default=None, sa_type=UtcTime)
    api: str = "v3"


class SharedFile(Table, table=True):
    """A picture or file somebody may fetch by its signed address: the recipe and data, sealed."""

    __tablename__ = "shared_file"
    __table_args__ = {"sqlite_with_rowid": False}

    key: str = Field(primary_key=True)
    content: str
    expires: datetime = Field(sa_type=UtcTime, index=True)

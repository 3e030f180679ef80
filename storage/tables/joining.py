"""Invitations, offers of an office, and the chats that officials have linked to themselves."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint, false
from sqlmodel import Field

from storage.tables.columns import Table, UtcTime


class Invite(Table, table=True):
    """A way in: `token` is a keyed hash of the link's token, never the token.

    kind single: used once, for `person_id` if one is named. kind group: for a unit's own chat
    group, many may ask, each is approved by the secretary. `invited_by` is None for the operator.
    """

    __table_args__ = (
        CheckConstraint("role IN ('member', 'secretary')", name="role"),
        CheckConstraint("kind IN ('single', 'group')", name="kind"),
    )

    id: int | None = Field(default=None, primary_key=True)
    token: str = Field(unique=True)
    kind: str = "single"
    unit_id: int = Field(foreign_key="unit.id", index=True)
    role: str
    person_id: int | None = Field(default=None, foreign_key="person.id")
    invited_by: int | None = Field(default=None, foreign_key="person.id")
    expires: datetime = Field(sa_type=UtcTime)
    used: datetime | None = Field(default=None, sa_type=UtcTime)
    used_by: int | None = Field(default=None, foreign_key="person.id")
    revoked: bool = False


class JoinRequest(Table, table=True):
    """Somebody came by a group link and picked their name; the secretary decides.

    `chat` is a pseudonym, `address` sealed; the row goes when it is decided or expires.
    """

    __tablename__ = "join_request"
    __table_args__ = (UniqueConstraint("channel", "chat", "unit_id"),)

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    role: str = "member"
    channel: str
    chat: str
    address: str
    language: str | None = None
    expires: datetime = Field(sa_type=UtcTime)


class RoleOffer(Table, table=True):
    """A secretary offers their office to a member, who accepts or declines it in their own chat.

    The row goes when it is decided, withdrawn or expires: one open offer per giver and unit.
    Numbers are never used twice, so that an old button cannot answer a newer offer.
    """

    __tablename__ = "role_offer"
    __table_args__ = (UniqueConstraint("unit_id", "giver_id"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id")
    giver_id: int = Field(foreign_key="person.id")
    successor_id: int = Field(foreign_key="person.id")
    expires: datetime = Field(sa_type=UtcTime)


class Link(Table, table=True):
    """An official's chat. `chat` is a pseudonym, `address` sealed. One person may have several.

    `reminders`: proactive messages may go here; of several chats to the `preferred` one, else the
    newest, and to the next where that one is shut. `unreachable`: the person blocked the bot there.
    `heard`: when they last wrote, where a messenger takes our messages only for so long after it.
    `notice` is the version of the members' notice they confirmed, `since` the day.
    """

    __table_args__ = (UniqueConstraint("channel", "chat"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    channel: str
    chat: str
    address: str
    language: str | None = None
    reminders: bool = True
    unreachable: bool = False
    preferred: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    heard: datetime | None = Field(default=None, sa_type=UtcTime)
    notice: str
    since: date

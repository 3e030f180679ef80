"""Every table; importing this module fills `METADATA`."""

from storage.tables.columns import METADATA
from storage.tables.desk import Desk, Duty
from storage.tables.digest import Answer, Claim, DigestPreference, DigestSent, OwnScore
from storage.tables.joining import Invite, JoinRequest, Link
from storage.tables.person import Membership, Person
from storage.tables.pledge import Axis, DayNote, Item, Leave, Pledge, Preference
from storage.tables.rating import DayKey, Rating
from storage.tables.traffic import Attempt, Chat, Meta, Outbox, Seen
from storage.tables.unit import Unit

__all__ = [
    "METADATA",
    "Answer",
    "Attempt",
    "Axis",
    "Chat",
    "Claim",
    "DayKey",
    "DayNote",
    "Desk",
    "DigestPreference",
    "DigestSent",
    "Duty",
    "Invite",
    "Item",
    "JoinRequest",
    "Leave",
    "Link",
    "Membership",
    "Meta",
    "Outbox",
    "OwnScore",
    "Person",
    "Pledge",
    "Preference",
    "Rating",
    "Seen",
    "Unit",
]

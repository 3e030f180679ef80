"""Every table; importing this module fills `METADATA`."""

from storage.tables.columns import METADATA
from storage.tables.desk import Desk, Duty
from storage.tables.person import Membership, Person
from storage.tables.rating import DayKey, Rating
from storage.tables.traffic import Attempt, Chat, Meta, Outbox, Seen
from storage.tables.unit import Unit

__all__ = [
    "METADATA",
    "Attempt",
    "Chat",
    "DayKey",
    "Desk",
    "Duty",
    "Membership",
    "Meta",
    "Outbox",
    "Person",
    "Rating",
    "Seen",
    "Unit",
]

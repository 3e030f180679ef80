"""Every table; importing this module fills `METADATA`."""

from storage.tables.audit import Audit
from storage.tables.columns import METADATA
from storage.tables.desk import Desk, DisputedDay, Duty, Improvement
from storage.tables.digest import Answer, Claim, DigestPreference, DigestSent, OwnScore
from storage.tables.joining import Invite, JoinRequest, Link, RoleOffer
from storage.tables.messenger import MonthlyCount, OaToken, SharedFile, ShutDoor
from storage.tables.person import Membership, MembershipPast, Person
from storage.tables.pledge import Axis, DayNote, Item, Leave, Pledge, Preference
from storage.tables.rating import DayKey, Rating
from storage.tables.report import Report
from storage.tables.tally import Tally
from storage.tables.traffic import Attempt, Chat, Meta, Outbox, Seen
from storage.tables.unit import Unit, UnitPast, UnitSetting
from storage.tables.week import WeekCount, WeekReason

__all__ = [
    "METADATA",
    "Answer",
    "Attempt",
    "Audit",
    "Axis",
    "Chat",
    "Claim",
    "DayKey",
    "DayNote",
    "Desk",
    "DigestPreference",
    "DigestSent",
    "DisputedDay",
    "Duty",
    "Improvement",
    "Invite",
    "Item",
    "JoinRequest",
    "Leave",
    "Link",
    "Membership",
    "MembershipPast",
    "Meta",
    "MonthlyCount",
    "OaToken",
    "Outbox",
    "OwnScore",
    "Person",
    "Pledge",
    "Preference",
    "Rating",
    "Report",
    "RoleOffer",
    "Seen",
    "SharedFile",
    "ShutDoor",
    "Tally",
    "Unit",
    "UnitPast",
    "UnitSetting",
    "WeekCount",
    "WeekReason",
]

"""The hours of a shift: when one lapses, when it may still be corrected, how times are read."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handlers.member.days import dated
from handlers.policy import Policy
from handlers.texts import Speech
from storage.queries.claims import claim_key
from storage.queries.duty import Shift

UNDO = timedelta(minutes=10)  # after the tap that ended a shift
STILL_THERE = timedelta(hours=2)  # after it lapsed
CORRECTABLE = timedelta(days=7)
_HALF_HOUR = timedelta(minutes=30)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The beginning of a local day, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def lapses_at(now: datetime, policy: Policy) -> datetime:
    """When a shift begun now ends by itself: after the longest shift, at midnight at the latest."""
    tomorrow = now.astimezone(policy.timezone).date() + timedelta(days=1)
    longest = now.astimezone(UTC) + timedelta(hours=policy.shift_hours)
    return min(longest, midnight(tomorrow, policy.timezone))


def lapse_key(shift: Shift) -> str:
    """What is claimed when a shift lapses."""
    return claim_key("shift_lapsed", shift.id, _stamp(shift))


def question_key(shift: Shift) -> str:
    """What is claimed when its member is asked about that."""
    return claim_key("shift_asked", shift.id, _stamp(shift))


def _stamp(shift: Shift) -> str:
    return "" if shift.lapses is None else f"{shift.lapses.astimezone(UTC):%Y%m%dT%H%M%S}"


def clock_time(moment: datetime, zone: ZoneInfo) -> str:
    """A local time of day as it is read: "07:30"."""
    return f"{moment.astimezone(zone):%H:%M}"


def end_time(shift: Shift, end: datetime, zone: ZoneInfo) -> str:
    """The same of an end: midnight is the 24:00 of the day before."""
    at = clock_time(end, zone)
    return "24:00" if at == "00:00" and end > shift.starts else at


def day_of(shift: Shift, zone: ZoneInfo, say: Speech) -> str:
    """The local day a shift began on, such as "T3 24/11/2026"."""
    return dated(shift.starts.astimezone(zone).date(), say)


def half_hours(shift: Shift, zone: ZoneInfo) -> list[datetime]:
    """The full and half hours between the beginning of a lapsed shift and its end."""
    assert shift.lapses is not None
    at = shift.starts.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    found = []
    while at < shift.lapses:
        if at > shift.starts:
            found.append(at)
        at = (at.astimezone(UTC) + _HALF_HOUR).astimezone(zone)
    return found


def read_end(shift: Shift, at: time, zone: ZoneInfo) -> datetime | None:
    """The moment of a lapsed shift that a time of day means; None if it lies outside of it."""
    assert shift.lapses is not None
    first = shift.starts.astimezone(zone).date()
    for day in (first, first + timedelta(days=1)):
        moment = datetime.combine(day, at, zone).astimezone(UTC)
        if shift.starts < moment <= shift.lapses:
            return moment
    return None

"""On what terms an import holds: from which day, as seen from when, and how much its files say."""

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Terms:
    """`on` is the first day on which the changes hold, never after today. `complete`: each sheet
    that is there is the whole truth, and what it leaves out ends."""

    timezone: ZoneInfo
    on: date
    now: datetime
    complete: bool = False

    @property
    def today(self) -> date:
        """The local day."""
        return self.now.astimezone(self.timezone).date()


def noon(day: date, timezone: ZoneInfo) -> datetime:
    """A moment of that day."""
    return datetime.combine(day, time(12), tzinfo=timezone)

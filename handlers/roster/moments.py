"""A date cell of a roster, with or without a time of day, as a local moment."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handlers.roster.cells import Cell, text
from handlers.roster.mistakes import Wrong
from handlers.texts import mark

_CLOCK = r"(?:[ T]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::\d{2})?)?"
_DATES = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})" + _CLOCK, re.ASCII),
    re.compile(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})" + _CLOCK, re.ASCII),
)
_EARLIEST, _LATEST = date(2000, 1, 1), date(2099, 12, 31)
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?", re.ASCII)  # a day as Excel counts it
_DAY_0 = datetime(1899, 12, 30)  # noqa: DTZ001 - of Excel's calendar, which has no time zone
_SERIALS = range((_EARLIEST - _DAY_0.date()).days, (_LATEST - _DAY_0.date()).days + 1)


@dataclass(frozen=True)
class Moment:
    """A local day, or a local minute where `clock` is given."""

    day: date
    clock: time | None = None

    def begins(self, timezone: ZoneInfo) -> datetime:
        """The first instant of it, in UTC."""
        local = datetime.combine(self.day, self.clock or time.min, tzinfo=timezone)
        return local.astimezone(UTC)

    def is_over(self, timezone: ZoneInfo) -> datetime:
        """The first instant after it, in UTC: the next midnight for a day, itself for a minute."""
        if self.clock is not None:
            return self.begins(timezone)
        return Moment(self.day + timedelta(days=1)).begins(timezone)


def optional_moment(cell: Cell) -> Moment | None:
    """A date cell, 2026-01-31, 31/01/2026, either with HH:MM, a day as Excel counts it; or empty."""
    if isinstance(cell, int | float) and not isinstance(cell, bool) and int(cell) in _SERIALS:
        return _counted(cell)
    if isinstance(cell, datetime):
        minute = (cell + timedelta(seconds=30)).replace(second=0, microsecond=0)
        return _in_range(Moment(minute.date(), minute.time()))
    if isinstance(cell, date):
        return _in_range(Moment(cell))
    if cell is None or isinstance(cell, str):
        found = text(cell)
        if _SERIAL.fullmatch(found) and int(found[:5]) in _SERIALS:
            return _counted(float(found.replace(",", ".")))
        return _in_range(_read_moment(found)) if found else None
    raise _no_date(str(cell))


def optional_day(cell: Cell) -> date | None:
    """A day, or None where the cell is empty."""
    found = optional_moment(cell)
    return found.day if found else None


def _counted(days: float) -> Moment:
    """Days since Excel's day 0; what follows the point is the time of day."""
    moment = _DAY_0 + timedelta(days=days)
    if days == int(days):
        return Moment(moment.date())
    minute = (moment + timedelta(seconds=30)).replace(second=0, microsecond=0)
    return Moment(minute.date(), minute.time())


def moment(cell: Cell) -> Moment:
    """A moment that must be there."""
    found = optional_moment(cell)
    if found is None:
        raise Wrong(mark("This cell must not be empty."))
    return found


def _read_moment(found: str) -> Moment:
    match = next((match for each in _DATES if (match := each.fullmatch(found))), None)
    if match is None:
        raise _no_date(found)
    try:
        day = date(int(match["year"]), int(match["month"]), int(match["day"]))
        if match["hour"] is None:
            return Moment(day)
        return Moment(day, time(int(match["hour"]), int(match["minute"])))
    except ValueError:
        raise _no_date(found) from None


def _no_date(found: str) -> Wrong:
    return Wrong(
        mark("{found} is not a date: write 2026-01-31 or 31/01/2026, with 08:00 if needed."),
        found=found,
    )


def _in_range(found: Moment) -> Moment:
    if not _EARLIEST <= found.day <= _LATEST:
        raise Wrong(
            mark("The year {year} is out of range (2000 to 2099)."), year=f"{found.day.year:04}"
        )
    return found

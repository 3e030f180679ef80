"""ISO weeks, Monday to Sunday: the unit of digests and of members' own scores."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

_WRITTEN = re.compile(r"(2\d{3})-?[Ww](\d{1,2})")


@dataclass(frozen=True, order=True)
class Week:
    """One ISO week, written 2026-W47; written weeks sort by time."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02d}"

    @property
    def first(self) -> date:
        """Its Monday."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """Its Sunday."""
        return self.first + timedelta(days=6)

    def before(self, weeks: int = 1) -> "Week":
        """The week so many weeks earlier (later for a negative number)."""
        return week_of(self.first - timedelta(weeks=weeks))

    def after(self) -> "Week":
        """The week that follows."""
        return self.before(-1)

    def since(self, earlier: "Week") -> int:
        """How many weeks after an earlier one this is."""
        return (self.first - earlier.first).days // 7


FIRST_WRITTEN = Week(2000, 1)
"""The oldest week that can be read back."""


def week_of(day: date) -> Week:
    """The ISO week a day lies in."""
    year, number, _ = day.isocalendar()
    return Week(year, number)


def newest_closed(today: date) -> Week:
    """The newest week that has ended when it is `today`."""
    return week_of(today).before()


def read_week(text: str) -> Week:
    """The week 2026-W47 (or 2026w47) means; ValueError for one that is not in the calendar."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise ValueError("not a week such as 2026-W47")
    week = Week(int(found[1]), int(found[2]))
    _ = week.first  # ValueError for a week 53 of a year that has 52
    return week

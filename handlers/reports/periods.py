"""Months, quarters, half years and years as reports count them: up to a unit's cut-off day."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from handlers.texts import Speech
from handlers.workdays import Span

Kind = Literal["month", "quarter", "half", "year"]

KINDS: tuple[Kind, ...] = ("month", "quarter", "half", "year")
MONTHS: dict[Kind, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12}
PERIOD = r"2\d{3}(?:-(?:0[1-9]|1[0-2]|Q[1-4]|H[12]))?"

_LETTERS: dict[Kind, str] = {"month": "", "quarter": "Q", "half": "H"}
_WRITTEN = re.compile(r"(2\d{3})(?:-?([QqHh]?)(\d{1,2}))?")
_ROMAN = ("I", "II", "III", "IV")


@dataclass(frozen=True, order=True)
class Period:
    """One period of a year: `number` counts from 1 within it. Written 2026-10, 2026-Q4, 2026-H2
    or 2026."""

    year: int
    kind: Kind
    number: int = 1

    def __str__(self) -> str:
        if self.kind == "year":
            return str(self.year)
        if self.kind == "month":
            return f"{self.year}-{self.number:02d}"
        return f"{self.year}-{_LETTERS[self.kind]}{self.number}"

    @property
    def last_month(self) -> int:
        """The month (1 to 12) in which it ends."""
        return self.number * MONTHS[self.kind]

    def days(self, cut_off: int | None) -> Span:
        """Its days: each month ends on the cut-off day (1 to 28), or with the calendar's month."""
        last = (self.year, self.last_month)
        first = _earlier(*last, MONTHS[self.kind])
        return Span(_end(*first, cut_off) + timedelta(days=1), _end(*last, cut_off))

    def before(self, steps: int = 1) -> "Period":
        """The one of its kind so many earlier (later for a negative number)."""
        in_a_year = 12 // MONTHS[self.kind]
        year, number = divmod(self.year * in_a_year + self.number - 1 - steps, in_a_year)
        return Period(year, self.kind, number + 1)

    def label(self, say: Speech) -> str:
        """Its name, such as "tháng 10 năm 2026"."""
        year = self.year
        if self.kind == "month":
            return say("month {number} of {year}", number=self.number, year=year)
        if self.kind == "quarter":
            return say("quarter {number} of {year}", number=_ROMAN[self.number - 1], year=year)
        if self.kind == "half":
            first = say("the first six months of {year}", year=year)
            return first if self.number == 1 else say("the last six months of {year}", year=year)
        return say("the year {year}", year=year)


FIRST_WRITTEN = 2000
"""The first year of a period that can be read back."""


def _earlier(year: int, month: int, months: int) -> tuple[int, int]:
    """The month so many months before one."""
    year, month = divmod(year * 12 + month - 1 - months, 12)
    return year, month + 1


def _end(year: int, month: int, cut_off: int | None) -> date:
    """The last day that counts in a month."""
    return date(year, month, cut_off or monthrange(year, month)[1])


def joined(usual: Span, before: Span | None, after: Span | None) -> Span:
    """The days of a period between the approved one right before it and the one right after it,
    where there are such: no day twice, none left out, whatever the cut-off day was then."""
    day = timedelta(days=1)
    return Span(
        usual.first if before is None else before.last + day,
        usual.last if after is None else after.first - day,
    )


def period_of(kind: Kind, day: date, cut_off: int | None) -> Period:
    """The period of a kind that a day lies in."""
    year, month = day.year, day.month
    if cut_off is not None and day.day > cut_off:
        year, month = _earlier(year, month, -1)
    return Period(year, kind, (month - 1) // MONTHS[kind] + 1)


def newest_ended(kind: Kind, today: date, cut_off: int | None) -> Period:
    """The newest period of a kind that has ended."""
    return period_of(kind, today, cut_off).before()


def read_period(text: str) -> Period:
    """The period 2026-10, 2026-Q4, 2026-H2 or 2026 means; ValueError for what is none."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise ValueError("not a period such as 2026-10")
    year, letter, number = int(found[1]), (found[2] or "").upper(), found[3]
    kind: Kind = "year" if number is None else _BY_LETTER[letter]
    period = Period(year, kind, int(number or 1))
    if not 1 <= period.number <= 12 // MONTHS[kind]:
        raise ValueError("no such period in a year")
    return period


_BY_LETTER: dict[str, Kind] = {letter: kind for kind, letter in _LETTERS.items()}

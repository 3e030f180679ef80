"""Which days are working days: no weekends, no public holidays (lunar Tết included), overridable.

Pure functions over Policy and a person's days off; the holidays come from a kept library, and the
government moves days each year, so `days_off` and `working_days` of the policy win over it.
A policy fitted to a unit that works on Saturdays (handlers.saturdays) has them as working days.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import structlog
from holidays import country_holidays

from handlers.policy import Policy

log = structlog.get_logger("workdays")

_SATURDAY = 5


@dataclass(frozen=True)
class Span:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class _Year:
    holidays: frozenset[date]
    worked: frozenset[date]  # a Saturday worked in exchange for a bridge day


@cache
def _year(year: int) -> _Year:
    found = country_holidays("VN", years=year)
    if not holidays_known(year):
        log.warning("no holidays known: only weekends are free", year=year)
    return _Year(frozenset(found), frozenset(d for d in found.weekend_workdays if d.year == year))


def holidays_known(year: int) -> bool:
    """Whether the library reaches that year; beyond it only weekends and the policy count."""
    library = country_holidays("VN")
    return library.start_year <= year <= library.end_year


def is_working_day(day: date, policy: Policy) -> bool:
    """Whether that day is worked in this installation; what the policy names wins."""
    if day in policy.working_days:
        return True
    if day in policy.days_off:
        return False
    year = _year(day.year)
    if day in year.worked:
        return True
    last = _SATURDAY if policy.saturdays else _SATURDAY - 1
    return day.weekday() <= last and day not in year.holidays


def is_persons_working_day(day: date, policy: Policy, off: Sequence[Span]) -> bool:
    """The same for one person, who has days `off`: leave and work trips."""
    return is_working_day(day, policy) and not any(day in span for span in off)


def working_days_between(
    first: date, last: date, policy: Policy, off: Sequence[Span] = ()
) -> list[date]:
    """The working days from first to last, both included."""
    return [day for day in days_between(first, last) if is_persons_working_day(day, policy, off)]


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from first to last, both included."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)

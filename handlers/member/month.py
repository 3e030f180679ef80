"""A member's month: what the calendar's picture is drawn from, and the same in words."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from handlers.member.days import weekday_names
from handlers.messages import Picture
from handlers.texts import Speech, mark
from handlers.workdays import days_between
from storage.queries.pledge import OPEN, Pledged

RECIPE = "month_calendar"
_LEGEND = {
    "done": mark("Done that"),
    "partly": mark("Partly"),
    "not_done": mark("Not this time"),
    "late": mark("Reported late"),
    "pledged": mark("Not reported yet"),
    "missed": mark("Nothing logged"),
    "off": mark("Day off"),
}


@dataclass(frozen=True)
class Month:
    """One calendar month of a member. `since` is the day of their first pledge: what was before
    is nobody's omission. `open_` are days that can still be logged, `forgives` tells working days
    on which nothing needs to be logged: neither missed nor off."""

    first: date
    today: date
    since: date | None
    pledged: Sequence[Pledged]
    works: Callable[[date], bool]
    open_: Collection[date]
    forgives: Callable[[date], bool]

    def states(self) -> dict[int, str]:
        """Every day of the month and how it stands."""
        by_day: dict[date, list[Pledged]] = defaultdict(list)
        for each in self.pledged:
            by_day[each.day].append(each)
        days = days_between(self.first, last_of(self.first))
        return {day.day: self._state(day, by_day[day]) for day in days}

    def _state(self, day: date, pledged: Sequence[Pledged]) -> str:
        reported = [each for each in pledged if each.status != OPEN]
        if reported:
            if any(each.late for each in pledged):
                return "late"
            outcomes = {each.status for each in reported}
            return outcomes.pop() if len(outcomes) == 1 else "partly"
        if pledged:
            return "pledged"
        if not self.works(day):
            return "off"
        over = day < self.today and day not in self.open_ and not self.forgives(day)
        return "missed" if over and self.since is not None and day > self.since else ""


def last_of(first: date) -> date:
    """The last day of the month that begins on `first`."""
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def month_picture(say: Speech, month: Month, footer: str) -> Picture:
    """The calendar as a picture; its `alt` says the month in words."""
    states = month.states()
    title = say("My days, {month}", month=f"{month.first:%m/%Y}")
    data: dict[str, Any] = {
        "title": title,
        "weekday_names": weekday_names(say.language),
        "first": month.first.isoformat(),
        "today": month.today.isoformat(),
        "days": {str(day): state for day, state in states.items()},
        "legend": [
            [state, say(words)] for state, words in _LEGEND.items() if state in states.values()
        ],
        "footer": footer,
    }
    return Picture(recipe=RECIPE, data=data, alt=_in_words(say, month, states))


def _in_words(say: Speech, month: Month, states: dict[int, str]) -> str:
    reported = sum(state in {"done", "partly", "not_done", "late"} for state in states.values())
    return say(
        "Month {month}: days reported {reported}, of them late {late}; days off {off}.",
        month=f"{month.first:%m/%Y}",
        reported=reported,
        late=sum(state == "late" for state in states.values()),
        off=sum(state == "off" for state in states.values()),
    )

"""How the demo's invented people live: who pledges how often, how busy and how good a desk is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

SILENT = "DV09"  # pledged like everybody, then said nothing more
SILENT_SINCE = timedelta(days=12)  # before the day the demo began
NOT_JOINED = ("DV10", "DV46", "DV47", "DV48", "DV49")  # one colleague, and all of the silent unit
AWAY = (("DV07", "leave", 10, 4), ("DV22", "trip", 24, 22))  # person, kind, from and to days ago


@dataclass(frozen=True)
class UnitHabits:
    """Shares between 0 and 1 at the beginning and, eight weeks later, at the end.

    `pledges`: a member pledges on a working day. `satisfied`: a rating is a 4 or 5.
    """

    pledges: tuple[float, float]
    satisfied: tuple[float, float]


UNITS = {
    "C1": UnitHabits(pledges=(0.72, 0.9), satisfied=(0.58, 0.97)),
    "C2": UnitHabits(pledges=(0.4, 0.85), satisfied=(0.8, 0.8)),
    "C3": UnitHabits(pledges=(0.82, 0.8), satisfied=(0.86, 0.84)),
    "C4": UnitHabits(pledges=(0.66, 0.7), satisfied=(0.7, 0.72)),
    "C5": UnitHabits(pledges=(0.78, 0.55), satisfied=(0.84, 0.74)),
    "C6": UnitHabits(pledges=(0.15, 0.1), satisfied=(0.8, 0.8)),  # needs its organiser's help
    "C7": UnitHabits(pledges=(0.0, 0.0), satisfied=(0.8, 0.8)),  # is silent
}
OTHER_UNITS = UnitHabits(pledges=(0.75, 0.75), satisfied=(0.8, 0.8))

VISITORS = {  # who rate at a desk on a working day, on average; at Q7 too few a week to show scores
    "Q1": 2.6, "Q2": 2.2, "Q3": 0.8, "Q4": 3.4, "Q5": 1.3, "Q6": 1.1, "Q7": 0.25, "Q8": 1.2,
}  # fmt: skip
OTHER_DESKS = 1.0

_GOLDEN = 0.6180339887498949  # multiples of it fill 0 to 1 evenly

_CHECKINS = (  # how a day's pledges end: weight of all done, mixed, little, never reported
    ("well", 66), ("mixed", 21), ("badly", 5), ("unreported", 8),
)  # fmt: skip
_STATUSES = {
    "well": (("done", 93), ("partly", 7)),
    "mixed": (("done", 50), ("partly", 40), ("not_done", 10)),
    "badly": (("partly", 35), ("not_done", 65)),
    "unreported": (("pledged", 1),),
}


def chosen(chance: Random, weighted: Sequence[tuple[str, int]]) -> str:
    """One of the words, by weight."""
    words, weights = zip(*weighted, strict=True)
    return str(chance.choices(words, weights)[0])


def between(ends: tuple[float, float], progress: float) -> float:
    """A share on its way from the beginning to the end."""
    return ends[0] + (ends[1] - ends[0]) * progress


def pledges_today(chance: Random, unit: str, progress: float) -> bool:
    """Whether a member of this unit pledges at all on a day."""
    return chance.random() < between(UNITS.get(unit, OTHER_UNITS).pledges, progress)


def favourites(person: str, items: Sequence[str]) -> list[str]:
    """The five items somebody keeps coming back to."""
    return Random(f"favourites of {person}").sample(list(items), min(5, len(items)))  # noqa: S311


def outcomes(chance: Random, count: int) -> list[str]:
    """How the pledges of one day ended, status by status."""
    mood = chosen(chance, _CHECKINS)
    return [chosen(chance, _STATUSES[mood]) for _ in range(count)]


def ratings_today(chance: Random, desk: str) -> int:
    """How many people rate at a desk on a day: a coin thrown twenty times."""
    share = VISITORS.get(desk, OTHER_DESKS) / 20
    return sum(chance.random() < share for _ in range(20))


def spread(desk: str, day: date, nth: int) -> float:
    """Between 0 and 1, more evenly than by chance: a week of few ratings still shows its share."""
    return (sum(map(ord, desk)) + day.toordinal() * 5 + nth) * _GOLDEN % 1


def level_today(chance: Random, unit: str, progress: float, place: float) -> int:
    """The level somebody gives to a unit's desk; `place` is where among the others (0 to 1)."""
    if place < between(UNITS.get(unit, OTHER_UNITS).satisfied, progress):
        return chance.choices((5, 4), (58, 42))[0]
    return chance.choices((3, 2, 1), (60, 28, 12))[0]


def is_silent(person: str, day: date, began: date) -> bool:
    """Whether this member cannot pledge, or is the one who stopped, after they did."""
    return person in NOT_JOINED or (person == SILENT and day >= began - SILENT_SINCE)

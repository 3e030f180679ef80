"""What a digest knows, free of how it is told. A share is between 0 and 1, None of nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from handlers.citizen.scheme import LEVELS, LOWEST_PRAISE
from handlers.weeks import Week

STATUSES = ("done", "partly", "not_done")
_SEVERAL = 3
_MOST_OF_ONE = 0.6
Because = Literal["checkins", "praise"]
Kind = Literal["satisfied", "ratings", "pledging", "reason"]


@dataclass(frozen=True)
class RatingFigures:
    """The active ratings of one week: how many by level (1 to 5) and by reason (side/code)."""

    by_level: Mapping[int, int] = field(default_factory=lambda: dict.fromkeys(LEVELS, 0))
    reasons: Mapping[str, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many."""
        return sum(self.by_level.values())

    @property
    def satisfied(self) -> int:
        """How many of the two top levels."""
        return sum(n for level, n in self.by_level.items() if level >= LOWEST_PRAISE)

    @property
    def share(self) -> float | None:
        """The satisfaction index."""
        return self.satisfied / self.count if self.count else None

    @property
    def average(self) -> float | None:
        """The mean level."""
        if not self.count:
            return None
        return sum(level * n for level, n in self.by_level.items()) / self.count

    def top(self, side: str, most: int) -> list[tuple[str, int]]:
        """The reasons of one side that were given most, at most so many."""
        found = [(key, n) for key, n in self.reasons.items() if key.startswith(f"{side}/") and n]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:most]


@dataclass(frozen=True)
class PledgeFigures:
    """The pledges of one week: how many by responsibility and status; how many members pledged."""

    by_axis: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    people: int = 0

    def of(self, status: str) -> int:
        """How many pledges of one status ("pledged": still open)."""
        return sum(counts.get(status, 0) for counts in self.by_axis.values())

    @property
    def all(self) -> int:
        """How many, whatever came of them."""
        return sum(sum(counts.values()) for counts in self.by_axis.values())


@dataclass(frozen=True)
class AxisName:
    """One responsibility, as the province names it."""

    code: str
    vi: str
    en: str

    def label(self, language: str) -> str:
        """Its name in a language."""
        return self.en if language == "en" else self.vi


@dataclass(frozen=True)
class Past:
    """What a figure was before: the mean of `weeks` of the four weeks between these days."""

    mean: float
    weeks: int
    since: date
    until: date


@dataclass(frozen=True)
class Change:
    """A figure that moved. `value` and `before.mean` are shares, but counts where kind is ratings.

    `n` of `of` is what the share is made of; `reason` (side/code) where kind is reason.
    """

    kind: Kind
    value: float
    n: int
    of: int
    before: Past
    reason: str = ""


@dataclass(frozen=True)
class Thanked:
    """Somebody to thank: checked in on so many of the working days, or praised by citizens.

    `praised_for` is the reason (side/code) given most; it comes from k ratings at least.
    """

    person_id: int
    code: str
    full_name: str
    because: Because
    checkin_days: int
    working_days: int
    praised_for: str = ""


@dataclass(frozen=True)
class Asked:
    """Somebody who pledged until then and not once between these days, and was not off duty."""

    person_id: int
    code: str
    full_name: str
    since: date
    until: date


@dataclass(frozen=True)
class Comment:
    """A released comment; `tag` names it in actions, the days are the period it is dated to."""

    tag: str
    text: str
    since: date
    until: date
    answered: bool


@dataclass(frozen=True)
class Adjusted:
    """What has changed in an earlier week since its digest went out: figure → (then, now)."""

    week: Week
    figures: Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class Suggestion:
    """What the unit could take on next: a catalogue item's labels and the reason it answers to."""

    reason: str
    vi: str
    en: str

    def label(self, language: str) -> str:
        """The item in a language."""
        return self.en if language == "en" else self.vi


@dataclass(frozen=True)
class Digest:
    """One closed week of one unit. The four weeks before come newest first."""

    unit_id: int
    unit_code: str
    unit_name: str
    week: Week
    timezone: str
    k: int
    ratings: RatingFigures
    ratings_before: tuple[RatingFigures, ...]
    pledges: PledgeFigures
    pledges_before: tuple[PledgeFigures, ...]
    members: int
    axes: tuple[AxisName, ...]
    changes: tuple[Change, ...] = ()
    to_thank: tuple[Thanked, ...] = ()
    to_ask: tuple[Asked, ...] = ()
    comments: tuple[Comment, ...] = ()
    adjusted: Adjusted | None = None
    suggestion: Suggestion | None = None
    of_members: tuple[int, ...] = ()  # the ratings of each member who has any, nobody named
    erased: bool = False  # some of its ratings: nobody knows any more whose they were
    first: bool = False  # the unit has nothing before this week
    across: bool = False  # ratings at desks of other units count here, or the other way round
    left_out: int = 0  # ratings of the week that are kept but not counted
    left_out_before: tuple[int, ...] = (0, 0, 0, 0)

    @property
    def shareable(self) -> bool:
        """Whether scores may be told to colleagues: they are nobody's in particular."""
        most = max(self.of_members, default=0)
        told = not self.of_members or len(self.of_members) >= _SEVERAL
        if self.suppressed or self.erased:
            return False
        return told and most <= _MOST_OF_ONE * self.ratings.count

    @property
    def suppressed(self) -> bool:
        """Too few ratings to show scores without showing somebody's."""
        return self.ratings.count < self.k

    @property
    def empty(self) -> bool:
        """Nothing new at all."""
        return not (
            self.ratings.count
            or self.left_out
            or self.pledges.all
            or self.comments
            or self.to_thank
            or self.to_ask
            or self.adjusted
        )

"""What a roll-up knows, free of how it is told. Scores that may not be shown are not in it at all.

Everything a view shows comes from here, so every view shows the same cells and no other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from handlers.digest.figures import AxisName, Change, PledgeFigures, RatingFigures
from handlers.weeks import Week, week_of


@dataclass(frozen=True)
class Ratings:
    """How many ratings there were, and what they say where that may be shown (else None).

    Of more than a week the scores may be those of some weeks only: they have a count of their own.
    """

    count: int = 0
    scores: RatingFigures | None = None

    @property
    def share(self) -> float | None:
        """The satisfaction index, where it may be shown."""
        return None if self.scores is None else self.scores.share

    @property
    def complete(self) -> bool:
        """Whether the scores are those of all the ratings."""
        return self.scores is not None and self.scores.count == self.count


@dataclass(frozen=True)
class Figures:
    """The figures of one unit, or of several together.

    `members` and `secretaries` are those of the last day, `joined` and `secretaries_joined` how many
    of them have linked a chat; a member of two units counts in both. `units`: how many have members or
    something to tell; `active`: how many of those were rated or pledged; `led`: how many
    have a secretary who has linked a chat. `comments` are those not hidden, `answered` of them.
    `left_out`: ratings that are kept but not counted.
    """

    ratings: Ratings = field(default_factory=Ratings)
    pledges: PledgeFigures = field(default_factory=PledgeFigures)
    members: int = 0
    joined: int = 0
    secretaries: int = 0
    secretaries_joined: int = 0
    comments: int = 0
    answered: int = 0
    units: int = 0
    active: int = 0
    led: int = 0
    left_out: int = 0

    @property
    def pledging(self) -> float | None:
        """The share of the members who pledged."""
        return self.pledges.people / self.members if self.members else None


@dataclass(frozen=True)
class Before:
    """The same of the period before: what a figure is compared with."""

    ratings: Ratings = field(default_factory=Ratings)
    pledges: PledgeFigures = field(default_factory=PledgeFigures)


@dataclass(frozen=True)
class Node:
    """One unit as it stood then: `own` is it alone, `all` with every unit below it.

    `until` is its last day if it closed in the period. `children` are the ids right below.
    """

    id: int
    code: str
    name: str
    kind: str
    parent_id: int | None
    pilot: bool
    until: date | None
    children: tuple[int, ...]
    own: Figures
    all: Figures
    before: Before

    @property
    def works(self) -> bool:
        """Whether there is anybody or anything in the unit itself."""
        return self.own.units > 0

    @property
    def silent(self) -> bool:
        """Whether nothing at all came from it."""
        return self.works and not self.own.active


@dataclass(frozen=True)
class Named:
    """A unit that is named, and why: `because` is satisfied, rated_low, pledging or few_pledging."""

    node: Node
    because: str


@dataclass(frozen=True)
class Pilot:
    """A pilot unit and what its parent has besides it.

    `rest` is None where the scores of either may not be shown; of the others' `members`, `people`
    pledged.
    """

    node: Node
    parent: Node
    rest: Ratings | None
    members: int
    people: int


@dataclass(frozen=True)
class Indicator:
    """One figure of the scorecard: a share between 0 and 1 of `of`, None where there is none."""

    code: str
    vi: str
    en: str
    value: float | None
    of: int
    points: float | None

    def label(self, language: str) -> str:
        """What it is called."""
        return self.en if language == "en" else self.vi


@dataclass(frozen=True)
class Panel:
    """One side of the scorecard; `points` between 0 and 100, the weighted mean of what is there."""

    code: str
    vi: str
    en: str
    points: float | None
    indicators: tuple[Indicator, ...]

    def label(self, language: str) -> str:
        """What it is called."""
        return self.en if language == "en" else self.vi


@dataclass(frozen=True)
class Scorecard:
    """The four sides, by the version of the data that says what they are made of."""

    version: str
    panels: tuple[Panel, ...] = ()


@dataclass(frozen=True)
class RollUp:
    """A unit with everything below it in the days `first` to `last`; `nodes` has parents first.

    `period_before` are the days compared with, if any. `changes` are of the whole. `to_thank` and
    `to_help` name no unit twice. `silent` are units from which nothing came. `earlier`: there is
    something before these days too.
    """

    nodes: tuple[Node, ...]
    first: date
    last: date
    period_before: tuple[date, date] | None
    timezone: str
    k: int
    axes: tuple[AxisName, ...]
    changes: tuple[Change, ...] = ()
    to_thank: tuple[Named, ...] = ()
    to_help: tuple[Named, ...] = ()
    silent: tuple[Node, ...] = ()
    pilots: tuple[Pilot, ...] = ()
    scorecard: Scorecard = field(default_factory=lambda: Scorecard(""))
    earlier: bool = False

    @property
    def top(self) -> Node:
        """The unit it is about."""
        return self.nodes[0]

    @property
    def below(self) -> Sequence[Node]:
        """Every unit below it."""
        return self.nodes[1:]

    @property
    def week(self) -> Week:
        """The week of its last day: the week itself, where the period is one."""
        return week_of(self.last)

    @property
    def empty(self) -> bool:
        """Nothing came from anywhere."""
        return not (self.top.all.ratings.count or self.top.all.pledges.all)

    def node(self, unit: int) -> Node | None:
        """The unit of this id, if it stood in this tree."""
        return next((each for each in self.nodes if each.id == unit), None)

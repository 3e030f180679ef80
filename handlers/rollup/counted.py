"""What the database counted, unit by unit, and which scores of it may be shown."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlmodel import Session

from handlers.citizen.scheme import LEVELS
from handlers.digest.figures import PledgeFigures, RatingFigures
from handlers.rollup.figures import Figures, Ratings
from handlers.rollup.longer import is_a_week, whole_weeks
from handlers.rollup.suppression import Shown, shown_cells
from handlers.weeks import Week
from storage.queries import rollup as queries
from storage.queries.counted import Days, LevelCount, rating_levels
from storage.queries.left_out import left_out
from storage.queries.past import History, UnitThen
from storage.queries.rollup import CommentCount, PeopleCount

_NOBODY = PeopleCount(0, "", 0, 0)
_SILENCE = CommentCount(0, 0, 0)
Levels = dict[int, int]


@dataclass(frozen=True)
class Weighed:
    """The ratings of every unit, alone and with all below it; scores only where `shown` has them.

    Of longer days nothing is `shown`: `weeks` are those in them, and the scores of the weeks that are
    shown are told, added up (handlers.rollup.longer). `under` are the units with ratings at and below
    each unit.
    """

    alone: dict[int, Levels] = field(default_factory=dict)
    together: dict[int, Levels] = field(default_factory=dict)
    shown: Shown = field(default_factory=Shown)
    weeks: tuple[tuple[Days, "Weighed"], ...] = ()
    under: dict[int, frozenset[int]] = field(default_factory=dict)

    def own(self, unit: int) -> Ratings:
        """The unit alone."""
        if not self.weeks:
            return _ratings(self.alone.get(unit), show=unit in self.shown.own)
        parts = [each.alone[unit] for _, each in self.weeks if unit in each.shown.own]
        return _partly(self.alone.get(unit), parts)

    def all(self, unit: int) -> Ratings:
        """The unit and everything below it."""
        if not self.weeks:
            return _ratings(self.together.get(unit), show=unit in self.shown.all)
        parts = [each.together[unit] for _, each in self._told(unit)]
        return _partly(self.together.get(unit), parts)

    def days_told(self, unit: int, whole: Days) -> list[Days]:
        """Of which days the scores of a unit with all below it are."""
        if not self.weeks:
            return [whole]
        return [days for days, _ in self._told(unit)]

    def _told(self, unit: int) -> list[tuple[Days, "Weighed"]]:
        """The weeks whose scores of a unit with all below it may be added up: shown, and of the same
        units as it has at the end of the longer days."""
        here = self.under.get(unit, frozenset())
        return [
            (days, each)
            for days, each in self.weeks
            if unit in each.shown.all
            and each.under[unit] <= here
            and not any(each.alone.get(one) for one in here - each.under[unit])
        ]


def _ratings(levels: Levels | None, *, show: bool) -> Ratings:
    found = RatingFigures() if levels is None else RatingFigures(levels)
    return Ratings(found.count, found if show else None)


def _partly(levels: Levels | None, parts: Sequence[Levels]) -> Ratings:
    """All of them counted, with the scores of some weeks of them."""
    count = sum((levels or {}).values())
    if not parts:
        return Ratings(count, None)
    return Ratings(count, RatingFigures({each: sum(p[each] for p in parts) for each in LEVELS}))


def weigh(
    session: Session,
    units: Sequence[UnitThen],
    days: Days,
    counts: Iterable[LevelCount],
    k: int,
    led_with_others: set[int],
    history: History,
) -> Weighed:
    """The whole organisation's ratings of one period, and what of them may be shown.

    Own digests of a week are shown from k ratings on whatever the roll-up does: those of units that
    one person leads together with others are reckoned with (`led_with_others`). The weeks in longer
    days have the tree of their own Sunday (`history`), as their digests had.
    """
    parents = _parents(units)
    alone = _alone((each.unit_id, each.level, each.n) for each in counts)
    if is_a_week(*days):
        return _weighed(alone, parents, k, led_with_others)
    weeks = whole_weeks(*days)
    by_week: dict[Week, list[tuple[int, int, int]]] = {week: [] for week in weeks}
    for each in rating_levels(session, [(week.first, week.last) for week in weeks]):
        by_week[weeks[each.ago]].append((each.unit_id, each.level, each.n))
    of_weeks = tuple(
        (
            (week.first, week.last),
            _weighed(
                _alone(rows), _parents(history.then(week.first, week.last)), k, led_with_others
            ),
        )
        for week, rows in by_week.items()
    )
    return replace(_weighed(alone, parents, k, ()), shown=Shown(), weeks=of_weeks)


def _alone(rows: Iterable[tuple[int, int, int]]) -> dict[int, Levels]:
    found: dict[int, Levels] = {}
    for unit, level, n in rows:
        found.setdefault(unit, dict.fromkeys(LEVELS, 0))[level] += n
    return found


def _sizes(alone: Mapping[int, Levels]) -> dict[int, int]:
    return {unit: sum(levels.values()) for unit, levels in alone.items()}


def _weighed(
    alone: dict[int, Levels],
    parents: dict[int, int | None],
    k: int,
    fixed: Collection[int],
) -> Weighed:
    together = {unit: dict(alone.get(unit, dict.fromkeys(LEVELS, 0))) for unit in parents}
    for unit in _leaves_first(parents):
        parent = parents[unit]
        if parent is not None:
            for level, n in together[unit].items():
                together[parent][level] += n
    shown = shown_cells(_sizes(alone), parents, k, fixed)
    return Weighed(alone, together, shown, under=_under(alone, parents))


def _under(
    alone: Mapping[int, Levels], parents: dict[int, int | None]
) -> dict[int, frozenset[int]]:
    """The rated units at and below each unit."""
    found = {unit: frozenset({unit} if unit in alone else ()) for unit in parents}
    for unit in _leaves_first(parents):
        parent = parents[unit]
        if parent is not None:
            found[parent] |= found[unit]
    return found


def _parents(units: Sequence[UnitThen]) -> dict[int, int | None]:
    """Each unit's parent, None where that was not there in these days."""
    known = {each.id for each in units}
    return {each.id: each.parent_id if each.parent_id in known else None for each in units}


def _leaves_first(parents: dict[int, int | None]) -> list[int]:
    children: dict[int | None, list[int]] = {}
    for unit, parent in parents.items():
        children.setdefault(parent, []).append(unit)
    order = list(children.get(None, ()))
    for unit in order:  # grows while it is walked
        order.extend(children.get(unit, ()))
    return order[::-1]


@dataclass(frozen=True)
class Counted:
    """Everything but ratings, of the units of one tree."""

    people: dict[tuple[int, str], PeopleCount]
    by_axis: dict[tuple[int, int], dict[str, dict[str, int]]]
    pledging: dict[tuple[int, int], int]
    rated: set[int]
    comments: dict[int, CommentCount]
    left_out: dict[int, int]

    @classmethod
    def of(
        cls, session: Session, units: Sequence[int], periods: Sequence[Days], rated: set[int]
    ) -> "Counted":
        """Asked of the database."""
        last = periods[0][1]
        by_axis: dict[tuple[int, int], dict[str, dict[str, int]]] = {}
        for each in queries.pledges(session, units, periods):
            of_unit = by_axis.setdefault((each.ago, each.unit_id), {})
            of_unit.setdefault(each.axis, {})[each.status] = each.n
        return cls(
            people={(p.unit_id, p.role): p for p in queries.people(session, units, last)},
            by_axis=by_axis,
            pledging=queries.members_with_pledge(session, units, periods, last),
            rated=rated,
            comments={c.unit_id: c for c in queries.comments(session, units, periods[0])},
            left_out=left_out(session, units, *periods[0]),
        )

    def pledges(self, unit: int, ago: int = 0) -> PledgeFigures:
        """A unit's pledges."""
        return PledgeFigures(self.by_axis.get((ago, unit), {}), self.pledging.get((ago, unit), 0))

    def figures(self, unit: int) -> Figures:
        """A unit's figures without its ratings."""
        members = self.people.get((unit, "member"), _NOBODY)
        secretaries = self.people.get((unit, "secretary"), _NOBODY)
        comments = self.comments.get(unit, _SILENCE)
        pledges = self.pledges(unit)
        active = bool(pledges.all) or unit in self.rated
        works = bool(members.n or active)
        return Figures(
            pledges=pledges,
            members=members.n,
            joined=members.joined,
            secretaries=secretaries.n,
            secretaries_joined=secretaries.joined,
            comments=comments.n,
            answered=comments.answered,
            units=int(works),
            active=int(active),
            led=int(works and secretaries.joined > 0),
            left_out=self.left_out.get(unit, 0),
        )

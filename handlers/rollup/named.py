"""Which units below are thanked, which need help, and the pilot beside the others.

Only what may be shown of a unit speaks for or against it. Ratings come first, with the bounds of
Wilson's interval (Wilson 1927), so that six happy citizens do not outrank sixty; then how many of
the members pledge. Everything is held against the whole the unit is part of, silent units aside.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence

from handlers.digest.figures import RatingFigures
from handlers.rollup.figures import Named, Node, Pilot, Ratings

MOST = 3
_Z = 1.96  # bounds that hold in 95 cases of 100
_GOOD = 0.8  # what a unit is held against where the whole may not be shown
_FEW = 3  # of so few members a share says little


def wilson(satisfied: int, count: int) -> tuple[float, float]:
    """Between which shares the true one lies, seen so many satisfied of so many."""
    share, spread = satisfied / count, _Z * _Z / count
    middle = share + spread / 2
    half = _Z * math.sqrt(share * (1 - share) / count + spread / (4 * count))
    return (middle - half) / (1 + spread), (middle + half) / (1 + spread)


def to_thank(nodes: Sequence[Node]) -> tuple[Named, ...]:
    """At most three: best rated first (no worse than the whole), then those with most pledging.

    None that citizens are clearly less satisfied with, however much it pledges.
    """
    units, low = _working(nodes), _rated_low(nodes)
    good = _held_against(nodes)
    rated = {
        each.id: (-wilson(scores.satisfied, scores.count)[0], each.code)
        for each, scores in _scored(units)
        if scores.satisfied >= good * scores.count
    }
    pledging = {
        each.id: (-share, -each.own.members, each.code)
        for each, share in _pledging(units)
        if share > _usual_pledging(nodes) and each.id not in low
    }
    return _first(units, ("satisfied", rated), ("pledging", pledging))


def to_help(nodes: Sequence[Node], thanked: Collection[int]) -> tuple[Named, ...]:
    """At most three: rated worse than the whole beyond chance first, then those with few pledging.

    Silent units are told apart from these.
    """
    units = [each for each in _working(nodes) if not each.silent and each.id not in thanked]
    pledging = {
        each.id: (share, -each.own.members, each.code)
        for each, share in _pledging(units)
        if share < _usual_pledging(nodes)
    }
    low = {unit: rank for unit, rank in _rated_low(nodes).items() if unit not in thanked}
    return _first(units, ("rated_low", low), ("few_pledging", pledging))


def _working(nodes: Sequence[Node]) -> list[Node]:
    return [each for each in nodes[1:] if each.works]


def _held_against(nodes: Sequence[Node]) -> float:
    share = nodes[0].all.ratings.share
    return _GOOD if share is None else share


def _usual_pledging(nodes: Sequence[Node]) -> float:
    """The share of members who pledged where anything happened: silence has its own list."""
    heard = [each.own for each in nodes if each.works and not each.silent]
    members = sum(each.members for each in heard)
    return sum(each.pledges.people for each in heard) / members if members else 0.0


def _rated_low(nodes: Sequence[Node]) -> dict[int, tuple[float | str, ...]]:
    """The units rated worse than the whole by more than chance, the worst first."""
    return {
        each.id: (upper, each.code)
        for each, scores in _scored(_working(nodes))
        if (upper := wilson(scores.satisfied, scores.count)[1]) < _held_against(nodes)
    }


def _scored(units: Sequence[Node]) -> Iterator[tuple[Node, RatingFigures]]:
    for each in units:
        scores = each.own.ratings.scores
        if scores is not None and scores.count:
            yield each, scores


def _pledging(units: Sequence[Node]) -> Iterator[tuple[Node, float]]:
    for each in units:
        if each.own.members >= _FEW and each.own.pledging is not None:
            yield each, each.own.pledging


def _first(
    units: Sequence[Node], *rules: tuple[str, Mapping[int, tuple[float | str, ...]]]
) -> tuple[Named, ...]:
    """The first units by the first rule, filled up by the next ones."""
    by_id = {each.id: each for each in units}
    found: dict[int, Named] = {}
    for because, ranks in rules:
        for unit in sorted(ranks, key=lambda unit: ranks[unit]):
            if len(found) < MOST:
                found.setdefault(unit, Named(by_id[unit], because))
    return tuple(found.values())


def pilots_of(nodes: Sequence[Node]) -> tuple[Pilot, ...]:
    """Every pilot unit below, with what its parent has besides it.

    The others are what is left of the parent without the pilot: nothing that could not be computed
    from the two, so it is shown where both are.
    """
    parents = {each.id: each for each in nodes}
    return tuple(
        _beside(each, parents[each.parent_id])
        for each in nodes[1:]
        if each.pilot and each.parent_id is not None
    )


def _beside(pilot: Node, parent: Node) -> Pilot:
    return Pilot(
        pilot,
        parent,
        _without(parent.all.ratings, pilot.all.ratings),
        parent.all.members - pilot.all.members,
        parent.all.pledges.people - pilot.all.pledges.people,
    )


def _without(whole: Ratings, part: Ratings) -> Ratings | None:
    if whole.scores is None or part.scores is None or not (whole.complete and part.complete):
        return None
    levels = {level: n - part.scores.by_level[level] for level, n in whole.scores.by_level.items()}
    rest = RatingFigures(levels)
    return Ratings(rest.count, rest) if rest.count else None

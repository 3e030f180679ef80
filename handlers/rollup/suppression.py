"""Which scores of a tree of units may be shown so that no small group can be computed from them.

A cell is one group of ratings with everything that is said about its scores: levels, satisfied
share, average, reasons. A unit has two: `own`, the ratings given to the unit itself, and `all`, its
own and those of every unit below (one and the same for a unit with none below).

What a cell tells beyond the shown cells inside it is its rest: the units in it that lie in no
smaller shown cell. Cells lie inside each other or apart, never across; so rests never overlap, and
whatever anybody computes by adding and subtracting shown cells is made of whole rests. No group of
fewer than k ratings can be computed if, and only if, every rest is empty or has k ratings. That is
what `shown_cells` sees to, from the leaves up: where the rest of a unit would be too small, the
cheapest shown cell below is hidden too, so that the rest takes in its ratings; where there is none
to hide, the unit itself is. A cell without ratings hides nothing and protects nothing.

Numbers of ratings are no scores: they are always shown. That all ratings of a shown group have the
same level tells each of them; that lies in showing scores of k ratings at all.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

Cell = tuple[Literal["own", "all"], int]
Units = frozenset[int]


@dataclass(frozen=True)
class Shown:
    """The units whose own scores, and those of all of them together, may be shown."""

    own: Units = frozenset()
    all: Units = frozenset()


@dataclass
class _Tree:
    """Ratings by unit, units by parent, and what is decided so far.

    `rest` by shown cell; `loose`: the units at and below a unit that lie in no shown cell; `total`.
    """

    counts: Mapping[int, int]
    children: Mapping[int | None, list[int]]
    k: int
    fixed: Collection[Cell]
    rest: dict[Cell, Units] = field(default_factory=dict)
    loose: dict[int, Units] = field(default_factory=dict)
    total: dict[int, int] = field(default_factory=dict)

    def below(self, unit: int) -> list[int]:
        return self.children.get(unit, [])

    def size(self, cell: Cell) -> int:
        kind, unit = cell
        return self.counts.get(unit, 0) if kind == "own" else self.total[unit]

    def safe(self, units: Units) -> bool:
        """Whether a rest may be told: it has no ratings, or k."""
        return not 0 < sum(self.counts.get(unit, 0) for unit in units) < self.k


def shown_cells(
    counts: Mapping[int, int],
    parents: Mapping[int, int | None],
    k: int,
    fixed: Collection[int] = (),
) -> Shown:
    """What may be shown of every unit in `parents`; the order there breaks ties.

    `counts` are each unit's own ratings. The own scores of units in `fixed`, and of every unit with
    units below, stay shown from k ratings on: whoever reads the roll-up gets those digests too.
    """
    children: dict[int | None, list[int]] = {}
    for unit, parent in parents.items():
        children.setdefault(parent if parent in parents else None, []).append(unit)
    kept: set[Cell] = {
        ("own", unit) if unit in children else ("all", unit)
        for unit in parents
        if unit in children or unit in fixed
    }
    tree = _Tree(counts, children, k, kept)
    order = list(children.get(None, ()))
    for unit in order:  # grows while it is walked: parents first
        order.extend(tree.below(unit))
    for unit in reversed(order):
        _decide(tree, unit)
    leaves = {unit for _, unit in tree.rest if not tree.below(unit)}
    return Shown(
        own=frozenset({unit for kind, unit in tree.rest if kind == "own"} | leaves),
        all=frozenset(unit for kind, unit in tree.rest if kind == "all"),
    )


def _decide(tree: _Tree, unit: int) -> None:
    """Settle a unit's cells once everything below it is settled."""
    below, alone = tree.below(unit), frozenset({unit}) if tree.counts.get(unit) else frozenset()
    tree.total[unit] = tree.counts.get(unit, 0) + sum(tree.total[each] for each in below)
    loose = alone.union(*(tree.loose[each] for each in below))
    if below and tree.counts.get(unit, 0) >= max(tree.k, 1) and tree.safe(alone):
        tree.rest["own", unit] = alone
        loose -= alone
    if tree.total[unit] >= max(tree.k, 1):
        while not tree.safe(loose) and (more := _hide_cheapest(tree, unit)):
            loose |= more
        if tree.safe(loose):
            tree.rest["all", unit] = loose
            loose = frozenset()
    tree.loose[unit] = loose


def _hide_cheapest(tree: _Tree, unit: int) -> Units:
    """Hide what costs least to know; returns the units that sets loose (none: nothing to hide)."""
    ways = list(_ways(tree, unit, ()))
    if not ways:
        return frozenset()
    way = min(ways, key=lambda way: (sum(map(tree.size, way)), len(way)))
    return frozenset().union(*(tree.rest.pop(cell) for cell in way))


def _ways(tree: _Tree, unit: int, above: tuple[Cell, ...]) -> Iterator[tuple[Cell, ...]]:
    """The cells to hide together: one with a rest, and every shown one between it and the top."""
    for each in tree.below(unit):
        cell: Cell = ("all", each)
        if cell in tree.fixed and cell in tree.rest:
            continue
        way = (*above, cell) if cell in tree.rest else above
        if cell in tree.rest and any(tree.rest[one] for one in way):
            yield way
        if tree.below(each):
            yield from _ways(tree, each, way)

"""Somebody who has every published number and wants to know what few citizens said.

What they know of a cell is its histogram: one equation over the units' own, unknown histograms. They
may add and subtract equations with any factors. They have won if any combination is about fewer
than k ratings (and about any at all). Exact: rational numbers, every small group is tried.
"""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TypeVar

Row = list[Fraction]
A = TypeVar("A", bound=Hashable)


def found_out(counts: Mapping[A, int], published: Iterable[Collection[A]], k: int) -> set[A] | None:
    """A group of atoms with fewer than k ratings about which something can be computed, if any.

    An atom is a unit (or a unit in some days), `counts` its ratings; `published` are the atoms each
    published cell sums up.
    """
    units = [unit for unit, n in counts.items() if n]
    cells = [frozenset(cell) for cell in published]
    # Units that stand in the same cells cannot be told apart: they are one unknown.
    unknowns: dict[frozenset[int], list[A]] = {}
    for unit in units:
        within = frozenset(number for number, cell in enumerate(cells) if unit in cell)
        unknowns.setdefault(within, []).append(unit)
    groups = [members for within, members in unknowns.items() if within]
    sizes = [sum(counts[unit] for unit in members) for members in groups]
    rows = [[Fraction(members[0] in cell) for members in groups] for cell in cells]
    whole = rank(rows)
    if whole == len(groups):  # every unknown can be computed by itself
        small = [members for members, size in zip(groups, sizes, strict=True) if size < k]
        return set(small[0]) if small else None
    for few in _small_groups(sizes, k):
        others = [index for index in range(len(groups)) if index not in few]
        if rank([[row[index] for index in others] for row in rows]) < whole:
            return {unit for index in few for unit in groups[index]}
    return None


def _small_groups(sizes: Sequence[int], k: int, start: int = 0) -> Iterator[set[int]]:
    """Every way to take some with fewer than k ratings in all."""
    for index in range(start, len(sizes)):
        if sizes[index] < k:
            yield {index}
            for more in _small_groups(sizes, k - sizes[index], index + 1):
                yield {index, *more}


def rank(rows: Sequence[Row]) -> int:
    """By Gauss's elimination."""
    left, found = [list(row) for row in rows if any(row)], 0
    for column in range(len(left[0]) if left else 0):
        pivot = next((row for row in left[found:] if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        left.insert(found, pivot)
        for row in left[found + 1 :]:
            if row[column]:
                factor = row[column] / pivot[column]
                row[:] = [a - factor * b for a, b in zip(row, pivot, strict=True)]
        found += 1
    return found

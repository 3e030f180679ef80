"""Days that are no single week: their scores, less those of the weeks in them, tell nobody either.

Whoever has the digests of a month's weeks may take them from the month: what is left are the days
before the first and after the last whole week, and the weeks in which a unit was hidden. So of
longer days a rest may be told only if k of its ratings lie where no week's shown cell covers them;
or none at all, and every week's cell that touches it lies in it: then the weeks tell it anyway.

One such period is held against its weeks. Several of them set against each other (two months less
the weeks of both) are not.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from handlers.rollup.suppression import Safe, Units, shown_cells
from handlers.weeks import Week, week_of

ByDay = Mapping[int, Mapping[date, int]]


def whole_weeks(first: date, last: date) -> list[Week]:
    """The ISO weeks that lie in these days; none for days that are one week themselves."""
    week = week_of(first)
    if week.first < first:
        week = week.after()
    found = []
    while week.last <= last:
        found.append(week)
        week = week.after()
    return [] if found and (found[0].first, found[0].last) == (first, last) else found


def safe_beside_weeks(
    by_day: ByDay,
    parents: Mapping[int, int | None],
    weeks: Sequence[Week],
    k: int,
    fixed: Collection[int],
) -> Safe:
    """Whether a rest of longer days may be told beside the cells of its weeks."""
    covered: dict[int, int] = dict.fromkeys(by_day, 0)
    rests: list[Units] = []
    for week in weeks:
        counts = {unit: _between(days, week.first, week.last) for unit, days in by_day.items()}
        for rest in shown_cells(counts, parents, k, fixed).rests:
            rests.append(rest)
            for unit in rest:
                covered[unit] += counts[unit]
    total = {unit: sum(days.values()) for unit, days in by_day.items()}

    def safe(units: Units) -> bool:
        uncovered = sum(total[unit] - covered[unit] for unit in units)
        if uncovered:
            return uncovered >= k
        return all(rest <= units or not rest & units for rest in rests)

    return safe


def _between(days: Mapping[date, int], first: date, last: date) -> int:
    return sum(n for day, n in days.items() if first <= day <= last)

"""Days that are no single week: their scores, less those of the weeks in them, tell nobody either.

Whoever has the digests of a month's weeks may take them from the month: what is left are the days
before the first and after the last whole week, and the weeks in which a unit was hidden. So of
longer days a rest may be told only if k of its ratings lie where no week's shown cell covers them;
or none at all, and every week's cell that touches it lies in it: then the weeks tell it anyway.

Where a rest may not be told, the scores of the weeks that are shown are: added up they tell nothing
new. One such period is held against its weeks; several of them set against each other (two months
less the weeks of both) are not.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from handlers.rollup.suppression import Safe, Units
from handlers.weeks import Week, week_of


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
    total: Mapping[int, int],
    weeks: Iterable[tuple[Mapping[int, int], Collection[Units]]],
    k: int,
) -> Safe:
    """Whether a rest of longer days may be told beside the cells of its weeks.

    `total` are the units' ratings in the days, `weeks` those in each week with that week's rests.
    """
    covered: dict[int, int] = {}
    rests: list[Units] = []
    for counts, of_week in weeks:
        rests.extend(of_week)
        for unit in frozenset().union(*of_week):
            covered[unit] = covered.get(unit, 0) + counts.get(unit, 0)

    def safe(units: Units) -> bool:
        uncovered = sum(total.get(unit, 0) - covered.get(unit, 0) for unit in units)
        if uncovered:
            return uncovered >= k
        return all(rest <= units or not rest & units for rest in rests)

    return safe

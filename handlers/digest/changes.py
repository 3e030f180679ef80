"""Which figures moved enough to be told, against the mean of the four weeks before."""

import math
from collections.abc import Callable, Iterator, Sequence

from handlers.digest.figures import Change, Past, PledgeFigures, RatingFigures
from handlers.weeks import Week

MOST = 3
_NOISE = 1.64  # standard errors: chance alone moves a figure further in one week out of ten
_POINTS = 0.05  # smaller moves are not worth a word
_PEOPLE = 2
_NAMED = 3  # a reason is news from so many on


def past(week: Week, values: Sequence[float | None]) -> Past | None:
    """The mean of what is there (newest first, the week before `week` comes first)."""
    there = [(ago, value) for ago, value in enumerate(values, start=1) if value is not None]
    if not there:
        return None
    oldest, newest = week.before(there[-1][0]), week.before(there[0][0])
    mean = sum(value for _, value in there) / len(there)
    return Past(mean, len(there), oldest.first, newest.last)


def satisfied_past(week: Week, before: Sequence[RatingFigures], k: int) -> Past | None:
    """The mean satisfaction of the weeks before that have k ratings."""
    return past(week, [each.share if each.count >= k else None for each in before])


def pledging_past(week: Week, before: Sequence[PledgeFigures]) -> Past | None:
    """The mean number of members who pledged, of the weeks in which anybody did."""
    return past(week, [float(each.people) if each.people else None for each in before])


def find_changes(
    week: Week,
    ratings: RatingFigures,
    ratings_before: Sequence[RatingFigures],
    pledges: PledgeFigures,
    pledges_before: Sequence[PledgeFigures],
    members: int,
    k: int,
) -> tuple[Change, ...]:
    """At most three, the most telling first."""
    found: list[Change] = []
    if ratings.count >= k:
        found.extend(_satisfied(week, ratings, ratings_before, k))
        found.extend(_reasons(week, ratings, ratings_before, k))
    found.extend(_pledging(week, pledges, pledges_before, members))
    if ratings.count >= k:
        found.extend(_ratings(week, ratings, ratings_before, k))
    return tuple(found[:MOST])


def _moved(value: float, n: int, before: float) -> bool:
    """Whether a share of n differs by more than chance."""
    expected = (before * n + 1) / (n + 2)  # never exactly 0 or 1: a few ratings prove little
    error = math.sqrt(expected * (1 - expected) / n)
    return abs(value - before) >= max(_POINTS, _NOISE * error)


def _satisfied(
    week: Week, ratings: RatingFigures, before: Sequence[RatingFigures], k: int
) -> Iterator[Change]:
    mean = satisfied_past(week, before, k)
    if mean is None or ratings.share is None:
        return
    if _moved(ratings.share, ratings.count, mean.mean):
        yield Change("satisfied", ratings.share, ratings.satisfied, ratings.count, mean)


def _reasons(
    week: Week, ratings: RatingFigures, before: Sequence[RatingFigures], k: int
) -> Iterator[Change]:
    """The blame and the praise that rose most, blame first."""
    for side in ("low", "high"):
        rising = [
            Change("reason", n / ratings.count, n, ratings.count, mean, key)
            for key, n in ratings.top(side, len(ratings.reasons))
            if n >= _NAMED
            and (mean := past(week, _shares(before, k, _given(key)))) is not None
            and n / ratings.count > mean.mean
            and _moved(n / ratings.count, ratings.count, mean.mean)
        ]
        yield from sorted(rising, key=lambda c: (c.before.mean - c.value, c.reason))[:1]


def _given(reason: str) -> Callable[[RatingFigures], int]:
    return lambda figures: figures.reasons.get(reason, 0)


def _shares(
    before: Sequence[RatingFigures], k: int, count: Callable[[RatingFigures], int]
) -> list[float | None]:
    return [count(each) / each.count if each.count >= k else None for each in before]


def _pledging(
    week: Week, pledges: PledgeFigures, before: Sequence[PledgeFigures], members: int
) -> Iterator[Change]:
    mean = pledging_past(week, before)
    if mean is None or not members:
        return
    of_members = Past(mean.mean / members, mean.weeks, mean.since, mean.until)
    share = pledges.people / members
    if abs(pledges.people - mean.mean) >= _PEOPLE and _moved(share, members, of_members.mean):
        yield Change("pledging", share, pledges.people, members, of_members)


def _ratings(
    week: Week, ratings: RatingFigures, before: Sequence[RatingFigures], k: int
) -> Iterator[Change]:
    """A count varies by its square root; half as many again, and k more or less, is news."""
    mean = past(week, [float(each.count) if each.count >= k else None for each in before])
    if mean is None:
        return
    far = max(k, _NOISE * math.sqrt(mean.mean), mean.mean / 2)
    if abs(ratings.count - mean.mean) >= far:
        yield Change("ratings", ratings.count, ratings.count, ratings.count, mean)

"""A week whose ratings were erased is told as it was: from the counts that are kept of it."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session

from handlers.digest.build import build
from handlers.digest.figures import RatingFigures
from handlers.rollup.build import build_rollup, build_week
from handlers.weeks import Week
from storage.queries.counted import Days, LevelCount, rating_levels
from storage.queries.retention import erase_ratings
from tests.handlers.digest.branch import W47, Branch

WEEK: Days = (W47.first, W47.last)
MIDDLE = W47.first + timedelta(days=3)


@pytest.fixture
def c1(branch: Branch) -> int:
    unit = branch.unit("C1", members=["P1"])
    branch.rated("C1", W47.first, 5, 5, 4, 4, 3, reasons="high/nd1")
    branch.rated("C1", W47.last, 1, 2, 2, reasons="low/nd2;low/nd3")
    branch.rated("C1", W47.last, 1, status="flagged")
    branch.rated("C1", W47.first, 1, status="flagged")
    branch.rated("C1", W47.before().first, *[4] * 6, reasons="high/nd1")
    return unit


def _erase(branch: Branch, before: date) -> None:
    branch.database.run_now(lambda session: erase_ratings(session, before))


@pytest.mark.parametrize("before", [MIDDLE, W47.after().first])
def test_a_digest_of_erased_ratings_tells_the_same_figures(
    branch: Branch, c1: int, before: date
) -> None:
    def figures(session: Session) -> tuple[RatingFigures, RatingFigures, int]:
        digest = build(session, c1, W47, branch.policy)
        return digest.ratings, digest.ratings_before[0], digest.left_out

    before_it = branch.database.run_now(figures)
    _erase(branch, before)
    assert branch.database.run_now(figures) == before_it
    assert (before_it[0].count, before_it[2]) == (8, 2)
    assert before_it[0].reasons == {"high/nd1": 5, "low/nd2": 3, "low/nd3": 3}


@pytest.mark.parametrize("before", [MIDDLE, W47.after().first])
def test_a_roll_up_of_erased_ratings_tells_the_same_figures(
    branch: Branch, c1: int, before: date
) -> None:
    year = (W47.first - timedelta(days=180), W47.last + timedelta(days=9))

    def figures(session: Session) -> list[object]:
        week = build_week(session, c1, W47, branch.policy)
        long = build_rollup(session, c1, *year, branch.policy)
        tops = [week.nodes[0].all, long.nodes[0].all]
        return [week.earlier, *(each.ratings for each in tops), *(each.left_out for each in tops)]

    before_it = branch.database.run_now(figures)
    _erase(branch, before)
    assert branch.database.run_now(figures) == before_it


def test_days_that_cut_an_erased_week_leave_it_out(branch: Branch, c1: int) -> None:
    def counts(days: Days) -> list[LevelCount]:
        return branch.database.run_now(lambda session: rating_levels(session, [days]))

    assert sum(each.n for each in counts(WEEK)) == 8
    _erase(branch, W47.after().first)
    assert sum(each.n for each in counts(WEEK)) == 8
    assert counts((W47.first, MIDDLE)) == []
    assert counts((MIDDLE, W47.last)) == []
    assert {each.unit_id for each in counts(WEEK)} == {c1}


def test_comments_keep_their_period_and_go_with_the_first_day_of_it(branch: Branch) -> None:
    """Else what is left of a period, or the next one beginning later, would tell whose days they
    were: fewer than k ratings."""
    unit = branch.unit("C2")
    weeks = [W47.before(ago) for ago in (5, 4, 3, 2, 1, 0)]  # two ratings each: three are a period
    for each in weeks:
        branch.rated("C2", each.first, 5, 4, comments=[f"of {each}"])

    def told() -> dict[Week, list[tuple[str, date, date]]]:
        digests = [
            branch.database.run_now(lambda s, w=each: build(s, unit, w, branch.policy))
            for each in weeks
        ]
        return {d.week: sorted((c.text, c.since, c.until) for c in d.comments) for d in digests}

    whole = told()
    assert {week: len(found) for week, found in whole.items() if found} == {weeks[2]: 3, W47: 3}
    _erase(branch, weeks[0].first + timedelta(days=1))
    assert told() == whole | {weeks[2]: []}
    _erase(branch, weeks[3].first)
    assert told() == whole | {weeks[2]: []}
    _erase(branch, weeks[3].last)
    assert not any(told().values())


def test_of_an_erased_week_nothing_is_told_to_a_group(branch: Branch) -> None:
    """Nobody knows any more whether its scores are one person's."""
    unit = branch.unit("C2", members=["P1"])
    branch.rated("C2", W47.first, *[5] * 4, by="P1")
    branch.rated("C2", W47.last, *[5] * 4, by="P1")
    for before in (W47.first, W47.last, W47.after().first):
        _erase(branch, before)
        assert not branch.database.run_now(lambda s: build(s, unit, W47, branch.policy)).shareable

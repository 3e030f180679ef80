"""Longer days tell what their weeks tell and nothing else."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from handlers.rollup.build import build_rollup
from handlers.rollup.figures import Node, Ratings
from handlers.rollup.longer import is_a_week, whole_weeks
from handlers.weeks import Week
from storage.tables import Unit
from tests.handlers.rollup.province import Province, furnish

NOVEMBER = date(2026, 11, 1), date(2026, 11, 30)


def test_whole_weeks_lie_in_the_days() -> None:
    november = whole_weeks(*NOVEMBER)
    assert [str(week) for week in november] == [f"2026-W{n}" for n in (45, 46, 47, 48)]
    assert whole_weeks(date(2026, 11, 16), date(2026, 11, 22)) == [Week(2026, 47)]
    assert whole_weeks(date(2026, 11, 17), date(2026, 11, 20)) == []
    assert is_a_week(date(2026, 11, 16), date(2026, 11, 22))
    assert not is_a_week(date(2026, 11, 16), date(2026, 11, 29))
    assert not is_a_week(date(2026, 11, 1), date(2026, 11, 1))


def told(province: Province, unit: int, first: date, last: date) -> Ratings:
    return province.database.run_now(
        lambda s: build_rollup(s, unit, first, last, province.policy)
    ).top.all.ratings


def test_a_month_tells_the_scores_of_its_whole_weeks(province: Province) -> None:
    ids = furnish(province)
    for week in range(45, 49):
        province.rated("C1", Week(2026, week).first, *[5] * 6, reasons="high/nd1")
    found = told(province, ids["C1"], *NOVEMBER)
    assert (found.count, found.share, found.complete) == (24, 1.0, True)
    province.rated("C1", date(2026, 11, 30), 1, 1, reasons="low/nd2")  # a Monday
    province.rated("C1", date(2026, 11, 1), *[1] * 9)
    found = told(province, ids["C1"], *NOVEMBER)
    assert (found.count, found.share, found.complete) == (35, 1.0, False)  # not those eleven
    assert found.scores is not None
    assert (found.scores.count, found.scores.reasons) == (24, {"high/nd1": 24})


def test_weeks_with_too_few_are_not_told_by_a_month_either(province: Province) -> None:
    ids = furnish(province)
    for week, levels in ((45, [5, 5, 1]), (46, [5] * 6), (47, [1, 1])):
        province.rated("C1", Week(2026, week).first, *levels)
    found = told(province, ids["C1"], *NOVEMBER)
    assert found.count == 11
    assert found.scores is not None
    assert (found.scores.count, found.share) == (6, 1.0)


def test_days_without_a_whole_week_have_no_scores(province: Province) -> None:
    ids = furnish(province)
    province.rated("C1", date(2026, 11, 1), *[5] * 9)
    found = told(province, ids["C1"], date(2026, 11, 1), date(2026, 11, 1))
    assert (found.count, found.scores) == (9, None)


def test_a_unit_that_moved_tells_its_new_parent_nothing_of_the_weeks_before(
    province: Province,
) -> None:
    ids = furnish(province)
    province.rated("C1", date(2026, 11, 3), *[1] * 6)
    province.rated("C4", date(2026, 11, 3), *[5] * 6)
    province.moves("C1", "CQ", date(2026, 11, 10))
    found = told(province, ids["CQ"], *NOVEMBER)
    assert found.count == 12  # the month has the tree of its last day
    assert found.scores is None  # the week had another, and its roll-up told other units' scores


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_days_tell_the_sum_of_what_their_weeks_tell(
    province: Province, data: st.DataObject
) -> None:
    """So whoever adds and subtracts months, quarters and weeks has the weeks' cells and no more."""
    if not (ids := _founded(province)):
        ids = furnish(province)
    province.forgets_ratings()
    days = [date(2026, 10, 26) + timedelta(days=n) for n in range(35)]
    few = st.lists(st.tuples(st.sampled_from(days), st.integers(1, 5)), max_size=30)
    for code in ("C1", "C2", "C4", "DP"):
        for day, level in data.draw(few):
            province.rated(code, day, level)
    first, last = sorted(data.draw(st.tuples(st.sampled_from(days), st.sampled_from(days))))
    assume(not is_a_week(first, last))
    longer = province.database.run_now(
        lambda s: build_rollup(s, ids["TD"], first, last, province.policy)
    )
    weeks = [province.rollup(ids["TD"], week) for week in whole_weeks(first, last)]
    for node in longer.nodes:
        there = [found for week in weeks if (found := week.node(node.id)) is not None]
        for pick in (_own, _all):
            told = [_levels(pick(each)) for each in there if pick(each).scores is not None]
            summed = Counter[int]()
            for each in told:
                summed.update(each)
            assert +Counter(_levels(pick(node))) == +summed


def _own(node: Node) -> Ratings:
    return node.own.ratings


def _all(node: Node) -> Ratings:
    return node.all.ratings


def _levels(ratings: Ratings) -> dict[int, int]:
    return {} if ratings.scores is None else dict(ratings.scores.by_level)


def _founded(province: Province) -> dict[str, int]:
    return province.database.run_now(
        lambda s: {unit.code: unit.id or 0 for unit in s.exec(select(Unit))}
    )

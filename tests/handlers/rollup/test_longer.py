"""A month less its weeks tells nothing of few ratings either."""

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handlers.rollup.build import build_rollup
from handlers.rollup.figures import Ratings
from handlers.rollup.longer import safe_beside_weeks, whole_weeks
from handlers.rollup.suppression import Shown, shown_cells
from handlers.weeks import Week
from tests.handlers.rollup.attacker import found_out
from tests.handlers.rollup.province import Province, furnish
from tests.handlers.rollup.test_suppression import Organisation, ks, organisations

EDGE, WEEKS = date(2026, 11, 1), [Week(2026, 45), Week(2026, 46)]  # a Sunday, two whole weeks
DAYS = [EDGE, *(week.first for week in WEEKS)]
Counts = dict[int, dict[date, int]]


@st.composite
def months(draw: st.DrawFn) -> tuple[Organisation, Counts]:
    organisation = draw(organisations(most=7))
    few = st.integers(0, 12) | st.just(0) | st.integers(1, 4)
    return organisation, {unit: {day: draw(few) for day in DAYS} for unit in organisation.parents}


def cells(
    organisation: Organisation, shown: Shown, days: list[date]
) -> list[set[tuple[int, date]]]:
    return [
        {(unit, day) for unit in cell for day in days} for cell in organisation.published(shown)
    ]


@settings(max_examples=150)
@given(months(), ks)
@example((Organisation({0: None}, {}), {0: {EDGE: 2, DAYS[1]: 6, DAYS[2]: 6}}), 5)
def test_nothing_can_be_computed_from_a_month_and_its_weeks_together(
    month: tuple[Organisation, Counts], k: int
) -> None:
    organisation, by_day = month
    published, weeks = [], []
    for day in DAYS[1:]:
        counts = {unit: days[day] for unit, days in by_day.items()}
        of_week = shown_cells(counts, organisation.parents, k)
        published += cells(organisation, of_week, [day])
        weeks.append((counts, of_week.rests))
    total = {unit: sum(days.values()) for unit, days in by_day.items()}
    safe = safe_beside_weeks(total, weeks, k)
    shown = shown_cells(total, organisation.parents, k, safe=safe)
    published += cells(organisation, shown, DAYS)
    atoms = {(unit, day): n for unit, days in by_day.items() for day, n in days.items()}
    assert found_out(atoms, published, k) is None


@pytest.mark.parametrize(
    ("edge", "weeks", "told"),
    [
        (0, (6, 7), True),  # the weeks tell it anyway
        (2, (6, 7), False),  # the two at the edge would be left
        (5, (6, 7), True),
        (2, (6, 3), True),  # two and three are left: k together
        (0, (6, 3), False),
    ],
)
def test_a_month_of_one_unit_is_told_if_what_the_weeks_leave_is_nothing_or_k(
    edge: int, weeks: tuple[int, int], told: bool
) -> None:
    total = {1: edge + sum(weeks)}
    known = [({1: n}, shown_cells({1: n}, {1: None}, 5).rests) for n in weeks]
    safe = safe_beside_weeks(total, known, 5)
    shown = shown_cells(total, {1: None}, 5, safe=safe)
    assert (1 in shown.all) == told


def test_whole_weeks_lie_in_the_days() -> None:
    november = whole_weeks(date(2026, 11, 1), date(2026, 11, 30))
    assert [str(week) for week in november] == [f"2026-W{n}" for n in (45, 46, 47, 48)]
    assert whole_weeks(date(2026, 11, 16), date(2026, 11, 22)) == []
    assert whole_weeks(date(2026, 11, 17), date(2026, 11, 20)) == []
    assert len(whole_weeks(date(2026, 11, 16), date(2026, 11, 29))) == 2
    assert whole_weeks(date(2026, 11, 17), date(2026, 11, 29)) == [Week(2026, 48)]


def month(province: Province, unit: int) -> Ratings:
    first, last = date(2026, 11, 1), date(2026, 11, 30)
    return province.database.run_now(
        lambda s: build_rollup(s, unit, first, last, province.policy)
    ).top.all.ratings


def test_a_month_tells_the_scores_of_its_weeks_until_its_edges_hold_enough(
    province: Province,
) -> None:
    ids = furnish(province)
    for week in range(45, 49):
        province.rated("C1", Week(2026, week).first, *[5] * 6, reasons="high/nd1")
    found = month(province, ids["C1"])
    assert (found.count, found.share, found.complete) == (24, 1.0, True)
    province.rated("C1", date(2026, 11, 30), 1, 1, reasons="low/nd2")  # a Monday
    found = month(province, ids["C1"])
    assert (found.count, found.share, found.complete) == (26, 1.0, False)  # not those two
    assert found.scores is not None
    assert (found.scores.count, found.scores.reasons) == (24, {"high/nd1": 24})
    province.rated("C1", date(2026, 11, 1), 5, 5, 5)
    found = month(province, ids["C1"])
    assert (found.count, found.share, found.complete) == (29, 27 / 29, True)


def test_a_month_of_weeks_with_too_few_is_told_as_a_whole(province: Province) -> None:
    ids = furnish(province)
    for week in range(45, 48):
        province.rated("C1", Week(2026, week).first, 5, 5, 1)
    found = month(province, ids["C1"])
    assert (found.count, found.share, found.complete) == (9, 6 / 9, True)

"""Periods tile the year without gap or overlap, whatever the cut-off day."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.reports.opened import ending_in
from handlers.reports.periods import (
    KINDS,
    MONTHS,
    Kind,
    Period,
    joined,
    newest_ended,
    period_of,
    read_period,
)
from handlers.texts import Speaker
from handlers.workdays import Span

DAYS = st.dates(date(2001, 1, 1), date(2098, 12, 31))
CUT_OFFS = st.one_of(st.none(), st.integers(1, 28))
ONE = timedelta(days=1)


@pytest.mark.parametrize("kind", KINDS)
@given(year=st.integers(2001, 2098), cut_off=CUT_OFFS)
def test_periods_of_a_kind_tile_the_year(kind: Kind, year: int, cut_off: int | None) -> None:
    spans = [Period(year, kind, n).days(cut_off) for n in range(1, 12 // MONTHS[kind] + 1)]
    whole = Period(year, "year").days(cut_off)
    assert (spans[0].first, spans[-1].last) == (whole.first, whole.last)
    assert all(one.last + ONE == two.first for one, two in pairwise(spans))
    assert Period(year + 1, "year").days(cut_off).first == whole.last + ONE


@pytest.mark.parametrize("kind", KINDS)
@given(day=DAYS, cut_off=CUT_OFFS)
def test_every_day_lies_in_exactly_the_period_it_is_said_to_lie_in(
    kind: Kind, day: date, cut_off: int | None
) -> None:
    period = period_of(kind, day, cut_off)
    assert day in period.days(cut_off)
    assert day not in period.before().days(cut_off)
    assert day not in period.before(-1).days(cut_off)
    assert newest_ended(kind, day, cut_off).days(cut_off).last < day


@pytest.mark.parametrize("kind", KINDS)
@given(day=DAYS, steps=st.integers(-20, 20), cut_off=CUT_OFFS)
def test_a_period_is_written_read_and_found_by_the_month_it_ends_in(
    kind: Kind, day: date, steps: int, cut_off: int | None
) -> None:
    period = period_of(kind, day, None)
    assert read_period(str(period)) == period
    assert period.before(steps).before(-steps) == period
    first, last = ending_in(period)
    assert first <= period.days(cut_off).last <= last


@pytest.mark.parametrize("kind", KINDS)
@given(
    approvals=st.lists(st.tuples(st.integers(0, 7), CUT_OFFS), max_size=16),
    year=st.integers(2001, 2090),
)
def test_approved_periods_tile_whatever_cut_offs_come_and_in_whichever_order(
    kind: Kind, approvals: list[tuple[int, int | None]], year: int
) -> None:
    start, approved = Period(year, kind), dict[int, Span]()
    for place, cut_off in approvals:
        if place not in approved:  # what is approved never moves
            usual = start.before(-place).days(cut_off)
            days = joined(usual, approved.get(place - 1), approved.get(place + 1))
            first, last = ending_in(start.before(-place))
            assert days.first <= days.last
            assert first <= days.last <= last
            approved[place] = days
    for place, days in approved.items():
        later = [approved[each] for each in approved if each > place]
        assert all(days.last < each.first for each in later)
        if place + 1 in approved:
            assert approved[place + 1].first == days.last + ONE


def test_the_cut_off_day_is_the_last_one_that_counts() -> None:
    october, quarter = read_period("2026-10").days(25), read_period("2026-Q4").days(25)
    assert (october.first, october.last) == (date(2026, 9, 26), date(2026, 10, 25))
    assert (quarter.first, quarter.last) == (date(2026, 9, 26), date(2026, 12, 25))
    assert read_period("2026").days(25).first == date(2025, 12, 26)
    assert read_period("2026-03").days(28).first == date(2026, 3, 1)  # there is no 29 February


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ("2026-10", "tháng 10 năm 2026"),
        ("2026-q4", "quý IV năm 2026"),
        ("2026-H1", "6 tháng đầu năm 2026"),
        ("2026-H2", "6 tháng cuối năm 2026"),
        (" 2026 ", "năm 2026"),
    ],
)
def test_periods_are_called_as_people_call_them(written: str, label: str) -> None:
    assert read_period(written).label(Speaker("vi")) == label


@pytest.mark.parametrize(
    "text", ["", "26", "2026-13", "2026-00", "2026-Q5", "2026-H3", "1999", "x"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_period(text)

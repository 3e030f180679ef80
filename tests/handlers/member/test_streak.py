"""The streak against a naive model that lives through every day once, from the first on."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.member.streak import open_days, streak
from handlers.policy import Policy
from handlers.workdays import Span, is_persons_working_day
from tests.handlers.member.naive import START, naive

POLICY = Policy(days_off=frozenset({date(2026, 3, 3)}), working_days=frozenset({date(2026, 3, 7)}))
DAYS = st.integers(0, 90).map(lambda n: START + timedelta(days=n))
SPANS = st.tuples(DAYS, st.integers(0, 12)).map(lambda s: Span(s[0], s[0] + timedelta(days=s[1])))
MOMENTS = st.builds(datetime.combine, DAYS, st.times())


def counted(checked: set[date], off: list[Span], now: datetime) -> int:
    return streak(
        checked,
        lambda day: is_persons_working_day(day, POLICY, off),
        open_days(now),
        now.date(),
    )


@given(st.sets(DAYS), st.lists(SPANS, max_size=4), MOMENTS)
@settings(max_examples=500)
def test_the_streak_is_what_living_through_the_days_gives(
    checked: set[date], off: list[Span], now: datetime
) -> None:
    checked = {day for day in checked if day <= now.date()}
    assert counted(checked, off, now) == naive(checked, off, now, POLICY)


@given(st.sets(DAYS), st.lists(SPANS, max_size=3), SPANS, MOMENTS)
def test_days_off_never_break_a_streak_and_never_add_to_it(
    checked: set[date], off: list[Span], more: Span, now: datetime
) -> None:
    checked = {day for day in checked if day <= now.date()}
    before = counted(checked, off, now)
    lost = sum(day in more for day in checked)
    assert counted(checked, [*off, more], now) >= before - lost
    assert counted(checked, [*off, Span(START, START + timedelta(days=200))], now) == 0


@given(st.sets(DAYS), MOMENTS)
def test_a_check_in_today_never_shortens_it(checked: set[date], now: datetime) -> None:
    checked = {day for day in checked if day <= now.date()}
    assert counted(checked | {now.date()}, [], now) >= counted(checked, [], now)


def at(day: int, hour: int, month: int = 11) -> datetime:
    return datetime.combine(date(2026, month, day), time(hour))


@pytest.mark.parametrize(
    ("checked", "now", "expected"),
    [
        ([16, 17, 18], at(18, 18), 3),
        ([16, 17], at(18, 9), 2),  # today is not over
        ([16], at(18, 9), 1),  # yesterday may be logged until noon …
        ([16], at(18, 12), 0),  # … and not after it
        ([12, 13, 16], at(16, 18), 3),  # a weekend in between
        ([13, 14, 16], at(16, 18), 2),  # a Saturday's own entry adds nothing
        ([23, 25], at(25, 18), 2),  # 24 November is a holiday since 2026
        ([], at(18, 9), 0),
    ],
)
def test_weekends_and_holidays_freeze_it_and_open_days_do_not_break_it(
    checked: list[int], now: datetime, expected: int
) -> None:
    assert counted({date(2026, 11, day) for day in checked}, [], now) == expected


def test_it_runs_on_over_tet() -> None:
    last_before, first_after = date(2026, 2, 13), date(2026, 2, 23)
    assert counted({last_before, first_after}, [], at(23, 18, month=2)) == 2

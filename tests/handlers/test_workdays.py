"""Working days: weekends, holidays with Tết, swapped days, leave."""

from datetime import date, timedelta

import pytest
import structlog

from handlers.policy import Policy
from handlers.workdays import (
    Span,
    _year,
    holidays_known,
    is_persons_working_day,
    is_working_day,
    working_days_between,
)

PLAIN = Policy()


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 16), True),  # a Monday
        (date(2026, 11, 14), False),  # a Saturday
        (date(2026, 2, 16), False),  # the eve of Tết Bính Ngọ
        (date(2026, 2, 20), False),  # its fourth day
        (date(2026, 2, 13), True),
        (date(2027, 2, 5), False),  # Tết Đinh Mùi lies elsewhere in the sun's year
        (date(2026, 2, 5), True),
        (date(2026, 4, 27), False),  # Hung Kings' Day fell on a Sunday
        (date(2026, 9, 2), False),
        (date(2026, 8, 22), True),  # a Saturday worked for 31 August
        (date(2026, 8, 31), False),
    ],
)
def test_weekends_and_public_holidays_are_free(day: date, *, works: bool) -> None:
    assert is_working_day(day, PLAIN) is works


def test_what_the_government_moves_is_said_in_the_settings() -> None:
    monday, saturday = date(2026, 11, 16), date(2026, 11, 21)
    moved = Policy(days_off=frozenset({monday}), working_days=frozenset({saturday}))
    assert not is_working_day(monday, moved)
    assert is_working_day(saturday, moved)
    assert is_working_day(date(2026, 9, 2), Policy(working_days=frozenset({date(2026, 9, 2)})))


def test_leave_frees_days_for_one_person_only() -> None:
    off = [Span(date(2026, 11, 17), date(2026, 11, 18))]
    week = working_days_between(date(2026, 11, 16), date(2026, 11, 22), PLAIN, off)
    assert week == [date(2026, 11, 16), date(2026, 11, 19), date(2026, 11, 20)]
    assert len(working_days_between(date(2026, 11, 16), date(2026, 11, 22), PLAIN)) == 5
    assert not is_persons_working_day(date(2026, 11, 18), PLAIN, off)


def test_a_year_has_about_250_working_days() -> None:
    days = working_days_between(date(2026, 1, 1), date(2026, 12, 31), PLAIN)
    assert 245 <= len(days) <= 255
    assert days[0] == date(2026, 1, 2)


def test_beyond_the_library_only_weekends_are_free_and_it_is_said_once() -> None:
    _year.cache_clear()
    far = date(2150, 1, 1)  # a Thursday
    with structlog.testing.capture_logs() as logs:
        assert is_working_day(far, PLAIN)
        assert not is_working_day(far + timedelta(days=2), PLAIN)
    assert [(entry["log_level"], entry["year"]) for entry in logs] == [("warning", 2150)]
    assert not holidays_known(2150)
    assert holidays_known(2030)

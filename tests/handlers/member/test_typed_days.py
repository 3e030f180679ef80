"""Days and times as people type them."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.member.typed_days import read_day, read_span, read_time, read_times
from handlers.workdays import Span

TODAY = date(2026, 11, 16)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("24/11 - 26/11", "2026-11-24", "2026-11-26"),
        ("24/11-26/11", "2026-11-24", "2026-11-26"),
        ("24-26/11", "2026-11-24", "2026-11-26"),
        ("24.11.2026 – 26.11.2026", "2026-11-24", "2026-11-26"),
        ("24/11/26 đến 26/11/26", "2026-11-24", "2026-11-26"),
        ("Từ 24/11 đến hết 26/11", "2026-11-24", "2026-11-26"),
        ("từ ngày 24/11 đến ngày 26/11.", "2026-11-24", "2026-11-26"),
        ("24 tháng 11 tới 26 tháng 11 năm 2026", "2026-11-24", "2026-11-26"),
        ("2026-11-24 - 2026-11-26", "2026-11-24", "2026-11-26"),
        ("2026-11-24", "2026-11-24", "2026-11-24"),
        ("24/11", "2026-11-24", "2026-11-24"),
        ("hôm nay", "2026-11-16", "2026-11-16"),
        ("mai", "2026-11-17", "2026-11-17"),
        ("mai - 20/11", "2026-11-17", "2026-11-20"),
        ("today to tomorrow", "2026-11-16", "2026-11-17"),
        ("10/11 - 12/11", "2026-11-10", "2026-11-12"),  # told afterwards
        ("28/12 - 3/1", "2026-12-28", "2027-01-03"),
        ("5/1 - 9/1", "2027-01-05", "2027-01-09"),
        ("28/12/2026 - 3/1/2027", "2026-12-28", "2027-01-03"),
    ],
)
def test_days_are_read_leniently(text: str, first: str, last: str) -> None:
    expected = Span(date.fromisoformat(first), date.fromisoformat(last))
    assert read_span(text, TODAY) == expected


@pytest.mark.parametrize(
    "text",
    ["", "nghỉ", "26", "31/2", "24/13", "26/11/2026 - 24/11/2026", "26/11 - 24/11", "1/1/2020", "1/1/2030",
     "24/11 - 26/11 - 28/11", "- -", "0/0", "24/11 nhé"],
)  # fmt: skip
def test_what_is_not_clear_is_asked_again(text: str) -> None:
    assert read_span(text, TODAY) is None


def test_early_in_the_year_december_is_the_last_one() -> None:
    assert read_span("29/12 - 31/12", date(2027, 1, 4)) == Span(
        date(2026, 12, 29), date(2026, 12, 31)
    )
    assert read_span("29/12 - 2/1", date(2027, 1, 4)) == Span(date(2026, 12, 29), date(2027, 1, 2))


@given(st.text(max_size=40))
def test_any_text_is_read_or_not_but_never_an_error(text: str) -> None:
    span = read_span(text, TODAY)
    assert span is None or span.first <= span.last
    read_time(text)
    read_times(text)


@given(st.integers(-100, 200), st.integers(0, 30))
def test_what_is_written_in_full_is_read_back(start: int, length: int) -> None:
    first = TODAY + timedelta(days=start)
    last = first + timedelta(days=length)
    assert read_span(f"{first:%d/%m/%Y} - {last:%d/%m/%Y}", TODAY) == Span(first, last)


def test_one_day_is_not_a_range() -> None:
    assert read_day("24/11", TODAY) == date(2026, 11, 24)
    assert read_day("24/11 - 25/11", TODAY) is None


@pytest.mark.parametrize(
    ("text", "at"),
    [("7:30", time(7, 30)), ("7h30", time(7, 30)), ("7h", time(7)), ("07.05", time(7, 5)),
     ("17 giờ 15", time(17, 15)), ("25:00", None), ("7", time(7)), ("25", None), ("mai", None)],
)  # fmt: skip
def test_times_are_read_leniently(text: str, at: time | None) -> None:
    assert read_time(text) == at


def test_spans_of_time_are_read_leniently() -> None:
    night = (time(21), time(6, 30))
    for text in ("21:00 - 6:30", "21h-6h30", "từ 21h đến 6h30", "21:00–06:30"):
        assert read_times(text) == night
    assert read_times("21:00") is None
    assert read_times("21:00 - 21:00") is None

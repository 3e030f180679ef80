"""Cells are read as a person meant them, or refused with the reason."""

import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.roster import cells
from handlers.roster.mistakes import Wrong
from handlers.roster.moments import Moment, moment, optional_moment

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (1.0, "1"),
        (905123456.0, "905123456"),
        (7, "7"),
        ("007", "007"),
        ("0905123456", "0905123456"),
        ("1.0", "1.0"),
        (1.5, "1.5"),
        ("  CĐ 01\n", "CĐ 01"),
        ("\ufeffC1\u200b", "C1"),
        (None, ""),
    ],
)
def test_codes_keep_what_was_typed_and_lose_what_excel_added(
    cell: cells.Cell, expected: str
) -> None:
    assert cells.optional_code(cell) == expected


@pytest.mark.parametrize(
    "cell",
    ["", None, "=1+1", "＝A1", "+84", "-1", "@x", "9.05E+11", "x" * 41, "a\x00b", 1e15, date.max],
)
def test_codes_that_would_not_come_back_from_a_spreadsheet_are_refused(cell: cells.Cell) -> None:
    with pytest.raises(Wrong):
        cells.code(cell)


def test_names_are_composed_so_that_equal_names_are_equal() -> None:
    name = "Nguyễn Thị Ước"
    assert cells.name(unicodedata.normalize("NFD", name)) == name
    assert cells.name("Trần\u00a0 Văn\tMinh") == "Trần Văn Minh"


@pytest.mark.parametrize("cell", ["a" * 201, "tab\x0bulator\x07", "quay\u202eph", ""])
def test_long_unprintable_and_missing_names_are_refused(cell: str) -> None:
    with pytest.raises(Wrong):
        cells.name(cell)


@pytest.mark.parametrize("code", ["Q1", "q1", "A-7_b", "Z" * 15 + "9"])
def test_desk_codes_are_kept_in_capitals(code: str) -> None:
    assert cells.desk_code(code) == code.upper()


@pytest.mark.parametrize("code", ["QA", "1Q", "Q 1", "Q1!", "Đ1", "Q" * 16 + "1", "Q１", 1.0, ""])
def test_desk_codes_nobody_could_type_or_that_look_like_words_are_refused(code: cells.Cell) -> None:
    with pytest.raises(Wrong):
        cells.desk_code(code)


_CASES = st.sampled_from([str.upper, str.lower, str.title, lambda word: f" {word} "])


@given(st.sampled_from(["yes", "có", "x", "1", "true"]), _CASES, st.sampled_from(["NFC", "NFD"]))
def test_yes_in_every_spelling(word: str, case: Callable[[str], str], form: str) -> None:
    assert cells.flag(unicodedata.normalize(form, case(word))) is True


@given(st.sampled_from(["no", "không", "0", "false", ""]), _CASES, st.sampled_from(["NFC", "NFD"]))
def test_no_in_every_spelling(word: str, case: Callable[[str], str], form: str) -> None:
    assert cells.flag(unicodedata.normalize(form, case(word))) is False


def test_flags_of_excel_are_numbers_and_booleans_too() -> None:
    assert [cells.flag(cell) for cell in (True, 1.0, 1, False, 0.0, None)] == [
        True, True, True, False, False, False,
    ]  # fmt: skip


@given(st.text(min_size=2))
def test_any_other_word_is_neither_yes_nor_no(word: str) -> None:
    known = {
        "yes",
        "y",
        "có",
        "co",
        "x",
        "1",
        "true",
        "no",
        "n",
        "không",
        "khong",
        "0",
        "false",
        "",
    }
    try:
        tidy = cells.text(word).casefold()
    except Wrong:
        tidy = None
    if tidy in known:
        assert isinstance(cells.flag(word), bool)
    else:
        with pytest.raises(Wrong):
            cells.flag(word)


@pytest.mark.parametrize(
    "address", ["lan@danang.gov.vn", "a.b+c@x-y.example", "o'neil@mail.example.vn"]
)
def test_addresses_are_taken(address: str) -> None:
    assert cells.email(address) == address


@pytest.mark.parametrize(
    "address", ["lan", "lan@", "@vn", "a@b", "a b@c.vn", "a@b..vn", "a@b.vn, c@d.vn", "á@b.vn"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(Wrong):
        cells.email(address)


@pytest.mark.parametrize(
    "cell",
    [
        "2026-03-04", "04/03/2026", "4/3/2026", date(2026, 3, 4), " 2026-3-4 ", 46085, 46085.0,
        "46085",
    ],
)  # fmt: skip
def test_a_day_is_read_in_every_usual_form(cell: cells.Cell) -> None:
    assert moment(cell) == Moment(date(2026, 3, 4))


@pytest.mark.parametrize(
    "cell",
    [
        "2026-03-04 07:30",
        "2026-03-04T07:30",
        "04/03/2026 7:30",
        "2026-03-04 07:30:00",
        datetime(2026, 3, 4, 7, 30),  # noqa: DTZ001 - what Excel holds
        datetime(2026, 3, 4, 7, 29, 59, 999_000),  # noqa: DTZ001 - Excel counts in fractions
        46085.3125,
        "46085,3125",
    ],
)
def test_a_minute_is_read_in_every_usual_form(cell: cells.Cell) -> None:
    assert moment(cell) == Moment(date(2026, 3, 4), time(7, 30))


@pytest.mark.parametrize(
    "cell",
    [
        "31/02/2026", "2026-13-01", "03-04-2026", "tomorrow", "2026-03-04 25:00", 4608.0, 1,
        True, time(7, 30), "1926-03-04", "0026-03-04", "2100-01-01", "",
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused(cell: cells.Cell) -> None:
    with pytest.raises(Wrong):
        moment(cell)


def test_an_open_end_is_an_empty_cell() -> None:
    assert optional_moment("") is None
    assert optional_moment(None) is None


def test_a_day_lasts_to_the_next_local_midnight_and_a_minute_is_itself() -> None:
    day, minute = Moment(date(2026, 3, 4)), Moment(date(2026, 3, 4), time(17, 0))
    assert day.begins(ZONE) == datetime(2026, 3, 3, 17, tzinfo=UTC)
    assert day.is_over(ZONE) == datetime(2026, 3, 4, 17, tzinfo=UTC)
    assert minute.begins(ZONE) == minute.is_over(ZONE) == datetime(2026, 3, 4, 10, tzinfo=UTC)

"""Numbers as people type them; what only begins with one is words."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.typed_numbers import digits_apart, read_numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("5", (5,)), (" 5 ", (5,)), ("5.", (5,)), ("5)", (5,)), ("5️⃣", (5,)), ("５", (5,)), ("①", (1,)),
        ("số 5", (5,)), ("Số 5", (5,)), ("so 5", (5,)), ("#5", (5,)), ("chọn 2", (2,)), ("13", (13,)),
        ("1 3", (1, 3)), ("1,3", (1, 3)), ("1, 3.", (1, 3)), ("1 và 3", (1, 3)), ("1 va 3", (1, 3)),
        ("1 and 3", (1, 3)), ("1; 3; 5", (1, 3, 5)), ("1+3", (1, 3)), ("1️⃣ 3️⃣", (1, 3)),
        ("số 1 và số 3", (1, 3)), ("1\n3", (1, 3)), ("3 1 3", (3, 1)), ("1. 3.", (1, 3)),
    ],
)  # fmt: skip
def test_numbers_in_every_dress(text: str, numbers: tuple[int, ...]) -> None:
    for form in ("NFC", "NFD"):
        typed = read_numbers(unicodedata.normalize(form, text))  # type: ignore[arg-type]
        assert typed is not None
        assert (typed.numbers, typed.words) == (numbers, "")


@pytest.mark.parametrize(
    ("text", "numbers", "words"),
    [
        ("1 3: phục vụ nhanh", (1, 3), "phục vụ nhanh"),
        ("1,3 - Nhanh lắm!", (1, 3), "Nhanh lắm!"),
        ("2 – chờ lâu", (2,), "chờ lâu"),
        ("1 và 3:\nchờ 2 giờ\nmới xong", (1, 3), "chờ 2 giờ\nmới xong"),
        ("1\nNhanh", (1,), "Nhanh"),
        ("1：nhanh", (1,), "nhanh"),
        ("3: “tốt”", (3,), "“tốt”"),
    ],
)
def test_words_set_apart_come_along_as_they_were_typed(
    text: str, numbers: tuple[int, ...], words: str
) -> None:
    typed = read_numbers(text)
    assert typed is not None
    assert (typed.numbers, typed.words) == (numbers, words)


@pytest.mark.parametrize(
    "text",
    ["2, 3 lần phải quay lại", "3 lần", "1 cửa", "1-cửa làm nhanh", "8:30", "8: 30 phút", "2-3 ngày",
     "1 - 3 ngày", "24/11", "7h30", "1.5", "2026", "0905 123 456", "", "một", "1 3 nhanh", "-1", "1: ½ giờ"],
)  # fmt: skip
def test_what_could_be_words_is_no_list_of_numbers(text: str) -> None:
    assert read_numbers(text) is None


@pytest.mark.parametrize(("number", "digits"), [(13, (1, 3)), (11, ()), (5, ()), (123, (1, 2, 3))])
def test_digits_without_anything_between(number: int, digits: tuple[int, ...]) -> None:
    assert digits_apart(number) == digits


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text: str) -> None:
    typed = read_numbers(text)
    assert typed is None or (typed.numbers and len(set(typed.numbers)) == len(typed.numbers))


@given(
    st.lists(st.integers(0, 99), min_size=1, unique=True), st.sampled_from([" ", ",", " và ", "; "])
)
def test_what_was_written_is_read(numbers: list[int], between: str) -> None:
    typed = read_numbers(between.join(map(str, numbers)))
    assert typed is not None
    assert typed.numbers == tuple(numbers)

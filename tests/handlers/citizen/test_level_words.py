"""A typed answer is read with its negation first; what is unclear is no level."""

import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.citizen.level_words import read_level


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("5", 5), (" 1 ", 1), ("3️⃣", 3), ("5 sao", 5), ("mức 4", 4), ("2/5", 2), ("4 trên 5", 4), ("5 ạ", 5), ("dạ 5 điểm ạ", 5), ("Số 2 nhé", 2), ("⭐⭐⭐⭐", 4),
        ("Rất hài lòng", 5), ("rat hai long", 5), ("Dạ rất hài lòng ạ", 5),
        ("hài lòng", 4), ("Tôi thấy hài lòng", 4), ("satisfied", 4), ("very satisfied", 5),
        ("Tuyệt vời!", 5), ("rất tuyệt vời", 5), ("hoàn toàn hài lòng", 5), ("５", 5), ("★★", 2),
        ("bình thường", 3), ("bt", 3), ("neutral", 3),
        ("không hài lòng", 2), ("ko hài lòng", 2), ("chưa hài lòng lắm", 2), ("k hai long", 2), ("hok hai long", 2),
        ("hoàn toàn không hài lòng", 1),
        ("not satisfied", 2), ("dissatisfied", 2),
        ("rất không hài lòng", 1), ("không hài lòng chút nào", 1), ("very dissatisfied", 1),
    ],
)  # fmt: skip
def test_clear_answers(text: str, level: int) -> None:
    assert read_level(text) == level


@pytest.mark.parametrize(
    "text",
    ["", "6", "0", "10", "55", "⭐" * 6, "ok", "cũng được", "không phải là không hài lòng",
     "hài lòng nhưng chờ lâu", "không", "chưa", "không tuyệt vời", "tốt", "1 2", "1 5", "4-5", "4,5", "4.5", "1/55", "1/5 5", "hài lòng hay không hài lòng", "5 người"],
)  # fmt: skip
def test_unclear_answers_are_not_guessed(text: str) -> None:
    assert read_level(text) is None


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(
    ("text", "level"),
    [("Rất hài lòng", 5), ("KHÔNG HÀI LÒNG", 2), ("chưa hài lòng", 2), ("Bình thường", 3)],
)
def test_accents_may_be_written_either_way(
    form: Literal["NFC", "NFD"], text: str, level: int
) -> None:
    assert read_level(unicodedata.normalize(form, text)) == level


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert read_level(text) in {None, 1, 2, 3, 4, 5}

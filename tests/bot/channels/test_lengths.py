"""Text is cut where a reader pauses, within the limit as the messenger counts it, and none is lost."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.lengths import clean, cut, units

TEXTS = st.text(
    st.sampled_from("aĐđêơ. !?\n\n🙂👍🏽🇻🇳\u0301\u0323\u200d👩👧\ufe0f5\u20e3…”") | st.characters(),
    max_size=400,
)


def without_space(text: str) -> str:
    return "".join(text.split())


@given(TEXTS, st.integers(8, 60))
def test_pieces_fit_and_lose_nothing_but_white_space(text: str, most: int) -> None:
    pieces = list(cut(text, most))
    assert all(0 < units(piece) <= most for piece in pieces)
    assert without_space("".join(pieces)) == without_space(clean(text))


@pytest.mark.parametrize(
    ("text", "most", "first"),
    [
        ("Một câu. Hai câu.\n\nĐoạn sau có nhiều chữ hơn.", 30, "Một câu. Hai câu."),
        ("Một dòng dài\nhai dòng. Ba dòng nữa", 24, "Một dòng dài"),
        ("Câu thứ nhất dài. Câu thứ hai còn dài hơn nhiều", 30, "Câu thứ nhất dài."),
        ("Hỏi gì thế này? “Đáp!” rồi nói tiếp nữa", 24, "Hỏi gì thế này? “Đáp!”"),
        ("mười chữ một dòng không có dấu nào cả", 20, "mười chữ một dòng"),
        ("a" * 30, 20, "a" * 20),
    ],
)
def test_paragraphs_then_lines_then_sentences_then_words(text: str, most: int, first: str) -> None:
    assert next(cut(text, most)) == first


@pytest.mark.parametrize(
    "seen_as_one",
    [
        "🙂",
        "🇻🇳",
        "👍🏽",
        "👩‍👧",
        "5️⃣",
        unicodedata.normalize("NFD", "ệ"),
        "🏴\U000e0067\U000e0062\U000e007f",
    ],
)
def test_what_is_seen_as_one_character_is_never_cut_apart(seen_as_one: str) -> None:
    for most in range(2 * units(seen_as_one), 3 * units(seen_as_one) + 2):
        pieces = list(cut(seen_as_one * 12, most))
        assert all(piece == seen_as_one * piece.count(seen_as_one) for piece in pieces)


def test_an_endless_pile_of_accents_is_cut_all_the_same() -> None:
    pieces = list(cut("a" + "\u0301" * 100, 10))
    assert all(units(piece) <= 10 for piece in pieces)
    assert "".join(pieces) == "a" + "\u0301" * 100

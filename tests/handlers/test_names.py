"""Names are folded to what a person without a Vietnamese keyboard types."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.names import folded


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Quầy 1 – Hộ tịch", "quay 1 ho tich"),
        ("ĐOÀN  xã Đại Lộc", "doan xa dai loc"),
        (unicodedata.normalize("NFD", "Nguyễn Thị Ước"), "nguyen thi uoc"),
        ("Một cửa/liên-thông (Q.1)", "mot cua lien thong q 1"),
        ("  ", ""),
        ("１２", "12"),
    ],
)
def test_accents_case_and_signs_do_not_matter(name: str, expected: str) -> None:
    assert folded(name) == expected


@given(st.text())
def test_a_folded_name_holds_letters_digits_and_single_spaces_only(name: str) -> None:
    once = folded(name)
    assert re.fullmatch(r"([a-z0-9]+( [a-z0-9]+)*)?", once)
    assert folded(once) == once


@given(st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằắẳẵặềếểễệ ĐƯƠ"))
def test_composed_and_decomposed_letters_fold_alike(name: str) -> None:
    composed = folded(unicodedata.normalize("NFC", name))
    assert folded(unicodedata.normalize("NFD", name)) == composed
    assert len(composed.replace(" ", "")) == len(name.replace(" ", ""))

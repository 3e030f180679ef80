"""Names and positions as people type them into a chat."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.texts import Speaker
from handlers.typed_names import LONGEST_NAME, typed_name, typed_person, typed_position

SAY = Speaker("en")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Nguyễn Văn An", "Nguyễn Văn An"),
        ("  nguyễn   văn an ", "Nguyễn Văn An"),
        ("NGUYỄN VĂN AN", "Nguyễn Văn An"),
        ("Nguye\u0302\u0303n Va\u0306n An", "Nguyễn Văn An"),  # accents typed apart
        ("Y Bhăm Niê K'Đăm", "Y Bhăm Niê K'Đăm"),
        ("H’Hen Niê-Êban", "H’Hen Niê-Êban"),
    ],
)
def test_a_name_is_kept_tidy(typed: str, kept: str) -> None:
    assert typed_name(SAY, typed) == kept


@pytest.mark.parametrize(
    "typed", ["", "An", "0901 234 567", "a@b c", "=1+1 x", "<b>An Văn", "- -", "x " * 40]
)
def test_what_is_no_name_is_said_so(typed: str) -> None:
    with pytest.raises(ValueError, match=r"name|empty|long"):
        typed_name(SAY, typed)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("LÊ THỊ   TÚ\nĐoàn", "without a line break"),
        ("Lê Thị Tú, Chuyên viên\nLê Thị An", "without a line break"),
        ("Lê " * 50, "name is too long: at most 60"),
        ("Lê " * 500, "name is too long: at most 60"),
        ("Lê Thị Tú, " + "a" * 101, "position is too long: at most 100"),
        ("Lê Thị Tú, " + "a" * 300, "position is too long: at most 100"),
    ],
)
def test_one_person_on_one_line_of_a_length_the_message_names(typed: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        typed_person(SAY, typed)


def test_a_position_may_follow_a_comma_and_a_hyphen_means_none() -> None:
    assert typed_person(SAY, "Lê Văn Chín, Phó phòng, Sở Nội vụ") == (
        "Lê Văn Chín",
        "Phó phòng, Sở Nội vụ",
    )
    assert typed_person(SAY, "Lê Văn Chín") == ("Lê Văn Chín", "")
    assert typed_position(SAY, "-") == ""


@given(st.text())
def test_whatever_is_typed_is_a_short_plain_name_or_an_answer(typed: str) -> None:
    try:
        name = typed_name(SAY, typed)
    except ValueError:
        return
    assert len(name) <= LONGEST_NAME
    assert typed_name(SAY, name) == name
    assert not set(name) & set("<>=@\n\t0123456789")

"""A reply as numbered text: what stands together stays together, and every word arrives."""

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.lengths import units
from bot.channels.numbered import plain_texts
from handlers.messages import (
    NUMBERS,
    Choice,
    Choices,
    Code,
    Field,
    Note,
    Reply,
    Text,
    Title,
    offered,
    reply,
    with_numbers,
)
from tests.handlers.replies import REPLIES

NUMBERED = re.compile(r"^(\d+)\. ", re.MULTILINE)


def listed(*labels: str, **more: object) -> Choices:
    toggle = bool(more.get("several"))
    shown = tuple(
        Choice(label=label, action=f"do/{label}", pressed=False if toggle else None)
        for label in labels
    )
    return Choices(choices=shown, several=str(more.get("several", "")))


@given(REPLIES, st.integers(60, 400))
def test_every_message_fits_and_every_word_arrives(answer: Reply, most: int) -> None:
    texts = plain_texts(answer, most=most)
    assert all(0 < units(text) <= most for text in texts)
    whole = "".join("\n".join(texts).split())
    for part in answer.parts:
        if isinstance(part, Text | Title):
            assert "".join(part.text.split()) in whole
    for choice in answer.choices():
        assert "".join(choice.label.split()) in whole


@given(REPLIES)
def test_the_numbers_are_those_offered_however_often_they_are_fixed(answer: Reply) -> None:
    fixed = with_numbers(answer)
    assert plain_texts(fixed, most=5000) == plain_texts(answer, most=5000)
    assert {o.number: o.choice.action for o in offered(fixed)} == {
        o.number: o.choice.action for o in offered(answer)
    }


def test_a_number_of_its_own_wins() -> None:
    answer = reply(
        Choices(
            choices=(
                Choice(label="Năm", action="a", number=5),
                Choice(label="Một", action="b"),
                Choice(label="Bảy", action="c", number=7),
            )
        )
    )
    assert plain_texts(answer, most=500) == ["5. Năm\n1. Một\n7. Bảy\n\n0. Menu"]


def test_nought_is_the_menu_unless_the_reply_says_otherwise() -> None:
    answer = reply(Choices(choices=(Choice(label="Không giờ", action="a", number=0),)))
    assert plain_texts(answer, most=500) == ["0. Không giờ"]


def test_a_long_form_is_offered_as_a_number_where_it_has_a_message_of_its_own() -> None:
    see = Choice(label="Xem chi tiết", action="privacy")
    answer = reply(listed("A"), Note(text="Ngắn.", more="Rất dài.", see=see), listed("B"))
    assert plain_texts(answer, most=500) == ["1. A\n\nNgắn.\n2. Xem chi tiết\n\n3. B\n\n0. Menu"]
    folded_away = reply(Note(text="Ngắn.", more="Rất dài."))
    assert plain_texts(folded_away, most=500) == ["Ngắn.\nRất dài.\n\n0. Menu"]


def test_that_several_may_be_sent_is_said_with_numbers_that_are_there() -> None:
    hint = f"Có thể gửi nhiều số, ví dụ: {NUMBERS}"
    first = reply(listed("X"), listed("A", "B", "C", several=hint))
    assert "4. C\nCó thể gửi nhiều số, ví dụ: 2 4" in plain_texts(first, most=500)[0]
    two = reply(listed("A", "B", several=hint))
    assert "ví dụ: 1 2" in plain_texts(two, most=500)[0]
    assert "ví dụ" not in plain_texts(reply(listed("A", several=hint)), most=500)[0]


def test_a_list_stays_with_its_heading() -> None:
    answer = reply(
        Text(text="x" * 60),
        Text(text="Chọn gì?", tone="strong"),
        listed("Một", "Hai", "Ba"),
    )
    texts = plain_texts(answer, most=80)
    assert texts[0] == "x" * 60
    assert texts[1].startswith("Chọn gì?\n\n1. Một\n2. Hai\n3. Ba")


def test_a_list_too_long_for_one_message_is_cut_between_its_lines() -> None:
    answer = reply(Title(text="Quầy"), listed(*(f"Quầy số {n} của phường" for n in range(30))))
    texts = plain_texts(answer, most=200)
    lines = [line for text in texts for line in text.split("\n") if NUMBERED.match(line)]
    assert [int(NUMBERED.match(line)[1]) for line in lines] == [*range(1, 31), 0]  # type: ignore[index]
    assert all(line == "0. Menu" or line.endswith("của phường") for line in lines)


def test_a_field_and_a_code_are_read_in_full() -> None:
    answer = reply(
        Code(label="Mã", text="123 456 7890"),
        Field(action="a", label="Góp ý?", hint="Đừng ghi tên.", send="Gửi", error="Dài quá."),
    )
    assert plain_texts(answer, most=500) == [
        "Mã\n123 456 7890\n\n⚠️ Dài quá.\nGóp ý?\nĐừng ghi tên.\n\n0. Menu"
    ]

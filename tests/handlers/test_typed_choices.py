"""What a chat without buttons can type, as the messages shown in it say."""

import re
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from bot.channels.numbered import plain_texts
from handlers.citizen.actions import STALE, START
from handlers.messages import Choice, Choices, Field, Incoming, Reply, Text, Title, offered, reply
from handlers.policy import Policy
from handlers.routes import router
from handlers.texts import Speaker
from handlers.turn import Turn
from handlers.typed_answers import by_number, by_word
from handlers.typed_choices import keep_shown, take_in
from storage.database import Database
from storage.queries.traffic import ChatState, read_chat, write_chat
from tests.conftest import Clock
from tests.handlers.replies import REPLIES

NOW = Clock().now
ROUTES = router()


def a_turn(text: str = "", *, buttons: bool = False) -> Turn:
    incoming = Incoming("zalo_bot", "an", "an", "1", text=text)
    turn = Turn(incoming, Session(), NOW, Policy(), Speaker("vi"), buttons)
    turn.__dict__["who"] = None
    return turn


def choices(*labels: str, of: str = "a", pressed: bool | None = None) -> Reply:
    shown = tuple(
        Choice(label=label, action=f"found/{index}/{of}", pressed=pressed)
        for index, label in enumerate(labels)
    )
    return reply(Choices(choices=shown))


def numbers_shown(answer: Reply) -> dict[int, str]:
    """Each number a person reads, with the words beside it."""
    text = "\n".join(plain_texts(answer, most=100_000))
    lines = re.findall(r"^(\d+)\. (?:✅ )?(label of \S+|see|nhãn \w+)$", text, re.MULTILINE)
    return {int(number): words for number, words in lines}


@given(st.lists(REPLIES, min_size=1, max_size=3))
def test_every_number_shown_leads_to_the_choice_beside_it_and_no_other_to_any(
    replies: list[Reply],
) -> None:
    state = ChatState()
    sent = keep_shown(a_turn(), state, replies)
    labels: dict[int, str] = {}
    for answer in sent:
        labels |= numbers_shown(answer)
    for number in range(130):
        meant = by_number(a_turn(), str(number), state, ROUTES)
        if number in state.live:
            assert meant == state.live[number].action
            live = state.live[number]
            assert labels[number] == live.label
            assert live.label in {"see", f"label of {live.action}"}
        elif number == 0:
            assert meant == START.build()
        else:
            assert meant is None or meant == STALE.build() or not isinstance(meant, str)
    assert set(labels) == set(state.live)


@given(REPLIES, REPLIES, st.integers(0, 14))
def test_a_message_that_comes_unasked_leaves_the_numbers_of_the_last_answer(
    answer: Reply, unasked: Reply, minutes: int
) -> None:
    state = ChatState()
    keep_shown(a_turn(), state, [answer])
    state.shown = NOW
    before, awaited = dict(state.live), state.awaits
    came = take_in(state, unasked, NOW + timedelta(minutes=minutes))
    assert before.items() <= state.live.items()
    assert state.awaits == awaited
    for number, words in numbers_shown(came).items():
        assert state.live[number].label == words
        assert number not in before
    assert {each.number for each in offered(came)} | set(before) == set(state.live)


@given(REPLIES, REPLIES, REPLIES, st.integers(0, 20))
def test_answering_the_older_list_leaves_the_newer_message_its_numbers_or_takes_them_all(
    older: Reply, unasked: Reply, answer: Reply, minutes: int
) -> None:
    state = ChatState()
    keep_shown(a_turn(), state, [older])
    state.shown = NOW - timedelta(minutes=minutes)
    take_in(state, unasked, NOW - timedelta(minutes=minutes))
    came = {number: each for number, each in state.live.items() if each.unasked}
    before = dict(state.live)
    (sent,) = keep_shown(a_turn(), state, [answer])
    own = {each.number: each.choice.action for each in offered(sent)}
    if not any(answer.choices()) and not own and answer.takes_text() is None:
        assert state.live == before
        return
    assert own.items() <= state.numbers.items()
    kept = {number: each.action for number, each in state.live.items() if number not in own}
    asked_for_number = answer.takes_digits()
    if minutes >= 15 or asked_for_number or own.keys() & came.keys():
        assert kept == {}
    else:
        assert kept == {number: each.action for number, each in came.items()}


def test_after_a_quarter_of_an_hour_it_is_numbered_from_one() -> None:
    state = ChatState()
    keep_shown(a_turn(), state, [choices("nhãn một", "nhãn hai")])
    state.shown = NOW
    came = take_in(state, choices("nhãn ba", of="b"), NOW + timedelta(minutes=16))
    assert numbers_shown(came) == {1: "nhãn ba"}
    assert state.numbers == {1: "found/0/b"}


def test_of_a_citizen_no_time_is_kept_so_their_numbers_count_as_live() -> None:
    state = ChatState()
    keep_shown(a_turn(), state, [choices("nhãn một")])
    assert state.shown is None
    take_in(state, choices("nhãn ba", of="b"), NOW + timedelta(hours=3))
    assert state.numbers == {1: "found/0/a", 2: "found/0/b"}


def test_numbers_never_go_past_ninety_nine() -> None:
    state = ChatState()
    for count in range(40):
        came = take_in(state, choices("nhãn a", "nhãn b", "nhãn c", of=f"x{count}"), NOW)
        assert all(each.number <= 99 for each in offered(came))
        assert {each.number: each.choice.action for each in offered(came)}.items() <= (
            state.numbers.items()
        )


def test_what_is_taken_in_twice_in_a_row_can_both_be_typed() -> None:
    state = ChatState()
    first = take_in(state, choices("nhãn một", of="a"), NOW)
    second = take_in(state, choices("nhãn hai", of="b"), NOW + timedelta(minutes=1))
    assert numbers_shown(first) | numbers_shown(second) == {1: "nhãn một", 2: "nhãn hai"}


def test_a_message_without_choices_changes_nothing() -> None:
    state = ChatState("search", {}, "vi")
    answer = reply(Title(text="Chào"))
    assert take_in(state, answer, NOW) == answer
    assert (state.awaits, state.live, state.shown) == ("search", {}, None)


def test_the_numbers_beside_a_field_leave_out_those_that_may_be_its_answer() -> None:
    times = choices("nhãn a", "nhãn b")
    asked = reply(*times.parts, Field(action="search", label="Giờ?", send="Lưu", digits_to=24))
    assert numbers_shown(asked) == {31: "nhãn a", 32: "nhãn b"}
    state = ChatState()
    keep_shown(a_turn(), state, [asked])
    assert by_number(a_turn(), "8", state, ROUTES) is None  # the field's answer
    assert by_number(a_turn(), "31", state, ROUTES) == "found/0/a"


def test_words_of_a_choice_mean_it_unless_two_are_called_so() -> None:
    state = ChatState()
    keep_shown(a_turn(), state, [choices("Hộ tịch", "Đất đai", "ĐẤT ĐAI", "Về menu…")])
    for typed in ("Hộ tịch", "ho tich", "HỘ TỊCH", "Ho\u0323\u0302 ti\u0323ch", " hộ  tịch. "):
        assert by_word(a_turn(), typed, state) == "found/0/a"
    assert by_word(a_turn(), "về menu", state) == "found/3/a"
    assert by_word(a_turn(), "đất đai", state) is None
    assert by_word(a_turn(), "hộ", state) is None
    assert by_word(a_turn(buttons=True), "Hộ tịch", state) is None


def test_words_that_look_like_a_choice_are_told_apart_from_one() -> None:
    answer = reply(
        Title(text="Góp ý"), Text(text="1. “Chậm”\n 2) Duyệt\n3.5 điểm"), *choices("nhãn a").parts
    )
    state = ChatState()
    (sent,) = keep_shown(a_turn(), state, [answer])
    assert plain_texts(sent, most=500) == [
        "Góp ý\n\n1 – “Chậm”\n2 – Duyệt\n3.5 điểm\n\n1. nhãn a\n\n0. Menu"
    ]
    assert plain_texts(take_in(ChatState(), answer, NOW), most=500) == plain_texts(sent, most=500)
    assert keep_shown(a_turn(buttons=True), ChatState(), [answer]) == [answer]


def test_state_is_sealed_and_the_same_after_a_restart(database: Database, clock: Clock) -> None:
    state = ChatState()
    keep_shown(a_turn(), state, [choices("Mật", "Hai", pressed=True)])
    state.ask("search", clock(), digits=False, person=True)
    state.shown = clock()
    database.run_now(lambda s: write_chat(s, "c", state, clock()))
    assert database.run_now(lambda s: read_chat(s, "c", clock())) == state


def test_an_unasked_message_does_not_lengthen_what_is_awaited(
    database: Database, clock: Clock
) -> None:
    state = ChatState()
    state.ask("search", clock())
    database.run_now(lambda s: write_chat(s, "c", state, clock()))
    clock.move(hours=20)

    def came(session: Session) -> None:
        kept = read_chat(session, "c", clock())
        assert kept.awaits == "search"
        take_in(kept, choices("nhãn một"), clock())
        write_chat(session, "c", kept, clock())

    database.run_now(came)
    clock.move(hours=5)
    later = database.run_now(lambda s: read_chat(s, "c", clock()))
    assert later.awaits is None
    assert later.numbers == {1: "found/0/a"}

"""What people see when Telegram is slow, refuses, breaks off, or a person is gone."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from tests.bot.running import QUICK, FlakyDatabase, running
from tests.conftest import Clock
from tests.fakes.telegram import FakeTelegram, Fault, Pace, User


class Ticks:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def from_bot(person: User) -> list[str]:
    return [each.text for each in person.messages() if each.from_bot]


async def test_three_answers_to_one_message_come_in_order(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna = server.user(1001)
    async with running(server, file_database, clock):
        anna.send("three")
        await anna.seen("part 3")
    assert from_bot(anna) == ["part 1", "part 2", "part 3"]


async def test_retry_after_is_honoured_for_the_chat_and_others_go_on(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna, bert, ticks = server.user(1001), server.user(1002), Ticks()
    server.fault("sendMessage", Fault.too_many_requests(17), chat=anna.id)
    async with running(server, file_database, clock, monotonic=ticks) as bot:
        anna.send("held")
        await server.until(lambda: server.calls_of("sendMessage"))
        bert.send("free")
        await bert.seen("You said: free")
        ticks.now += 16.9
        await asyncio.sleep(0.2)
        assert from_bot(anna) == []
        ticks.now += 0.2
        await anna.seen("You said: held")
        await bot.quiet()
    assert from_bot(anna) == ["You said: held"]


async def test_the_pace_of_the_server_is_kept_and_everyone_is_answered(
    file_database: FlakyDatabase, clock: Clock
) -> None:
    with FakeTelegram(pace=Pace(per_second=60, burst=20)) as server:
        people = [server.user(3000 + n) for n in range(30)]
        async with running(server, file_database, clock) as bot:
            for person in people:
                person.send("hello")
            for person in people:
                await person.seen("You said: hello", timeout=15)
            await bot.quiet()
        assert all(len(from_bot(person)) == 1 for person in people)


async def test_trouble_on_the_way_is_retried_until_it_arrives(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    faults = [Fault.server_error(), Fault.bad_gateway(), Fault.reset()]
    people = [server.user(1001 + n) for n in range(len(faults))]
    async with running(server, file_database, clock) as bot:
        for person, fault in zip(people, faults, strict=True):
            server.fault("sendMessage", fault, chat=person.id)
            person.send("hi")
        await server.until(lambda: len(server.calls_of("sendMessage")) == len(faults))
        await asyncio.sleep(0.1)
        clock.move(seconds=2)
        for person in people:
            await person.seen("You said: hi")
        await bot.quiet()
    assert all(from_bot(person) == ["You said: hi"] for person in people)


async def test_a_dropped_answer_may_repeat_a_message_but_a_tap_does_no_harm(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna = server.user(1001)
    async with running(server, file_database, clock) as bot:
        anna.send("/start")
        await anna.seen("Welcome")
        server.fault("editMessageText", Fault.drop())
        anna.tap("Count")
        await server.until(lambda: len(server.calls_of("editMessageText")) == 1)
        await asyncio.sleep(0.1)
        clock.move(seconds=2)
        await bot.quiet()
        assert await bot.notes() == {"1001": ["count 1"]}
    assert from_bot(anna) == ["Count 1"]


async def test_a_person_who_blocked_the_bot_is_sent_nothing_more(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna = server.user(1001)
    async with running(server, file_database, clock) as bot:
        anna.send("hello")
        await anna.seen("You said: hello")
        server.fault("sendMessage", Fault.blocked())
        anna.send("three")
        await server.until(lambda: bot.gone)
        await bot.quiet()
    assert len(server.calls_of("sendMessage")) == 2
    assert from_bot(anna) == ["You said: hello"]


async def test_blocking_drops_what_waits_and_coming_back_works(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna = server.user(1001)
    server.fault("sendMessage", Fault.server_error())
    async with running(server, file_database, clock) as bot:
        anna.send("never answered")
        await server.until(lambda: server.calls_of("sendMessage"))
        anna.block()
        await server.until(lambda: bot.gone)
        assert await bot.waiting() == 0
        anna.unblock()
        anna.send("back")
        await anna.seen("You said: back")
        await bot.quiet()
    assert from_bot(anna) == ["You said: back"]
    assert server.refusals == []


async def test_a_long_answer_comes_in_pieces_with_the_buttons_under_the_last(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna = server.user(1001)
    async with running(server, file_database, clock):
        anna.send("long")
        await anna.seen(lambda message: bool(message.labels))
    shown = [each for each in anna.messages() if each.from_bot]
    assert len(shown) > 1
    assert [bool(each.labels) for each in shown] == [False] * (len(shown) - 1) + [True]
    assert " ".join(each.text for each in shown).split()[1::2] == [str(n) for n in range(1500)]
    assert server.refusals == []


async def test_when_a_later_piece_fails_the_earlier_ones_are_not_repeated(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna = server.user(1001)
    server.fault(
        "sendMessage", Fault.server_error(), when=lambda _method, params: "1499" in params["text"]
    )
    async with running(server, file_database, clock) as bot:
        anna.send("long")
        await server.until(lambda: not server.faults_left)
        await asyncio.sleep(0.1)
        clock.move(seconds=2)
        await anna.seen(lambda message: bool(message.labels))
        await bot.quiet()
    assert " ".join(from_bot(anna)).split()[1::2] == [str(n) for n in range(1500)]


async def test_a_second_tap_on_the_same_button_is_no_refused_call(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna = server.user(1001)
    async with running(server, file_database, clock) as bot:
        anna.send("/start")
        await anna.seen("Welcome")
        anna.tap("Same")
        await anna.seen("Always the same")
        anna.tap("Same")
        await server.until(lambda: len(anna.toasts) == 2)
        await bot.quiet()
    assert len(server.calls_of("editMessageText")) == 1
    assert server.refusals == []


async def test_not_modified_counts_as_sent(
    server: FakeTelegram,
    file_database: FlakyDatabase,
    clock: Clock,
    logged: Callable[[], str],
) -> None:
    anna = server.user(1001)
    async with running(server, file_database, clock) as bot:
        anna.send("/start")
        await anna.seen("Welcome")
        anna.tap("Same")
        await anna.seen("Always the same")
        await bot.quiet()
        bot.channel._sender._shown.clear()  # as after a restart
        anna.tap("Same")
        await server.until(lambda: len(server.calls_of("editMessageText")) == 2)
        await bot.quiet()
    assert from_bot(anna) == ["Always the same"]
    assert "cannot be sent" not in logged()


async def test_the_button_of_a_message_that_is_gone_is_answered_with_a_new_one(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna = server.user(1001, started=True)
    async with running(server, file_database, clock):
        anna.tap_data("count/5", message_id=4711)
        await anna.seen("Count 5")
    assert server.calls_of("editMessageText") == []
    assert server.refusals == []


async def test_a_button_that_means_nothing_is_answered_politely(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna = server.user(1001)
    async with running(server, file_database, clock):
        anna.send("/start")
        await anna.seen("Welcome")
        anna.tap_data("no/such/action")
        await anna.seen("That button is old")
    assert server.refusals == []


async def test_formatting_that_is_refused_is_sent_again_as_plain_text_once(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna = server.user(1001)
    server.fault(
        "sendMessage",
        Fault.api_error(400, "Bad Request: can't parse entities: Unsupported start tag"),
        when=lambda _method, params: "parse_mode" in params,
    )
    async with running(server, file_database, clock) as bot:
        anna.send("a < b")
        await anna.seen("You said: a < b")
        await bot.quiet()
    assert [("parse_mode" in each.params) for each in server.calls_of("sendMessage")] == [
        True,
        False,
    ]


async def test_a_wait_on_a_button_ends_even_when_telegram_refuses_the_answer(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna = server.user(1001)
    server.fault(
        "answerCallbackQuery", Fault.api_error(400, "Bad Request: query is too old"), times=1
    )
    async with running(server, file_database, clock) as bot:
        anna.send("/start")
        await anna.seen("Welcome")
        anna.tap("Count")
        await anna.seen("Count 1")
        anna.tap("More")
        await anna.seen("Count 2")
        await bot.quiet()
        assert await bot.notes() == {"1001": ["count 1", "count 2"]}


async def test_a_tap_redelivered_is_not_answered_a_second_time(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna = server.user(1001)
    async with running(server, file_database, clock) as bot:
        anna.send("/start")
        await anna.seen("Welcome")
        anna.tap("Count")
        await server.until(lambda: len(anna.toasts) == 1 and not server.unconfirmed())
        server.redeliver(100_000_002)
        anna.send("done")
        await anna.seen("You said: done")
        await bot.quiet()
        assert await bot.notes() == {"1001": ["count 1", "done"]}
    assert server.refusals == []


async def test_a_hanging_answer_to_a_tap_holds_up_nothing(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna = server.user(1001)
    server.fault("answerCallbackQuery", Fault.hang(1.0))
    async with running(server, file_database, clock):
        anna.send("/start")
        await anna.seen("Welcome")
        anna.tap("Count")
        await anna.seen("Count 1", timeout=0.8)
        anna.tap("More")
        await anna.seen("Count 2", timeout=0.8)


async def test_what_cannot_be_read_is_named_to_the_flow(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna = server.user(1001)
    async with running(server, file_database, clock) as bot:
        anna.send_sticker()
        anna.send_photo("caption")
        anna.send_voice()
        anna.send_location()
        anna.send_contact()
        text = anna.send("first")
        anna.edit(text, "second")
        await anna.seen("Something else: edited")
        await bot.quiet()
        assert await bot.notes() == {
            "1001": [
                "other sticker",
                "other photo",
                "other voice",
                "other location",
                "other contact",
                "first",
                "other edited",
            ]
        }
    assert server.refusals == []


async def test_in_a_group_only_who_calls_the_bot_is_answered_and_nothing_is_shown(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna = server.user(1001)
    group = server.group(-100200300, members=[anna], reads_all=True)
    async with running(server, file_database, clock):
        anna.send_in(group, "just talking")
        anna.send_in(group, "/start@gop_y_bot q-Q1")
        await server.until(lambda: len(server.messages(group.id)) == 3)
        assert server.messages(group.id)[-1].text == "Something else: group"
    assert server.refusals == []


async def test_broken_messages_are_logged_without_content_and_do_not_block(
    server: FakeTelegram,
    file_database: FlakyDatabase,
    clock: Clock,
    logged: Callable[[], str],
) -> None:
    anna = server.user(1001)
    server.fault("sendMessage", Fault.api_error(400, "Bad Request: BUTTON_DATA_INVALID"))
    async with running(server, file_database, clock) as bot:
        anna.send("confidential")
        await server.until(lambda: "message cannot be sent" in logged())
        anna.send("next")
        await anna.seen("You said: next")
        await bot.quiet()
    assert "Button_data_invalid" in logged()
    assert "confidential" not in logged()
    assert str(anna.id) not in logged()
    assert server.token not in logged()


async def test_a_refused_token_while_sending_loses_no_answer(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna = server.user(1001)
    server.fault("sendMessage", Fault.unauthorized(), times=2)
    tuning = replace(QUICK, first_wait=0.0)
    async with running(server, file_database, clock, tuning=tuning):
        anna.send("kept")
        await anna.seen("You said: kept")

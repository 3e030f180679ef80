"""Telegram by polling: what is said and tapped, in which order, and what happens when things fail."""

import asyncio
from collections.abc import Callable

from tests.bot.running import FlakyDatabase, running
from tests.conftest import Clock
from tests.fakes.telegram import FakeTelegram, Fault


async def test_a_person_is_answered_and_a_tap_replaces_its_message(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna = server.user(1001)
    async with running(server, file_database, clock):
        anna.send("/start")
        first = await anna.seen("Welcome")
        anna.tap("Count")
        counted = await anna.seen("Count 1")
        assert counted.message_id == first.message_id
        assert counted.labels == ["More"]
        await server.until(lambda: len(anna.toasts) == 1)
    assert server.refusals == []
    assert server.unconfirmed() == []


async def test_an_update_delivered_twice_is_handled_once(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna = server.user(1001)
    async with running(server, file_database, clock) as bot:
        anna.send("hello")
        await anna.seen("You said: hello")
        await server.until(lambda: not server.unconfirmed())
        server.redeliver(100_000_001)
        anna.send("again")
        await anna.seen("You said: again")
        await bot.quiet()
        assert await bot.notes() == {"1001": ["hello", "again"]}
    texts = [each.text for each in anna.messages() if each.from_bot]
    assert texts == ["You said: hello", "You said: again"]


async def test_several_people_at_once_each_in_order(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    people = [server.user(2000 + n) for n in range(20)]
    async with running(server, file_database, clock) as bot:
        for number in range(5):
            for person in people:
                person.send(f"no {number}")
        for person in people:
            await person.seen("You said: no 4", timeout=15)
        await bot.quiet()
        notes = await bot.notes()
    expected = [f"no {number}" for number in range(5)]
    assert notes == {str(person.id): expected for person in people}
    for person in people:
        answers = [each.text for each in person.messages() if each.from_bot]
        assert answers == [f"You said: {said}" for said in expected]
    assert server.refusals == []


async def test_a_slow_chat_does_not_hold_up_another(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    slow, quick = server.user(1001), server.user(1002)
    server.fault("sendMessage", Fault.hang(3.0), chat=slow.id)
    async with running(server, file_database, clock):
        slow.send("slow")
        await server.until(lambda: server.calls_of("sendMessage"))
        quick.send("quick")
        await quick.seen("You said: quick", timeout=1.0)


async def test_the_offset_moves_only_after_the_commit(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna = server.user(1001)
    async with running(server, file_database, clock) as bot:
        file_database.down = True
        anna.send("kept")
        await server.until(lambda: file_database.refused > 3)
        assert len(server.unconfirmed()) == 1
        assert await bot.notes() == {}
        file_database.down = False
        await anna.seen("You said: kept")
        await server.until(lambda: not server.unconfirmed())
        assert await bot.notes() == {"1001": ["kept"]}


async def test_a_batch_half_committed_when_the_database_fails_is_completed_without_repeats(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna, bert = server.user(1001), server.user(1002)
    async with running(server, file_database, clock) as bot:
        handle = bot.channel._receiver._handle
        failed: list[str] = []

        async def fails_once_for_bert(incoming, can):  # type: ignore[no-untyped-def]
            if incoming.chat == "1002" and not failed:
                failed.append(incoming.key)
                file_database.down = True
                try:
                    return await handle(incoming, can)
                finally:
                    file_database.down = False
            return await handle(incoming, can)

        bot.channel._receiver._handle = fails_once_for_bert  # type: ignore[assignment]
        with server._world.lock:
            anna.send("from anna")
            bert.send("from bert")
        await bert.seen("You said: from bert")
        await anna.seen("You said: from anna")
        await bot.quiet()
        assert failed
        assert await bot.notes() == {"1001": ["from anna"], "1002": ["from bert"]}
    assert len([m for m in anna.messages() if m.from_bot]) == 1


async def test_an_unreadable_update_is_passed_over(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna = server.user(1001)
    async with running(server, file_database, clock):
        server.push({"message": {"message_id": "not a number", "chat": 5}})
        server.push({"message": {"text": "no chat"}})
        server.push({"brand_new_kind": {"x": 1}})
        anna.send("after it")
        await anna.seen("You said: after it")
        await server.until(lambda: not server.unconfirmed())


async def test_a_handler_that_raises_is_answered_with_a_reference_and_leaves_nothing(
    server: FakeTelegram,
    file_database: FlakyDatabase,
    clock: Clock,
    logged: Callable[[], str],
) -> None:
    anna = server.user(1001)
    async with running(server, file_database, clock) as bot:
        anna.send("/start")
        await anna.seen("Welcome")
        anna.tap("Fail")
        answer = await anna.seen(lambda message: "⚠️" in message.text)
        await bot.quiet()
        assert await bot.notes() == {}
    lines = logged()
    reference = answer.text.split()[-1].strip(".")
    assert reference in lines
    assert "secret words" not in lines
    assert server.token not in lines
    assert str(anna.id) not in lines


async def test_stopping_commits_what_is_under_way_and_tells_telegram(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna = server.user(1001)
    async with running(server, file_database, clock) as bot:
        handle, begun = bot.channel._receiver._handle, asyncio.Event()

        async def slowly(incoming, can):  # type: ignore[no-untyped-def]
            begun.set()
            await asyncio.sleep(0.2)
            return await handle(incoming, can)

        bot.channel._receiver._handle = slowly  # type: ignore[assignment]
        anna.send("last words")
        await asyncio.wait_for(begun.wait(), 5)
    assert server.unconfirmed() == []
    assert "You said: last words" in anna.see()

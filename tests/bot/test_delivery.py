"""Delivery: order, pace, retry, giving up; nothing confirmed is sent again."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channels.base import Broken, Gone, Throttled, TryAgain
from bot.delivery import Delivery, Tuning
from bot.observability import REGISTRY
from handlers.messages import Text, reply
from storage.database import Database
from storage.queries.traffic import PROACTIVE, chat_name
from tests.bot.running import QUICK, FlakyDatabase
from tests.bot.scripted import (
    NAME,
    ScriptedChannel,
    delivering,
    queue,
    until,
    until_empty,
    waiting,
)
from tests.conftest import Clock


class Ticks:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def channel() -> ScriptedChannel:
    return ScriptedChannel()


def delivery_of(
    database: Database, clock: Clock, channel: ScriptedChannel, **how: object
) -> Delivery:
    tuning = how.pop("tuning", QUICK)
    return Delivery(database, clock, [channel], tuning=tuning, **how)  # type: ignore[arg-type]


async def test_what_is_queued_leaves_at_once_when_woken(
    file_database: FlakyDatabase, clock: Clock, channel: ScriptedChannel
) -> None:
    slow_looks = replace(QUICK, looks_every=60)
    async with delivering(delivery_of(file_database, clock, channel, tuning=slow_looks)) as it:
        await asyncio.sleep(0.05)
        await queue(file_database, ("a", "hello"))
        it.wake(NAME)
        await until(lambda: channel.texts() == ["hello"], 1)
        await until_empty(file_database, 1)


async def test_what_another_process_queued_is_found_without_a_wake(
    database: Database, clock: Clock, channel: ScriptedChannel
) -> None:
    async with delivering(delivery_of(database, clock, channel)):
        await asyncio.sleep(0.05)
        await queue(database, ("a", "hello"))
        await until_empty(database)
    assert channel.texts() == ["hello"]


async def test_on_postgresql_another_process_wakes_us(
    postgres_url: str, keys: object, clock: Clock, channel: ScriptedChannel
) -> None:
    ours, other = Database(postgres_url, keys), Database(postgres_url, keys)  # type: ignore[arg-type]
    slow_looks = replace(QUICK, looks_every=60)
    async with delivering(delivery_of(ours, clock, channel, tuning=slow_looks)):
        await asyncio.sleep(0.5)
        await queue(other, ("a", "hello"))
        await until(lambda: channel.texts() == ["hello"], 2)
        await _kill_connections(postgres_url, ours)
        await asyncio.sleep(2.5)  # longer than a reconnection waits
        await queue(other, ("a", "after the connection broke"))
        await until(lambda: len(channel.texts()) == 2, 2)
    ours.close()
    other.close()


async def _kill_connections(url: str, database: Database) -> None:
    import psycopg

    def kill() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )

    await asyncio.to_thread(kill)


async def test_one_chat_is_strictly_in_order_with_one_message_in_flight(
    file_database: FlakyDatabase, clock: Clock, channel: ScriptedChannel
) -> None:
    channel.takes = 0.002
    chats = [f"c{n}" for n in range(10)]
    async with delivering(delivery_of(file_database, clock, channel)) as it:
        for number in range(12):
            await queue(file_database, *((chat, f"no {number}") for chat in chats))
            it.wake(NAME)
        await until_empty(file_database)
    for chat in chats:
        assert channel.texts(chat) == [f"no {number}" for number in range(12)]
    assert channel.overlapped == []


async def test_several_chats_are_served_at_once_but_not_too_many(
    file_database: FlakyDatabase, clock: Clock, channel: ScriptedChannel
) -> None:
    channel.takes = 0.05
    tuning = replace(QUICK, at_once=8)
    await queue(file_database, *((f"c{n}", "hi") for n in range(40)))
    async with delivering(delivery_of(file_database, clock, channel, tuning=tuning)):
        await until_empty(file_database)
    assert channel.most_at_once == 8
    assert len(channel.sent) == 40


async def test_a_slow_chat_holds_up_no_other(
    file_database: FlakyDatabase, clock: Clock, channel: ScriptedChannel
) -> None:
    opened = asyncio.Event()
    channel.script["slow"] = [opened]
    await queue(file_database, ("slow", "1"), ("slow", "2"), ("quick", "1"))
    async with delivering(delivery_of(file_database, clock, channel)):
        await until(lambda: channel.texts("quick") == ["1"])
        assert channel.texts("slow") == []
        opened.set()
        await until(lambda: channel.texts("slow") == ["1", "2"])


async def test_what_failed_is_tried_again_later_and_later(
    file_database: FlakyDatabase, clock: Clock, channel: ScriptedChannel
) -> None:
    channel.script["a"] = [TryAgain("network"), TryAgain("network")]
    await queue(file_database, ("a", "first"), ("a", "second"))
    async with delivering(delivery_of(file_database, clock, channel)):
        await until(lambda: len(channel.tried) == 1)
        await asyncio.sleep(0.2)
        assert len(channel.tried) == 1
        clock.move(seconds=1.25)
        await until(lambda: len(channel.tried) == 2)
        clock.move(seconds=1.25)
        await asyncio.sleep(0.2)
        assert len(channel.tried) == 2  # this wait is longer
        clock.move(seconds=1.25)
        await until_empty(file_database)
    assert channel.texts() == ["first", "second"]


async def test_the_waits_double_up_to_five_minutes_and_are_never_alike() -> None:
    tuning = Tuning()
    for attempts, longest in [(0, 1), (1, 2), (4, 16), (9, 300), (200, 300)]:
        waits = {tuning.wait_after(attempts).total_seconds() for _ in range(20)}
        assert len(waits) > 1
        assert all(0.75 * longest <= wait <= 1.25 * longest for wait in waits)
    day = sum((tuning.wait_after(n) for n in range(tuning.gives_up_after)), timedelta())
    assert timedelta(hours=22) < day < timedelta(hours=26)


async def test_a_message_that_fails_for_a_day_is_given_up_and_the_next_goes(
    file_database: FlakyDatabase,
    clock: Clock,
    channel: ScriptedChannel,
    logged: Callable[[], str],
) -> None:
    tuning = replace(QUICK, gives_up_after=3)
    channel.script["a"] = [TryAgain("network")] * 3
    await queue(file_database, ("a", "hopeless words"), ("a", "next"))
    async with delivering(delivery_of(file_database, clock, channel, tuning=tuning)):
        for tries in (1, 2, 3):
            await until(lambda tries=tries: len(channel.tried) >= tries)
            clock.move(minutes=6)
        await until_empty(file_database)
    assert channel.texts() == ["next"]
    assert "gave up" in logged()
    assert "hopeless words" not in logged()


async def test_a_throttled_chat_pauses_as_long_as_told_and_others_go_on(
    file_database: FlakyDatabase, clock: Clock, channel: ScriptedChannel
) -> None:
    ticks = Ticks()
    channel.script["a"] = [Throttled(7)]
    await queue(file_database, ("a", "held"), ("b", "free"))
    async with delivering(delivery_of(file_database, clock, channel, monotonic=ticks)):
        await until(lambda: channel.texts() == ["free"])
        ticks.now += 6.9
        await asyncio.sleep(0.2)
        assert channel.texts("a") == []
        ticks.now += 0.2
        await until(lambda: channel.texts("a") == ["held"])
    assert len([each for each in channel.tried if each.address == "a"]) == 2


async def test_a_throttled_token_pauses_everyone(
    file_database: FlakyDatabase, clock: Clock, channel: ScriptedChannel
) -> None:
    ticks = Ticks()
    channel.script["a"] = [Throttled(7, everyone=True)]
    await queue(file_database, ("a", "held"))
    async with delivering(delivery_of(file_database, clock, channel, monotonic=ticks)) as it:
        await until(lambda: channel.tried)
        await queue(file_database, ("b", "held too"))
        it.wake(NAME)
        await asyncio.sleep(0.2)
        assert channel.sent == []
        ticks.now += 7.1
        await until(lambda: sorted(channel.texts()) == ["held", "held too"])


async def test_a_429_for_a_proactive_message_is_about_the_token(
    file_database: FlakyDatabase, clock: Clock, channel: ScriptedChannel
) -> None:
    ticks = Ticks()
    channel.script["a"] = [Throttled(7)]
    await queue(file_database, ("a", "digest"), lane=PROACTIVE)
    async with delivering(delivery_of(file_database, clock, channel, monotonic=ticks)) as it:
        await until(lambda: channel.tried)
        await queue(file_database, ("b", "answer"))
        it.wake(NAME)
        await asyncio.sleep(0.2)
        assert channel.sent == []
        ticks.now += 7.1
        await until(lambda: sorted(channel.texts()) == ["answer", "digest"])


async def test_many_chats_throttled_in_a_row_mean_the_token(
    file_database: FlakyDatabase, clock: Clock, channel: ScriptedChannel
) -> None:
    ticks = Ticks()
    tuning = replace(QUICK, all_pause_after=3)
    for chat in "abc":
        channel.script[chat] = [Throttled(7)]
    await queue(file_database, *((chat, "x") for chat in "abc"))
    how = {"tuning": tuning, "monotonic": ticks}
    async with delivering(delivery_of(file_database, clock, channel, **how)) as it:
        await until(lambda: len(channel.tried) == 3)
        await queue(file_database, ("d", "x"))
        it.wake(NAME)
        await asyncio.sleep(0.2)
        assert channel.sent == []
        ticks.now += 7.1
        await until(lambda: len(channel.sent) == 4)


async def test_who_is_gone_is_forgotten_and_told_of(
    file_database: FlakyDatabase, clock: Clock, channel: ScriptedChannel
) -> None:
    gone: list[tuple[str, str]] = []
    channel.script["a"] = [Gone()]
    await queue(file_database, ("a", "1"), ("a", "2"), ("b", "1"))
    it = delivery_of(
        file_database,
        clock,
        channel,
        on_gone=lambda _session, name, chat: gone.append((name, chat)),
    )
    async with delivering(it):
        await until_empty(file_database)
    assert [each.address for each in channel.tried] == ["a", "b"]
    assert gone == [(NAME, chat_name(file_database.keys, NAME, "a"))]


async def test_a_hook_that_fails_blocks_nothing(
    file_database: FlakyDatabase, clock: Clock, channel: ScriptedChannel
) -> None:
    def hook(session: object, name: str, chat: str) -> None:
        raise KeyError(chat)

    channel.script["a"] = [Gone()]
    await queue(file_database, ("a", "1"), ("b", "1"))
    async with delivering(delivery_of(file_database, clock, channel, on_gone=hook)):
        await until_empty(file_database)
    assert channel.texts() == ["1"]


async def test_a_broken_message_is_dropped_with_a_reference_and_blocks_nothing(
    file_database: FlakyDatabase,
    clock: Clock,
    channel: ScriptedChannel,
    logged: Callable[[], str],
) -> None:
    channel.script["a"] = [Broken("BUTTON_DATA_INVALID"), RuntimeError("a bug near Anna")]
    await queue(file_database, ("a", "broken words"), ("a", "a bug"), ("a", "good"))
    async with delivering(delivery_of(file_database, clock, channel)):
        await until_empty(file_database)
    assert channel.texts() == ["good"]
    assert logged().count("message cannot be sent, dropped") == 2
    assert "reference" in logged()
    assert "broken words" not in logged()
    assert "Anna" not in logged()


async def test_the_rest_of_a_message_that_went_out_in_part_is_sent_not_the_whole(
    file_database: FlakyDatabase, clock: Clock, channel: ScriptedChannel
) -> None:
    in_part = TryAgain("network")
    in_part.rest = reply(Text(text="second half"))
    throttled = Throttled(0.01)
    throttled.rest = reply(Text(text="last quarter"))
    channel.script["a"] = [in_part, throttled]
    await queue(file_database, ("a", "first half second half"))
    async with delivering(delivery_of(file_database, clock, channel)):
        await until(lambda: len(channel.tried) == 1)
        await asyncio.sleep(0.1)
        clock.move(seconds=2)
        await until_empty(file_database)
    assert [each.text for each in channel.tried] == [
        "first half second half",
        "second half",
        "last quarter",
    ]


async def test_what_was_sent_is_not_sent_again_when_the_database_fails_before_noting_it(
    file_database: FlakyDatabase, clock: Clock, channel: ScriptedChannel
) -> None:
    def fail(_address: str) -> None:
        file_database.down = True

    channel.before = fail
    await queue(file_database, ("a", "once"))
    async with delivering(delivery_of(file_database, clock, channel)) as it:
        await until(lambda: channel.sent)
        await until(lambda: file_database.refused > 3)
        assert await waiting(file_database) == 1
        channel.before = lambda _address: None
        file_database.down = False
        await queue(file_database, ("a", "next"))
        it.wake(NAME)
        await until_empty(file_database)
    assert channel.texts() == ["once", "next"]


async def test_stopping_finishes_what_is_in_flight_and_notes_it(
    file_database: FlakyDatabase, clock: Clock, channel: ScriptedChannel
) -> None:
    channel.takes = 0.1
    await queue(file_database, ("a", "in flight"), ("a", "not begun"))
    async with delivering(delivery_of(file_database, clock, channel)):
        await until(lambda: channel.in_flight)
    sent = channel.texts()
    assert sent[0] == "in flight"
    assert await waiting(file_database) == 2 - len(sent)
    async with delivering(delivery_of(file_database, clock, channel)):
        await until_empty(file_database)
    assert channel.texts() == ["in flight", "not begun"]


async def test_a_send_that_hangs_is_cut_off_at_the_end(
    file_database: FlakyDatabase, clock: Clock, channel: ScriptedChannel
) -> None:
    channel.script["a"] = [asyncio.Event()]
    await queue(file_database, ("a", "hangs"))
    started = asyncio.get_running_loop().time()
    tuning = replace(QUICK, grace=0.1)
    async with delivering(delivery_of(file_database, clock, channel, tuning=tuning)):
        await until(lambda: channel.in_flight)
    assert asyncio.get_running_loop().time() - started < 1
    assert await waiting(file_database) == 1


async def test_a_send_that_hangs_is_tried_again(
    file_database: FlakyDatabase, clock: Clock, channel: ScriptedChannel
) -> None:
    channel.script["a"] = [asyncio.Event()]
    await queue(file_database, ("a", "hangs once"))
    tuning = replace(QUICK, send_takes_at_most=0.05)
    async with delivering(delivery_of(file_database, clock, channel, tuning=tuning)):
        await until(lambda: channel.tried and not channel.in_flight)
        clock.move(seconds=2)
        await until_empty(file_database)
    assert channel.texts() == ["hangs once"]


async def test_proactive_messages_leave_one_at_a_time_at_their_pace(
    file_database: FlakyDatabase, clock: Clock, channel: ScriptedChannel
) -> None:
    channel.proactive_per_second = 50
    await queue(file_database, *((f"m{n}", "digest") for n in range(20)), lane=PROACTIVE)
    async with delivering(delivery_of(file_database, clock, channel)):
        await until_empty(file_database)
    times = [each.at for each in channel.sent]
    assert times[-1] - times[0] >= 19 / 50 * 0.5  # else all at once; how evenly: see test_pace.py


async def test_answers_are_not_delayed_by_a_broadcast(
    file_database: FlakyDatabase, clock: Clock, channel: ScriptedChannel
) -> None:
    channel.proactive_per_second = 20
    await queue(file_database, *((f"m{n}", "digest") for n in range(200)), lane=PROACTIVE)
    async with delivering(delivery_of(file_database, clock, channel)) as it:
        await until(lambda: len(channel.sent) >= 2)
        asked = asyncio.get_running_loop().time()
        await queue(file_database, ("citizen", "answer"), ("m150", "answer"))
        it.wake(NAME)
        await until(lambda: channel.texts("citizen") and len(channel.texts("m150")) == 2)
        assert asyncio.get_running_loop().time() - asked < 0.5
    assert channel.texts("m150") == ["digest", "answer"]
    assert len(channel.sent) < 50


async def test_a_broadcast_reaches_everyone_once_and_in_order_while_people_are_answered(
    file_database: FlakyDatabase, clock: Clock, channel: ScriptedChannel
) -> None:
    channel.takes = 0.002
    members = [f"m{n}" for n in range(60)]
    for part in (1, 2):
        await queue(file_database, *((m, f"part {part}") for m in members), lane=PROACTIVE)
    async with delivering(delivery_of(file_database, clock, channel)) as it:
        for number in range(40):
            await queue(file_database, (members[number], f"answer {number}"))
            it.wake(NAME)
            await asyncio.sleep(0.002)
        await until_empty(file_database, 15)
    for member in members:
        heard = channel.texts(member)
        assert sorted(set(heard)) == sorted(heard)
        assert [text for text in heard if text.startswith("part")] == ["part 1", "part 2"]
    assert len(channel.sent) == 160
    assert channel.overlapped == []


async def test_what_left_while_the_outbox_was_being_read_is_not_sent_again(
    file_database: FlakyDatabase, clock: Clock, channel: ScriptedChannel
) -> None:
    channel.proactive_per_second = 2
    await queue(file_database, ("first", "digest"), ("m", "digest"), lane=PROACTIVE)
    it = delivery_of(file_database, clock, channel)
    async with delivering(it):
        await until(lambda: channel.texts("first"))
        await queue(file_database, ("m", "answer"))
        page = file_database.held = asyncio.Event()  # it is read, with both of m's messages
        it.wake(NAME)
        await asyncio.sleep(0.1)
        file_database.held = None  # but only that look takes its time
        await until(lambda: channel.texts("m") == ["digest"])
        page.set()
        await until_empty(file_database)
    assert channel.texts("m") == ["digest", "answer"]


async def test_when_nothing_gets_through_one_message_at_a_time_is_tried(
    file_database: FlakyDatabase, clock: Clock, channel: ScriptedChannel
) -> None:
    tuning = replace(QUICK, probes_after=8, at_once=32)
    chats = [f"c{n}" for n in range(60)]
    for chat in chats:
        channel.script[chat] = [TryAgain("network")]
    channel.takes = 0.01
    await queue(file_database, *((chat, "x") for chat in chats))
    async with delivering(delivery_of(file_database, clock, channel, tuning=tuning)):
        await until(lambda: len(channel.tried) >= 40)
        channel.most_at_once = 0
        channel.in_flight.clear()
        await until(lambda: len(channel.tried) >= 45)
        assert channel.most_at_once == 1
        for chat in chats:
            channel.script[chat] = []
        clock.move(seconds=3)
        await until_empty(file_database)
    assert sorted(channel.texts()) == ["x"] * 60


async def test_a_person_who_blocked_the_bot_loses_what_is_queued_once(
    file_database: FlakyDatabase, clock: Clock, channel: ScriptedChannel
) -> None:
    it = delivery_of(file_database, clock, channel)
    await queue(file_database, ("a", "1"), ("b", "1"))
    await it.forget(NAME, "a", "update 1")
    assert await waiting(file_database) == 1
    await queue(file_database, ("a", "back again"))
    await it.forget(NAME, "a", "update 1")  # the same update, redelivered
    assert await waiting(file_database) == 2


async def test_drain_sends_what_is_due_and_counts(
    file_database: FlakyDatabase, clock: Clock, channel: ScriptedChannel
) -> None:
    channel.script["gone"] = [Gone()]
    channel.script["later"] = [TryAgain("network")]
    await queue(file_database, ("a", "1"), ("a", "2"), ("gone", "1"), ("later", "1"))
    await queue(file_database, ("b", "digest"), lane=PROACTIVE)
    it = delivery_of(file_database, clock, channel)
    counts = await it.drain(patience=0.3)
    assert counts == {NAME: {"sent": 3, "gone": 1, "try again": 1, "left": 1}}
    assert sorted(channel.texts()) == ["1", "2", "digest"]


async def test_drain_of_nothing_ends_at_once(
    file_database: FlakyDatabase, clock: Clock, channel: ScriptedChannel
) -> None:
    assert await delivery_of(file_database, clock, channel).drain(patience=60) == {NAME: {}}


async def test_sends_and_waiting_messages_are_measured(
    file_database: FlakyDatabase, clock: Clock, channel: ScriptedChannel
) -> None:
    labels = {"channel": NAME, "result": "sent"}
    before = REGISTRY.get_sample_value("sends_total", labels) or 0
    channel.script["held"] = [TryAgain("network")]
    await queue(file_database, ("a", "1"), ("held", "1"))
    it = delivery_of(file_database, clock, channel)
    async with delivering(it):
        await until(lambda: channel.sent)
        await until(
            lambda: REGISTRY.get_sample_value(
                "outbox_messages", {"channel": NAME, "lane": "answer"}
            )
        )
    assert REGISTRY.get_sample_value("sends_total", labels) == before + 1


async def test_four_thousand_messages_are_opened_only_as_they_are_needed(
    file_database: FlakyDatabase,
    clock: Clock,
    channel: ScriptedChannel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    channel.proactive_per_second = 20
    await queue(file_database, *((f"m{n}", "digest") for n in range(4000)), lane=PROACTIVE)
    opened = 0
    really_open = file_database.keys.open

    def counting(sealed: str) -> str:
        nonlocal opened
        opened += 1
        return really_open(sealed)

    monkeypatch.setattr(file_database.keys, "open", counting)
    async with delivering(delivery_of(file_database, clock, channel)):
        await until(lambda: len(channel.sent) >= 10)
    assert opened <= 2 * 70

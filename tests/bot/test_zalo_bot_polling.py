"""The Zalo bot by polling: nothing twice, nothing lost while it lives, and what its trouble is."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest

from bot.channels.base import DoorState
from bot.channels.zalo_bot import Waits
from bot.locks import sender_lock
from storage.database import Database
from tests.bot.running import FlakyDatabase
from tests.bot.zalo_bot_running import SHORT, ZaloBot, running
from tests.conftest import Clock
from tests.fakes.zalo_bot import TOKEN, FakeZaloBot, Fault


@pytest.fixture
def zalo() -> Iterator[FakeZaloBot]:
    with FakeZaloBot() as fake:
        yield fake


async def test_a_person_is_answered_and_what_has_no_words_too(
    zalo: FakeZaloBot, file_database: FlakyDatabase, clock: Clock
) -> None:
    ted = zalo.person()
    async with running(zalo, file_database, clock) as bot:
        ted.says("words")
        await ted.reads("You said: words")
        for kind, read in (("image", "photo"), ("sticker", "sticker"), ("unsupported", "unknown")):
            ted.sends(kind)
            await ted.reads(f"Something else: {read}")
        await bot.quiet()
    assert zalo.refusals == []
    assert {each.body["timeout"] for each in zalo.calls("getUpdates")} == {"10"}


@pytest.mark.parametrize("form", ["envelope", "bare", "list"])
async def test_every_update_that_comes_back_ten_times_is_stored_and_answered_once(
    zalo: FakeZaloBot, database: Database, clock: Clock, form: str
) -> None:
    people = [zalo.person(f"p{n}") for n in range(3)]
    zalo.updates.replays, zalo.updates.form = True, form  # type: ignore[assignment]
    async with running(zalo, database, clock) as bot:
        names = [person.says(words) for words in ("one", "two", "last") for person in people]
        for person in people:
            await person.reads("You said: last")
        before = Counter(zalo.updates.handed_out)
        await zalo.until(
            lambda: all((Counter(zalo.updates.handed_out) - before)[each] >= 10 for each in names),
            timeout=20,
        )
        await bot.quiet()
        assert await bot.notes() == {person.id: ["one", "two", "last"] for person in people}
    for person in people:
        assert len(person.messages) == 3
    assert zalo.methods.sent == 9


async def test_what_comes_back_after_a_restart_is_still_known(
    zalo: FakeZaloBot, database: Database, clock: Clock
) -> None:
    ted = zalo.person()
    zalo.updates.replays = True
    async with running(zalo, database, clock):
        name = ted.says("words")
        await ted.reads("You said: words")
    clock.move(days=20)
    handed_out = zalo.updates.handed_out.count(name)
    async with running(zalo, database, clock) as bot:
        await zalo.until(lambda: zalo.updates.handed_out.count(name) > handed_out + 5)
        await bot.quiet()
    assert len(ted.messages) == 1


async def test_updates_that_come_back_ask_nothing_of_the_database(
    zalo: FakeZaloBot, file_database: FlakyDatabase, clock: Clock, logged: Callable[[], str]
) -> None:
    ted = zalo.person()
    zalo.updates.replays = True
    async with running(zalo, file_database, clock) as bot:
        name = ted.says("words")
        ted.does("message.video.received")
        ted.does("message.text.received", chat="secret chat")
        await ted.reads("You said: words")
        await zalo.until(lambda: zalo.updates.handed_out.count(name) > 5)
        await bot.quiet()
        handled: list[object] = []

        async def handle(*update: object) -> None:
            handled.append(update)

        bot.channel._poller._receiver._handle = handle  # type: ignore[assignment]
        await zalo.until(lambda: zalo.updates.handed_out.count(name) > 10)
        assert handled == []
    lines = logged()
    assert lines.count("cannot be read") == lines.count("not known here") == 1
    assert "words" not in lines
    assert ted.id not in lines


@pytest.mark.parametrize("with_200", [True, False])
async def test_an_idle_poll_is_no_trouble(
    zalo: FakeZaloBot,
    file_database: FlakyDatabase,
    clock: Clock,
    logged: Callable[[], str],
    with_200: bool,
) -> None:
    zalo.errors_with_200, zalo.methods.longest_poll = with_200, 0.02
    async with running(zalo, file_database, clock) as bot:
        await zalo.until(lambda: len(zalo.calls("getUpdates")) > 5)
        assert bot.channel.state.up
    assert "door closed" not in logged()


async def test_between_polls_is_a_pause_even_when_they_are_answered_at_once(
    zalo: FakeZaloBot, file_database: FlakyDatabase, clock: Clock
) -> None:
    zalo.updates.replays = True
    zalo.person().says("words")
    async with running(zalo, file_database, clock, waits=Waits(between=0.1)):
        await zalo.until(lambda: len(zalo.calls("getUpdates")) > 5)
    polls = [each for each in zalo.calls("getUpdates") if each.ended]
    pauses = [after.began - before.ended for before, after in pairwise(polls)]
    assert min(pauses) >= 0.09
    assert Waits().between >= 1


async def test_what_the_database_did_not_take_waits_in_memory(
    zalo: FakeZaloBot, file_database: FlakyDatabase, clock: Clock
) -> None:
    ted = zalo.person()
    async with running(zalo, file_database, clock) as bot:
        file_database.down = True
        ted.says("kept")
        await zalo.until(lambda: file_database.refused > 3)
        polls = len(zalo.calls("getUpdates"))
        file_database.down = False
        await ted.reads("You said: kept")
        assert await bot.notes() == {ted.id: ["kept"]}
    assert len(zalo.calls("getUpdates")) <= polls + 2


async def test_stopping_finishes_the_update_under_way(
    zalo: FakeZaloBot, file_database: FlakyDatabase, clock: Clock
) -> None:
    ted = zalo.person()
    async with running(zalo, file_database, clock) as bot:
        receiver, begun = bot.channel._poller._receiver, asyncio.Event()
        handle = receiver._handle

        async def slowly(incoming, can):  # type: ignore[no-untyped-def]
            begun.set()
            await asyncio.sleep(0.2)
            return await handle(incoming, can)

        receiver._handle = slowly  # type: ignore[assignment]
        ted.says("last words")
        await asyncio.wait_for(begun.wait(), 5)
    assert await bot.notes() == {ted.id: ["last words"]}


async def test_a_stop_while_the_database_is_away_tells_that_a_message_is_lost(
    zalo: FakeZaloBot, file_database: FlakyDatabase, clock: Clock, logged: Callable[[], str]
) -> None:
    waits = Waits(between=0.01, grace=0.05, database=0.02, database_longest=0.02)
    async with running(zalo, file_database, clock, waits=waits):
        file_database.down = True
        zalo.person().says("secret words")
        await zalo.until(lambda: file_database.refused > 1)
    assert "stopped before a message was stored" in logged()
    assert "secret words" not in logged()


async def test_a_webhook_in_the_way_is_taken_away_once(
    zalo: FakeZaloBot, file_database: FlakyDatabase, clock: Clock
) -> None:
    zalo.updates.webhook = {"url": "https://elsewhere.example.vn", "updated_at": 1}
    async with running(zalo, file_database, clock) as bot:
        await zalo.until(lambda: zalo.calls("getUpdates"))
        assert zalo.updates.webhook is None
        zalo.updates.webhook = {"url": "https://elsewhere.example.vn", "updated_at": 2}
        await zalo.until(lambda: not bot.channel.state.up)
        assert "no other program uses this bot's token" in bot.channel.state.why
        zalo.updates.webhook = None
        await bot.up()
    assert len(zalo.calls("deleteWebhook")) == 1


async def test_a_bot_that_has_no_webhook_takes_none_away(
    zalo: FakeZaloBot, file_database: FlakyDatabase, clock: Clock
) -> None:
    async with running(zalo, file_database, clock):
        await zalo.until(lambda: zalo.calls("getUpdates"))
    assert zalo.calls("deleteWebhook") == []
    assert zalo.calls("setWebhook") == []


TROUBLES = [
    ("getMe", Fault.refusal(401, "Unauthorized"), "refuses the bot token (401): check [zalo_bot]"),
    ("getMe", Fault.refusal(401, "Unauthorized", status=200), "refuses the bot token (401)"),
    ("getMe", Fault.refusal(404, "Not Found"), "check [zalo_bot] api_base"),
    ("getUpdates", Fault.refusal(403, "Internal server error"), "trouble of its own (403)"),
    ("getUpdates", Fault.refusal(429, "Quota exceeded"), "asks for a pause (429)"),
    ("getUpdates", Fault.refusal(500, "Internal server error"), "an error of its own (500)"),
    ("getUpdates", Fault.page(), "answers strangely (HTTP 502)"),
    ("getUpdates", Fault.nothing(), "answers strangely (HTTP 200)"),
    ("getUpdates", Fault.dropped(executed=False), "cannot be reached (RemoteProtocolError)"),
]


@pytest.mark.parametrize(("method", "fault", "words"), TROUBLES)
async def test_trouble_is_told_in_one_line_and_passes(
    zalo: FakeZaloBot,
    file_database: FlakyDatabase,
    clock: Clock,
    logged: Callable[[], str],
    method: str,
    fault: Fault,
    words: str,
) -> None:
    zalo.methods.longest_poll = 0.05
    zalo.fault(method, fault, times=2)
    async with ZaloBot(zalo, file_database, clock, waits=SHORT) as bot:
        await zalo.until(lambda: words in bot.channel.state.why)
        assert not bot.channel.state.up
        assert bot.channel.staff_door("Q1-x") is None
        await bot.up()
        ted = zalo.person()
        ted.says("still there?")
        await ted.reads("You said: still there?")
    assert logged().count(words) == 1
    assert TOKEN.partition(":")[2] not in logged()


async def test_a_service_that_cannot_be_reached_is_found_again(
    zalo: FakeZaloBot, file_database: FlakyDatabase, clock: Clock
) -> None:
    zalo.stop()
    async with ZaloBot(zalo, file_database, clock) as bot:
        await zalo.until(lambda: "cannot be reached (ConnectError)" in bot.channel.state.why)
        await asyncio.to_thread(zalo.start)
        await bot.up()


async def test_the_start_says_that_polling_may_lose_a_message(
    zalo: FakeZaloBot, file_database: FlakyDatabase, clock: Clock, logged: Callable[[], str]
) -> None:
    async with running(zalo, file_database, clock):
        await zalo.until(lambda: zalo.calls("getUpdates"))
    assert logged().count("is lost if the program is killed") == 1


@pytest.mark.parametrize("for_citizens", [True, False])
async def test_officials_find_the_way_in_and_citizens_where_they_are_wanted(
    zalo: FakeZaloBot, file_database: FlakyDatabase, clock: Clock, for_citizens: bool
) -> None:
    async with running(zalo, file_database, clock, for_citizens=for_citizens) as bot:
        link = "https://zalo.me/9ab1"
        for door in (bot.channel.invite_door("t"), bot.channel.staff_door("Q1-t")):
            assert door is not None
            assert (door.channel, door.url) == ("zalo_bot", link)
        found = bot.channel.door("Q1")
        assert (found.url if found else None) == (link if for_citizens else None)


async def test_of_two_programs_one_polls_and_the_other_takes_over(
    zalo: FakeZaloBot, database: Database, clock: Clock
) -> None:
    ted = zalo.person()
    locks = [sender_lock(database, "zalo_bot", TOKEN, every=0.02) for _ in range(2)]
    async with ZaloBot(zalo, database, clock, lock=locks[1]) as second:
        async with ZaloBot(zalo, database, clock, lock=locks[0]) as first:
            channels = (first.channel, second.channel)
            await zalo.until(
                lambda: (
                    sorted("standing by" in each.state.why for each in channels) == [False, True]
                )
            )
            ted.says("words")
            await ted.reads("You said: words")
        await zalo.until(lambda: second.channel.state == DoorState(up=True))
        ted.says("still there?")
        await ted.reads("You said: still there?")
    assert len(ted.messages) == 2
    assert zalo.refusals == []

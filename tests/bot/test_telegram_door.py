"""The door's state: said once in one clear line, and it mends itself."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.locks import FileLock, SenderLock
from bot.observability import REGISTRY
from tests.bot.running import SHORT, Bot, FlakyDatabase, running
from tests.conftest import Clock
from tests.fakes.telegram import FakeTelegram, Fault

WRONG = "999999:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"


def gauge() -> float | None:
    return REGISTRY.get_sample_value("door_up", {"channel": "telegram"})


async def test_a_working_door_leads_to_the_desk(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    async with running(server, file_database, clock) as bot:
        door = bot.channel.door("Q1")
        assert door is not None
        assert door.url == "https://t.me/gop_y_bot?start=q-Q1"
        assert gauge() == 1


async def test_the_menu_is_vietnamese_by_default_and_english_for_english_clients(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    async with running(server, file_database, clock):
        vietnamese = server.profile.commands_for(1001, "vi")
        english = server.profile.commands_for(1001, "en")
    assert vietnamese == server.profile.commands_for(1001, "fr")
    assert [each["command"] for each in vietnamese][:2] == ["start", "danhgia"]
    assert [each["command"] for each in english][:2] == ["start", "rate"]
    assert {"command": "rate", "description": "Rate a desk"} in english
    assert server.refusals == []


async def test_a_wrong_token_is_said_once_and_nothing_is_offered(
    server: FakeTelegram,
    file_database: FlakyDatabase,
    clock: Clock,
    logged: Callable[[], str],
) -> None:
    async with Bot(server, file_database, clock, token=WRONG) as bot:
        await server.until(lambda: not bot.channel.state.up and "401" in bot.channel.state.why)
        await server.until(lambda: logged().count("door closed") == 1)
        await asyncio.sleep(SHORT.refused * 4)  # several tries more
        assert bot.channel.state.why == (
            "Telegram refuses the bot token (401): check [telegram] token and api_base"
        )
        assert bot.channel.door("Q1") is None
        assert gauge() == 0
    assert logged().count("door closed") == 1
    assert WRONG not in logged()
    assert WRONG.split(":")[1] not in logged()


async def test_a_second_poller_is_reported_and_recovered_from(
    server: FakeTelegram,
    file_database: FlakyDatabase,
    clock: Clock,
    logged: Callable[[], str],
) -> None:
    waits = replace(SHORT, poll=1)
    anna = server.user(1001)
    async with running(server, file_database, clock, waits=waits) as bot:
        other = Bot(server, file_database, clock)
        await server.until(lambda: len(server.calls_of("getUpdates")) >= 2)
        await other.channel._api.raw_updates(None, 0)
        await server.until(lambda: "409" in bot.channel.state.why)
        assert not bot.channel.state.up
        assert bot.channel.state.why.startswith("another program receives this bot's updates")
        anna.send("while it was down")
        await anna.seen("You said: while it was down")
        await server.until(lambda: bot.channel.state.up)
        await other.channel.close()
    assert logged().count("door closed") == 1


async def test_a_webhook_of_another_program_is_reported_not_taken_away(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    async with running(server, file_database, clock, waits=replace(SHORT, poll=1)) as bot:
        await bot.channel._api.set_webhook("https://example.vn/elsewhere")
        await server.until(lambda: "webhook" in bot.channel.state.why)
        assert not bot.channel.state.up
        assert server.webhook_info["url"] == "https://example.vn/elsewhere"
        await bot.channel._api.delete_webhook()
        await server.until(lambda: bot.channel.state.up)


async def test_a_webhook_left_from_before_is_removed_at_start(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    before = Bot(server, file_database, clock)
    await before.channel._api.set_webhook("https://example.vn/old")
    await before.channel.close()
    async with running(server, file_database, clock):
        assert server.webhook_info["url"] == ""


async def test_a_network_that_fails_is_reported_once_and_comes_back(
    server: FakeTelegram,
    file_database: FlakyDatabase,
    clock: Clock,
    logged: Callable[[], str],
) -> None:
    anna = server.user(1001)
    async with running(server, file_database, clock) as bot:
        server.stop()
        await server.until(lambda: "cannot be reached" in bot.channel.state.why)
        server.start()
        await server.until(lambda: bot.channel.state.up)
        anna.send("after the break")
        await anna.seen("You said: after the break")
    assert logged().count("cannot be reached") == 1
    assert server.token not in logged()


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        (Fault.server_error(), "an error of its own"),
        (Fault.bad_gateway(), "an error of its own"),
        (Fault.too_many_requests(1), "a pause"),
        (Fault.reset(), "cannot be reached"),
    ],
    ids=["500", "502 with a page", "429", "reset"],
)
async def test_trouble_at_the_start_does_not_end_the_program(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock, fault: Fault, line: str
) -> None:
    server.fault("getMe", fault)
    async with Bot(server, file_database, clock) as bot:
        await server.until(lambda: line in bot.channel.state.why)
        await bot.up()


async def test_a_refused_menu_does_not_close_the_door(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    server.fault(
        "setMyCommands", Fault.api_error(400, "Bad Request: BOT_COMMAND_INVALID"), times=None
    )
    async with running(server, file_database, clock) as bot:
        assert bot.channel.door("Q1") is not None


async def test_of_two_processes_one_polls_and_the_other_takes_over(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock, tmp_path: Path
) -> None:
    def lock() -> SenderLock:
        return SenderLock(FileLock(tmp_path / "sender.lock"), "telegram", every=0.05)

    anna = server.user(1001)
    async with running(server, file_database, clock, lock=lock()) as first:
        assert first.channel.state.why == ""
        async with running(server, file_database, clock, lock=lock()) as second:
            assert second.channel.state.why == "standing by: another process receives"
            anna.send("to the first")
            await anna.seen("You said: to the first")
            await first.quiet()
            await first.stop()
            await server.until(lambda: second.channel.state.why == "")
            anna.send("to the second")
            await anna.seen("You said: to the second")
    assert [each.code for each in server.calls if each.code == 409] == []
    assert len([each for each in anna.messages() if each.from_bot]) == 2


async def test_who_loses_the_lock_stops_polling_at_once(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock, tmp_path: Path
) -> None:
    class Breaks(FileLock):
        broken = False

        def take(self) -> bool:
            return not self.broken and super().take()

        def alive(self) -> bool:
            if self.broken:
                self.release()
            return super().alive()

    holder = Breaks(tmp_path / "sender.lock")
    lock = SenderLock(holder, "telegram", every=0.05)
    async with running(server, file_database, clock, lock=lock) as bot:
        await server.until(lambda: len(server.calls_of("getUpdates")) == 2)  # the long one
        holder.broken = True
        await server.until(lambda: bot.channel.state.why.startswith("standing by"), 2)
        holder.broken = False
        await server.until(lambda: lock.held and bot.channel.state.why == "", 2)
    assert [each.code for each in server.calls if each.code == 409] == []

"""A clean stop writes down what was sent, however slow the database is: nothing goes out twice."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.delivery import Delivery
from bot.delivery.pace import Pace
from bot.lock_holders import FileLock, NoLock
from bot.locks import SenderLock
from storage.database import Database, Work
from tests.bot.running import QUICK, FlakyDatabase
from tests.bot.scripted import ScriptedChannel, delivering, queue, until, until_empty, waiting
from tests.conftest import Clock


class SlowDatabase(FlakyDatabase):
    """A database whose every transaction takes its time before it begins."""

    async def run(self, work: Work[Any]) -> Any:
        await asyncio.sleep(0.05)
        return await Database.run(self, work)


async def test_what_was_sent_just_before_a_stop_is_written_down(
    file_database: FlakyDatabase, clock: Clock
) -> None:
    file_database.__class__ = SlowDatabase
    channel = ScriptedChannel()
    await queue(file_database, ("a", "once"))
    async with delivering(Delivery(file_database, clock, [channel], tuning=QUICK)):
        await until(lambda: channel.sent)
        await asyncio.sleep(0.01)
    async with delivering(Delivery(file_database, clock, [channel], tuning=QUICK)):
        await until_empty(file_database)
    assert channel.texts() == ["once"]


async def test_of_several_messages_to_a_chat_each_is_written_down_while_the_next_is_sent(
    file_database: FlakyDatabase, clock: Clock
) -> None:
    """Else a kill would repeat all of them."""
    channel, answered = ScriptedChannel(), asyncio.Event()
    channel.before = lambda _address: (
        channel.script.update(a=[answered]) if len(channel.tried) == 3 else None
    )
    await queue(file_database, ("a", "1"), ("a", "2"), ("a", "3"))
    tuning = replace(QUICK, looks_every=60)
    async with delivering(Delivery(file_database, clock, [channel], tuning=tuning)):
        await until(lambda: len(channel.tried) == 3)
        async with asyncio.timeout(2):
            while await waiting(file_database) > 1:
                await asyncio.sleep(0.01)
        assert channel.texts() == ["1", "2"]
        answered.set()
        await until_empty(file_database)
    assert channel.texts() == ["1", "2", "3"]


class LosableLock(NoLock):
    """A lock that another process may have got meanwhile."""

    lost = False

    def take(self) -> bool:
        return not self.lost

    alive = take


async def test_who_lost_the_lock_still_writes_down_what_it_sent(
    file_database: FlakyDatabase, clock: Clock
) -> None:
    """The database was away, and another process sends when it is back: else it sends that again."""
    holder, channel = LosableLock(), ScriptedChannel()
    lock = SenderLock(holder, "toy", every=0.01)
    first = Delivery(file_database, clock, [channel], locks={"toy": lock}, tuning=QUICK)
    channel.before = lambda _address: setattr(file_database, "down", True)
    await queue(file_database, ("a", "once"))
    async with delivering(first):
        await until(lambda: channel.sent)
        holder.lost = True
        await until(lambda: not lock.held)
        await asyncio.sleep(0.1)
        file_database.down = False
        await until_empty(file_database, 2)
        async with delivering(Delivery(file_database, clock, [channel], tuning=QUICK)):
            await asyncio.sleep(0.1)
    assert channel.texts() == ["once"]


async def test_the_lock_is_let_go_only_when_all_that_was_under_way_is_written_down(
    file_database: FlakyDatabase, clock: Clock, tmp_path: Path
) -> None:
    """Else who waits for it sends the same again."""
    channel, answered = ScriptedChannel(), asyncio.Event()
    channel.script["a"] = [answered]
    path = tmp_path / "sender.lock"
    first = Delivery(
        file_database, clock, [channel], locks={"toy": SenderLock(FileLock(path), "toy")}
    )
    after = SenderLock(FileLock(path), "toy", every=0.01)
    second = Delivery(file_database, clock, [channel], locks={"toy": after}, tuning=QUICK)
    await queue(file_database, ("a", "once"))
    sending = asyncio.create_task(first.run())
    await until(lambda: channel.tried)
    async with delivering(second):
        sending.cancel()
        await asyncio.sleep(0.1)
        assert not after.held
        answered.set()
        await asyncio.gather(sending, return_exceptions=True)
        await until(lambda: after.held)
        await until_empty(file_database)
        await asyncio.sleep(0.05)
    assert channel.texts() == ["once"]


async def test_who_lost_the_lock_while_a_message_waited_for_its_place_does_not_send_it(
    file_database: FlakyDatabase, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder, channel = LosableLock(), ScriptedChannel()
    lock = SenderLock(holder, "toy", every=0.01)
    waits, free = asyncio.Event(), asyncio.Event()

    async def place(_pace: Pace, *, paced: bool) -> None:
        waits.set()
        await free.wait()

    monkeypatch.setattr(Pace, "place", place)
    await queue(file_database, ("a", "once"))
    first = Delivery(file_database, clock, [channel], locks={"toy": lock}, tuning=QUICK)
    async with delivering(first):
        await waits.wait()
        holder.lost = True
        await until(lambda: not lock.held)
        free.set()
        await asyncio.sleep(0.05)
        assert channel.tried == []
        holder.lost = False
        await until_empty(file_database)
    assert channel.texts() == ["once"]

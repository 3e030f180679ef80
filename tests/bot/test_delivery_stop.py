"""A clean stop writes down what was sent, however slow the database is: nothing goes out twice."""

import asyncio
from dataclasses import replace
from typing import Any

from bot.delivery import Delivery
from bot.lock_holders import NoLock
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

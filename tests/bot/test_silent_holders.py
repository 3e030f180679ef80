"""A holder that is frozen or cut off: the server frees its lock, and it knows that it sleeps no more."""

import asyncio
import time

import pytest

from bot.lock_holders import AdvisoryLock, NoLock
from bot.locks import SenderLock, conninfo, poller_lock, sender_lock
from storage.database import Database
from storage.keys import Keys
from tests import wired_url
from tests.bot.scripted import until
from tests.fakes.wire import Wire

SILENT_S = 0.6


@pytest.fixture
def on_postgres(postgres_url: str, keys: Keys) -> Database:
    return Database(postgres_url, keys)


async def test_the_server_takes_a_lock_from_a_frozen_holder(on_postgres: Database) -> None:
    frozen = AdvisoryLock(conninfo(on_postgres), "sender/x", silent_s=SILENT_S)
    other = AdvisoryLock(conninfo(on_postgres), "sender/x", silent_s=SILENT_S)
    assert frozen.take()
    assert not other.take()
    since = time.monotonic()
    while not other.take():
        assert time.monotonic() - since < 5
        await asyncio.sleep(0.05)
    assert time.monotonic() - since > SILENT_S / 2
    assert not frozen.alive()
    other.release()


async def test_a_holder_that_shows_itself_keeps_its_lock(on_postgres: Database) -> None:
    holder = AdvisoryLock(conninfo(on_postgres), "sender/x", silent_s=SILENT_S)
    other = AdvisoryLock(conninfo(on_postgres), "sender/x", silent_s=SILENT_S)
    lock = SenderLock(holder, "telegram", every=0.1)
    async with lock.kept():
        await until(lambda: lock.held)
        for _ in range(12):
            await asyncio.sleep(0.1)
            assert lock.held
            assert not other.take()
        assert lock.generation == 1


async def test_who_was_frozen_sends_nothing_before_it_has_asked_again(
    on_postgres: Database,
) -> None:
    now = 1000.0
    holder = AdvisoryLock(conninfo(on_postgres), "sender/x")
    lock = SenderLock(holder, "telegram", every=0.01, clock=lambda: now)
    assert holder.lease is not None
    assert holder.lease < 6  # before the server frees it
    asked = 0

    def counting(alive: object = holder.alive) -> bool:
        nonlocal asked
        asked += 1
        return alive()  # type: ignore[operator, no-any-return]

    holder.alive = counting  # type: ignore[method-assign]
    async with lock.kept():
        await until(lambda: lock.held)
        now += holder.lease + 0.1  # as after a sleep: nobody has asked the server meanwhile
        assert not lock.held
        before = asked
        await until(lambda: lock.held)
        assert asked > before


async def test_a_lock_without_a_server_needs_no_lease() -> None:
    now = 0.0
    lock = SenderLock(NoLock(), "telegram", every=10, clock=lambda: now)
    async with lock.kept():
        await until(lambda: lock.held)
        now += 1e6
        assert lock.held


async def test_a_lock_can_be_kept_again(on_postgres: Database) -> None:
    lock = sender_lock(on_postgres, "telegram", "1:x", every=0.05)
    for times in (1, 2):
        async with lock.kept():
            await until(lambda: lock.held)
        assert (lock.held, lock.generation) == (False, times)
    on_postgres.close()


async def test_a_server_that_says_nothing_costs_the_holder_its_lock_and_gives_it_back(
    postgres_url: str, keys: Keys
) -> None:
    with Wire(wired_url.socket_of(postgres_url)) as wire:
        database = Database(wired_url.through(postgres_url, wire), keys)
        lock = SenderLock(
            AdvisoryLock(conninfo(database), "sender/x", silent_s=SILENT_S), "telegram", every=0.05
        )
        async with lock.kept():
            await until(lambda: lock.held)
            wire.hush()
            await asyncio.wait_for(lock.wait_lost(), 3)
            wire.mend()
            await until(lambda: lock.held, 8)
            assert lock.generation == 2
        database.close()


async def test_one_process_may_poll_while_another_sends(
    on_postgres: Database, postgres_url: str, keys: Keys
) -> None:
    again = Database(postgres_url, keys)
    sends = sender_lock(on_postgres, "telegram", "1:x", every=0.05)
    polls = poller_lock(again, "telegram", "1:x", every=0.05)
    async with sends.kept(), polls.kept():
        await until(lambda: sends.held and polls.held)
        second = poller_lock(on_postgres, "telegram", "1:x", every=0.05)
        async with second.kept():
            await asyncio.sleep(0.3)
            assert not second.held
    for each in (on_postgres, again):
        each.close()


class Flapping(NoLock):
    """Another process has it, then it is ours, and the server restarts before we begin."""

    lease: float | None = 60.0

    def __init__(self) -> None:
        self.answers = [False, True, False, True]
        self.asked: list[str] = []

    def take(self) -> bool:
        self.asked.append("take")
        return self.answers.pop(0)

    def alive(self) -> bool:
        self.asked.append("alive")
        return len(self.asked) > 3


async def test_a_lock_lost_while_its_old_holder_was_waited_for_is_not_held() -> None:
    holder = Flapping()
    lock = SenderLock(holder, "telegram", every=0.01)
    async with lock.kept():
        await until(lambda: lock.held)
    assert holder.asked[:6] == ["take", "take", "alive", "take", "take", "alive"]
    assert lock.generation == 1

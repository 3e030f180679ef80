"""Locks that die with their holder: one sender per token, one program per SQLite file."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest

from bot.delivery import Delivery
from bot.locks import AlreadyRunning, RunLock, SenderLock, sender_lock
from storage.database import Database
from storage.keys import Keys
from tests.bot.running import QUICK
from tests.bot.scripted import NAME, ScriptedChannel, delivering, queue, until, until_empty
from tests.conftest import Clock
from tests.read_only import reading_only

TOKEN = "1:token"
OTHER_TOKEN = "2:token"

HOLDS = """
import sys, time
from pathlib import Path
from bot.lock_holders import FileLock
assert FileLock(Path(sys.argv[1])).take()
print("held", flush=True)
time.sleep(60)
"""


@asynccontextmanager
async def kept(lock: SenderLock) -> AsyncIterator[SenderLock]:
    task = asyncio.create_task(lock.keep())
    try:
        yield lock
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def of(database: Database, token: str = TOKEN, channel: str = NAME) -> SenderLock:
    return sender_lock(database, channel, token, every=0.05)


@pytest.fixture
def again(database_url: str, keys: Keys) -> Database:
    """The same database, opened by what stands for another process."""
    return Database(database_url, keys)


async def test_one_process_sends_and_the_other_takes_over_when_it_lets_go(
    database: Database, again: Database
) -> None:
    async with kept(of(again)) as second_holder:
        await until(lambda: second_holder.held)
        async with kept(of(database)) as waiting:
            await asyncio.sleep(0.3)
            assert not waiting.held
    async with kept(of(database)) as now_free:
        await until(lambda: now_free.held)
        assert now_free.generation == 1
    again.close()


async def test_another_token_or_channel_is_another_lock(
    database: Database, again: Database
) -> None:
    async with kept(of(database)) as one, kept(of(again, OTHER_TOKEN)) as two:
        async with kept(of(again, TOKEN, "zalo_bot")) as three:
            await until(lambda: one.held and two.held and three.held)
    again.close()


async def test_the_token_stands_in_no_file_name(database: Database, tmp_path: Path) -> None:
    async with kept(of(database)) as lock:
        await until(lambda: lock.held)
        assert [path for path in tmp_path.iterdir() if TOKEN in path.name] == []


async def test_a_killed_holder_frees_the_file_at_once(file_database: Database) -> None:
    assert file_database.file is not None
    lock = of(file_database)
    path: Path = lock._holder.path  # type: ignore[attr-defined]
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline().strip() == "held"
    async with kept(lock):
        await asyncio.sleep(0.3)
        assert not lock.held
        holder.kill()
        await until(lambda: lock.held, 2)
    holder.wait()


async def test_a_holder_whose_connection_breaks_knows_and_another_takes_over(
    postgres_url: str, keys: Keys
) -> None:
    one, two = Database(postgres_url, keys), Database(postgres_url, keys)
    first, second = of(one), of(two)
    async with kept(first):
        await until(lambda: first.held)
        async with kept(second):
            await asyncio.sleep(0.2)
            await asyncio.to_thread(_kill_advisory_lock_holders, postgres_url)
            await until(lambda: second.held or first.generation == 2)
            await until(lambda: first.held != second.held)
    one.close()
    two.close()


def _kill_advisory_lock_holders(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )


async def test_who_stood_by_begins_only_when_the_former_holder_must_have_noticed(
    postgres_url: str, keys: Keys
) -> None:
    one, two = Database(postgres_url, keys), Database(postgres_url, keys)
    first, second = (sender_lock(each, NAME, TOKEN, every=0.4) for each in (one, two))
    async with kept(first):
        await until(lambda: first.held)
        await asyncio.sleep(0.1)
        async with kept(second):  # it looks a tenth of a second after the first
            await asyncio.sleep(0.35)
            await asyncio.to_thread(_kill_advisory_lock_holders, postgres_url)
            both = False
            async with asyncio.timeout(10):
                while not second.held and first.generation == 1:
                    both = both or (first.held and second.held)
                    await asyncio.sleep(0.005)
            assert not both
            assert first.held != second.held
    one.close()
    two.close()


async def test_only_the_holder_sends_and_nothing_is_sent_twice_when_it_changes(
    database: Database, again: Database, clock: Clock
) -> None:
    channels = [ScriptedChannel(takes=0.002), ScriptedChannel(takes=0.002)]
    locks = [of(database), of(again)]
    deliveries = [
        Delivery(each, clock, [channel], locks={NAME: lock}, tuning=QUICK)
        for each, channel, lock in zip((database, again), channels, locks, strict=True)
    ]
    async with delivering(deliveries[1]):
        async with delivering(deliveries[0]):
            await until(lambda: locks[0].held != locks[1].held)
            await queue(database, *((f"c{n}", "before") for n in range(50)))
            await until_empty(database)
            idle = channels[0] if locks[1].held else channels[1]
            assert idle.tried == []
            await queue(database, *((f"c{n}", "during") for n in range(50)))
        await until(lambda: locks[1].held)
        await queue(database, *((f"c{n}", "after") for n in range(50)))
        await until_empty(database)
    heard = sorted(each.text for channel in channels for each in channel.sent)
    assert heard == sorted(["before", "during", "after"] * 50)
    again.close()


async def test_drain_beside_a_running_program_leaves_the_sending_to_it(
    database: Database, again: Database, clock: Clock
) -> None:
    running, beside = ScriptedChannel(takes=0.01), ScriptedChannel()
    lock = of(database)
    async with delivering(Delivery(database, clock, [running], locks={NAME: lock}, tuning=QUICK)):
        await until(lambda: lock.held)
        await queue(database, *((f"c{n}", "x") for n in range(20)))
        tick = Delivery(again, clock, [beside], locks={NAME: of(again)}, tuning=QUICK)
        assert await tick.drain() == {NAME: {}}
    assert len(running.sent) == 20
    assert beside.tried == []
    again.close()


def test_a_second_run_on_one_file_is_refused_with_a_clear_line(file_database: Database) -> None:
    with RunLock(file_database):
        with pytest.raises(AlreadyRunning, match=r"test\.sqlite is already in use"):
            RunLock(file_database).take()
    with RunLock(file_database):
        pass


def test_several_runs_on_postgresql_are_welcome(postgres_url: str, keys: Keys) -> None:
    database = Database(postgres_url, keys)
    with RunLock(database), RunLock(database):
        pass
    database.close()


async def test_a_database_in_memory_has_no_lock_file(keys: Keys, tmp_path: Path) -> None:
    database = Database("sqlite:///:memory:", keys)
    with RunLock(database):
        async with kept(of(database)) as lock:
            await until(lambda: lock.held)
    assert list(tmp_path.iterdir()) == []
    assert not Path(":memory:.run.lock").exists()
    database.close()


async def test_a_server_that_only_reads_gives_nobody_the_lock(
    postgres_url: str, keys: Keys
) -> None:
    """A standby has locks of its own: one taken there would keep nobody out."""
    database = Database(postgres_url, keys)
    with reading_only(postgres_url):
        async with kept(of(database)) as lock:
            await asyncio.sleep(0.3)
            assert not lock.held
    async with kept(of(database)) as lock:
        await until(lambda: lock.held)
    database.close()

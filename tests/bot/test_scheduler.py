"""The clock that ticks the jobs: whatever the time of day does, they go on."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from sqlmodel import Session

import bot.scheduler
from bot.scheduler import Jobs, start_clock
from handlers.jobs.job import Counts, Job
from handlers.policy import Policy
from storage.database import Database
from storage.keys import Keys
from storage.queries.claims import only_here
from tests.conftest import Clock

EVERY_S = 0.05


@pytest.fixture
def wall() -> Iterator[time_machine.Traveller]:
    """A time of day that can be set, as an operator or the network does."""
    with time_machine.travel(datetime.now().astimezone(), tick=True) as coordinates:
        yield coordinates


class Counted:
    """A job that only counts."""

    def __init__(self) -> None:
        self.times = 0

    def job(self) -> Job:
        return Job("counted", timedelta(seconds=EVERY_S), self._run)

    def _run(self, session: Session, now: datetime, policy: Policy) -> Counts:
        del session, now, policy
        self.times += 1
        return {}

    async def twice_more(self) -> None:
        wanted = self.times + 2
        async with asyncio.timeout(10):
            while self.times < wanted:
                await asyncio.sleep(0.01)


@pytest.mark.one_database
@pytest.mark.parametrize("jump", [-24 * 3600, 365 * 24 * 3600])
async def test_jobs_go_on_when_the_clock_is_set(
    database: Database,
    clock: Clock,
    wall: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
    jump: int,
) -> None:
    monkeypatch.setattr(bot.scheduler, "_LOOKS_AT_CLOCK_S", EVERY_S)
    counted = Counted()
    jobs = Jobs(database, Policy(), clock, [counted.job()])
    scheduler = start_clock(jobs)
    try:
        await counted.twice_more()
        wall.shift(jump)
        await counted.twice_more()
    finally:
        scheduler.shutdown(wait=False)
        await jobs.finish()


async def test_a_tick_waits_for_the_process_that_is_at_a_job(
    postgres_url: str, keys: Keys, clock: Clock
) -> None:
    database = Database(postgres_url, keys)
    at_it, done, counted = asyncio.Event(), asyncio.Event(), Counted()
    loop = asyncio.get_running_loop()

    def long_work(session: Session) -> None:
        assert only_here(session, "job/counted")
        loop.call_soon_threadsafe(at_it.set)
        asyncio.run_coroutine_threadsafe(done.wait(), loop).result(10)

    other = asyncio.create_task(database.run(long_work))
    await at_it.wait()
    jobs = Jobs(database, Policy(), clock, [counted.job()])
    assert await jobs.run(jobs.jobs[0]) == {}  # the clock's own turn: nothing to do
    ticking = asyncio.create_task(jobs.run_all())
    await asyncio.sleep(0.05)
    assert (counted.times, ticking.done()) == (0, False)
    done.set()
    await other
    await ticking
    assert counted.times == 1
    database.close()

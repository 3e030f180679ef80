"""Ticks handlers.jobs.ALL. APScheduler is only the clock: the database says what is due."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from time import perf_counter

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlmodel import Session

from bot.observability import JOB_DONE, JOB_FAILURES, JOBS, where
from handlers.jobs.job import Counts, Job
from handlers.policy import Policy
from storage.database import Database
from storage.queries.claims import only_here

log = structlog.get_logger("scheduler")

_SLOW_S = 10.0
_LOOKS_AGAIN_S = 0.2
_LOOKS_AT_CLOCK_S = 10.0
_JUMP = timedelta(seconds=5)


class Jobs:
    """Runs jobs, each in its own transaction, timed; one that fails does not stop the others."""

    def __init__(
        self,
        database: Database,
        policy: Policy,
        clock: Callable[[], datetime],
        jobs: Sequence[Job],
    ) -> None:
        self._database, self._policy, self._clock, self.jobs = database, policy, clock, jobs
        self._running: dict[str, asyncio.Task[Counts | None]] = {}

    async def run(self, job: Job, *, waits: bool = False) -> Counts | None:
        """Run one job now; its counts, or None if it failed (the log says where). `waits`: for
        another process that is at it, whose clock may be another; else there is nothing to do."""
        started, now = perf_counter(), self._clock()
        try:
            counts = await self._to_its_end(job, now, waits=waits)
        except Exception as error:  # noqa: BLE001 - the next tick tries again; the others go on
            JOB_FAILURES.labels(job.name).inc()
            log.error("job failed", job=job.name, **where(error))  # noqa: TRY400 - its text may quote a person
            return None
        seconds = perf_counter() - started
        JOBS.labels(job.name).observe(seconds)
        JOB_DONE.labels(job.name).set(now.timestamp())
        if any(counts.values()):
            log.info("job done", job=job.name, **counts)
        if seconds > _SLOW_S:
            log.warning("job was slow", job=job.name, seconds=round(seconds, 1))
        return counts

    async def _to_its_end(self, job: Job, now: datetime, *, waits: bool) -> Counts:
        """Run it as often as it takes, a transaction each: whoever writes comes in between."""
        total: Counter[str] = Counter()
        while True:
            counts = await self._database.run(lambda session: self._alone(session, job, now))
            if counts is None and waits:
                await asyncio.sleep(_LOOKS_AGAIN_S)
                continue
            total.update(counts or {})
            if counts is None or not job.unfinished(counts):
                return dict(total)

    def _alone(self, session: Session, job: Job, now: datetime) -> Counts | None:
        """Its counts; None if another process is at it."""
        if not only_here(session, f"job/{job.name}"):
            return None
        return job.run(session, now, self._policy)

    async def begin(self, job: Job) -> None:
        """Run a job in a task of our own, unless it still runs: the clock cancels what it awaits."""
        running = self._running.get(job.name)
        if running is None or running.done():
            self._running[job.name] = asyncio.create_task(self.run(job), name=f"job {job.name}")

    async def finish(self) -> None:
        """Wait for the jobs that run."""
        await asyncio.gather(*self._running.values())

    async def run_all(self) -> dict[str, Counts | None]:
        """Run every job once, in order."""
        return {job.name: await self.run(job, waits=True) for job in self.jobs}


class _Scheduler(AsyncIOScheduler):  # type: ignore[misc] # the library has no types
    """Survives a clock that is set. APScheduler alone sleeps until a time of day: with a clock that
    was a day ahead and is set right, that would be a day without jobs."""

    def _process_jobs(self) -> float | None:
        now = datetime.now(self.timezone)
        for job in self.get_jobs():
            if abs(job.next_run_time - now) > job.trigger.interval + _JUMP:
                log.info("the clock jumped, doing the job now", job=job.id)
                self.modify_job(job.id, next_run_time=now)
        wait: float | None = super()._process_jobs()
        return None if wait is None else min(wait, _LOOKS_AT_CLOCK_S)


def start_clock(jobs: Jobs) -> AsyncIOScheduler:
    """A running scheduler: each job at once and then at its interval, never twice at a time."""
    scheduler = _Scheduler(
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    for job in jobs.jobs:
        scheduler.add_job(
            jobs.begin,
            "interval",
            args=[job],
            seconds=job.every.total_seconds(),
            next_run_time=datetime.now(scheduler.timezone),
            id=job.name,
        )
    scheduler.start()
    return scheduler

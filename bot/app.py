"""The composition root: builds the parts, starts and stops them. Fakes enter here."""

import asyncio
import gc
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from fastapi import APIRouter, FastAPI

from bot.channels import Parts, open_channels
from bot.channels.base import Channel, Door, DoorState
from bot.config import Settings
from bot.delivery import Delivery
from bot.demo import furnish
from bot.demo.clock import DemoClock
from bot.dispatch import Dispatch
from bot.drawing import Drawing
from bot.locks import RunLock
from bot.observability import DOORS, set_up_logs
from bot.parts import DELIVERY, EVERYTHING, SCHEDULER, WEB, in_order
from bot.scheduler import Jobs, start_clock
from bot.watching import watch
from bot.web.app import Server, create_app, create_health_app, listen, server
from bot.web.demo import demo_router
from bot.web.demo_switch import Demo
from bot.web.letterbox import Letterbox
from bot.web.other_doors import zalo_page
from bot.web.shared_files import SharedFiles
from handlers.jobs import ALL
from handlers.routes import router
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.queries.link import mark_unreachable
from storage.queries.writable import takes_writes

log = structlog.get_logger("app")

Clock = Callable[[], datetime]
_PING_S = 5.0
_COLLECTS_AFTER = (50_000, 20, 50)  # Python begins with (700, 10, 10)
_TURNS_S = 0.001  # Python begins with 0.005


def real_clock() -> datetime:
    """The one clock of the running program."""
    return datetime.now(UTC)


@dataclass
class Program:
    """The parts of one process, wired; nothing runs yet."""

    settings: Settings
    clock: Clock
    database: Database
    dispatch: Dispatch
    channels: Sequence[Channel]
    delivery: Delivery
    jobs: Jobs
    web: FastAPI
    parts: frozenset[str] = EVERYTHING

    async def database_ok(self) -> bool:
        """Whether the database answers."""
        return await ping(self.database)


async def ping(database: Database) -> bool:
    """Whether the database takes a transaction within a few seconds."""
    try:
        async with asyncio.timeout(_PING_S):
            return await database.run(takes_writes)
    except (DatabaseUnavailable, TimeoutError):
        return False


def build(
    settings: Settings,
    database: Database,
    clock: Clock = real_clock,
    chosen: frozenset[str] = EVERYTHING,
) -> Program:
    """Wire the parts together, those that were chosen."""
    policy = settings.policy()
    delivery = Delivery(
        database,
        clock,
        on_gone=mark_unreachable,
        windows=policy.windows,
        timezone=policy.timezone,
    )
    dispatch = Dispatch(database, router(), policy, clock, wake=delivery.wake, sends=delivery)
    letterbox, drawing = Letterbox(database), Drawing()
    files = SharedFiles(database, settings.public_url, drawing, clock)
    channels = open_channels(
        Parts(settings, database, dispatch, delivery, letterbox, drawing, files, clock, chosen)
    )
    jobs = Jobs(database, policy, clock, ALL)

    def doors(desk: str) -> list[Door]:
        found = [door for each in channels if (door := each.door(desk)) is not None]
        return [*found, *zalo_page(settings)]

    def invite_doors(token: str) -> list[Door]:
        return [door for each in channels if (door := each.invite_door(token)) is not None]

    def staff_doors(payload: str) -> list[Door]:
        return [door for each in channels if (door := each.staff_door(payload)) is not None]

    def states() -> dict[str, DoorState]:
        found = {each.name: each.state for each in channels}
        for name, state in found.items():
            DOORS.labels(name).set(state.up)
        return found

    def database_ok() -> Awaitable[bool]:
        return ping(database)

    if WEB not in chosen:
        web = create_health_app(web=settings.web, states=states, database_ok=database_ok)
        return Program(settings, clock, database, dispatch, channels, delivery, jobs, web, chosen)
    web = create_app(
        dispatch=dispatch,
        keys=database.keys,
        web=settings.web,
        public_url=settings.public_url,
        policy=policy,
        doors=doors,
        invite_doors=invite_doors,
        staff_doors=staff_doors,
        letterbox=letterbox,
        drawing=drawing,
        files=files,
        states=states,
        database_ok=database_ok,
        hooks={name: hook for each in channels for name, hook in each.hooks.items()},
        routers=_demo(settings, database, clock, jobs, delivery),
    )
    return Program(settings, clock, database, dispatch, channels, delivery, jobs, web, chosen)


def _demo(
    settings: Settings, database: Database, clock: Clock, jobs: Jobs, delivery: Delivery
) -> list[APIRouter]:
    """The start page with its switches: in the demo, and nowhere else."""
    if not (settings.demo and isinstance(clock, DemoClock)):
        return []

    async def tick() -> None:
        await jobs.run_all()
        delivery.wake("")

    demo = Demo(database, clock, settings.policy(), tick)
    return [demo_router(demo, settings.public_url)]


@asynccontextmanager
async def opened(
    settings: Settings, clock: Clock = real_clock, parts: frozenset[str] = EVERYTHING
) -> AsyncIterator[Program]:
    """A program on its database; everything is let go of at the end."""
    database = Database(settings.database.url, settings.keys(), terms=settings.database.terms())
    try:
        if settings.demo and clock is real_clock:
            clock = DemoClock(real_clock)
            await database.run(clock.read)
        program = build(settings, database, clock, parts)
        try:
            yield program
        finally:
            for channel in program.channels:
                await channel.close()
    finally:
        await asyncio.to_thread(database.close)


async def run(
    settings: Settings,
    *,
    ready: Callable[[], None] | None = None,
    parts: frozenset[str] = EVERYTHING,
) -> None:
    """Run until SIGTERM or Ctrl+C, everything or only these parts; `ready` is called when the door
    is open."""
    set_up_logs(settings.operator.log_level, json=settings.operator.log_format == "json")
    async with opened(settings, parts=parts) as program:
        with RunLock(program.database):
            if settings.demo:
                await asyncio.to_thread(
                    furnish, program.database, settings.policy(), program.clock()
                )
            await _serve(program, ready)


async def _serve(program: Program, ready: Callable[[], None] | None) -> None:
    where, does = program.settings.web, program.parts
    port = where.port if WEB in does else where.health_port or where.port
    listening = listen(where.host, port)  # first: a taken port ends it before it begins
    log.info("starting", parts=in_order(does))
    web = server(program.web, program.settings.web)
    stop = _stop_on_signal()
    scheduler = start_clock(program.jobs) if SCHEDULER in does else None
    parts = [
        asyncio.create_task(web.serve([listening]), name="web"),
        asyncio.create_task(_deliver(program), name="delivery"),
        asyncio.create_task(watch(program.database), name="watch"),
        *(asyncio.create_task(each.run(), name=each.name) for each in program.channels),
    ]
    if ready is not None:
        parts.append(asyncio.create_task(_announce(web, ready), name="ready"))
    stopping = asyncio.create_task(stop.wait(), name="stop")
    try:
        await _until_one_fails(parts, stopping)
    finally:
        log.info("stopping")
        if scheduler is not None:
            scheduler.shutdown(wait=False)
        await program.jobs.finish()
        stopping.cancel()
        web.should_exit = True  # first: no new update comes in while the rest finishes
        await asyncio.wait(parts[:1])
        for part in reversed(parts):
            part.cancel()
        await asyncio.gather(*parts, stopping, return_exceptions=True)


async def _deliver(program: Program) -> None:
    """Send; without that part only hear what is queued, for the pages that are open here. By this
    `migrate` and `restore` see on PostgreSQL that a program runs."""
    if DELIVERY in program.parts:
        await program.delivery.run()
    else:
        await program.delivery.listen()


async def _until_one_fails(
    parts: list["asyncio.Task[None]"], stopping: "asyncio.Task[bool]"
) -> None:
    running: set[asyncio.Task[object]] = {*parts, stopping}
    while stopping not in (
        finished := (await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED))[0]
    ):
        for part in finished:
            part.result()  # a part that failed ends the program, loudly
        running -= finished
        if parts[0] in finished:
            return  # the web server was told to stop


async def _announce(web: Server, ready: Callable[[], None]) -> None:
    while not web.started:  # noqa: ASYNC110 - uvicorn has a flag, no event
        await asyncio.sleep(0.02)
    settle()
    ready()


def settle() -> None:
    """Let the collector pass over what the start has made, and come less often: a walk through all
    of it takes a tenth of a second, in which nobody is answered. And let the event loop have its turn
    soon while a thread of the database is at work: each wake-up would wait 5 ms for it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTS_AFTER)
    sys.setswitchinterval(_TURNS_S)


def _stop_on_signal() -> asyncio.Event:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM"):
        number = getattr(signal, name)
        if sys.platform == "win32":  # no loop.add_signal_handler there
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
        else:
            loop.add_signal_handler(number, stop.set)
    return stop


async def tick(settings: Settings, clock: Clock = real_clock) -> dict[str, object]:
    """Run every job once, deliver what is queued, end; counts of both."""
    set_up_logs(settings.operator.log_level, json=settings.operator.log_format == "json")
    async with opened(settings, clock) as program:
        jobs = await program.jobs.run_all()
        sent: dict[str, object] = {}
        with suppress(DatabaseUnavailable):
            sent = dict(await program.delivery.drain())
        return {"jobs": jobs, "sent": sent}

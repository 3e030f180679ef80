"""A bot behind a real webhook, on the strict Official Account server: toy routes or the whole program."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import uvicorn
from sqlmodel import Session, select
from starlette.applications import Starlette

from bot.app import Program, build
from bot.channels.base import Hook
from bot.channels.zalo_oa import HOOK, NAME, Waits, ZaloOaChannel
from bot.config import Settings, ZaloOaSettings
from bot.delivery import Delivery, Tuning
from bot.dispatch import Dispatch
from bot.drawing import Drawing
from bot.locks import token_lock
from bot.web.hooks import hook_route
from bot.web.shared_files import SharedFiles
from handlers.policy import Policy
from handlers.routing import Router
from storage.database import Database
from storage.queries.outbox import outbox_depth
from storage.queries.traffic import put_in_outbox
from storage.tables import Meta
from tests.bot.running import QUICK, TOYS
from tests.conftest import SECRET
from tests.fakes.zalo_oa import FakeZaloOa

SHORT = Waits(
    look=0.02,
    first=0.05,
    longest=0.2,
    refused=0.3,
    lock=0.01,
    patience=5,
    no_token=0.1,
    database=0.02,
    grace=5,
)


@contextlib.asynccontextmanager
async def posted_to(hooks: Mapping[str, Hook]) -> AsyncIterator[str]:
    """A door for posts, as bot.web mounts it; yields the address of the account's hook."""
    app = Starlette(routes=[hook_route(hooks)])
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/hooks/{HOOK}"
    finally:
        server.should_exit = True
        await serving


@dataclass
class OaBot:
    """Channel, dispatch and delivery over one database, as bot.app wires them."""

    server: FakeZaloOa
    database: Database
    clock: Callable[[], datetime]
    router: Router = TOYS
    waits: Waits = SHORT
    tuning: Tuning = QUICK
    url: str = "https://zalo.me/9876543210987654321"
    settings: dict[str, object] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        settings = ZaloOaSettings.model_validate(self.server.settings(**self.settings))
        self.delivery = Delivery(
            self.database,
            self.clock,
            on_gone=lambda _session, _channel, chat: self.gone.append(chat),
            tuning=self.tuning,
        )
        self.dispatch = Dispatch(
            self.database, self.router, Policy(), self.clock, self.delivery.wake, self.delivery
        )
        self.channel = ZaloOaChannel(
            settings,
            self.url,
            self.database,
            self.dispatch.handle,
            forget=self._forget,
            address=SharedFiles(
                self.database, "https://dg.example.vn", Drawing(), self.clock
            ).address,
            holder=token_lock(self.database, NAME, settings.app_id),
            clock=self.clock,
            timezone=ZoneInfo("Asia/Ho_Chi_Minh"),
            waits=self.waits,
        )
        self.delivery.serve(self.channel)

    async def _forget(self, address: str, key: str) -> None:
        await self.delivery.forget(NAME, address, key)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["OaBot"]:
        """Runs, with its webhook known to the server."""
        tasks = [
            asyncio.create_task(self.channel.run(), name="channel"),
            asyncio.create_task(self.delivery.run(), name="delivery"),
        ]
        try:
            async with posted_to(self.channel.hooks) as url:
                self.server.poster.url = url
                yield self
                self.server.poster.url = ""
        finally:
            for task in tasks:  # first receiving, then sending
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
            await self.channel.close()

    async def up(self) -> "OaBot":
        await self.server.until(lambda: self.channel.state.up, why=lambda: self.channel.state.why)
        return self

    async def notes(self) -> dict[str, list[str]]:
        """What each chat did, as the database has it."""

        def work(session: Session) -> dict[str, list[str]]:
            rows = session.exec(select(Meta)).all()
            return {row.key: row.value.split(";")[:-1] for row in rows if row.key.isdigit()}

        return await Database.run(self.database, work)

    async def queue(self, user: str, content: dict[str, object]) -> None:
        """Something to send that nobody asked for now."""
        await Database.run(self.database, lambda s: put_in_outbox(s, NAME, user, [content]))
        self.delivery.wake(NAME)

    async def waiting(self) -> int:
        """How many messages stand in the outbox."""
        return sum((await Database.run(self.database, outbox_depth)).values())

    async def quiet(self) -> None:
        """Until everything is sent and written down."""
        for _ in range(1000):
            if await self.waiting() == 0:
                return
            await asyncio.sleep(0.005)
        raise AssertionError(f"{await self.waiting()} messages still wait")


@contextlib.asynccontextmanager
async def oa_running(
    server: FakeZaloOa, database: Database, clock: Callable[[], datetime], **how: object
) -> AsyncIterator[OaBot]:
    """A bot that runs and works."""
    async with OaBot(server, database, clock, **how).running() as bot:  # type: ignore[arg-type]
        await bot.up()
        yield bot


@contextlib.asynccontextmanager
async def oa_program(
    server: FakeZaloOa, database: Database, clock: Callable[[], datetime], **sections: object
) -> AsyncIterator[Program]:
    """The program as bot.app wires it, with its door to the account open; `sections` are settings."""
    values = {
        "privacy": {"secret": SECRET},
        "web": {"public_url": "https://dg.example.vn"},
        "zalo_oa": server.settings(),
        **sections,
    }
    program = build(Settings.model_validate(values), database, clock)
    tasks = [
        asyncio.create_task(program.delivery.run()),
        *(asyncio.create_task(each.run()) for each in program.channels),
    ]
    door = next(each for each in program.channels if each.name == NAME)
    try:
        async with posted_to(door.hooks) as url:
            server.poster.url = url
            await server.until(lambda: door.state.up, why=lambda: door.state.why)
            yield program
            server.poster.url = ""
    finally:
        for task in reversed(tasks):  # first receiving, then sending
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        for channel in program.channels:
            await channel.close()

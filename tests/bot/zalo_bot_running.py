"""Zalo bots that run for real against the strict fake: one with toy routes, and the whole program."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import uvicorn
from pydantic import SecretStr
from sqlmodel import Session, select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from bot.app import Program, build
from bot.channels.zalo_bot import Waits, ZaloBotChannel
from bot.config import Settings, ZaloBotSettings
from bot.delivery import Delivery
from bot.dispatch import Dispatch
from bot.drawing import Drawing
from bot.locks import SenderLock
from bot.web.app import server as web_server
from bot.web.hooks import hook_route
from bot.web.shared_files import SharedFiles
from handlers.policy import Policy
from storage.database import Database
from storage.queries.outbox import outbox_depth
from storage.tables import Meta
from tests.bot.running import QUICK, TOYS
from tests.conftest import SECRET
from tests.fakes.zalo_bot import TOKEN, FakeZaloBot

HOOK_SECRET = "a-secret-for-zalo"
SHORT = Waits(
    poll=10,
    hurried=1,
    between=0.01,
    first=0.05,
    longest=0.2,
    refused=0.15,
    quota=0.2,
    check=0.05,
    grace=2,
    database=0.02,
    database_longest=0.05,
)


@dataclass
class ZaloBot:
    """Channel, dispatch and delivery over one database, with toy routes."""

    server: FakeZaloBot
    database: Database
    clock: Callable[[], datetime]
    mode: str = "polling"
    secret: str = HOOK_SECRET
    public_url: str = "http://127.0.0.1:9"
    lock: SenderLock | None = None
    waits: Waits = SHORT
    for_citizens: bool = False
    tasks: list["asyncio.Task[None]"] = field(default_factory=list)

    def __post_init__(self) -> None:
        settings = ZaloBotSettings(
            token=SecretStr(TOKEN),
            api_base=self.server.api_base,
            mode=self.mode,  # type: ignore[arg-type]
            webhook_secret=SecretStr(self.secret),
            for_citizens=self.for_citizens,
        )
        self.delivery = Delivery(self.database, self.clock, tuning=QUICK)
        self.dispatch = Dispatch(
            self.database, TOYS, Policy(), self.clock, self.delivery.wake, self.delivery
        )
        self.files = SharedFiles(self.database, self.public_url, Drawing(), self.clock)
        self.channel = ZaloBotChannel(
            settings,
            self.public_url,
            self.dispatch.handle,
            address=self.files.address,
            lock=self.lock,
            waits=self.waits,
        )
        self.delivery.serve(self.channel, self.lock)

    async def __aenter__(self) -> "ZaloBot":
        self.tasks = [
            asyncio.create_task(self.channel.run(), name="channel"),
            asyncio.create_task(self.delivery.run(), name="delivery"),
        ]
        return self

    async def __aexit__(self, *_: object) -> None:
        await ended(self.tasks)
        await self.channel.close()

    async def up(self) -> "ZaloBot":
        await self.server.until(lambda: self.channel.state.up)
        return self

    async def post(self, body: bytes, secret: str | None = HOOK_SECRET) -> int:
        """What the channel answers to a post."""
        headers = {} if secret is None else {"x-bot-api-secret-token": secret}
        return await self.channel.hooks["zalo-bot"](headers, body)

    async def notes(self) -> dict[str, list[str]]:
        """What each chat did, as the database has it."""

        def work(session: Session) -> dict[str, list[str]]:
            rows = session.exec(select(Meta)).all()
            return {row.key: row.value.split(";")[:-1] for row in rows if ";" in row.value}

        return await Database.run(self.database, work)

    async def quiet(self) -> None:
        """Until everything is sent and written down."""
        async with asyncio.timeout(10):
            while sum((await Database.run(self.database, outbox_depth)).values()):
                await asyncio.sleep(0.005)


async def ended(tasks: list["asyncio.Task[None]"]) -> None:
    """First receiving, then sending."""
    for task in tasks:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@contextlib.asynccontextmanager
async def running(
    server: FakeZaloBot, database: Database, clock: Any, **how: Any
) -> AsyncIterator[ZaloBot]:
    """A bot that runs and works."""
    async with ZaloBot(server, database, clock, **how) as bot:
        await bot.up()
        yield bot


class _Curt:
    """Errors of shared files without the pages around them."""

    def page(self, request: Request, status: int, reference: str | None = None) -> Response:
        return Response(status_code=status)

    def unavailable(self, request: Request) -> Response:
        return Response(status_code=503)


@contextlib.asynccontextmanager
async def posted_to(
    server: FakeZaloBot, database: Database, clock: Any, **how: Any
) -> AsyncIterator[ZaloBot]:
    """A bot in webhook mode with a web server before it; it need not work yet."""
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    bot = ZaloBot(server, database, clock, mode="webhook", public_url=url, **how)
    app = Starlette(routes=[hook_route(bot.channel.hooks), *bot.files.routes(_Curt())])  # type: ignore[arg-type]
    web = uvicorn.Server(
        uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
    )
    serving = asyncio.create_task(web.serve(sockets=[listener]))
    try:
        async with bot:
            yield bot
    finally:
        web.should_exit = True
        await asyncio.wait_for(serving, 15)


@contextlib.asynccontextmanager
async def program_running(
    server: FakeZaloBot, database: Database, clock: Callable[[], datetime], **zalo_bot: Any
) -> AsyncIterator[Program]:
    """The program as bot.app wires it with its web server, its door to Zalo open."""
    listener = socket.create_server(("127.0.0.1", 0))
    settings = Settings.model_validate(
        {
            "privacy": {"secret": SECRET},
            "web": {"port": listener.getsockname()[1]},
            "zalo_bot": {"token": TOKEN, "api_base": server.api_base, **zalo_bot},
        }
    )
    program = build(settings, database, clock)
    web = web_server(program.web, settings.web)
    serving = asyncio.create_task(web.serve([listener]))
    tasks = [
        *(asyncio.create_task(each.run()) for each in program.channels),
        asyncio.create_task(program.delivery.run()),
    ]
    door = next(each for each in program.channels if each.name == "zalo_bot")
    try:
        await server.until(lambda: door.state.up, timeout=10)
        yield program
    finally:
        web.should_exit = True
        await asyncio.wait_for(serving, 15)
        await ended(tasks)
        for channel in program.channels:
            await channel.close()

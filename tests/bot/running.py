"""Bots that run for real against the strict Telegram server: one with toy routes, and the whole program."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import SecretStr
from sqlmodel import Session, select

from bot.app import Program, build
from bot.channels.telegram import TelegramChannel, Waits
from bot.config import Settings, TelegramSettings
from bot.delivery import Delivery, Tuning
from bot.dispatch import Dispatch
from bot.locks import SenderLock
from handlers.citizen.actions import HELP, OLD, OTHER, SEARCH, START
from handlers.errors import Refused
from handlers.messages import Choice, Choices, Reply, Text, reply
from handlers.policy import Policy
from handlers.routing import Pattern, Route, Router
from handlers.turn import Turn
from handlers.typed_input import command_menus
from storage.database import Database, Work
from storage.errors import DatabaseUnavailable
from storage.queries.outbox import outbox_depth
from storage.tables import Meta
from tests.conftest import SECRET
from tests.fakes.telegram import TOKEN, FakeTelegram

COUNT, SAME, FAIL, SLOW, REFUSE = (
    Pattern("count/{n:int}"),
    Pattern("same"),
    Pattern("fail"),
    Pattern("slow"),
    Pattern("refuse"),
)

SHORT = Waits(
    poll=10,
    first=0.05,
    longest=0.2,
    refused=0.15,
    check=0.05,
    grace=2,
    database=0.02,
    database_longest=0.05,
)
QUICK = Tuning(looks_every=0.05, grace=2, database_wait=0.02)
LONG_WORD = "dài "


def _buttons(*choices: tuple[str, str]) -> Choices:
    return Choices(choices=tuple(Choice(label=label, action=action) for label, action in choices))


def _start(turn: Turn) -> Sequence[Reply]:
    del turn
    return [
        reply(
            Text(text="Welcome"),
            _buttons(("Count", COUNT.build(n=1)), ("Same", SAME.build()), ("Fail", FAIL.build())),
        )
    ]


def _count(turn: Turn, n: int) -> Sequence[Reply]:
    _note(turn, f"count {n}")
    return [reply(Text(text=f"Count {n}"), _buttons(("More", COUNT.build(n=n + 1))))]


def _same(turn: Turn) -> Sequence[Reply]:
    del turn
    return [reply(Text(text="Always the same"), _buttons(("Same", SAME.build())))]


def _fail(turn: Turn) -> Sequence[Reply]:
    _note(turn, "half written")
    raise RuntimeError("secret words of a citizen")


def _refuse(turn: Turn) -> Sequence[Reply]:
    raise Refused(turn.say("This is not open to you."), "not open")


def _echo(turn: Turn) -> Sequence[Reply]:
    _note(turn, turn.text)
    if turn.text == "three":
        return [reply(Text(text=f"part {n}")) for n in (1, 2, 3)]
    if turn.text == "long":
        words = "".join(f"{LONG_WORD}{n} " for n in range(1500))
        return [reply(Text(text=words), _buttons(("After the long text", SAME.build())))]
    return [reply(Text(text=f"You said: {turn.text}"))]


def _other(turn: Turn, what: str) -> Sequence[Reply]:
    _note(turn, f"other {what}")
    return [reply(Text(text=f"Something else: {what}"))]


def _plain(text: str) -> Callable[[Turn], Sequence[Reply]]:
    return lambda _turn: [reply(Text(text=text))]


def _note(turn: Turn, what: str) -> None:
    """A domain row: everything this chat did, in order."""
    row = turn.session.get(Meta, turn.incoming.chat)
    if row is None:
        row = Meta(key=turn.incoming.chat, value="")
        turn.session.add(row)
    row.value += f"{what};"


TOYS = Router(
    [
        Route(START, _start),
        Route(HELP, _plain("Help")),
        Route(OLD, _plain("That button is old")),
        Route(OTHER, _other),
        Route(SEARCH, _echo),
        Route(COUNT, _count),
        Route(SAME, _same),
        Route(FAIL, _fail),
        Route(REFUSE, _refuse),
    ]
)


class FlakyDatabase(Database):
    """A database that a test can take away; what it then committed all the same is counted."""

    down = False
    refused = 0
    held: asyncio.Event | None = None

    async def run(self, work: Work[Any]) -> Any:
        if self.down:
            self.refused += 1
            raise DatabaseUnavailable("taken away by the test")
        result = await super().run(work)
        if self.held is not None:  # committed, but the answer is late
            await self.held.wait()
        return result


@dataclass
class Bot:
    """Channel, dispatch and delivery over one database, as bot.app wires them."""

    server: FakeTelegram
    database: Database
    clock: Callable[[], datetime]
    mode: str = "polling"
    secret: str = "hook-secret"
    token: str = TOKEN
    public_url: str = "http://127.0.0.1:9"
    router: Router = TOYS
    lock: SenderLock | None = None
    waits: Waits = SHORT
    tuning: Tuning = QUICK
    rate: float = 29.5
    gone: list[tuple[str, str]] = field(default_factory=list)
    monotonic: Callable[[], float] | None = None

    def __post_init__(self) -> None:
        settings = TelegramSettings(
            token=SecretStr(self.token),
            api_base=self.server.api_base,
            mode=self.mode,  # type: ignore[arg-type]
            webhook_secret=SecretStr(self.secret),
            proactive_per_second=self.rate,
        )
        timing: dict[str, Any] = {} if self.monotonic is None else {"monotonic": self.monotonic}
        self.delivery = Delivery(
            self.database,
            self.clock,
            on_gone=lambda _session, channel, chat: self.gone.append((channel, chat)),
            tuning=self.tuning,
            **timing,
        )
        self.dispatch = Dispatch(
            self.database, self.router, Policy(), self.clock, self.delivery.wake, self.delivery
        )
        self.channel = TelegramChannel(
            settings,
            self.public_url,
            self.dispatch.handle,
            forget=self._forget,
            commands=command_menus(),
            lock=self.lock,
            waits=self.waits,
        )
        self.delivery.serve(self.channel, self.lock)
        self._tasks: list[asyncio.Task[None]] = []

    async def _forget(self, address: str, key: str) -> None:
        await self.delivery.forget("telegram", address, key)

    async def start(self) -> "Bot":
        self._tasks = [
            asyncio.create_task(self.channel.run(), name="channel"),
            asyncio.create_task(self.delivery.run(), name="delivery"),
        ]
        return self

    async def stop(self) -> None:
        for task in self._tasks:  # first receiving, then sending
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._tasks = []
        await self.channel.close()

    async def __aenter__(self) -> "Bot":
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def up(self) -> "Bot":
        await self.server.until(lambda: self.channel.state.up)
        return self

    async def notes(self) -> dict[str, list[str]]:
        """What each chat did, as the database has it."""

        def work(session: Session) -> dict[str, list[str]]:
            rows = session.exec(select(Meta)).all()
            return {row.key: row.value.split(";")[:-1] for row in rows if row.key.isdigit()}

        return await Database.run(self.database, work)

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
async def running(
    server: FakeTelegram, database: Database, clock: Any, **how: Any
) -> AsyncIterator[Bot]:
    """A bot that runs and works."""
    async with Bot(server, database, clock, **how) as bot:
        await bot.up()
        yield bot


@contextlib.asynccontextmanager
async def program_running(
    server: FakeTelegram, database: Database, clock: Callable[[], datetime], **sections: Any
) -> AsyncIterator[Program]:
    """The program as bot.app wires it, with its door to Telegram open; `sections` are settings."""
    telegram = {"token": server.token, "api_base": server.api_base}
    values = {"privacy": {"secret": SECRET}, "telegram": telegram, **sections}
    program = build(Settings.model_validate(values), database, clock)
    tasks = [
        asyncio.create_task(program.delivery.run()),
        *(asyncio.create_task(each.run()) for each in program.channels),
    ]
    door = next(each for each in program.channels if each.name == "telegram")
    await server.until(lambda: door.state.up)
    yield program
    for task in reversed(tasks):  # first receiving, then sending
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    for channel in program.channels:
        await channel.close()

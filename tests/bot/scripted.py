"""A channel that does what the test says, and a database with something in its outbox."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlmodel import Session

from bot.channels.base import Capabilities, Door, DoorState, Hook
from bot.delivery import Delivery
from handlers.messages import Reply, Text, reply
from storage.database import Database
from storage.queries.outbox import outbox_depth
from storage.queries.traffic import ANSWER, put_in_outbox

NAME = "toy"


@dataclass
class Sent:
    """One call of `send`."""

    address: str
    text: str
    edit: str | None
    at: float


@dataclass
class ScriptedChannel:
    """Plays `script[address]` (exceptions to raise, events to wait for), then always succeeds."""

    name: str = NAME
    can: Capabilities = field(default_factory=Capabilities)
    proactive_per_second: float = 1000.0
    script: dict[str, list[Exception | asyncio.Event]] = field(default_factory=dict)
    tried: list[Sent] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    in_flight: set[str] = field(default_factory=set)
    overlapped: list[str] = field(default_factory=list)
    takes: float = 0.0
    calls: int = 0
    before: Callable[[str], None] = lambda _address: None
    state: DoorState = field(default_factory=lambda: DoorState(up=True))

    hooks: Mapping[str, Hook] = field(default_factory=dict)

    def door(self, desk: str) -> Door | None:
        return None

    invite_door = staff_door = door

    async def run(self) -> None:
        await asyncio.Event().wait()

    async def close(self) -> None:
        return

    async def send(self, address: str, answer: Reply, edit: str | None) -> None:
        words = " ".join(part.text for part in answer.parts if isinstance(part, Text))
        this = Sent(address, words, edit, asyncio.get_running_loop().time())
        self.tried.append(this)
        self.calls += 1
        if address in self.in_flight:
            self.overlapped.append(address)
        self.in_flight.add(address)
        self.most_at_once = max(self.most_at_once, len(self.in_flight))
        try:
            await asyncio.sleep(self.takes)
            self.before(address)
            if self.script.get(address):
                step = self.script[address].pop(0)
                if isinstance(step, Exception):
                    raise step
                await step.wait()
            self.sent.append(this)
        finally:
            self.in_flight.discard(address)

    def texts(self, address: str | None = None) -> list[str]:
        return [each.text for each in self.sent if address in (None, each.address)]


def message(text: str, edit: str | None = None) -> dict[str, object]:
    return {"reply": reply(Text(text=text)).model_dump(mode="json"), "edit": edit}


async def queue(
    database: Database, *messages: tuple[str, str], lane: int = ANSWER, channel: str = NAME
) -> None:
    """Put (address, text)s into the outbox in one transaction."""

    def work(session: Session) -> None:
        for address, text in messages:
            put_in_outbox(session, channel, address, [message(text)], lane=lane)

    await Database.run(database, work)


async def waiting(database: Database) -> int:
    return sum((await Database.run(database, outbox_depth)).values())


@asynccontextmanager
async def delivering(delivery: Delivery) -> AsyncIterator[Delivery]:
    task = asyncio.create_task(delivery.run())
    try:
        yield delivery
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(condition: Callable[[], object], timeout: float = 5.0) -> None:
    async with asyncio.timeout(timeout):
        while not condition():
            await asyncio.sleep(0.005)


async def until_empty(database: Database, timeout: float = 5.0) -> None:
    async with asyncio.timeout(timeout):
        while await waiting(database):
            await asyncio.sleep(0.005)

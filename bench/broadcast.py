"""The morning's question to every member through a strict Telegram server, while citizens rate.

Telegram does not tell how it counts 30 a second: its stand-in does so in three ways, each in a
process of its own at the same time. That takes three minutes: 4,000 messages at Telegram's own pace.
"""

import asyncio
import statistics
import sys
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import Literal

from pydantic import SecretStr
from rich.console import Console
from rich.progress import Progress

from bench.members import MEMBERS_FROM, members_database
from bench.side_by_side import Row
from bot.channels.telegram import TelegramChannel
from bot.config import TelegramSettings
from bot.delivery import Delivery
from bot.dispatch import Dispatch
from bot.drawing import Drawing
from bot.scheduler import Jobs
from handlers.jobs.remind_pledge import REMIND_PLEDGE
from handlers.policy import Policy
from handlers.routes import router
from handlers.typed_input import command_menus
from storage.database import Database
from storage.queries.outbox import outbox_depth
from storage.queries.traffic import PROACTIVE
from tests.fakes.telegram import FakeTelegram, Pace, User

MORNING = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)  # Monday, 08:00 where the members are
_RATE, _EVERY_S, _IDLE_GROUPS = 29.5, 1.0, 130
_CITIZENS_FROM = 900_000
Kind = Literal["bucket", "sliding", "fixed"]
Told = Callable[[int, int], None]


@dataclass
class Figures:
    """What came of it; latencies in seconds, from a citizen's message to the answer on screen.

    `behind` is how many reminders still waited each time a citizen was answered. `calls`: all that
    Telegram counted meanwhile, reminders and answers.
    """

    sent: int = 0
    calls: int = 0
    seconds: float = 0.0
    refused: list[str] = field(default_factory=list)
    idle: list[float] = field(default_factory=list)
    during: list[float] = field(default_factory=list)
    behind: list[int] = field(default_factory=list)

    @property
    def slowest(self) -> float:
        """The slowest answer during the broadcast beside the slowest of as many without it."""
        count = min(len(self.idle), len(self.during))
        return max(self.during[:count]) / max(self.idle[:count])

    @property
    def slowest_ms(self) -> str:
        """The same in milliseconds."""
        count = min(len(self.idle), len(self.during))
        during, idle = max(self.during[:count]) * 1000, max(self.idle[:count]) * 1000
        return f"{during:.0f} ms beside {idle:.0f} ms"

    @property
    def ratio(self) -> float:
        """How much longer an answer takes during the broadcast than without it."""
        return statistics.median(self.during) / statistics.median(self.idle)


async def broadcast(
    folder: Path,
    *,
    members: int,
    pace: Pace,
    rate: float,
    asking: int,
    every: float,
    told: Told,
    idle: int = 5,
) -> Figures:
    """Remind so many members at `rate` a second; meanwhile so many citizens ask at a time, and
    `every` so many seconds after they were answered the next ones. So do `idle` groups before."""
    with FakeTelegram(pace=pace) as server, members_database(folder, members) as database:
        for number in range(members):
            server.user(MEMBERS_FROM + number, started=True)
        delivery = Delivery(database, lambda: MORNING)
        dispatch = Dispatch(database, router(), Policy(), lambda: MORNING, delivery.wake, delivery)
        channel = TelegramChannel(
            TelegramSettings(token=SecretStr(server.token), api_base=server.api_base),
            "",
            dispatch.handle,
            forget=_nobody_leaves,
            commands=command_menus(),
            drawing=Drawing(),
        )
        channel.proactive_per_second = rate
        delivery.serve(channel)
        running = [asyncio.create_task(each.run()) for each in (channel, delivery)]
        try:
            await server.until(lambda: channel.state.up)
            figures, citizens = Figures(), iter(range(_CITIZENS_FROM, sys.maxsize))
            for _ in range(idle):
                asked = [server.user(next(citizens)) for _ in range(asking)]
                figures.idle += await asyncio.gather(*map(_answered, asked))
                await asyncio.sleep(every / 4)
            before = channel.calls
            asks = partial(_ask, server, figures, citizens, asking)
            await _remind(database, delivery, members, asks, figures, every, told)
            figures.calls = channel.calls - before
            chats = range(MEMBERS_FROM, MEMBERS_FROM + members)
            figures.sent = sum(len(server.messages(chat)) for chat in chats)
            figures.refused = [refusal.description for refusal in server.refusals]
            return figures
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            await channel.close()


async def _ask(
    server: FakeTelegram, figures: Figures, citizens: Iterator[int], asking: int, left: int
) -> None:
    asked = [server.user(next(citizens)) for _ in range(asking)]
    figures.during += await asyncio.gather(*map(_answered, asked))
    figures.behind += [left] * asking


async def _remind(
    database: Database,
    delivery: Delivery,
    members: int,
    ask: Callable[[int], Awaitable[None]],
    figures: Figures,
    every: float,
    told: Told,
) -> None:
    jobs = Jobs(database, Policy(), lambda: MORNING, [REMIND_PLEDGE])
    counts = await jobs.run_all()
    assert counts == {REMIND_PLEDGE.name: {"asked": members, "unreadable": 0}}, counts
    started, left = perf_counter(), members
    delivery.wake("")

    async def keep_asking() -> None:
        while left:
            await ask(left)
            await asyncio.sleep(every)

    asking = asyncio.create_task(keep_asking())
    while left := await _waiting(database):
        told(members - left, members)
        await asyncio.sleep(every / 4)
    figures.seconds = perf_counter() - started
    await asking
    told(members, members)


async def _answered(citizen: User) -> float:
    """Seconds from a citizen's first message to the question on their screen."""
    asked = perf_counter()
    citizen.send("/start q-Q1")
    await citizen.seen(lambda message: bool(message.buttons), timeout=30)
    return perf_counter() - asked


async def _waiting(database: Database) -> int:
    depth = await database.run(outbox_depth)
    return sum(n for (_, lane), n in depth.items() if lane == PROACTIVE)


async def _nobody_leaves(address: str, key: str) -> None:
    raise AssertionError(f"{address} left by {key}")


def rows() -> Iterator[Row]:
    """The full size once: how near to Telegram's 30 a second, and what an answer costs meanwhile."""
    found = _all_kinds(4000)
    for kind, figures in found.items():
        assert not figures.refused, figures.refused
        assert figures.sent == 4000, figures.sent
        yield Row(
            f"4,000 reminders and the answers meanwhile, counted by {kind}",
            "30 a second",
            [figures.calls / figures.seconds / 30],
            0.98,
            figures=f"{figures.seconds:.1f} s, {figures.calls} calls, no 429, none lost",
        )
    yield Row(
        "slowest answer while they go out",
        "slowest while idle",
        [each.slowest for each in found.values()],
        2,
        at_most=True,
        figures=f"of {_samples(next(iter(found.values())))} answers each; "
        + ", ".join(each.slowest_ms for each in found.values()),
    )


def _samples(figures: Figures) -> int:
    return min(len(figures.idle), len(figures.during))


def _all_kinds(members: int) -> dict[str, Figures]:
    """Each way of counting in a process of its own, at the same time, with a bar."""
    kinds: tuple[Kind, ...] = ("bucket", "sliding", "fixed")
    names = ("token bucket", "sliding window", "fixed window")
    expected = members / _RATE + _IDLE_GROUPS * (_EVERY_S / 4 + 0.1)
    with (
        ProcessPoolExecutor(len(kinds), mp_context=get_context("spawn")) as processes,
        Progress(console=Console(stderr=True)) as progress,
    ):
        task = progress.add_task(f"{members} reminders, three ways", total=expected)
        running = [processes.submit(one_kind, kind, members) for kind in kinds]
        began = perf_counter()
        while not all(each.done() for each in running):
            progress.update(task, completed=min(expected, perf_counter() - began))
            sleep(0.5)
        return dict(zip(names, (each.result() for each in running), strict=True))


def one_kind(kind: Kind, members: int) -> Figures:
    """The whole of it against a server that counts so."""
    with TemporaryDirectory(prefix="broadcast") as folder:
        return asyncio.run(
            broadcast(
                Path(folder),
                members=members,
                pace=Pace(kind=kind),
                rate=_RATE,
                asking=2,
                every=_EVERY_S,
                told=lambda _done, _all: None,
                idle=_IDLE_GROUPS,
            )
        )


def main(members: int = 4000) -> None:
    """The figures of each kind."""
    for kind, figures in _all_kinds(members).items():
        print(f"{kind}: {figures.sent} sent in {figures.seconds:.1f} s, "
              f"{figures.calls / figures.seconds / 30:.3f} of the cap, "
              f"refused {len(figures.refused)}; "
              f"answers alone {statistics.median(figures.idle) * 1000:.0f} ms, meanwhile "
              f"{statistics.median(figures.during) * 1000:.0f} ms; slowest of {_samples(figures)} "
              f"{figures.slowest:.2f} times the slowest alone ({figures.slowest_ms})")  # fmt: skip


if __name__ == "__main__":
    main(*(int(each) for each in sys.argv[1:]))

"""Whatever messengers answer: no row is lost, none is doubled, and each chat keeps its order."""

import asyncio
import random

import pytest

from bot.channels.base import Broken, Capabilities, Gone, SendError, Shut, Throttled, TryAgain
from handlers.messages import Reply, Text
from storage.database import Database
from tests.bot.doors import OPEN, STRICT, Doors
from tests.bot.running import FlakyDatabase
from tests.bot.scripted import ScriptedChannel, delivering, until_empty
from tests.conftest import Clock

PEOPLE, EACH, ROUNDS = 12, 6, 6
CAN = Capabilities(buttons=False, monthly=10_000)


class Moody:
    """Decides what a messenger answers; remembers what arrived."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.arrived: list[tuple[str, str]] = []
        self.lost: set[str] = set()
        self.calm = False

    def take(self, channel: ScriptedChannel) -> None:
        async def send(address: str, answer: Reply, edit: str | None) -> None:
            del edit
            text = next(part.text for part in answer.parts if isinstance(part, Text))
            channel.calls += 1
            await asyncio.sleep(self.random.random() / 500)
            if (error := self._mood(channel.name)) is not None:
                if isinstance(error, Broken):
                    self.lost.add(text)
                raise error
            self.arrived.append((address, text))

        channel.send = send  # type: ignore[method-assign]

    def _mood(self, channel: str) -> SendError | None:
        errors: list[tuple[float, SendError]] = [
            (0.15, TryAgain()),
            (0.05, Throttled(0.01)),
            (0.02, Broken("never")),
        ]
        if channel == STRICT:
            errors += [(0.12, Shut()), (0.05, Throttled(0.05, quota=True)), (0.05, Gone())]
        roll = 1.0 if self.calm else self.random.random()
        for share, error in errors:
            roll -= share
            if roll < 0:
                return error
        return None


@pytest.mark.parametrize("seed", [1, 2])
async def test_nothing_is_lost_and_nothing_doubled(
    database: Database, clock: Clock, seed: int
) -> None:
    database.__class__ = FlakyDatabase  # sometimes away, and says so
    assert isinstance(database, FlakyDatabase)
    doors, moody = Doors(database, clock, CAN), Moody(seed)
    moody.take(doors.strict)
    moody.take(doors.open)
    wanted: dict[str, list[str]] = {}
    for number in range(PEOPLE):
        name = f"p{number}"
        await doors.person(name, OPEN, STRICT)
        wanted[name] = [f"{name} no {each}" for each in range(EACH)]
        await doors.queue(name, *wanted[name], claims=f"digest/{name}")
    for _ in range(ROUNDS):
        async with delivering(doors.delivery(windows={})):
            for _ in range(3):
                await asyncio.sleep(0.03)
                database.down = moody.random.random() < 0.2
            database.down = False
        clock.move(minutes=10)
        for name in wanted:
            if moody.random.random() < 0.3:
                await doors.writes(name, "answer")
    moody.calm = True
    for name in wanted:
        await doors.writes(name, "answer")
    async with delivering(doors.delivery(windows={})):
        await until_empty(database)
    for name, texts in wanted.items():
        arrived = [text for who, text in moody.arrived if who == name and text != "answer"]
        assert sorted(arrived) == [text for text in texts if text not in moody.lost], name
    assert await doors.claims() == {f"digest/{name}" for name in wanted}

"""Messages of a plan: counted by the month as they are sent, shown, and told of before they end."""

import asyncio

import pytest

from bot.channels.base import Capabilities, TryAgain
from bot.observability import REGISTRY, set_up_logs
from storage.database import Database
from storage.queries.doors import count_messages, messages_of_month
from tests.bot.doors import STRICT, Doors
from tests.bot.scripted import delivering, until, until_empty
from tests.conftest import Clock

TEN = Capabilities(monthly=10)


@pytest.fixture
def doors(database: Database, clock: Clock) -> Doors:
    return Doors(database, clock, TEN)


async def counted(doors: Doors, month: str) -> int:
    return await doors.database.run(lambda s: messages_of_month(s, STRICT, month))


def gauge(name: str) -> float | None:
    return REGISTRY.get_sample_value(name, {"channel": STRICT})


async def sent(doors: Doors, *texts: str) -> None:
    await doors.queue("lan", *texts)
    async with delivering(doors.delivery()):
        await until_empty(doors.database)


async def test_every_message_counts_also_those_of_a_long_reply_and_after_a_restart(
    doors: Doors,
) -> None:
    doors.strict.script = {"lan": [TryAgain()]}
    await doors.queue("lan", "tried twice")
    async with delivering(doors.delivery()):
        while await doors.rows():
            doors.clock.move(seconds=5)
            await asyncio.sleep(0.02)
    assert await counted(doors, "2026-11") == doors.strict.calls == 2
    before = doors.strict.before
    doors.strict.before = lambda _: setattr(doors.strict, "calls", doors.strict.calls + 2)
    await sent(doors, "three in one")
    doors.strict.before = before
    again = Doors(doors.database, doors.clock, TEN)
    await sent(again, "after a restart")
    assert await counted(doors, "2026-11") == 6
    assert gauge("messages_this_month") == 6
    assert gauge("monthly_quota") == 10


async def test_a_month_begins_where_the_office_is(doors: Doors) -> None:
    doors.clock.move(days=14, hours=14)
    await sent(doors, "30 November, 23:00")
    doors.clock.move(hours=2)
    await sent(doors, "1 December, 1:00")
    assert await counted(doors, "2026-11") == await counted(doors, "2026-12") == 1


async def test_the_operator_is_told_once_before_the_plan_ends(
    doors: Doors, capfd: pytest.CaptureFixture[str]
) -> None:
    set_up_logs("INFO")
    await doors.database.run(lambda s: count_messages(s, STRICT, "2026-11", 7))
    told = "most of this month's messages are spent"
    await sent(doors, "8")
    assert told not in capfd.readouterr().err
    await sent(doors, "9", "10")
    again = Doors(doors.database, doors.clock, TEN)
    await sent(again, "11")
    said = capfd.readouterr().err
    assert said.count(told) == 1
    assert '"quota": 10' in said


async def test_a_channel_without_a_plan_is_not_counted(database: Database, clock: Clock) -> None:
    free = Doors(database, clock, Capabilities())
    await sent(free, "as many as you like")
    assert await counted(free, "2026-11") == 0


async def test_the_gauges_show_the_month_before_anything_is_sent(doors: Doors) -> None:
    await doors.database.run(lambda s: count_messages(s, STRICT, "2026-11", 4))
    async with delivering(doors.delivery()):
        await until(lambda: gauge("messages_this_month") == 4)

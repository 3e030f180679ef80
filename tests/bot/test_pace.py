"""The pace of proactive messages by itself: what goes late is made up for, never in too many at once."""

import asyncio
from dataclasses import dataclass
from itertools import pairwise
from time import monotonic

from bot.delivery.pace import Pace
from tests.bot.scripted import ScriptedChannel

RATE = 29.5


@dataclass
class Running:
    """Messages through a pace, each taking its own time; when each arrived at the messenger."""

    channel: ScriptedChannel
    pace: Pace
    arrived: list[float]

    async def send(self, *, paced: bool, way: float = 0.0, back: float = 0.0) -> None:
        await self.pace.place(paced=paced)
        with self.pace.passing(paced=paced):
            self.channel.calls += 1
            await asyncio.sleep(way)
            self.arrived.append(monotonic())
            await asyncio.sleep(back)

    async def proactive(self, ways: list[float]) -> None:
        under_way = []
        for way in ways:
            await self.pace.turn()
            self.pace.take()
            under_way.append(asyncio.create_task(self.send(paced=True, way=way)))
        await asyncio.gather(*under_way)

    def most_in_a_second(self) -> int:
        times = sorted(self.arrived)
        return max(sum(first <= each < first + 1 for each in times) for first in times)


def running(rate: float = RATE) -> Running:
    channel = ScriptedChannel()
    channel.proactive_per_second = rate
    return Running(channel, Pace(channel, 32), [])


async def test_messages_of_uneven_ways_never_meet_in_one_second() -> None:
    it = running()
    await it.proactive([0.06 if number % 31 < 2 else 0.001 for number in range(75)])
    assert it.most_in_a_second() <= 30


async def test_a_messenger_that_is_far_away_costs_no_pace() -> None:
    it = running()
    began = monotonic()
    await it.proactive([0.25] * 60)
    assert monotonic() - began < 60 / RATE + 0.25 + 0.3
    assert it.most_in_a_second() <= 30


async def test_what_a_busy_machine_made_late_is_made_up_for_evenly() -> None:
    pace, turns = running().pace, []
    for number in range(40):
        await pace.turn()
        pace.take()
        turns.append(monotonic())
        if number == 5:
            while monotonic() < turns[-1] + 0.1:
                pass  # the machine stands still for three turns
    after = [later - earlier for earlier, later in pairwise(turns[6:])]
    assert min(after) < 0.97 / RATE
    assert sum(after[:5]) > 4 * 0.9 / RATE  # no burst


async def test_after_silence_nothing_is_made_up_for_and_nothing_old_is_paid() -> None:
    it = running(20)
    it.channel.calls += 500  # answers of the whole morning
    began = monotonic()
    await it.proactive([0.0] * 3)
    assert it.arrived[0] - began < 0.04
    await asyncio.sleep(0.5)
    it.arrived.clear()
    await it.proactive([0.0] * 5)
    assert all(after - before >= 0.04 for before, after in pairwise(it.arrived))


async def test_an_answer_waits_only_for_its_place_in_the_messengers_second() -> None:
    it = running()
    sending = asyncio.create_task(it.proactive([0.0] * 45))
    await asyncio.sleep(1.2)
    began = monotonic()
    await asyncio.gather(*(it.send(paced=False) for _ in range(2)))
    assert monotonic() - began < 0.1
    await sending
    assert it.most_in_a_second() <= 30


async def test_places_are_left_for_as_many_answers_as_lately_came() -> None:
    it = running()
    sending = asyncio.create_task(it.proactive([0.0] * 130))
    await asyncio.sleep(0.5)
    waited = []
    for _ in range(3):
        began = monotonic()
        await asyncio.gather(*(it.send(paced=False) for _ in range(3)))
        waited.append(monotonic() - began)
        await asyncio.sleep(1.2)
    assert max(waited[1:]) < 0.05  # else the third waits two turns
    sending.cancel()
    assert it.most_in_a_second() <= 30


async def test_many_answers_meanwhile_do_not_wait_for_one_another() -> None:
    it = running()
    sending = asyncio.create_task(it.proactive([0.0] * 10))
    await asyncio.sleep(0.1)
    began = monotonic()
    await asyncio.gather(*(it.send(paced=False) for _ in range(200)))
    assert monotonic() - began < 0.5
    sending.cancel()


async def test_a_message_that_is_never_answered_holds_nobody_for_long() -> None:
    it = running(5)
    lost = [asyncio.create_task(it.send(paced=True, way=60)) for _ in range(6)]
    await asyncio.sleep(0)
    began = monotonic()
    await it.send(paced=True)
    assert 0.9 < monotonic() - began < 2.2
    for each in lost:
        each.cancel()

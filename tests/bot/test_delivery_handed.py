"""Answers handed over right after their commit: in order, once, and never lost."""

import asyncio
import random
from dataclasses import replace

import pytest
from sqlmodel import Session

from bot.channels.base import TryAgain
from bot.delivery import Delivery
from bot.handing import handing_over
from handlers.messages import Reply
from storage.database import Database
from storage.queries.handing import queue_alone
from storage.queries.outbox import Unsent
from storage.queries.traffic import ANSWER, PROACTIVE, chat_name, lock_chat
from tests.bot.running import QUICK, FlakyDatabase
from tests.bot.scripted import (
    NAME,
    ScriptedChannel,
    delivering,
    message,
    queue,
    until,
    until_empty,
    waiting,
)
from tests.conftest import Clock

SLOW_LOOKS = replace(QUICK, looks_every=60)


@pytest.fixture
def channel() -> ScriptedChannel:
    return ScriptedChannel()


async def answer(database: Database, delivery: Delivery, address: str, text: str) -> bool:
    """What Dispatch does with an answer; whether it was handed over."""
    chat = chat_name(database.keys, NAME, address)
    content = message(text)

    def work(session: Session) -> list[int]:
        lock_chat(session, chat)
        written = Reply.model_validate(content["reply"]).model_dump_json()
        return queue_alone(session, NAME, chat, address, [f'{{"reply":{written},"edit":null}}'])

    with handing_over(delivery, NAME, chat) as handing:
        if not handing.expected:
            await queue(database, (address, text))
            delivery.wake(NAME)
            return False
        numbers = await database.run(work)
        handing.rows = [Unsent(n, chat, address, content, ANSWER, 0) for n in numbers]
    return bool(handing.rows)


async def test_an_answer_handed_over_leaves_at_once_and_is_written_down(
    file_database: FlakyDatabase, clock: Clock, channel: ScriptedChannel
) -> None:
    delivery = Delivery(file_database, clock, [channel], tuning=SLOW_LOOKS)
    async with delivering(delivery):
        await asyncio.sleep(0.05)
        assert await answer(file_database, delivery, "a", "hello")
        await until(lambda: channel.texts() == ["hello"], 1)
        await until_empty(file_database, 1)


async def test_what_waits_for_a_chat_already_goes_first(
    database: Database, clock: Clock, channel: ScriptedChannel
) -> None:
    delivery = Delivery(database, clock, [channel], tuning=SLOW_LOOKS)
    async with delivering(delivery):
        await asyncio.sleep(0.05)
        await queue(database, ("a", "a reminder"), lane=PROACTIVE)
        assert not await answer(database, delivery, "a", "the answer")
        await until_empty(database)
    assert channel.texts("a") == ["a reminder", "the answer"]


async def test_what_finds_no_room_goes_when_a_place_is_free(
    database: Database, clock: Clock, channel: ScriptedChannel
) -> None:
    channel.takes = 0.05
    delivery = Delivery(database, clock, [channel], tuning=replace(SLOW_LOOKS, at_once=2))
    async with delivering(delivery):
        await asyncio.sleep(0.05)
        handed = [await answer(database, delivery, each, "hello") for each in "abcdef"]
        await until(lambda: len(channel.texts()) == 6, 3)
    assert True in handed
    assert False in handed


async def test_an_answer_that_was_expected_and_never_came_holds_nothing_back(
    database: Database, clock: Clock, channel: ScriptedChannel
) -> None:
    delivery = Delivery(database, clock, [channel], tuning=SLOW_LOOKS)
    chat = chat_name(database.keys, NAME, "a")
    async with delivering(delivery):
        await asyncio.sleep(0.05)
        with pytest.raises(RuntimeError), handing_over(delivery, NAME, chat) as handing:
            assert handing.expected
            await queue(database, ("a", "from elsewhere"))
            delivery.wake(NAME)
            await asyncio.sleep(0.05)
            assert channel.texts() == []
            raise RuntimeError
        await until(lambda: channel.texts() == ["from elsewhere"], 1)


async def test_one_that_does_not_get_through_is_tried_again(
    database: Database, clock: Clock, channel: ScriptedChannel
) -> None:
    channel.script["a"] = [TryAgain("the network")]
    delivery = Delivery(database, clock, [channel], tuning=QUICK)
    async with delivering(delivery):
        await asyncio.sleep(0.05)
        assert await answer(database, delivery, "a", "hello")
        await until(lambda: len(channel.tried) == 1)
        clock.move(seconds=60)
        await until_empty(database)
    assert channel.texts() == ["hello"]


async def test_what_was_handed_over_and_not_sent_still_stands_in_the_outbox(
    database: Database, clock: Clock, channel: ScriptedChannel
) -> None:
    channel.script["a"] = [asyncio.Event()]  # the process ends while it is being sent
    delivery = Delivery(database, clock, [channel], tuning=replace(QUICK, grace=0.05))
    async with delivering(delivery):
        await asyncio.sleep(0.05)
        assert await answer(database, delivery, "a", "hello")
        await until(lambda: len(channel.tried) == 1)
    assert await waiting(database) == 1
    async with delivering(Delivery(database, clock, [channel], tuning=QUICK)):
        await until_empty(database)
    assert channel.texts() == ["hello"]


async def test_handed_over_and_read_each_is_sent_once_and_in_order(
    database: Database, clock: Clock, channel: ScriptedChannel
) -> None:
    chance = random.Random(20261122)
    channel.takes = 0.002
    delivery = Delivery(database, clock, [channel], tuning=QUICK)
    said: dict[str, list[str]] = {each: [] for each in "abcdef"}
    handed = 0

    async def person(address: str) -> None:
        nonlocal handed
        for number in range(15):
            said[address].append(f"{address}{number}")
            if chance.random() < 0.3:  # as another process, or a job, would
                await queue(database, (address, f"{address}{number}"))
                delivery.wake(NAME)
            else:
                handed += await answer(database, delivery, address, f"{address}{number}")
            if chance.random() < 0.5:
                await until(lambda: channel.texts(address) == said[address])
                await asyncio.sleep(0.02)

    async with delivering(delivery):
        await asyncio.sleep(0.05)
        await asyncio.gather(*map(person, said))
        await until_empty(database)
    assert {each: channel.texts(each) for each in said} == said
    assert channel.overlapped == []
    assert handed > 5

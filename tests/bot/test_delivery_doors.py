"""Messengers that limit: what may not be sent goes to the person's next door, or waits for them."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.channels.base import Capabilities, Gone, Shut, Throttled, TryAgain
from bot.dispatch import Dispatch
from bot.observability import REGISTRY
from handlers.messages import Incoming
from handlers.policy import Policy
from storage.database import Database
from storage.queries.doors import shut_doors
from storage.queries.link import link_of_chat, unlink
from storage.queries.traffic import ANSWER, chat_name, read_chat
from tests.bot.doors import CAN, OPEN, STRICT, WINDOWS, Doors, choices
from tests.bot.running import TOYS
from tests.bot.scripted import delivering, until, until_empty
from tests.conftest import Clock


class Ticks:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def doors(database: Database, clock: Clock) -> Doors:
    return Doors(database, clock)


def sends(result: str, channel: str = STRICT) -> float:
    labels = {"channel": channel, "result": result}
    return REGISTRY.get_sample_value("sends_total", labels) or 0


async def drained(doors: Doors, **how: Any) -> dict[str, dict[str, int]]:
    return await doors.delivery(**how).drain(patience=3)


async def test_a_window_that_is_shut_sends_messages_to_the_next_door_in_order(
    doors: Doors,
) -> None:
    before = sends("moved")
    await doors.person("lan", OPEN, STRICT)
    doors.clock.move(hours=49)
    await doors.queue("lan", "pledge", "digest 1")
    await doors.queue("lan", "digest 2", claims="digest/W47")
    async with delivering(doors.delivery()):
        await until_empty(doors.database)
    assert doors.strict.tried == []
    assert doors.open.texts("lan") == ["pledge", "digest 1", "digest 2"]
    assert sends("moved") == before + 3
    assert await doors.claims() == {"digest/W47"}


async def test_without_another_door_it_waits_for_the_person_and_goes_ahead_of_the_answer(
    doors: Doors,
) -> None:
    before = sends("held")
    await doors.person("lan", STRICT, heard=False)
    await doors.queue("lan", "pledge", "digest")
    done = await drained(doors)
    assert done[STRICT] == {"held": 2}, "nobody waits for what is held"
    assert sends("held") == before + 2
    assert doors.strict.tried == []
    doors.clock.move(hours=20)
    await doors.writes("lan", "answer")
    async with delivering(doors.delivery()):
        await until_empty(doors.database)
    assert doors.strict.texts("lan") == ["pledge", "digest", "answer"]


async def test_metrics_tell_what_is_held_apart(doors: Doors) -> None:
    await doors.person("lan", STRICT, heard=False)
    await doors.queue("lan", "pledge")
    await drained(doors)

    def waiting(lane: str) -> float | None:
        labels = {"channel": STRICT, "lane": lane}
        return REGISTRY.get_sample_value("outbox_messages", labels)

    async with delivering(doors.delivery()):
        await until(lambda: waiting("held") == 1)
        assert waiting("proactive") == 0


async def test_a_server_that_says_the_window_is_shut_is_believed(doors: Doors) -> None:
    await doors.person("lan", OPEN, STRICT)
    await doors.person("minh", STRICT)
    doors.strict.script = {"lan": [Shut()], "minh": [Shut()]}
    await doors.queue("lan", "for lan 1", "for lan 2")
    await doors.queue("minh", "for minh 1", "for minh 2")
    async with delivering(doors.delivery()) as running:
        await until(lambda: len(doors.open.texts("lan")) == 2)
        await until(lambda: running is not None and len(doors.strict.tried) == 2)
        await until_held(doors, 2)
    assert doors.open.texts() == ["for lan 1", "for lan 2"]
    assert (await doors.link("lan")).heard is None
    assert (await doors.link("minh")).heard is None
    await doors.writes("minh", "answer")
    async with delivering(doors.delivery()):
        await until_empty(doors.database)
    assert doors.strict.texts("minh") == ["for minh 1", "for minh 2", "answer"]


async def until_held(doors: Doors, number: int) -> None:
    for _ in range(400):
        if sum(row.held for row in await doors.rows()) == number:
            return
        await asyncio.sleep(0.01)
    raise AssertionError([(row.channel, row.held) for row in await doors.rows()])


async def test_an_answer_that_is_held_lives_a_day_and_leaves_with_the_next_one(
    doors: Doors,
) -> None:
    doors.strict.script = {"citizen": [Shut()], "other": [Shut()]}
    await doors.queue("citizen", "late", lane=ANSWER)
    await doors.queue("other", "lost", lane=ANSWER)
    async with delivering(doors.delivery()):
        await until_held(doors, 2)
    assert {row.until is not None for row in await doors.rows()} == {True}
    await doors.queue("citizen", "next", lane=ANSWER)
    async with delivering(doors.delivery()):
        await until(lambda: doors.strict.texts("citizen") == ["late", "next"])
    doors.clock.move(hours=24)
    assert (await drained(doors))[STRICT] == {}
    assert await doors.rows() == []
    assert doors.strict.texts("other") == []


async def test_a_person_who_left_gets_what_waits_through_their_next_door(doors: Doors) -> None:
    await doors.person("lan", STRICT, OPEN)
    await doors.person("minh", OPEN)
    doors.open.script = {"lan": [Gone()], "minh": [Gone()]}
    await doors.queue("lan", "digest", channel=OPEN, claims="digest/lan")
    await doors.queue("lan", "pledge", channel=OPEN)
    await doors.queue("minh", "digest", channel=OPEN, claims="digest/minh")
    async with delivering(doors.delivery()):
        await until_empty(doors.database)
    assert doors.strict.texts("lan") == ["digest", "pledge"]
    assert (await doors.link("lan", OPEN)).unreachable
    assert not (await doors.link("lan")).unreachable
    assert (await doors.link("minh", OPEN)).unreachable
    assert await doors.claims() == {"digest/lan"}, "what nobody got may go out again"


async def test_somebody_who_left_and_whose_other_door_is_shut_loses_nothing(doors: Doors) -> None:
    await doors.person("lan", STRICT, OPEN, heard=False)
    await doors.queue("lan", "digest", channel=OPEN, claims="digest/lan")
    await doors.delivery().forget(OPEN, "lan", "update 1")
    (row,) = await doors.rows()
    assert (row.channel, row.held) == (STRICT, True)
    await doors.writes("lan", "answer")
    async with delivering(doors.delivery()):
        await until_empty(doors.database)
    assert doors.strict.texts("lan") == ["digest", "answer"]
    assert await doors.claims() == {"digest/lan"}


async def test_a_plan_that_is_used_up_is_tried_once_and_again_when_its_time_has_come(
    doors: Doors,
) -> None:
    ticks = Ticks()
    await doors.person("lan", OPEN, STRICT)
    await doors.person("minh", STRICT)
    doors.strict.script = {name: [Throttled(3600, quota=True)] for name in ("lan", "minh", "c")}
    async with delivering(doors.delivery(monotonic=ticks)) as running:
        await doors.queue("c", "answer", lane=ANSWER)
        running.wake("")
        await until(lambda: doors.strict.tried)
        await doors.queue("lan", "for lan 1", "for lan 2")
        await doors.queue("minh", "for minh")
        running.wake("")
        await until(lambda: doors.open.texts() == ["for lan 1", "for lan 2"])
        await until_held(doors, 1)
        assert len(doors.strict.tried) == 1
        assert await doors.database.run(lambda s: shut_doors(s, doors.clock())) == {STRICT}
        doors.strict.script = {}
        ticks.now += 3601
        doors.clock.move(hours=2)
        running.wake("")
        await until_empty(doors.database)
    assert set(doors.strict.texts()) == {"answer", "for minh"}
    assert await doors.database.run(lambda s: shut_doors(s, doors.clock())) == set()


async def test_another_process_keeps_to_a_door_that_is_shut_and_does_not_wait_for_it(
    doors: Doors,
) -> None:
    await doors.person("minh", STRICT)
    doors.strict.script = {"c": [Throttled(3600, quota=True)]}
    await doors.queue("c", "answer", lane=ANSWER)
    assert (await drained(doors))[STRICT] == {"throttled": 1, "left": 1}
    await doors.queue("minh", "reminder")
    doors.strict.script = {"c": [Throttled(3600, quota=True)]}
    done = (await drained(doors))[STRICT]
    assert done == {"throttled": 1, "held": 1, "left": 1}
    assert doors.strict.texts() == []
    done = (await drained(doors))[STRICT]
    assert done == {"sent": 2}, "a success opens the door again, and what was held leaves"


async def test_who_leaves_gets_nothing_though_it_was_read_ahead(doors: Doors) -> None:
    doors.open.proactive_per_second = 20
    for number in range(6):
        await doors.person(f"p{number}", OPEN)
        await doors.queue(f"p{number}", "digest", channel=OPEN, claims=f"digest/p{number}")
    async with delivering(doors.delivery()):
        await until(lambda: doors.open.sent)
        await doors.database.run(lambda s: unlink(s, link_of_chat(s, OPEN, "p4")))  # type: ignore[arg-type]
        await until(lambda: doors.open.texts("p5"))
    assert doors.open.texts("p4") == []
    assert "digest/p4" not in await doors.claims(), "another chat of theirs may get it"


async def test_what_is_past_its_time_is_not_sent_though_it_was_read_before(doors: Doors) -> None:
    await doors.person("lan", STRICT)
    soon = doors.clock() + timedelta(minutes=5)
    await doors.queue("lan", "today", until=soon)
    doors.strict.script = {"lan": [TryAgain()]}
    async with delivering(doors.delivery()):
        while not any(row.attempts for row in await doors.rows()):  # written down as put off
            await asyncio.sleep(0.02)
        doors.clock.move(minutes=6)
        await doors.queue("lan", "answer", lane=ANSWER)
        await until(lambda: doors.strict.texts() == ["answer"])
    assert (await drained(doors))[STRICT] == {}
    assert await doors.rows() == []


async def test_typed_numbers_under_a_message_work_and_a_retry_shows_the_same(doors: Doors) -> None:
    await doors.person("lan", OPEN, STRICT)
    await doors.queue_replies("lan", choices("How was it?", "done", "later"))
    doors.strict.script = {"lan": [TryAgain(), TryAgain()]}
    shown: list[Any] = []
    send = doors.strict.send

    async def noted(address: str, answer: Any, edit: str | None) -> None:
        shown.append([(each.number, each.action) for each in answer.choices()])
        await send(address, answer, edit)

    doors.strict.send = noted  # type: ignore[method-assign]
    async with delivering(doors.delivery()):
        while await doors.rows():
            doors.clock.move(seconds=5)
            await asyncio.sleep(0.02)
    assert shown == [[(1, "do/done"), (2, "do/later")]] * 3
    name = chat_name(doors.database.keys, STRICT, "lan")
    state = await doors.database.run(lambda s: read_chat(s, name, doors.clock()))
    assert {number: each.action for number, each in state.live.items()} == {
        1: "do/done",
        2: "do/later",
    }


async def test_numbers_are_not_taken_along_to_a_door_with_buttons(doors: Doors) -> None:
    await doors.person("lan", OPEN, STRICT)
    await doors.queue_replies("lan", choices("How was it?", "done"))
    doors.strict.script = {"lan": [Shut()]}
    seen: list[Any] = []
    send = doors.open.send

    async def noted(address: str, answer: Any, edit: str | None) -> None:
        seen.append([each.number for each in answer.choices()])
        await send(address, answer, edit)

    doors.open.send = noted  # type: ignore[method-assign]
    async with delivering(doors.delivery()):
        await until_empty(doors.database)
    assert seen == [[None]]


async def test_an_official_who_writes_or_taps_is_heard_where_a_window_counts(
    doors: Doors,
) -> None:
    await doors.person("lan", STRICT, OPEN, heard=False)
    dispatch = Dispatch(doors.database, TOYS, Policy(windows=WINDOWS), doors.clock, lambda _: None)
    for number, (channel, can, text) in enumerate(
        [(STRICT, CAN, "hello"), (OPEN, Capabilities(), "hello"), (STRICT, CAN, "/start")]
    ):
        incoming = Incoming(channel, "lan", "lan", key=f"k{number}", text=text)
        await dispatch.handle(incoming, can)
        doors.clock.move(minutes=10)
    assert (await doors.link("lan", OPEN)).heard is None
    assert (await doors.link("lan")).heard == doors.clock() - timedelta(minutes=30)
    doors.clock.move(hours=1)
    pressed = Incoming(STRICT, "lan", "lan", key="k9", action="refuse")
    assert (await dispatch.handle(pressed, CAN)).refused
    assert (await doors.link("lan")).heard == doors.clock()

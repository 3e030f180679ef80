"""Typed numbers mean what is on the screen: what could not be sent takes no number from it."""

import asyncio

import pytest

from bot.channels.base import SendError, Shut, Throttled, TryAgain
from storage.database import Database
from storage.queries.traffic import ChatState, LiveChoice, chat_name, read_chat, write_chat
from tests.bot.doors import OPEN, STRICT, Doors, choices
from tests.bot.scripted import delivering, until, until_empty
from tests.conftest import Clock


async def shows(doors: Doors, *actions: str) -> None:
    """A list that the chat of lan shows."""
    live = {number: LiveChoice(action) for number, action in enumerate(actions, 1)}
    state, now = ChatState(live=live, shown=doors.clock()), doors.clock()
    name = chat_name(doors.database.keys, STRICT, "lan")
    await doors.database.run(lambda session: write_chat(session, name, state, now))


async def numbers(doors: Doors) -> dict[int, str]:
    """What can be typed in the chat of lan."""
    name = chat_name(doors.database.keys, STRICT, "lan")
    state = await doors.database.run(lambda session: read_chat(session, name, doors.clock()))
    return state.numbers


@pytest.mark.parametrize(
    "refusal",
    [Shut(), TryAgain(), Throttled(300, quota=True), Throttled(300, everyone=True)],
    ids=["shut", "again", "quota", "no token"],
)
async def test_a_number_of_an_older_list_never_does_what_an_unsent_message_offers(
    database: Database, clock: Clock, refusal: SendError
) -> None:
    doors = Doors(database, clock)
    await doors.person("lan", OPEN, STRICT)
    await shows(doors, "old/a", "old/b", "old/c")
    clock.move(minutes=20)
    doors.strict.script = {"lan": [refusal]}
    await doors.queue_replies("lan", choices("How was it?", "done", "later"))
    async with delivering(doors.delivery()):
        await until(lambda: doors.strict.tried)
    assert doors.strict.sent == []
    assert await numbers(doors) == {}, "what is typed now shows the menu"


async def test_numbers_that_were_shown_of_late_stay_while_a_message_cannot_be_sent(
    database: Database, clock: Clock
) -> None:
    doors = Doors(database, clock)
    await doors.person("lan", STRICT)
    await shows(doors, "old/a", "old/b")
    clock.move(minutes=5)
    doors.strict.script = {"lan": [TryAgain()]}
    await doors.queue_replies("lan", choices("How was it?", "done", "later"))
    async with delivering(doors.delivery()):
        await until(lambda: doors.strict.tried)
        await asyncio.sleep(0.02)
    assert await numbers(doors) == {1: "old/a", 2: "old/b"}
    clock.move(minutes=1)
    async with delivering(doors.delivery()):
        await until_empty(database)
    assert await numbers(doors) == {1: "old/a", 2: "old/b", 3: "do/done", 4: "do/later"}

"""Sending through the Official Account: the older interface, closed doors, packages, windows."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from bot.channels.base import Door, Gone, SendError, Shut, Throttled, TryAgain
from handlers.messages import Choice, Choices, Text, reply
from storage.database import Database
from storage.queries.oa_token import read_tokens
from tests.bot.oa_running import OaBot, oa_running
from tests.bot.running import FlakyDatabase
from tests.conftest import Clock
from tests.fakes.zalo_oa import APP_ID, FakeZaloOa, Fault

HELLO = reply(Text(text="Xin chào"))


@pytest.fixture
def government() -> Iterator[FakeZaloOa]:
    with FakeZaloOa(government=True) as fake:
        yield fake


async def test_a_government_account_goes_over_to_v2_for_good(
    government: FakeZaloOa, database: Database, clock: Clock
) -> None:
    anna = government.user()
    async with oa_running(government, database, clock):
        anna.send("one")
        await anna.sees("You said: one")
        anna.send("two")
        await anna.sees("You said: two")
        anna.send("/start")
        await anna.sees("Welcome")
        assert anna.titles() == ["1. Count", "2. Same", "3. Fail"]
        assert len(government.calls("v3")) == 1
        tokens = await database.run(lambda session: read_tokens(session, APP_ID))
        assert tokens is not None
        assert tokens.api == "v2"
    async with oa_running(government, database, clock):  # another process, another day
        anna.send("again")
        await anna.sees("You said: again")
        clock.move(hours=13)
        await government.until(lambda: government.renewals == 2)
        anna.send("four")
        await anna.sees("You said: four")
    assert len(government.calls("v3")) == 1
    assert {message.version for message in anna.messages} == {"v2"}
    assert government.refusals == []


async def test_no_other_error_changes_the_interface(
    oa: FakeZaloOa, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna = oa.user()
    oa.world.people[anna.id].heard = oa.world.now()
    bot = OaBot(oa, file_database, clock)
    for code in (-201, -213, -224, -230, -32, -999):
        oa.fault("send", Fault.error(code))
        with pytest.raises(SendError):
            await bot.channel.send(anna.id, HELLO, None)
    await bot.channel.send(anna.id, HELLO, None)
    assert oa.calls("v2") == []
    await bot.channel.close()


async def test_the_window_closes_for_each_person_and_opens_when_they_write(
    oa: FakeZaloOa, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna, minh = oa.user(1), oa.user(2)
    async with oa_running(oa, file_database, clock) as bot:
        anna.send("one")
        await anna.sees("You said: one")
        oa.move(days=6)
        minh.send("one")
        await minh.sees("You said: one")
        await bot.channel.send(anna.id, HELLO, None)
        assert anna.messages[-1].billed
        oa.move(days=2)
        with pytest.raises(Shut):
            await bot.channel.send(anna.id, HELLO, None)
        await bot.channel.send(minh.id, HELLO, None)
        anna.send("two")
        await anna.sees("You said: two")
        with pytest.raises(Shut):
            await bot.channel.send(oa.user(3).id, HELLO, None)


async def test_the_window_of_the_settings_is_a_capability(
    oa: FakeZaloOa, file_database: FlakyDatabase, clock: Clock
) -> None:
    bot = OaBot(oa, file_database, clock, settings={"window_hours": 100})
    assert bot.channel.can.window == timedelta(hours=100)
    assert bot.channel.can.comes_back_days == 7
    assert not bot.channel.can.buttons
    await bot.channel.close()


async def test_whoever_left_or_blocked_the_account_is_gone(
    oa: FakeZaloOa, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna, minh = oa.user(1), oa.user(2)
    async with oa_running(oa, file_database, clock) as bot:
        for person in (anna, minh):
            person.send("one")
            await person.sees("You said: one")
        anna.block()
        minh.unfollow()
        for person in (anna, minh):
            with pytest.raises(Gone):
                await bot.channel.send(person.id, HELLO, None)


async def test_a_package_that_is_used_up_is_told_once_and_means_everyone(
    oa: FakeZaloOa, file_database: FlakyDatabase, clock: Clock, logged: Callable[[], str]
) -> None:
    anna = oa.user()
    oa.world.people[anna.id].heard = oa.world.now()
    async with oa_running(oa, file_database, clock) as bot:
        oa.world.package = False
        for _ in range(5):
            with pytest.raises(Throttled) as caught:
                await bot.channel.send(anna.id, HELLO, None)
            assert caught.value.quota
            assert caught.value.everyone
        assert logged().count("package does not allow") == 1
        assert bot.channel.state.up
        assert "package" in bot.channel.state.why
        oa.world.package = True
        await bot.channel.send(anna.id, HELLO, None)
        assert bot.channel.state.why == ""


async def test_new_tokens_that_are_refused_too_are_told_once_until_one_works(
    oa: FakeZaloOa, file_database: FlakyDatabase, clock: Clock, logged: Callable[[], str]
) -> None:
    anna = oa.user()
    oa.world.people[anna.id].heard = oa.world.now()
    async with oa_running(oa, file_database, clock) as bot:
        oa.fault("send", Fault.error(-216), times=4)
        for _ in range(2):
            with pytest.raises(SendError):
                await bot.channel.send(anna.id, HELLO, None)
        assert logged().count("allowed to send messages") == 1
        assert "linked to the Official Account" in bot.channel.state.why
        await bot.channel.send(anna.id, HELLO, None)
        assert bot.channel.state.why == ""


async def test_a_long_reply_goes_out_in_pieces_and_what_fails_goes_on_where_it_stopped(
    oa: FakeZaloOa, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna = oa.user()
    async with oa_running(oa, file_database, clock) as bot:
        oa.fault("send", Fault.late(0))
        oa.fault("send", Fault.server_error())
        anna.send("long")
        await oa.until(lambda: bot.delivery._couriers["zalo_oa"].counts["try again"])
        clock.move(minutes=1)
        await oa.until(lambda: anna.titles() == ["1. After the long text"])
        words = anna.text().split()
        assert [w for w in words if w.isdigit()] == [str(n) for n in range(1500)]
        assert all(len(m.text) <= 2000 for m in anna.messages)
        assert [m.buttons for m in anna.messages[:-1]] == [()] * (len(anna.messages) - 1)
    assert oa.refusals == []


async def test_an_unknown_refusal_is_tried_again_and_the_limits_hold_for_any_reply(
    oa: FakeZaloOa, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna = oa.user()
    oa.world.people[anna.id].heard = oa.world.now()
    bot = OaBot(oa, file_database, clock)
    many = Choices(choices=tuple(Choice(label=f"Nơi {n}", action=f"a/{n}") for n in range(9)))
    wide = Choices(choices=(Choice(label="😀" * 60, action="x"),))
    five = Choices(choices=tuple(Choice(label=f"Mức {n}", action=f"b/{n}") for n in range(5)))
    await bot.channel.send(anna.id, reply(many, wide, five), None)
    assert len(anna.messages[-1].buttons) == 5
    assert "9. Nơi 8" in anna.text()
    assert f"10. {'😀' * 60}" in anna.text()
    oa.fault("send", Fault.error(-1))
    with pytest.raises(TryAgain):
        await bot.channel.send(anna.id, HELLO, None)
    assert oa.refusals == []
    await bot.channel.close()


async def test_the_door_is_offered_while_it_is_open_and_has_an_address(
    oa: FakeZaloOa, file_database: FlakyDatabase, clock: Clock
) -> None:
    bot = OaBot(oa, file_database, clock)
    assert bot.channel.door("Q1") is None
    async with bot.running():
        await bot.up()
        url = "https://zalo.me/9876543210987654321"
        for door in (
            bot.channel.door("Q1"),
            bot.channel.invite_door("token"),
            bot.channel.staff_door("Q1-token"),
        ):
            assert door == Door("zalo_oa", url)
    async with oa_running(oa, file_database, clock, url="") as bot:
        assert bot.channel.door("Q1") is None


async def test_several_people_are_sent_to_at_once(
    oa: FakeZaloOa, file_database: FlakyDatabase, clock: Clock
) -> None:
    people = [oa.user(n) for n in range(1, 11)]
    for person in people:
        oa.world.people[person.id].heard = oa.world.now()
    bot = OaBot(oa, file_database, clock)
    oa.fault("send", Fault.late(0.3), times=10)
    began = asyncio.get_running_loop().time()
    await asyncio.gather(*(bot.channel.send(person.id, HELLO, None) for person in people))
    assert asyncio.get_running_loop().time() - began < 2
    assert bot.channel.calls == 10
    await bot.channel.close()

"""The account's tokens: renewed in time and by one alone, stored before use, told when lost."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlmodel import Session

from bot.channels.zalo_oa.waits import Waits
from bot.observability import REGISTRY
from handlers.messages import Text, reply
from storage.database import Database
from storage.keys import Keys
from storage.queries.oa_token import Tokens, read_tokens
from storage.tables import OaToken
from tests.bot.oa_running import SHORT, OaBot, oa_running
from tests.bot.running import FlakyDatabase
from tests.conftest import SECRET, Clock
from tests.fakes.zalo_oa import APP_ID, FIRST_REFRESH, FakeZaloOa, Fault

HELLO = {"reply": reply(Text(text="Xin chào")).model_dump(mode="json"), "edit": None}


async def stored(database: Database) -> Tokens:
    found = await Database.run(database, lambda session: read_tokens(session, APP_ID))
    assert found is not None
    return found


async def row(database: Database) -> OaToken:
    return await Database.run(database, lambda session: session.get_one(OaToken, APP_ID))


@pytest.fixture
def again(database_url: str, keys: Keys) -> Database:
    """The same database, opened by what stands for another process."""
    return Database(database_url, keys)


@asynccontextmanager
async def two(
    oa: FakeZaloOa, database: Database, again: Database, clock: Clock, **how: object
) -> AsyncIterator[tuple[OaBot, OaBot]]:
    one, other = (OaBot(oa, each, clock, **how) for each in (database, again))  # type: ignore[arg-type]
    async with one.running(), other.running():
        yield one, other
    again.close()


async def test_the_first_refresh_token_is_used_once_and_what_follows_is_sealed(
    oa: FakeZaloOa, database: Database, clock: Clock
) -> None:
    async with oa_running(oa, database, clock):
        tokens, kept = await stored(database), await row(database)
        assert tokens.access in oa.world.access
        assert tokens.refresh == oa.world.refresh
        assert tokens.begun is None
        assert tokens.expires == clock() + timedelta(hours=25)
        for text in (tokens.access, tokens.refresh, FIRST_REFRESH):
            assert text not in f"{kept.access} {kept.refresh} {kept.seed}"
            assert text not in repr(tokens)
    async with oa_running(oa, database, clock):
        assert oa.renewals == 1
    assert oa.refusals == []


async def test_at_half_life_they_are_renewed_and_not_before(
    oa: FakeZaloOa, database: Database, clock: Clock
) -> None:
    async with oa_running(oa, database, clock):
        clock.move(hours=12)
        await asyncio.sleep(0.1)
        assert oa.renewals == 1
        clock.move(hours=1)
        await oa.until(lambda: oa.renewals == 2)


@pytest.mark.parametrize("moved", [False, True])
async def test_a_refused_access_token_is_renewed_at_once_and_the_message_sent(
    oa: FakeZaloOa, file_database: FlakyDatabase, clock: Clock, moved: bool
) -> None:
    anna = oa.user()
    async with oa_running(oa, file_database, clock):
        if moved:
            oa.move(hours=26)  # Zalo's clock says -220, ours that it works
        else:
            oa.expire_access()  # -216
        anna.send("one")
        await anna.sees("You said: one")
        assert oa.renewals == 2
    assert oa.refusals == []


async def test_a_storm_of_refusals_makes_one_renewal(
    oa: FakeZaloOa, file_database: FlakyDatabase, clock: Clock
) -> None:
    people = [oa.user(n) for n in range(1, 31)]
    async with oa_running(oa, file_database, clock):
        oa.expire_access()
        for person in people:
            person.send("one")
        for person in people:
            await person.sees("You said: one", timeout=20)
        assert oa.renewals == 2


async def test_two_processes_with_an_expired_token_make_one_renewal(
    oa: FakeZaloOa, database: Database, again: Database, clock: Clock
) -> None:
    anna = oa.user()
    anna_id = anna.id
    oa.world.people[anna_id].heard = oa.world.now()
    async with two(oa, database, again, clock) as (one, other):
        await one.up()
        await other.up()
        assert oa.renewals == 1
        for n in range(2, 6):
            oa.expire_access()
            sends = [
                each.channel.send(anna_id, reply(Text(text=f"{n}")), None)
                for each in (one, other)
                for _ in range(5)
            ]
            await asyncio.gather(*sends)
            assert oa.renewals == n
        clock.move(hours=13)
        await oa.until(lambda: oa.renewals == 6)
        await asyncio.sleep(0.2)
        assert oa.renewals == 6
    assert oa.refusals == []
    assert len(anna.messages) == 40


async def test_what_zalo_answered_is_stored_before_anything_uses_it(
    oa: FakeZaloOa, file_database: FlakyDatabase, clock: Clock
) -> None:
    oa.user(1)
    oa.world.people[oa.user(1).id].heard = oa.world.now()
    bot = OaBot(oa, file_database, clock)
    gate = oa.fault("token", Fault.held())
    sending = asyncio.create_task(bot.channel.send(oa.user(1).id, reply(Text(text="hi")), None))
    await oa.until(lambda: oa.renewals == 1)
    assert (await stored(file_database)).begun == clock()
    assert (await stored(file_database)).access == ""
    file_database.down = True
    assert gate.gate is not None
    gate.gate.set()
    await oa.until(lambda: file_database.refused > 3)
    assert oa.calls("v3") == []
    file_database.down = False
    await sending
    assert (await stored(file_database)).refresh == oa.world.refresh
    assert len(oa.calls("v3")) == 1
    await bot.channel.close()


async def test_a_send_that_is_given_up_does_not_tear_the_renewal(
    oa: FakeZaloOa, file_database: FlakyDatabase, clock: Clock
) -> None:
    bot = OaBot(oa, file_database, clock)
    gate = oa.fault("token", Fault.held())
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await bot.channel.send(oa.user(1).id, reply(Text(text="hi")), None)
    closing = asyncio.create_task(bot.channel.close())
    await asyncio.sleep(0.05)
    assert gate.gate is not None
    gate.gate.set()
    await closing
    tokens = await stored(file_database)
    assert tokens.refresh == oa.world.refresh
    assert tokens.begun is None


async def lose_an_answer(oa: FakeZaloOa, database: Database, clock: Clock) -> None:
    """Working tokens, 13 hours old; the answer to their renewal came and was never stored."""
    async with oa_running(oa, database, clock):
        pass
    clock.move(hours=13)
    oa.move(hours=13)
    oa.give_tokens()  # what was rotated at Zalo's and is known to nobody

    def begun(session: Session) -> None:
        session.get_one(OaToken, APP_ID).begun = clock()

    await Database.run(database, begun)


async def test_a_lost_answer_is_seen_at_the_start_told_once_and_the_old_token_serves_on(
    oa: FakeZaloOa, database: Database, clock: Clock, logged: Callable[[], str]
) -> None:
    await lose_an_answer(oa, database, clock)
    anna, before = oa.user(), len(oa.calls("token"))
    rare = dataclasses.replace(SHORT, refused=60)
    async with oa_running(oa, database, clock, waits=rare) as bot:
        await oa.until(lambda: "refresh token is lost" in bot.channel.state.why)
        assert "works until 2026-11-17 10:00" in bot.channel.state.why  # local time
        assert "API Explorer" in bot.channel.state.why
        anna.send("still there?")
        await anna.sees("You said: still there?")
        await asyncio.sleep(0.2)
        assert len(oa.calls("token")) == before + 1
        assert logged().count("refresh token is lost") == 1
        assert REGISTRY.get_sample_value("zalo_oa_token_valid_seconds") == 12 * 3600
        clock.move(hours=13)
        await oa.until(lambda: not bot.channel.state.up)
        assert "no access token" in bot.channel.state.why
        assert bot.channel.door("Q1") is None
        assert REGISTRY.get_sample_value("zalo_oa_token_valid_seconds") == 0


async def test_a_new_refresh_token_in_the_settings_is_the_cure(
    oa: FakeZaloOa, database: Database, clock: Clock
) -> None:
    await lose_an_answer(oa, database, clock)
    async with oa_running(oa, database, clock) as bot:
        await oa.until(lambda: "lost" in bot.channel.state.why)
    _, explorer = oa.give_tokens()
    async with oa_running(oa, database, clock, settings={"refresh_token": explorer}) as bot:
        await oa.until(lambda: bot.channel.state.why == "")
        used = await stored(database)
        assert used.refused is None
    # Whoever starts with the former settings does no harm: that token is known to be used up.
    async with oa_running(oa, database, clock) as bot:
        await asyncio.sleep(0.1)
        assert bot.channel.state.why == ""
        assert (await stored(database)).refresh == used.refresh
    assert oa.refusals == []


async def test_a_lost_renewal_that_zalo_had_not_carried_out_is_simply_made_again(
    oa: FakeZaloOa, database: Database, clock: Clock
) -> None:
    async with oa_running(oa, database, clock):
        pass

    def begun(session: Session) -> None:
        session.get_one(OaToken, APP_ID).begun = clock()

    await database.run(begun)
    async with oa_running(oa, database, clock) as bot:
        await oa.until(lambda: oa.renewals == 2)
        await oa.until(lambda: bot.channel.state.why == "")
        assert (await stored(database)).begun is None


async def test_trouble_on_the_way_is_tried_again_with_pauses_and_told(
    oa: FakeZaloOa, file_database: FlakyDatabase, clock: Clock
) -> None:
    calm = Waits(**{**dataclasses.asdict(SHORT), "first": 0.1, "longest": 0.2})
    for fault in (Fault.server_error(), Fault.refuse_connection(), Fault.page(), Fault.error(-32)):
        oa.fault("token", fault)
    bot = OaBot(oa, file_database, clock, waits=calm)
    async with bot.running():
        await oa.until(lambda: "cannot be reached" in bot.channel.state.why)
        assert not bot.channel.state.up
        began = asyncio.get_running_loop().time()
        await bot.up()
        assert asyncio.get_running_loop().time() - began > 0.2
        assert oa.renewals == 1
        assert (await stored(file_database)).begun is None


async def test_messages_wait_while_no_token_works_and_go_out_when_one_does(
    oa: FakeZaloOa, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna = oa.user()
    oa.world.people[anna.id].heard = oa.world.now()
    oa.fault("token", Fault.error(-14014), times=None)
    rare = dataclasses.replace(SHORT, refused=0.5)
    bot = OaBot(oa, file_database, clock, waits=rare)
    async with bot.running():
        await oa.until(lambda: "lost" in bot.channel.state.why)
        await bot.queue(anna.id, HELLO)
        await asyncio.sleep(0.4)
        assert len(oa.calls("v3")) == 0
        assert oa.renewals == 0
        assert await bot.waiting() == 1
        oa.clear_faults()
        await anna.sees("Xin chào")


async def test_a_process_with_an_old_token_reads_before_it_renews(
    oa: FakeZaloOa, database: Database, again: Database, clock: Clock
) -> None:
    anna = oa.user()
    oa.world.people[anna.id].heard = oa.world.now()
    slow = dataclasses.replace(SHORT, look=60)
    async with two(oa, database, again, clock, waits=slow) as (one, other):
        await one.up()
        await other.up()
        oa.expire_access()
        await one.channel.send(anna.id, reply(Text(text="1")), None)
        assert oa.renewals == 2
        await other.channel.send(anna.id, reply(Text(text="2")), None)
        assert oa.renewals == 2


async def test_tokens_survive_a_change_of_the_secret(
    oa: FakeZaloOa, database: Database, database_url: str, clock: Clock
) -> None:
    async with oa_running(oa, database, clock):
        pass
    renamed = Database(database_url, Keys("another secret of thirty-two characters", (SECRET,)))
    clock.move(hours=13)
    async with oa_running(oa, renamed, clock):
        await oa.until(lambda: oa.renewals == 2)
    renamed.close()
    alone = Database(database_url, Keys("another secret of thirty-two characters"))
    async with oa_running(oa, alone, clock) as bot:
        assert bot.channel.state.why == ""
        assert oa.renewals == 2
    alone.close()
    assert oa.refusals == []


async def test_no_token_and_no_secret_stands_in_a_log(
    oa: FakeZaloOa, file_database: FlakyDatabase, clock: Clock, logged: Callable[[], str]
) -> None:
    anna = oa.user()
    oa.fault("token", Fault.server_error())
    oa.fault("send", Fault.refuse_connection())
    async with oa_running(oa, file_database, clock) as bot:
        anna.send("one")
        await oa.until(lambda: bot.delivery._couriers["zalo_oa"].counts["try again"])
        clock.move(minutes=1)
        await anna.sees("You said: one")
        oa.fault("token", Fault.error(-14014), times=None)
        oa.expire_access()
        anna.send("two")
        await oa.until(lambda: "lost" in bot.channel.state.why)
        tokens = await stored(file_database)
    for text in (tokens.access, tokens.refresh, FIRST_REFRESH, "app-secret", "oa-secret", anna.id):
        assert text not in logged()

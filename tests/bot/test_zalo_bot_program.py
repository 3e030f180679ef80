"""The whole program through a Zalo bot: a rating in few messages, Monday's digest with its chart."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlmodel import select

from handlers.catalogue import ensure_catalogue
from handlers.jobs.send_digest import SEND_DIGEST
from storage.queries.doors import messages_of_month
from storage.tables import Rating
from tests.bot.running import FlakyDatabase
from tests.bot.zalo_bot_running import HOOK_SECRET, program_running
from tests.conftest import Clock
from tests.fakes.zalo_bot import FakeZaloBot
from tests.handlers.digest.branch import MONDAY, W47, Branch
from tests.people import furnish

HEADING = "BẢN TIN TUẦN 47"
MODES = [{"mode": "polling"}, {"mode": "webhook", "webhook_secret": HOOK_SECRET}]


@pytest.fixture
def zalo() -> Iterator[FakeZaloBot]:
    with FakeZaloBot() as fake:
        yield fake


@pytest.mark.parametrize("how", MODES, ids=["polling", "webhook"])
async def test_a_rating_costs_at_most_three_messages(
    zalo: FakeZaloBot, file_database: FlakyDatabase, clock: Clock, how: dict[str, str]
) -> None:
    await file_database.run(lambda session: furnish(session, clock()))
    ted = zalo.person()
    async with program_running(zalo, file_database, clock, **how) as program:
        ted.says("q1")
        await ted.reads("5. ")
        ted.says("5")
        await ted.reads("Đã ghi nhận", timeout=10)
        ratings = await program.database.run(lambda s: list(s.exec(select(Rating)).all()))
    assert [(each.level, each.channel) for each in ratings] == [(5, "zalo_bot")]
    assert len(ted.messages) <= 3
    assert zalo.refusals == []
    month = date(2026, 11, 16).strftime("%Y-%m")
    spent = await file_database.run(lambda s: messages_of_month(s, "zalo_bot", month))
    assert spent == zalo.methods.sent == len(ted.messages)


async def test_monday_brings_the_digest_with_its_chart_fetched_from_us(
    zalo: FakeZaloBot, file_database: FlakyDatabase, clock: Clock
) -> None:
    file_database.run_now(lambda session: furnish(session, clock()))
    file_database.run_now(ensure_catalogue)
    branch = Branch(file_database, clock)
    branch.stands("S1", "C1", "secretary")
    branch.link("P1", "member", channel="zalo_bot")
    branch.link("S1", "secretary", channel="zalo_bot")
    branch.pledged_all_week("C1", "P1", W47)
    branch.rated("C1", W47.first, 5, 5, 4, 4, 2)
    secretary, member = zalo.person("secretary"), zalo.person("member")
    async with program_running(zalo, file_database, clock, **MODES[1]) as program:
        branch.at(MONDAY, 8)
        for _ in range(2):
            assert await program.jobs.run(SEND_DIGEST) is not None
        program.delivery.wake("")
        await secretary.reads(HEADING, timeout=10)
    picture, *texts = secretary.messages
    assert picture.picture.startswith(b"\x89PNG")
    assert "/tep/" in picture.photo
    assert sum(HEADING in each.text for each in texts) == 1
    assert len(texts) == 1
    assert member.messages == []
    assert zalo.refusals == []

"""The whole program through an Official Account: ratings pressed and typed, the digest, who leaves."""

import httpx
import pytest
from sqlmodel import select

from handlers.catalogue import ensure_catalogue
from handlers.jobs.send_digest import SEND_DIGEST
from storage.tables import Link, Rating
from tests.bot.oa_running import oa_program
from tests.bot.running import FlakyDatabase
from tests.conftest import Clock
from tests.fakes.zalo_oa import FakeZaloOa
from tests.handlers.digest.branch import MONDAY, W47, Branch
from tests.people import furnish

HEADING = "BẢN TIN TUẦN 47"


async def ratings(database: FlakyDatabase) -> list[Rating]:
    return await database.run(lambda session: list(session.exec(select(Rating)).all()))


async def test_a_rating_pressed_and_one_typed_are_the_same_but_for_who_made_them(
    oa: FakeZaloOa, file_database: FlakyDatabase, clock: Clock
) -> None:
    await file_database.run(lambda session: furnish(session, clock()))
    presses, types, says = oa.user(1), oa.user(2), oa.user(3)
    async with oa_program(oa, file_database, clock):
        presses.follow()
        await presses.sees("Menu")
        for person in (presses, types, says):
            seen = len(person.messages)
            person.send("q1")
            await person.sees("Quầy 1", since=seen)
        assert presses.titles() == [
            "5. Rất hài lòng",
            "4. Hài lòng",
            "3. Bình thường",
            "2. Không hài lòng",
            "1. Rất không hài lòng",
        ]
        presses.press("Rất hài lòng")
        types.send("5")
        says.send("rất hài lòng")
        for person in (presses, types, says):
            await person.sees("Đã ghi nhận", timeout=10)
    one, other, third = await ratings(file_database)
    kept = [
        (each.level, each.channel, each.desk_id, each.member_id, each.day)
        for each in (one, other, third)
    ]
    assert kept[0][:2] == (5, "zalo_oa")
    assert kept[0] == kept[1] == kept[2]
    assert len(types.messages) <= 3
    assert oa.refusals == []


async def test_monday_brings_the_digest_once_with_its_chart_as_an_address_of_ours(
    oa: FakeZaloOa, file_database: FlakyDatabase, clock: Clock
) -> None:
    file_database.run_now(lambda session: furnish(session, clock()))
    file_database.run_now(ensure_catalogue)
    secretary = oa.user(1)
    branch = Branch(file_database, clock)
    branch.stands("S1", "C1", "secretary")
    branch.pledged_all_week("C1", "P1", W47)
    branch.rated("C1", W47.first, 5, 5, 4, 4, 2)
    branch.link("S1", secretary.id, channel="zalo_oa")
    async with oa_program(oa, file_database, clock) as program:
        branch.at(MONDAY, 7)
        secretary.send("/start")
        await secretary.sees("Menu")
        seen = len(secretary.messages)
        branch.at(MONDAY, 8)
        for _ in range(2):
            assert await program.jobs.run(SEND_DIGEST) is not None
        program.delivery.wake("")
        await secretary.sees(HEADING, timeout=10, since=seen)
        text = secretary.text()
        assert text.count(HEADING) == 1
        (address,) = [line for line in text.split("\n") if "/tep/" in line]
        transport = httpx.ASGITransport(program.web)
        async with httpx.AsyncClient(transport=transport) as http:
            picture = await http.get(address)
        assert picture.content.startswith(b"\x89PNG")
    assert oa.refusals == []


@pytest.mark.parametrize("how", ["leaves", "blocks"])
async def test_a_member_who_leaves_is_unreachable_until_they_come_back(
    oa: FakeZaloOa, file_database: FlakyDatabase, clock: Clock, how: str
) -> None:
    file_database.run_now(lambda session: furnish(session, clock()))
    lan = oa.user(1)
    Branch(file_database, clock).link("P1", lan.id, channel="zalo_oa")

    def unreachable() -> bool:
        return file_database.run_now(lambda s: s.exec(select(Link)).one().unreachable)

    async with oa_program(oa, file_database, clock):
        if how == "leaves":
            lan.unfollow()
        else:
            lan.block()
            lan.send("/start")
        await oa.until(unreachable)
        lan._account.blocked = False
        lan.follow()
        lan.send("/start")
        await lan.sees("Menu")
        await oa.until(lambda: not unreachable())

"""A member's day and a secretary's Monday on every messenger: the same rows, each message once."""

import asyncio
from collections.abc import Callable

import httpx
import pytest
from sqlmodel import Session, select

from bot.app import Program
from handlers.catalogue import ensure_catalogue
from handlers.jobs.remind_checkin import remind_checkin
from handlers.jobs.remind_pledge import remind_pledge
from handlers.jobs.send_digest import SEND_DIGEST
from handlers.policy import Policy
from storage.database import keys_of
from storage.tables import Answer, DayNote
from tests.bot.messengers import WAYS, Messengers, Someone, everywhere
from tests.bot.running import FlakyDatabase
from tests.bot.test_zalo_dialogues import messengers, quiet
from tests.conftest import Clock
from tests.handlers.digest.branch import MONDAY, W47, Branch
from tests.handlers.member.members import local, pledges
from tests.officials import invited
from tests.people import Place, furnish

__all__ = ["messengers"]
CV1, ND1 = "Hoàn thành tốt việc được giao", "Tiếp đón ân cần, hòa nhã"
HEADING = "BẢN TIN TUẦN 47"
CODES = ("P1", "P2", "P4", "P5")


@pytest.fixture
def branch(file_database: FlakyDatabase, clock: Clock) -> Branch:
    """Sở Nội vụ with four members, one for each way of talking."""
    file_database.run_now(lambda session: furnish(session, clock()))
    file_database.run_now(ensure_catalogue)
    branch = Branch(file_database, clock)
    for code in ("P4", "P5"):
        branch.stands(code, "C1", "member")
    return branch


async def join(place: Place, who: Someone, role: str, code: str) -> None:
    """By an invitation pasted into the chat."""
    token = await invited(place, "C1", role, code)
    who.says(f"https://danhgia.example.vn/i/{token}")
    await who.sees("đồng ý tham gia")
    who.chooses("đồng ý tham gia")
    await who.sees("Bạn đã tham gia")


async def wake(program: Program, remind: Callable[..., dict[str, int]], clock: Clock) -> None:
    """A job's turn, twice: the second time nothing is due."""
    for due in (True, False):
        asked = await program.database.run(lambda s: remind(s, clock(), Policy()))
        assert (asked["asked"] > 0) is due
    program.delivery.wake("")


async def choose(who: Someone) -> None:
    """Two items of the day, from two axes."""
    await who.sees("Chào buổi sáng")
    who.chooses("Trách nhiệm với công việc")
    await who.sees(CV1)
    who.chooses(CV1)
    await who.sees("Đã chọn 1/3")
    who.chooses("Quay lại")
    await who.sees("hôm nay bạn chọn việc nào")
    who.chooses("Trách nhiệm với nhân dân")
    await who.sees(ND1)
    who.chooses(ND1)
    await who.sees("Đã chọn 2/3")
    who.chooses("Xong")
    await who.sees("Chúc bạn một ngày làm việc thật vui.")


async def report(who: Someone) -> None:
    await who.sees(f"việc “{CV1}” hôm nay thế nào?")
    who.chooses("Được một phần")
    await who.sees(f"việc “{ND1}” hôm nay thế nào?")
    who.chooses("Đã làm")
    await who.sees("Bạn muốn ghi chú thêm điều gì?")
    who.says("Máy in hỏng cả chiều")
    await who.sees("Đã lưu ghi chú của bạn.")


async def test_a_members_day_is_the_same_wherever_they_live_it(
    messengers: Messengers, branch: Branch, clock: Clock
) -> None:
    clock.now = local("2026-11-16", "07:30")
    people = [messengers.person(way, n) for n, way in enumerate(WAYS, 1)]
    async with everywhere(messengers, branch.database, clock) as program:
        place = Place(program.database, clock)
        await asyncio.gather(
            *(join(place, who, "member", code) for who, code in zip(people, CODES, strict=True))
        )
        await quiet(program)
        clock.now = local("2026-11-16", "08:00")
        await wake(program, remind_pledge, clock)
        await asyncio.gather(*(choose(who) for who in people))
        clock.now = local("2026-11-16", "16:30")
        await wake(program, remind_checkin, clock)
        await asyncio.gather(*(report(who) for who in people))
        await quiet(program)
        days = [pledges(branch.database, code) for code in CODES]
        assert days == [[("16/11", "cv1", "partly", False), ("16/11", "nd1", "done", False)]] * 4
        assert await program.database.run(notes) == ["Máy in hỏng cả chiều"] * 4
        shown = [who.shown() for who in people]
        asked = [sum("Chào buổi sáng" in each for each in texts) for texts in shown]
        assert asked[1:] == [1] * 3  # Telegram's question has become the last answer
        await messengers.replay(10)
        await quiet(program)
        assert [who.shown() for who in people] == shown
        assert [pledges(branch.database, code) for code in CODES] == days
    assert messengers.refusals() == []


def notes(session: Session) -> list[str]:
    return [keys_of(session).open(each.text) for each in session.exec(select(DayNote))]


async def chart(who: Someone) -> bytes:
    """The picture that came with the digest, fetched as the messenger or the person would."""
    if who.way == "telegram":
        return b"\x89PNG" if any(each.kind == "photo" for each in who.user.messages()) else b""
    if who.way == "zalo_bot":
        return next(each.picture for each in who.user.messages if each.picture)
    (address,) = [line for each in who.shown() for line in each.split("\n") if "/tep/" in line]
    async with httpx.AsyncClient() as http:
        return (await http.get(address)).content


@pytest.mark.parametrize("way", WAYS)
async def test_monday_is_the_same_for_a_secretary_wherever_they_read_it(
    messengers: Messengers, branch: Branch, clock: Clock, way: str
) -> None:
    sau, lan = messengers.person(way, 1), messengers.person("telegram", 9)
    branch.stands("S1", "C1", "secretary")
    branch.link("S1", sau.address, channel=sau.channel)
    branch.link("P1", lan.address)
    branch.pledged_all_week("C1", "P1", W47)
    branch.rated("C1", W47.first, 5, 5, 4, 4, 2, comments=["Cháu tận tình"])
    async with everywhere(messengers, branch.database, clock) as program:
        branch.at(MONDAY, 7)
        for who in (sau, lan):
            who.says("/menu")
            await who.sees("Chào")
        branch.at(MONDAY, 8)
        for _ in range(2):
            assert await program.jobs.run(SEND_DIGEST) is not None
        program.delivery.wake("")
        await sau.sees(HEADING)
        await quiet(program)
        assert sum(HEADING in each for each in sau.shown()) == 1
        assert (await chart(sau)).startswith(b"\x89PNG")
        sau.chooses("Cảm ơn Nguyễn Thị Lan")
        await sau.sees("Đã gửi tới Nguyễn Thị Lan.")
        await lan.sees("Cảm ơn bạn đã bền bỉ từng ngày trong tuần 47!")
        if not sau.offers("Xem góp ý"):
            sau.chooses("Về bản tin")
            await sau.sees("Xem góp ý")
        sau.chooses("Xem góp ý")
        await sau.sees("Trả lời 1")
        sau.chooses("Trả lời 1")
        await sau.sees("Câu trả lời của đơn vị")
        sau.says("Cảm ơn bác!")
        await sau.sees("Đã lưu câu trả lời.")
        await quiet(program)
        rows, shown = await program.database.run(answers), [who.shown() for who in (sau, lan)]
        assert rows == ["Cảm ơn bác!"]
        await messengers.replay(10)
        await quiet(program)
        assert await program.database.run(answers) == rows
        assert [who.shown() for who in (sau, lan)] == shown
    assert messengers.refusals() == []


def answers(session: Session) -> list[str]:
    return [keys_of(session).open(each.text) for each in session.exec(select(Answer))]

"""Monday through a strict Telegram server: each secretary one digest, what they do with it works."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlmodel import Session, select

from bot.app import Program
from handlers.catalogue import ensure_catalogue
from handlers.jobs.send_digest import SEND_DIGEST
from storage.tables import Membership, Person, Unit
from tests.bot.running import FlakyDatabase, program_running
from tests.conftest import Clock
from tests.fakes.telegram import FakeTelegram
from tests.handlers.digest.branch import MONDAY, W47, Branch
from tests.people import furnish

HEADING = "BẢN TIN TUẦN 47 – Chi đoàn Sở Nội vụ"


@pytest.fixture
def branch(file_database: FlakyDatabase, clock: Clock) -> Branch:
    """Sở Nội vụ in week 47: Lan and Minh in the unit, Sáu and Bảy lead it, all four on Telegram."""
    file_database.run_now(lambda session: furnish(session, clock()))
    file_database.run_now(ensure_catalogue)
    file_database.run_now(lead)
    branch = Branch(file_database, clock)
    for code, chat in (("P1", "1001"), ("P2", "1002"), ("S1", "2001"), ("S2", "2002")):
        branch.link(code, chat)
    branch.pledged_all_week("C1", "P1", W47)
    branch.pledged("C1", "P1", W47.before().first, "cv1")
    branch.rated("C1", W47.first, 5, 5, 4, 4, 2, comments=["Cháu Lan tận tình"])
    return branch


def lead(session: Session) -> None:
    unit = session.exec(select(Unit).where(Unit.code == "C1")).one()
    for code, name in (("S1", "Phạm Văn Sáu"), ("S2", "Đỗ Thị Bảy")):
        person = Person(code=code, full_name=name)
        session.add(person)
        session.flush()
        session.add(Membership(person_id=person.id or 0, unit_id=unit.id or 0, role="secretary"))


@pytest.fixture
async def program(
    server: FakeTelegram, file_database: FlakyDatabase, branch: Branch, clock: Clock
) -> AsyncIterator[Program]:
    async with program_running(server, file_database, clock) as running:
        yield running


async def tick(program: Program, branch: Branch, minute: int = 0) -> None:
    branch.at(MONDAY, 8, minute)
    assert await program.jobs.run(SEND_DIGEST) is not None
    program.delivery.wake("")


async def test_each_secretary_gets_exactly_one_digest_with_its_picture_and_members_none(
    program: Program, server: FakeTelegram, branch: Branch
) -> None:
    people = {chat: server.user(chat) for chat in (1001, 1002, 2001, 2002)}
    for person in people.values():
        person.send("/start")
        await person.seen("Chào")
    await tick(program, branch)
    for chat in (2001, 2002):
        await people[chat].seen(HEADING)
    await tick(program, branch, 1)
    await asyncio.sleep(0.3)
    for chat, person in people.items():
        texts = [m.text for m in person.messages() if m.from_bot]
        pictures = [m for m in person.messages() if m.from_bot and m.kind == "photo"]
        expected = 1 if chat > 2000 else 0
        assert sum("BẢN TIN TUẦN" in text for text in texts) == expected
        assert len(pictures) == expected
    assert server.refusals == []


async def test_a_secretary_acts_on_it_and_the_member_gets_the_card(
    program: Program, server: FakeTelegram, branch: Branch
) -> None:
    sau, bay, lan = (server.user(chat) for chat in (2001, 2002, 1001))
    for person in (sau, bay, lan):
        person.send("/start")
        await person.seen("Chào")
    await tick(program, branch)
    await sau.seen(HEADING)
    sau.tap("Cảm ơn Nguyễn Thị Lan")
    await sau.seen("Đã gửi tới Nguyễn Thị Lan.")
    await lan.seen("Cảm ơn bạn đã bền bỉ từng ngày trong tuần 47!")
    sau.tap("Xem góp ý (1)")
    await sau.seen("Xếp ngẫu nhiên")
    sau.tap("Trả lời 1")
    await sau.seen("Câu trả lời của đơn vị")
    sau.send("Cảm ơn bác!")
    await sau.seen("Đã lưu câu trả lời.")
    sau.tap("Xem thêm…")
    await sau.seen("Tuần 47 – Chi đoàn Sở Nội vụ")
    sau.tap("Tải bảng tính")
    await sau.seen(lambda m: m.kind == "document")
    sau.tap("Tuần trước")
    await sau.seen("BẢN TIN TUẦN 46")
    assert server.refusals == []

"""A member's day through the program as bot.app wires it: asked, chosen, reported, looked at."""

from collections.abc import AsyncIterator

import pytest

from bot.app import Program
from handlers.jobs.remind_checkin import remind_checkin
from handlers.jobs.remind_pledge import remind_pledge
from handlers.policy import Policy
from tests.bot.running import FlakyDatabase, program_running
from tests.conftest import Clock
from tests.fakes.telegram import FakeTelegram
from tests.handlers.member.members import link, local, pledges
from tests.people import furnish

CV1, ND1 = "Hoàn thành tốt việc được giao", "Tiếp đón ân cần, hòa nhã"


@pytest.fixture
async def program(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> AsyncIterator[Program]:
    await file_database.run(lambda session: furnish(session, clock()))
    await file_database.run(lambda session: link(session, "P1", "1001"))
    async with program_running(server, file_database, clock) as running:
        yield running


async def test_a_members_day_from_the_morning_prompt_to_the_calendar(
    program: Program, server: FakeTelegram, clock: Clock
) -> None:
    lan, database = server.user(1001), program.database
    lan.send("/start")
    await lan.seen("Chào Lan!")
    clock.now = local("2026-11-16", "08:00")
    await database.run(lambda s: remind_pledge(s, clock(), Policy()))
    await lan.seen("Chào buổi sáng, Lan!")
    lan.tap("Trách nhiệm với công việc")
    await lan.seen(lambda m: any(CV1 in label for label in m.labels))
    lan.tap(CV1)
    await lan.seen("Đã chọn 1/3")
    lan.tap("Quay lại")
    await lan.seen("hôm nay bạn chọn việc nào")
    lan.tap("Trách nhiệm với nhân dân")
    await lan.seen(lambda m: any(ND1 in label for label in m.labels))
    lan.tap(ND1)
    await lan.seen("Đã chọn 2/3")
    lan.tap("Xong")
    await lan.seen("Chúc bạn một ngày làm việc thật vui.")

    clock.now = local("2026-11-16", "16:30")
    await database.run(lambda s: remind_checkin(s, clock(), Policy()))
    await lan.seen(f"Lan ơi, việc “{CV1}” hôm nay thế nào?")
    lan.tap("Được một phần")
    await lan.seen(f"Lan ơi, việc “{ND1}” hôm nay thế nào?")
    lan.tap("Đã làm")
    await lan.seen("Bạn muốn ghi chú thêm điều gì?")
    lan.send("Máy in hỏng cả chiều")
    await lan.seen("Đã lưu ghi chú của bạn.")
    assert pledges(database) == [
        ("16/11", "cv1", "partly", False),
        ("16/11", "nd1", "done", False),
    ]

    lan.send("/cuatoi")
    record = await lan.seen("Nhật ký của Lan")
    assert record.kind == "photo"
    assert "đã ghi 1/5 ngày làm việc" in record.text
    lan.send("/nhac")
    await lan.seen("Hỏi buổi sáng: 08:00")
    assert server.refusals == []

"""Invite, join, be reached and be lost, through the program as bot.app wires it."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from sqlmodel import select

from bot.app import Program
from handlers.messages import Text, reply
from handlers.proactive import send
from handlers.staff_link import staff_token
from storage.database import Database
from storage.tables import Invite, Link
from tests.bot.running import FlakyDatabase, program_running
from tests.conftest import Clock
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram.people import User
from tests.officials import furnish_officials, invited, linked_as, links
from tests.people import Place, furnish

REFUSED = "Mục này không dành cho"


@pytest.fixture
async def program(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> AsyncIterator[Program]:
    await file_database.run(lambda session: furnish(session, clock()))
    await file_database.run(lambda session: furnish_officials(session, clock()))
    async with program_running(
        server, file_database, clock, web={"public_url": "https://danhgia.example.vn"}
    ) as running:
        yield running


@pytest.fixture
def place(program: Program, clock: Clock) -> Place:
    return Place(program.database, clock, program.settings.policy())


async def test_by_the_deep_link_a_member_joins_and_the_link_is_spent(
    place: Place, program: Program, server: FakeTelegram
) -> None:
    token = await invited(place, "C1", "member", "P1", by="S1")
    telegram = next(each for each in program.channels if each.name == "telegram")
    door = telegram.invite_door(token)
    assert door is not None
    assert door.url == f"https://t.me/gop_y_bot?start=i-{token}"
    lan, thief = server.user(1001), server.user(1002)
    lan.send(f"/start i-{token}")
    await lan.seen("Phạm Văn Sáu mời bạn tham gia với vai trò đoàn viên Chi đoàn Sở Nội vụ.")
    assert lan.buttons()[0] == "Tôi là Nguyễn Thị Lan, đồng ý tham gia"
    lan.tap(lan.buttons()[0])
    await lan.seen("Chào mừng Lan! Bạn đã tham gia.")
    thief.send(f"/start i-{token}")
    await thief.seen("Lời mời đã được dùng.")
    assert await linked_as(place, "1001") == "P1"
    assert await linked_as(place, "1002") is None
    assert server.refusals == []


async def test_by_the_deep_link_of_the_staff_code_a_member_begins_a_shift(
    place: Place, program: Program, server: FakeTelegram
) -> None:
    token = await invited(place, "C1", "member", "P1")
    telegram = next(each for each in program.channels if each.name == "telegram")
    payload = f"Q3-{staff_token(program.database.keys, 'Q3')}"
    door = telegram.staff_door(payload)
    assert door is not None
    assert door.url == f"https://t.me/gop_y_bot?start=s-{payload}"
    lan = server.user(1001)
    lan.send(f"/start i-{token}")
    await lan.seen("mời bạn tham gia")
    lan.tap(lan.buttons()[0])
    await lan.seen("Chào mừng Lan!")
    lan.send(f"/start s-{payload}")
    await lan.seen("Ca trực của bạn tại Quầy 3 – Đất đai đã bắt đầu.")
    lan.tap("Kết thúc ca trực")
    await lan.seen("Ca trực của bạn tại Quầy 3 – Đất đai đã kết thúc")
    assert server.refusals == []


async def test_a_secretary_invites_in_chat_and_decides_about_the_groups_requests(
    place: Place, server: FakeTelegram, logged: Callable[[], str]
) -> None:
    token = await invited(place, "C1", "secretary", "S1")
    sau, lan, minh = server.user(1001), server.user(1002), server.user(1003)
    sau.send(f"/start i-{token}")
    await sau.seen("mời bạn tham gia với vai trò bí thư")
    sau.tap(sau.buttons()[0])
    await sau.seen("Chào mừng Sáu!")

    sau.send("/moi")
    await sau.seen("Đoàn viên và lời mời: Chi đoàn Sở Nội vụ")
    sau.tap("Mời một người")
    await sau.seen("Bạn muốn mời ai?")
    sau.tap("Trần Văn Minh")
    shown = await sau.seen("https://danhgia.example.vn/i/")
    link = next(word for word in shown.text.split() if "/i/" in word)
    minh.send(link)
    await minh.seen("Lời mời dành cho Trần Văn Minh.")
    minh.tap(minh.buttons()[0])
    await minh.seen("Chào mừng Minh!")

    sau.send("/moi")
    await sau.seen("Đã có 2/4 người tham gia.")
    sau.tap("Liên kết cho nhóm chat")
    await sau.seen("Một liên kết cho mọi người")
    sau.tap("Tạo liên kết")
    shown = await sau.seen("Chỉ đăng trong nhóm chat của đơn vị.")
    link = next(word for word in shown.text.split() if "/i/" in word)
    lan.send(link)
    await lan.seen("mời bạn tham gia")
    lan.tap("Tham gia: chọn tên của tôi")
    await lan.seen("Bạn là ai?")
    lan.tap("Nguyễn Thị Lan")
    await lan.seen("Bí thư Chi đoàn Sở Nội vụ xem xét từng yêu cầu.")
    lan.tap("Gửi yêu cầu tới bí thư")
    await lan.seen("Yêu cầu của bạn đã được gửi")
    await sau.seen("Nguyễn Thị Lan đề nghị tham gia")
    minh.tap_data(data_of(sau, "Đồng ý"))  # a member forges the secretary's tap
    await minh.seen(REFUSED)
    assert await linked_as(place, "1002") is None
    sau.tap("Đồng ý")
    await sau.seen("Nguyễn Thị Lan đã tham gia")
    await lan.seen("Bí thư Chi đoàn Sở Nội vụ đã đồng ý cho bạn tham gia.")
    assert await linked_as(place, "1002") == "P1"
    assert "is not open to this person" in logged()
    assert link.rpartition("/")[2] not in logged()
    assert server.refusals == []


def data_of(user: User, label: str) -> str:
    newest = user.newest()
    assert newest is not None
    return next(b.data or "" for row in newest.keyboard for b in row if b.text == label)


async def test_two_who_confirm_at_the_same_moment_are_not_both_let_in(
    place: Place, server: FakeTelegram
) -> None:
    token = await invited(place, "C1", "member")
    people = {code: server.user(1001 + n) for n, code in enumerate(("P1", "P2"))}
    for number, user in enumerate(people.values(), start=1):
        user.send(f"/start i-{token}")
        await user.seen("mời bạn tham gia")
        user.tap_data(f"join-me/{token}/{number}")
        await user.seen(lambda m: any("đồng ý tham gia" in label for label in m.labels))
    for user in people.values():
        user.tap("đồng ý tham gia")
    for user in people.values():
        await user.seen(lambda m: "Chào mừng" in m.text or "Lời mời đã được dùng." in m.text)
    assert len(await links(place)) == 1
    (invite,) = await place.database.run(lambda s: s.exec(select(Invite)).all())
    assert invite.used is not None


async def test_a_person_who_blocks_the_bot_is_reached_again_after_writing(
    place: Place, server: FakeTelegram, file_database: Database
) -> None:
    token = await invited(place, "C1", "member", "P1")
    lan = server.user(1001)
    lan.send(f"/start i-{token}")
    await lan.seen("mời bạn tham gia")
    lan.tap(lan.buttons()[0])
    await lan.seen("Chào mừng Lan!")

    async def unreachable() -> bool:
        return (await links(place))[0].unreachable

    lan.block()
    for _ in range(200):
        if await unreachable():
            break
        await asyncio.sleep(0.02)
    assert await unreachable()
    lan.unblock()
    lan.send("/start")
    await lan.seen("Chào Lan!")
    assert not await unreachable()

    def reminds(session):  # type: ignore[no-untyped-def]
        send(session, session.exec(select(Link)).one(), [reply(Text(text="Chào buổi sáng!"))])

    await file_database.run(reminds)
    await lan.seen("Chào buổi sáng!")

"""Who did what and when in a unit: complete, newest first, in plain sentences, for those it concerns."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import Session

from handlers.errors import Refused
from handlers.official.operator_invites import Wanted, make_invites, revoke_invite
from handlers.texts import Speaker
from tests.conftest import Clock
from tests.handlers.audits import log_of
from tests.officials import inbox, invited, joined, person_id, unit_id
from tests.people import Place, Talker


@pytest.fixture
async def sau(staffed: Place) -> Talker:
    """The secretary of C1, who has joined."""
    return await joined(staffed, "sau", "C1", "secretary", "S1")


async def of(place: Place, look: Callable[..., int], code: str) -> int:
    return await place.database.run(lambda session: look(session, code))


async def changes(place: Place, talker: Talker, unit: str = "C1") -> list[str]:
    """The lines of the log, the newest first."""
    said = await talker.opens(f"changes/{await of(place, unit_id, unit)}/0")
    return [line.partition(" · ")[2] for line in said.splitlines() if " · " in line]


async def test_a_day_of_a_secretary_reads_in_plain_sentences(
    staffed: Place, sau: Talker, clock: Clock
) -> None:
    c1 = await of(staffed, unit_id, "C1")
    await sau.opens(f"invites/{c1}/new/{await of(staffed, person_id, 'P1')}")
    token = sau.code().rpartition("/i/")[2]
    lan = staffed.person("0901", channel="zalo")
    await lan.opens(f"join-yes/{token}")
    clock.move(minutes=5)
    await sau.opens(f"invites/{c1}/new/{await of(staffed, person_id, 'P2')}")
    await sau.opens(f"invites/{c1}/open/0")
    await sau.taps("Trần Văn Minh, đến 30/11")
    await sau.opens(f"invites/{c1}/group/new")
    await sau.opens(f"invites/{c1}/group/stop")
    await lan.sends("/kenh")
    await lan.taps("Kết nối thêm một kênh")
    await lan.opens("leave")
    await lan.taps("Bỏ kết nối: Zalo, từ 16/11/2026 (kênh này)")

    await sau.sends("/doanvien")
    said = await sau.taps("Nhật ký thay đổi")
    assert "Nhật ký thay đổi: Chi đoàn Sở Nội vụ" in said
    assert "09:05 16/11/2026 · Nguyễn Thị Lan rời chương trình." in said
    assert await changes(staffed, sau) == [
        "Nguyễn Thị Lan rời chương trình.",
        "Nguyễn Thị Lan tạo liên kết để kết nối thêm một kênh của mình.",
        "Phạm Văn Sáu ngừng liên kết của nhóm chat.",
        "Phạm Văn Sáu tạo liên kết cho nhóm chat.",
        "Phạm Văn Sáu thu hồi lời mời cho Trần Văn Minh.",
        "Phạm Văn Sáu tạo lời mời cho Trần Văn Minh.",
        "Nguyễn Thị Lan tham gia theo lời mời, qua Zalo.",
        "Phạm Văn Sáu tạo lời mời cho Nguyễn Thị Lan.",
    ]
    assert "0901" not in said
    await sau.taps("Cũ hơn ›")
    assert "Phạm Văn Sáu tham gia theo lời mời, qua Telegram." in sau.text()
    await sau.taps("‹ Mới hơn")
    assert "rời chương trình" in sau.text()
    assert token not in str(await log_of(staffed))


async def test_requests_agreed_to_and_declined_are_in_it_with_the_messenger_alone(
    staffed: Place, sau: Talker
) -> None:
    group = await invited(staffed, "C1", "member", by="S1", group=True)
    for name, code in (("0901", "P1"), ("0902", "P2")):
        talker = staffed.person(name, channel="zalo")
        await talker.opens(f"join-yes/{group}/{await of(staffed, person_id, code)}")
        await inbox(sau)
        await sau.taps("Đồng ý" if code == "P1" else "Từ chối")
    assert (await changes(staffed, sau))[:2] == [
        "Phạm Văn Sáu từ chối yêu cầu tham gia với tên Trần Văn Minh.",
        "Phạm Văn Sáu đồng ý cho Nguyễn Thị Lan tham gia, qua Zalo.",
    ]
    assert "090" not in str(await log_of(staffed))


async def test_an_invitation_that_reached_somebody_else_is_noted_once(
    staffed: Place, sau: Talker
) -> None:
    token = await invited(staffed, "C1", "member", "P1")
    stranger = staffed.person("stranger")
    await stranger.opens(f"join/{token}")
    for _ in range(2):
        await stranger.opens(f"join-no/{token}")
    lines = await changes(staffed, sau)
    assert (
        lines[0] == "Người mở lời mời dành cho Nguyễn Thị Lan cho biết lời mời không phải của mình."
    )
    assert len(lines) == 2
    assert "stranger" not in str(await log_of(staffed))


async def test_unlinking_one_of_two_chats_is_told_from_leaving(staffed: Place, sau: Talker) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    await joined(staffed, "0901", "C1", "member", "P1", channel="zalo")
    await lan.opens("leave")
    await lan.taps("Bỏ kết nối: Zalo, từ 16/11/2026")
    assert (await changes(staffed, sau))[0] == "Nguyễn Thị Lan bỏ kết nối một kênh Zalo."
    await joined(staffed, "0902", "C1", "member", "P1", channel="zalo")
    await lan.opens("leave/all")
    assert (await changes(staffed, sau))[0] == "Nguyễn Thị Lan rời chương trình."


async def test_what_the_operator_does_is_in_it_too(
    staffed: Place, sau: Talker, clock: Clock
) -> None:
    say, now = Speaker("vi"), clock()

    def work(session: Session) -> None:
        expires = now + timedelta(days=14)
        made = make_invites(session, Wanted("C1", "member", "P1"), now, expires, say)
        make_invites(session, Wanted("C1", "secretary"), now, expires, say)
        group = make_invites(session, Wanted("C1", "member", group=True), now, expires, say)
        revoke_invite(session, made[0].token, now, say)
        revoke_invite(session, made[0].token, now, say)
        revoke_invite(session, group[0].token, now, say)

    await staffed.database.run(work)
    assert (await changes(staffed, sau))[:5] == [
        "Bộ phận quản trị ngừng liên kết của nhóm chat.",
        "Bộ phận quản trị thu hồi lời mời cho Nguyễn Thị Lan.",
        "Bộ phận quản trị tạo liên kết cho nhóm chat.",
        "Bộ phận quản trị tạo lời mời cho bất kỳ ai trong danh sách (bí thư).",
        "Bộ phận quản trị tạo lời mời cho Nguyễn Thị Lan.",
    ]


async def test_a_refused_wish_of_the_operator_leaves_no_entry(staffed: Place, clock: Clock) -> None:
    def work(session: Session) -> None:
        expires = clock() + timedelta(days=14)
        make_invites(session, Wanted("C1", "member", "P9"), clock(), expires, Speaker("vi"))

    with pytest.raises(Refused):
        await staffed.database.run(work)
    assert await log_of(staffed) == []


async def test_an_organiser_reads_the_units_below_each_or_all_together(
    staffed: Place, sau: Talker
) -> None:
    tam = await joined(staffed, "tam", "TD", "secretary", "S3")
    await joined(staffed, "hoa", "C2", "member", "P3")
    assert await changes(staffed, tam, "C2") == ["Lê Thị Hoa tham gia theo lời mời, qua Telegram."]
    assert "Về đơn vị" in tam.buttons()
    await changes(staffed, tam, "TD")
    said = await tam.taps("Cả đơn vị trực thuộc")
    assert "Chi đoàn Sở Tư pháp: Lê Thị Hoa tham gia theo lời mời" in said
    assert "Chi đoàn Sở Nội vụ: Phạm Văn Sáu tham gia theo lời mời" in said
    await tam.taps("Chỉ đơn vị này")
    assert "Lê Thị Hoa" not in tam.text()
    c2 = await of(staffed, unit_id, "C2")
    assert (await sau.does(action=f"changes/{c2}/0")).refused
    assert (await sau.does(action=f"changes/{c2}/below/0")).refused


async def test_a_unit_where_nothing_happened_says_so(staffed: Place) -> None:
    tam = await joined(staffed, "tam", "TD", "secretary", "S3")
    said = await tam.opens(f"changes/{await of(staffed, unit_id, 'C2')}/0")
    assert "Chưa có thay đổi nào." in said

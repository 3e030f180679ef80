"""What members and secretaries type in a chat without buttons."""

import pytest

from bot.channels.numbered import plain_texts
from tests.conftest import Clock
from tests.handlers.member.members import member, pledges
from tests.officials import furnish_officials, joined
from tests.people import Place

pytestmark = pytest.mark.about_buttons("typed as it stands")


async def test_a_member_pledges_by_typing(place: Place) -> None:
    lan = member(place, "lan", "P1", "zalo")
    assert "hôm nay bạn chọn việc nào" in await lan.sends("cam kết")
    axis = next(each for each in lan.seen[0].choices() if each.icon == "▸")
    await lan.taps(axis.label)
    assert "Có thể gửi nhiều số một lúc, ví dụ: 1 3" in "\n".join(
        plain_texts(lan.seen[0], most=2000)
    )
    before = len(pledges(place.database))
    await lan.sends("1 3")
    assert len(pledges(place.database)) == before + 2


async def test_more_pledges_than_a_day_holds_are_said_and_what_is_taken_back_makes_room(
    place: Place,
) -> None:
    lan = member(place, "lan", "P1", "zalo")
    await lan.sends("cam kết")
    axis = next(each for each in lan.seen[0].choices() if each.icon == "▸")
    await lan.taps(axis.label)
    await lan.sends("1 2 3 4")
    assert len(pledges(place.database)) == 3
    assert "3" in lan.text()
    await lan.sends("4 1")  # 1 goes, 4 comes
    chosen = [each for each in lan.seen[0].choices() if each.pressed]
    assert [lan.number(each) for each in chosen] == [2, 3, 4]


async def test_an_hour_is_an_hour_and_no_choice(place: Place) -> None:
    lan = member(place, "lan", "P1", "zalo")
    await lan.sends("nhắc")
    await lan.taps("Giờ hỏi buổi sáng")
    assert all(lan.number(choice) > 30 for choice in lan.seen[0].choices())
    assert "08:00" in await lan.sends("8")
    await lan.sends("nhắc")
    await lan.taps("Giờ hỏi buổi sáng")
    label = next(iter(lan.seen[0].choices())).label
    assert label in await lan.taps(label)


async def test_the_name_huy_is_a_name_where_one_is_asked_for(place: Place) -> None:
    place.database.run_now(lambda s: furnish_officials(s, place.clock()))
    sau = await joined(place, "sau", "C1", "secretary", "S1", "zalo")
    await sau.sends("doanvien")
    await sau.taps("Đoàn viên")
    assert sau.seen[0].takes_name()
    assert "không thay đổi gì thêm" not in await sau.sends("Huy")
    assert "không thay đổi gì thêm" in await sau.sends("hủy")


@pytest.mark.parametrize("typed", ["báo cáo", "ca truc", "không", "xong rồi"])
async def test_a_command_or_no_is_no_note(place: Place, typed: str) -> None:
    lan = member(place, "lan", "P1", "zalo")
    for each in ("cam kết", "1", "1", "báo cáo", "1"):
        await lan.sends(each)
    assert "ghi chú thêm" in lan.text()
    assert "Đã lưu ghi chú" not in await lan.sends(typed)
    for each in ("0", "báo cáo"):
        await lan.sends(each)
    assert "Đã lưu ghi chú" in await lan.sends("Báo cáo đã gửi đúng hẹn")


async def test_a_number_of_a_list_long_gone_shows_an_official_what_waits_for_them(
    place: Place, clock: Clock
) -> None:
    lan = member(place, "lan", "P1", "zalo")
    await lan.sends("cam kết")
    clock.move(days=2)
    assert "danh sách cũ" in await lan.sends("2")
    assert "Chọn việc hôm nay" in lan.buttons()
    assert pledges(place.database) == []


@pytest.mark.parametrize("typed", ["báo cáo kỳ", "Bản tin", "77", "menu"])
async def test_neither_a_command_nor_a_number_becomes_a_section_of_a_report(
    place: Place, typed: str
) -> None:
    place.database.run_now(lambda s: furnish_officials(s, place.clock()))
    sau = await joined(place, "sau", "C1", "secretary", "S1", "zalo")
    for each in ("báo cáo kỳ", "1", "1", "1"):
        await sau.sends(each)
    assert "Nội dung bạn viết để thay" in sau.text()
    assert "Đã lưu" not in await sau.sends(typed)
    for each in ("báo cáo kỳ", "1", "1", "1"):
        await sau.sends(each)
    assert "theo dự thảo soạn sẵn" in sau.text()
    assert "Đã lưu" in await sau.sends("Chi đoàn có 77 đoàn viên")

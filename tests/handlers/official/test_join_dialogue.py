"""Joining by an invitation, as the dialogue goes."""

from collections.abc import Callable
from datetime import date

from sqlmodel import delete, select

from handlers.messages import Choices
from handlers.official.notice import MEMBER_NOTICE
from storage.tables import Chat, Invite, Link, Membership
from tests.conftest import Clock
from tests.officials import (
    inbox,
    invited,
    invites,
    joined,
    linked_as,
    links,
    person_id,
    requests,
)
from tests.people import Place
from tests.test_anonymity import dump


async def test_the_link_says_who_invites_to_what_and_what_is_stored_and_one_tap_joins(
    staffed: Place,
) -> None:
    lan = staffed.person("lan")
    token = await invited(staffed, "C1", "member", "P1", by="S1")
    asked = await lan.sends(f"/start i-{token}")
    assert "Phạm Văn Sáu mời bạn tham gia với vai trò đoàn viên Chi đoàn Sở Nội vụ." in asked
    assert "Lời mời dành cho Nguyễn Thị Lan." in asked
    assert "Việc tham gia là tự nguyện. Tỉnh Đoàn sẽ lưu kênh liên lạc của bạn" in asked
    assert lan.buttons() == ["Tôi là Nguyễn Thị Lan, đồng ý tham gia", "Không phải tôi"]
    assert await links(staffed) == []

    welcomed = await lan.taps("Tôi là Nguyễn Thị Lan, đồng ý tham gia")
    assert "Chào mừng Lan! Bạn đã tham gia." in welcomed
    assert "lúc 08:00 bạn được hỏi chọn việc gì, lúc 16:30 được hỏi kết quả" in welcomed
    assert "/camket" in welcomed
    assert "/bantin" not in welcomed
    assert "Đoàn viên · Chi đoàn Sở Nội vụ" in welcomed
    (link,) = await links(staffed)
    assert (link.channel, link.notice, link.language) == ("telegram", MEMBER_NOTICE, "vi")
    assert link.since == date(2026, 11, 16)
    assert (link.reminders, link.unreachable) == (True, False)
    assert await linked_as(staffed, "lan") == "P1"


async def test_the_operators_invitation_says_so_and_a_secretary_hears_what_comes(
    staffed: Place,
) -> None:
    bay = staffed.person("bay")
    token = await invited(staffed, "C2", "secretary", "S2")
    asked = await bay.opens(f"join/{token}")
    assert (
        "Bộ phận quản trị của Tỉnh Đoàn mời bạn tham gia với vai trò bí thư Chi đoàn Sở Tư pháp."
        in asked
    )
    welcomed = await bay.taps(bay.buttons()[0])
    assert "Mỗi Thứ Hai lúc 08:00, bạn nhận bản tin tuần" in welcomed
    assert "/doanvien" in welcomed
    assert "/camket" not in welcomed


async def test_without_a_name_the_person_picks_theirs_and_confirms(staffed: Place) -> None:
    lan = staffed.person("lan")
    token = await invited(staffed, "C1", "member")
    await lan.sends(f"/start i-{token}")
    await lan.taps("Tham gia: chọn tên của tôi")
    names = [label for label in lan.buttons() if label != "Tìm"]
    assert names == ["Nguyễn Thị Lan", "Trần Văn Minh", "Phạm Văn Sáu"]  # by given name
    asked = await lan.taps("Nguyễn Thị Lan")
    assert "mời bạn tham gia" in asked
    assert lan.buttons() == ["Tôi là Nguyễn Thị Lan, đồng ý tham gia", "Chọn tên khác"]
    assert await linked_as(staffed, "lan") is None
    await lan.taps("Tôi là Nguyễn Thị Lan, đồng ý tham gia")
    assert await linked_as(staffed, "lan") == "P1"


async def test_a_name_is_found_by_typing_a_part_of_it_without_accents(staffed: Place) -> None:
    minh = staffed.person("minh")
    token = await invited(staffed, "C1", "member")
    await minh.opens(f"join-names/{token}/0")
    await minh.sends("van minh")
    assert minh.buttons()[0] == "Trần Văn Minh"
    said = await minh.sends("Quốc Toản")
    assert "Trong danh sách của Chi đoàn Sở Nội vụ không có ai tên như vậy." in said
    assert minh.field().value == "Quốc Toản"


async def test_with_numbers_instead_of_buttons_the_same_steps_lead_in(staffed: Place) -> None:
    lan = staffed.person("lan", channel="zalo")
    token = await invited(staffed, "C1", "member")
    await lan.sends(f"https://danhgia.example.vn/i/{token}")
    for number in ("1", "1", "1"):
        await lan.sends(number)
    assert await linked_as(staffed, "lan", "zalo") == "P1"


async def test_used_expired_withdrawn_unknown_and_foreign_are_told_apart(
    staffed: Place, clock: Clock
) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    stranger = staffed.person("stranger")

    used = await invited(staffed, "C1", "member", "P2")
    minh = staffed.person("minh")
    await minh.opens(f"join-yes/{used}")
    assert "Lời mời đã được dùng." in await stranger.sends(f"/start i-{used}")

    theirs = await invited(staffed, "C1", "secretary", "S1")
    said = await lan.sends(f"/start i-{theirs}")
    assert "Lời mời dành cho người khác." in said
    assert "Kênh này đã kết nối với Nguyễn Thị Lan." in said

    elsewhere = await invited(staffed, "C2", "member")
    assert "Lời mời dành cho người khác." in await lan.sends(f"/start i-{elsewhere}")

    withdrawn = await invited(staffed, "C1", "member", "P2")
    await staffed.database.run(_revoke_last)
    assert "Lời mời đã được người mời thu hồi." in await stranger.opens(f"join/{withdrawn}")

    assert "Không tìm thấy lời mời này." in await stranger.opens("join/AAAAAAAAAAAAAAAAAAAAAA")

    old = await invited(staffed, "C2", "member", "P3")
    clock.move(days=14)
    assert "Lời mời đã hết hạn." in await stranger.opens(f"join/{old}")
    assert "Lời mời đã hết hạn." in await stranger.opens(f"join-yes/{old}")
    assert await linked_as(staffed, "stranger") is None


def _revoke_last(session):  # type: ignore[no-untyped-def]
    last = session.exec(select(Invite).order_by(Invite.id.desc())).first()
    last.revoked = True
    session.add(last)


async def test_a_used_invitation_never_lets_a_second_person_in(staffed: Place) -> None:
    token = await invited(staffed, "C1", "member")
    lan, thief = staffed.person("lan"), staffed.person("thief")
    await lan.opens(f"join/{token}")
    minh = await _id_of(staffed, "P2")
    await thief.opens(f"join-me/{token}/{minh}")
    confirm = thief.buttons()[0]
    await lan.opens(f"join-yes/{token}/{await _id_of(staffed, 'P1')}")
    assert "Lời mời đã được dùng." in await thief.taps(confirm)
    assert [link.person_id for link in await links(staffed)] == [await _id_of(staffed, "P1")]


async def _id_of(place: Place, code: str) -> int:
    return await place.database.run(lambda session: person_id(session, code))


async def test_tapping_twice_or_opening_the_link_again_says_that_one_is_in(staffed: Place) -> None:
    lan = staffed.person("lan")
    token = await invited(staffed, "C1", "member", "P1")
    await lan.opens(f"join-yes/{token}")
    again = await lan.opens(f"join-yes/{token}")
    assert "Lan đã tham gia rồi." in again
    assert "Lan đã tham gia rồi." in await lan.sends(f"/start i-{token}")
    assert len(await links(staffed)) == 1


async def test_one_person_joins_on_a_second_messenger_and_the_first_one_is_told(
    staffed: Place,
) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    there = await joined(staffed, "0901", "C1", "member", "P1", channel="zalo")
    assert [link.channel for link in await links(staffed)] == ["telegram", "zalo"]
    assert "Vừa có thêm một kênh kết nối với tên bạn, qua Zalo." in await inbox(lan)
    assert await inbox(there) == ""


async def test_one_chat_cannot_be_two_people(staffed: Place) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    token = await invited(staffed, "C1", "member", "P2")
    assert "Lời mời dành cho người khác." in await lan.opens(f"join-yes/{token}")
    assert await linked_as(staffed, "lan") == "P1"
    assert all(each.used is None for each in await invites(staffed) if each.person_id != 1)


async def test_a_forged_name_is_not_let_in_by_an_invitation_for_somebody_else(
    staffed: Place,
) -> None:
    thief = staffed.person("thief")
    named = await invited(staffed, "C1", "member", "P1")
    for code in ("P2", "P3", "S2"):
        await thief.opens(f"join-yes/{named}/{await _id_of(staffed, code)}")
    anybody = await invited(staffed, "C1", "member")
    for code in ("P3", "S2"):  # not on the roster of this unit in this role
        await thief.opens(f"join-yes/{anybody}/{await _id_of(staffed, code)}")
    assert await links(staffed) == []
    assert all(each.used is None for each in await invites(staffed))


async def test_a_members_link_never_gives_a_secretarys_rights(staffed: Place) -> None:
    """Sáu is a member and the secretary: that name takes more than a member's link."""
    thief = staffed.person("thief")
    token = await invited(staffed, "C1", "member")
    said = await thief.opens(f"join-yes/{token}/{await _id_of(staffed, 'S1')}")
    assert "chưa có bí thư nào tham gia để xác nhận cho bạn" in said
    await joined(staffed, "tam", "C1", "secretary", "S3")
    said = await thief.opens(f"join-yes/{token}/{await _id_of(staffed, 'S1')}")
    assert "Yêu cầu của bạn đã được gửi tới bí thư" in said
    assert await linked_as(staffed, "thief") is None
    assert len(await requests(staffed)) == 1


async def test_a_name_that_is_in_already_is_marked_and_needs_the_secretary(staffed: Place) -> None:
    await joined(staffed, "lan", "C1", "member", "P1")
    await joined(staffed, "sau", "C1", "secretary", "S1")
    stranger = staffed.person("stranger")
    token = await invited(staffed, "C1", "member")
    said = await stranger.opens(f"join-names/{token}/0")
    assert "Dấu ✓ là người đã tham gia." in said
    asked = await stranger.taps("Nguyễn Thị Lan ✓")
    assert "Thêm một kênh cho tên này cần bí thư đồng ý." in asked
    assert "Yêu cầu của bạn đã được gửi" in await stranger.taps(
        "Gửi yêu cầu tới bí thư với tên Nguyễn Thị Lan"
    )
    assert await linked_as(staffed, "stranger") is None
    other = staffed.person("other")
    assert "Lời mời đã được dùng." in await other.opens(f"join/{token}")


async def test_a_person_struck_off_the_roster_meanwhile_is_not_let_in(staffed: Place) -> None:
    token = await invited(staffed, "C1", "member", "P1")
    person = await _id_of(staffed, "P1")
    await staffed.database.run(
        lambda s: s.exec(delete(Membership).where(Membership.person_id == person))  # type: ignore[arg-type]
    )
    lan = staffed.person("lan")
    assert "không còn ai phù hợp với lời mời này" in await lan.opens(f"join-yes/{token}")
    assert await links(staffed) == []


async def test_whoever_it_is_not_for_says_so_and_it_stays_good(staffed: Place) -> None:
    token = await invited(staffed, "C1", "member", "P1")
    stranger = staffed.person("stranger")
    await stranger.opens(f"join/{token}")
    assert "Không có gì về bạn được lưu." in await stranger.taps("Không phải tôi")
    lan = staffed.person("lan")
    await lan.opens(f"join-yes/{token}")
    assert await linked_as(staffed, "lan") == "P1"


async def test_an_official_starts_at_their_own_menu_and_can_still_rate_a_desk(
    staffed: Place,
) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    said = await lan.sends("/start")
    assert said.startswith("Chào Lan!")
    assert "Đoàn viên và lời mời" not in lan.buttons()
    await lan.taps("Đánh giá một quầy")
    await lan.sends("/start q-Q1")
    await lan.taps("Hài lòng")
    assert len(await staffed.ratings()) == 1

    sau = await joined(staffed, "sau", "C1", "secretary", "S1")
    assert "Đoàn viên và lời mời" in sau.buttons()
    said = await sau.sends("/start")
    assert "Bí thư, đoàn viên · Chi đoàn Sở Nội vụ" in said


async def test_somebody_the_roster_has_nowhere_any_more_is_told_politely(staffed: Place) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    person = await _id_of(staffed, "P1")
    await staffed.database.run(
        lambda s: s.exec(delete(Membership).where(Membership.person_id == person))  # type: ignore[arg-type]
    )
    said = await lan.sends("/start")
    assert "Danh sách của đơn vị hiện không còn tên bạn" in said
    assert lan.buttons() == ["Đánh giá một quầy", "Rời chương trình"]


async def test_what_comes_unasked_follows_the_language_an_official_chose(staffed: Place) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    assert (await lan.opens("language/en")).startswith("Hello Lan!")
    (link,) = await links(staffed)
    assert link.language == "en"


async def test_neither_the_token_nor_the_chat_can_be_read_in_the_database(
    staffed: Place, logged: Callable[[], str]
) -> None:
    token = await invited(staffed, "C1", "member")
    lan = staffed.person("700000001")
    await lan.sends(f"/start i-{token}")
    await lan.opens(f"join-me/{token}/{await _id_of(staffed, 'P1')}")
    await lan.taps(lan.buttons()[0])
    everything = str(dump(staffed.database)) + logged()
    assert token not in everything
    assert "700000001" not in everything


async def test_what_a_chat_waits_for_ends_with_joining(staffed: Place) -> None:
    token = await invited(staffed, "C1", "member")
    lan = staffed.person("lan")
    await lan.opens(f"join-names/{token}/0")
    await lan.opens(f"join-yes/{token}/{await _id_of(staffed, 'P1')}")
    await lan.sends("Trần Văn Minh")
    assert await linked_as(staffed, "lan") == "P1"
    assert len(await staffed.database.run(lambda s: s.exec(select(Chat)).all())) == 1
    assert len(await staffed.database.run(lambda s: s.exec(select(Link)).all())) == 1


async def test_the_menu_of_a_secretary_has_the_units_things_first_in_a_group_of_their_own(
    staffed: Place,
) -> None:
    sau = await joined(staffed, "sau", "C1", "secretary", "S1")
    await sau.sends("/start")
    (menu,) = sau.seen
    groups = [part for part in menu.parts if isinstance(part, Choices)]
    assert [(each.label, each.headed) for each in groups] == [
        ("Của đơn vị", True),
        ("Của tôi", True),
    ]
    assert groups[0].choices[0].label == "Bản tin tuần"
    assert groups[1].choices[0].label == "Chọn việc hôm nay"
    looks = [choice.look for choice in menu.choices()]
    assert looks.count("primary") == 1

    lan = await joined(staffed, "lan", "C1", "member", "P1")
    await lan.sends("/start")
    assert len([part for part in lan.seen[0].parts if isinstance(part, Choices)]) == 1

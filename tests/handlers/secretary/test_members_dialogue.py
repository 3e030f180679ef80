"""A secretary looks after the list of their unit: finds, invites, corrects, adds, takes off, puts back."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlmodel import select

from storage.queries.link import mark_unreachable
from storage.queries.past import change_unit
from storage.tables import Duty, Link, Membership, Person, Unit
from tests.conftest import Clock
from tests.handlers.audits import done, log_of, past_roles, roles
from tests.officials import URL, inbox, joined, linked_as, person_id, unit_id
from tests.people import Place, Talker

TODAY = "2026-11-16"
NAMES = {"Nguyễn Thị Lan", "Trần Văn Minh", "Phạm Văn Sáu", "Võ Thị Tám"}


@pytest.fixture
async def sau(staffed: Place) -> Talker:
    """The secretary of C1, who has joined."""
    return await joined(staffed, "sau", "C1", "secretary", "S1")


async def of(place: Place, look: Callable[..., int], code: str) -> int:
    return await place.database.run(lambda session: look(session, code))


async def card_of(place: Place, talker: Talker, code: str, unit: str = "C1") -> str:
    ids = (await of(place, unit_id, unit), await of(place, person_id, code))
    return await talker.opens("member/{}/{}".format(*ids))


def people_shown(talker: Talker) -> list[str]:
    return [each for each in talker.buttons() if each.split(" ✓")[0] in NAMES]


# The list and the card.


async def test_members_are_listed_by_given_name_with_who_joined_and_whom_reminders_reach(
    staffed: Place, sau: Talker
) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    await joined(staffed, "minh", "C1", "member", "P2")
    await lan.sends("/kenh")
    await lan.taps("Không nhận ở kênh nào")
    await staffed.database.run(
        lambda s: mark_unreachable(
            s,
            "telegram",
            s.exec(select(Link.chat).join(Person).where(Person.code == "P2")).one(),  # type: ignore[arg-type]
        )
    )
    await sau.sends("/doanvien")
    said = await sau.taps("Đoàn viên")
    assert "Đoàn viên của Chi đoàn Sở Nội vụ" in said
    assert "Đã có 3/4 người tham gia." in said
    assert "Đã tham gia nhưng không nhận lời nhắc: 2." in said
    assert people_shown(sau) == [
        "Nguyễn Thị Lan ✓ (tắt lời nhắc)",
        "Trần Văn Minh ✓ (không gửi tới được)",
        "Phạm Văn Sáu ✓",
        "Võ Thị Tám",
    ]
    await sau.taps("Chỉ xem người chưa tham gia: 1")
    assert people_shown(sau) == ["Võ Thị Tám"]
    await sau.taps("Xem tất cả")
    assert len(people_shown(sau)) == 4


async def test_a_long_list_is_turned_page_by_page(staffed: Place, sau: Talker) -> None:
    c1 = await of(staffed, unit_id, "C1")
    for number in range(12):
        await sau.opens(f"members/{c1}/add")
        await sau.sends(f"Đặng Văn {'ABCDEFGHIKLM'[number]}")
    await sau.opens(f"members/{c1}/0")
    assert len([each for each in sau.buttons() if each.startswith("Đặng Văn")]) == 8
    assert "Trần Văn Minh" not in sau.buttons()
    await sau.taps("Tiếp ›")
    assert "Trần Văn Minh" in sau.buttons()


@pytest.mark.about_buttons("without buttons a name on the list, typed in full, opens it at once")
@pytest.mark.parametrize("typed", ["lan", "nguyen thi lan", "LAN", "Lân", "thi lan"])
async def test_a_member_is_found_without_accents(staffed: Place, sau: Talker, typed: str) -> None:
    await sau.opens(f"members/{await of(staffed, unit_id, 'C1')}/0")
    await sau.sends(typed)
    assert people_shown(sau)[0] == "Nguyễn Thị Lan"
    said = await sau.taps("Nguyễn Thị Lan")
    assert said.startswith("Nguyễn Thị Lan\nĐoàn viên\nChưa tham gia.")


async def test_a_name_nobody_has_keeps_what_was_typed_and_shows_the_list(
    staffed: Place, sau: Talker
) -> None:
    await sau.opens(f"members/{await of(staffed, unit_id, 'C1')}/0")
    assert "Danh sách của bạn không có ai tên như vậy." in await sau.sends("Zebra")
    assert sau.field().value == "Zebra"
    assert len(people_shown(sau)) == 4


async def test_the_card_names_messengers_but_no_address(staffed: Place, sau: Talker) -> None:
    await joined(staffed, "lan", "C1", "member", "P1")
    await joined(staffed, "0901234567", "C1", "member", "P1", channel="zalo")
    said = await card_of(staffed, sau, "P1")
    assert "Đã tham gia, qua Telegram, Zalo." in said
    assert "Đang bật lời nhắc." in said
    assert "0901234567" not in said
    assert "lan" not in said.splitlines()


# Inviting.


def token_in(text: str) -> str:
    return text.split(f"{URL}/i/")[1].split(maxsplit=1)[0]


async def test_sending_again_ends_the_link_sent_before(staffed: Place, sau: Talker) -> None:
    await card_of(staffed, sau, "P1")
    first = token_in(await sau.taps("Tạo lời mời"))
    await card_of(staffed, sau, "P1")
    second = token_in(await sau.taps("Gửi lại lời mời"))
    lan = staffed.person("lan")
    assert "đã được người mời thu hồi" in await lan.opens(f"join-yes/{first}")
    await lan.opens(f"join-yes/{second}")
    assert await linked_as(staffed, "lan") == "P1"
    assert await done(staffed) == ["invite.create", "invite.resend"]
    assert first not in str(await log_of(staffed))


# Taking off and putting back.


async def take_off(place: Place, talker: Talker, code: str) -> str:
    await card_of(place, talker, code)
    await talker.taps("Đưa ra khỏi danh sách")
    return await talker.taps("Đồng ý đưa ra khỏi danh sách")


async def test_a_member_is_taken_off_told_kindly_and_put_back_as_if_never_gone(
    staffed: Place, sau: Talker
) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    await card_of(staffed, sau, "P1")
    asked = await sau.taps("Đưa ra khỏi danh sách")
    assert "Đưa Nguyễn Thị Lan ra khỏi danh sách Chi đoàn Sở Nội vụ?" in asked
    assert "P1 member" in await roles(staffed, "C1")
    said = await sau.taps("Đồng ý đưa ra khỏi danh sách")
    assert "Người này đã được báo qua kênh của mình." in said
    assert "Hôm nay tên bạn được đưa ra khỏi danh sách Chi đoàn Sở Nội vụ." in await inbox(lan)
    assert (await lan.does(action="pledge")).refused
    assert await past_roles(staffed) == {"P1 member C1 until 2026-11-15"}

    said = await sau.taps("Đưa trở lại")
    assert "Đã đưa Nguyễn Thị Lan trở lại danh sách." in said
    assert "Chào mừng bạn trở lại!" in await inbox(lan)
    assert "P1 member" in await roles(staffed, "C1")  # without a first day, as before
    assert await past_roles(staffed) == set()
    assert await done(staffed) == ["member.remove", "member.restore"]


async def test_on_a_later_day_putting_back_leaves_the_days_between(
    staffed: Place, sau: Talker, clock: Clock
) -> None:
    await take_off(staffed, sau, "P1")
    clock.move(days=3)
    await sau.presses("Đưa trở lại")
    assert "P1 member since 2026-11-19" in await roles(staffed, "C1")
    assert await past_roles(staffed) == {"P1 member C1 until 2026-11-15"}


async def duties(place: Place, code: str) -> list[bool]:
    """Whether each duty of a person is open."""

    def look(session):  # type: ignore[no-untyped-def]
        found = session.exec(
            select(Duty).where(Duty.person_id == person_id(session, code)).order_by(Duty.id)
        )
        return [each.ends is None or each.ends > place.clock() for each in found]

    return await place.database.run(look)


async def test_who_stands_nowhere_any_more_is_offered_at_no_desk(
    staffed: Place, sau: Talker
) -> None:
    assert await duties(staffed, "P1") == [True, True]
    await take_off(staffed, sau, "P1")
    assert await duties(staffed, "P1") == [False, False]
    citizen = staffed.person("citizen")
    await citizen.opens("open/Q13")
    assert "Lan" not in " ".join(citizen.buttons())
    await sau.taps("Đưa trở lại")
    assert await duties(staffed, "P1") == [True, True]


async def test_a_second_tap_and_an_old_button_change_nothing_and_say_what_is(
    staffed: Place, sau: Talker
) -> None:
    ids = (await of(staffed, unit_id, "C1"), await of(staffed, person_id, "P1"))
    gone = "member/{}/{}/remove/yes".format(*ids)
    await sau.opens(gone)
    back = sau.button("Đưa trở lại").action
    assert "Nguyễn Thị Lan đã được đưa ra khỏi danh sách trước đó." in await sau.opens(gone)
    assert sau.button("Đưa trở lại").action == back
    await sau.taps("Về danh sách đoàn viên")
    assert people_shown(sau) == ["Trần Văn Minh", "Phạm Văn Sáu ✓", "Võ Thị Tám"]
    for path in ("", "/remove", "/name", "/position"):
        said = await sau.opens("member/{}/{}".format(*ids) + path)
        assert "không còn trong danh sách" in said
    await sau.opens(back)
    assert "Nguyễn Thị Lan có trong danh sách." in await sau.opens(back)
    assert await done(staffed) == ["member.remove", "member.restore"]


async def test_a_web_form_sent_twice_shows_the_undo_again_and_after_it_takes_nobody_off(
    staffed: Place,
) -> None:
    sau = await joined(staffed, "sau", "C1", "secretary", "S1", channel="web")
    ids = (await of(staffed, unit_id, "C1"), await of(staffed, person_id, "P1"))
    form = {"key": "form", "action": "member/{}/{}/remove/yes".format(*ids)}
    await sau.does(**form)
    back = sau.button("Đưa trở lại").action
    await sau.does(**form)
    assert sau.button("Đưa trở lại").action == back
    await sau.opens(back)
    await sau.does(**form)
    assert "P1 member" in await roles(staffed, "C1")
    assert sau.text().startswith("Nguyễn Thị Lan")


async def test_the_only_secretary_hands_over_before_leaving(staffed: Place, sau: Talker) -> None:
    await card_of(staffed, sau, "S1")
    said = await sau.taps("Đưa ra khỏi danh sách")
    assert "Bạn là bí thư duy nhất đã tham gia. Xin bàn giao nhiệm vụ trước." in said
    ids = (await of(staffed, unit_id, "C1"), await of(staffed, person_id, "S1"))
    await sau.opens("member/{}/{}/remove/yes".format(*ids))
    assert {"S1 secretary", "S1 member"} <= await roles(staffed, "C1")
    assert "Bàn giao nhiệm vụ bí thư" in sau.buttons()


async def test_one_of_two_secretaries_may_leave_but_not_take_the_other_off(
    staffed: Place, sau: Talker
) -> None:
    tam = await joined(staffed, "tam", "C1", "secretary", "S3")
    ids = (await of(staffed, unit_id, "C1"), await of(staffed, person_id, "S3"))
    await card_of(staffed, sau, "S3")
    assert "Đưa ra khỏi danh sách" not in sau.buttons()
    said = await sau.opens("member/{}/{}/remove/yes".format(*ids))
    assert "Bí thư đoàn cấp trên cho thôi giữ chức" in said
    assert "S3 secretary" in await roles(staffed, "C1")
    said = await take_off(staffed, sau, "S1")
    assert "Bí thư khác của đơn vị có thể đưa bạn trở lại." in said
    assert not {each for each in await roles(staffed, "C1") if each.startswith("S1")}
    assert (await sau.does(action=f"members/{ids[0]}/0")).refused
    del tam


async def test_who_went_to_another_unit_meanwhile_is_not_put_back(
    staffed: Place, sau: Talker
) -> None:
    await take_off(staffed, sau, "P1")
    back = sau.button("Đưa trở lại").action
    c2, lan = await of(staffed, unit_id, "C2"), await of(staffed, person_id, "P1")
    await staffed.database.run(
        lambda s: s.add(
            Membership(person_id=lan, unit_id=c2, role="member", since=date(2026, 11, 16))
        )
    )
    assert "Nguyễn Thị Lan hiện ở đơn vị khác." in await sau.opens(back)
    c1 = await of(staffed, unit_id, "C1")
    assert "hiện ở đơn vị khác" in await sau.opens(f"members/{c1}/again/{lan}")
    assert await done(staffed) == ["member.remove"]


# Names, positions, new people.


async def test_name_and_position_are_corrected_and_the_log_keeps_what_was(
    staffed: Place, sau: Talker
) -> None:
    await card_of(staffed, sau, "P1")
    await sau.taps("Sửa tên")
    assert sau.field().value == "Nguyễn Thị Lan"
    assert (await sau.sends("Nguyễn  Thị Lân")).startswith("Đã lưu tên.\nNguyễn Thị Lân")
    await sau.taps("Sửa chức vụ")
    assert "Chức vụ: Chuyên viên" in await sau.sends("Chuyên viên")
    await sau.taps("Sửa chức vụ")
    assert "Chức vụ" not in (await sau.sends("-")).replace("Đã lưu chức vụ.", "")
    entries = await log_of(staffed)
    assert [each for each in entries if each[0].startswith("member.")] == [
        (
            "member.rename",
            "S1",
            {"person": "P1", "before": "Nguyễn Thị Lan", "after": "Nguyễn Thị Lân"},
        ),
        ("member.position", "S1", {"person": "P1", "before": "", "after": "Chuyên viên"}),
        ("member.position", "S1", {"person": "P1", "before": "Chuyên viên", "after": ""}),
    ]


@pytest.mark.parametrize("typed", ["Lan", "0901 234 567", "<b>Lan Anh</b>", "x" * 70 + " y"])
async def test_a_name_that_cannot_be_one_is_asked_again_and_nothing_typed_is_lost(
    staffed: Place, sau: Talker, typed: str
) -> None:
    await card_of(staffed, sau, "P1")
    await sau.taps("Sửa tên")
    await sau.sends(typed)
    assert sau.field().error
    assert sau.field().value == typed
    assert await done(staffed) == []


async def test_who_leads_another_unit_too_is_not_renamed_by_a_branch_secretary(
    staffed: Place, sau: Talker
) -> None:
    ids = (await of(staffed, unit_id, "C1"), await of(staffed, person_id, "S3"))
    await sau.opens("member/{}/{}/name".format(*ids))
    assert "Chỉ bộ phận quản trị mới sửa được." in await sau.sends("Võ Thị Chín")
    assert await done(staffed) == []


async def test_a_new_member_gets_a_code_a_first_day_and_an_invitation(
    staffed: Place, sau: Talker
) -> None:
    await sau.opens(f"members/{await of(staffed, unit_id, 'C1')}/0")
    await sau.taps("Thêm đoàn viên")
    said = await sau.sends("LÊ VĂN CHÍN, Chuyên viên")
    assert "Lê Văn Chín có trong danh sách từ hôm nay." in said
    assert "Mã trong danh sách: C1-1" in said
    assert "Họ và tên được ghi theo cách viết hoa thông thường: Lê Văn Chín." in said
    assert "Sửa tên" in sau.buttons()
    assert f"C1-1 member since {TODAY}" in await roles(staffed, "C1")
    token = token_in(await sau.taps("Tạo lời mời"))
    chin = staffed.person("chin")
    await chin.opens(f"join-yes/{token}")
    assert await linked_as(staffed, "chin") == "C1-1"
    assert "Chức vụ: Chuyên viên" in await card_of(staffed, sau, "C1-1")
    assert await done(staffed) == ["member.add", "invite.create"]


async def test_a_new_member_is_taken_off_again_without_a_trace_in_the_past(
    staffed: Place, sau: Talker
) -> None:
    await sau.opens(f"members/{await of(staffed, unit_id, 'C1')}/add")
    await sau.sends("Lê Văn Chín")
    await sau.taps("Hoàn tác: đưa ra khỏi danh sách")
    await sau.taps("Đồng ý đưa ra khỏi danh sách")
    assert await past_roles(staffed) == set()
    await sau.taps("Đưa trở lại")
    assert f"C1-1 member since {TODAY}" in await roles(staffed, "C1")


async def test_a_name_on_the_list_already_is_asked_about_before_a_second_is_added(
    staffed: Place, sau: Talker
) -> None:
    await sau.opens(f"members/{await of(staffed, unit_id, 'C1')}/add")
    said = await sau.sends("nguyen thi lan")
    assert "Danh sách của bạn đã có người tên này." in said
    assert "Đó là Nguyễn Thị Lan (P1)" in sau.buttons()
    assert await done(staffed) == []
    await sau.sends("Nguyễn Thị Lan, Văn thư")
    assert f"C1-1 member since {TODAY}" in await roles(staffed, "C1")
    assert await done(staffed) == ["member.add"]


async def test_a_namesake_of_another_unit_is_not_revealed(staffed: Place, sau: Talker) -> None:
    await sau.opens(f"members/{await of(staffed, unit_id, 'C1')}/add")
    said = await sau.sends("Lê Thị Hoa")  # as P3 of C2 is called
    assert "Lê Thị Hoa có trong danh sách từ hôm nay." in said
    assert "P3 member" not in await roles(staffed, "C1")


async def test_who_was_on_the_list_before_is_offered_to_come_back(
    staffed: Place, sau: Talker, clock: Clock
) -> None:
    await take_off(staffed, sau, "P1")
    clock.move(days=30)
    await sau.opens(f"members/{await of(staffed, unit_id, 'C1')}/add")
    said = await sau.sends("Nguyen Thi Lan")
    assert "Trước đây danh sách của bạn từng có người tên này." in said
    await sau.taps("Đưa Nguyễn Thị Lan trở lại danh sách (P1)")
    assert "P1 member since 2026-12-16" in await roles(staffed, "C1")
    assert await done(staffed) == ["member.remove", "member.restore"]


async def test_who_left_stays_on_screen_and_is_put_back_on_the_same_day_as_if_never_gone(
    staffed: Place, sau: Talker
) -> None:
    c1 = await of(staffed, unit_id, "C1")
    await sau.opens(f"members/{c1}/0")
    assert not [each for each in sau.buttons() if each.startswith("Đã đưa ra khỏi danh sách")]
    await take_off(staffed, sau, "P1")
    await sau.opens(f"members/{c1}/0")
    said = await sau.taps("Đã đưa ra khỏi danh sách: 1")
    assert "Không còn trong danh sách Chi đoàn Sở Nội vụ" in said
    asked = await sau.taps("Nguyễn Thị Lan")
    assert "Đưa Nguyễn Thị Lan trở lại danh sách Chi đoàn Sở Nội vụ?" in asked
    assert "P1 member" not in await roles(staffed, "C1")
    await sau.taps("Đồng ý đưa trở lại")
    assert "P1 member" in await roles(staffed, "C1")
    assert await duties(staffed, "P1") == [True, True]
    assert await past_roles(staffed) == set()
    assert "Chưa có ai" in await sau.opens(f"members/{c1}/gone/0")


async def test_who_left_is_found_by_name_and_put_back_from_today_on(
    staffed: Place, sau: Talker, clock: Clock
) -> None:
    await take_off(staffed, sau, "P1")
    clock.move(days=30)
    await sau.opens(f"members/{await of(staffed, unit_id, 'C1')}/0")
    await sau.sends("lan")
    await sau.taps("Nguyễn Thị Lan (đã đưa ra khỏi danh sách)")
    await sau.taps("Đồng ý đưa trở lại")
    assert "P1 member since 2026-12-16" in await roles(staffed, "C1")
    assert await past_roles(staffed) == {"P1 member C1 until 2026-11-15"}


async def test_who_left_another_unit_is_not_shown_in_ones_own(staffed: Place, sau: Talker) -> None:
    c1, c2 = await of(staffed, unit_id, "C1"), await of(staffed, unit_id, "C2")
    hoa = await of(staffed, person_id, "P3")
    assert (await sau.does(action=f"members/{c2}/gone/0")).refused
    assert (await sau.does(action=f"members/{c2}/gone/who/{hoa}")).refused
    assert "Lê Thị Hoa" not in await sau.opens(f"members/{c1}/gone/who/{hoa}")


async def test_a_closed_unit_takes_nobody(staffed: Place, sau: Talker, clock: Clock) -> None:
    await take_off(staffed, sau, "P1")
    back = sau.button("Đưa trở lại").action

    def close(session):  # type: ignore[no-untyped-def]
        unit = session.exec(select(Unit).where(Unit.code == "C1")).one()
        today = clock().date()
        change_unit(session, unit, today, until=today)

    await staffed.database.run(close)
    clock.move(days=1)
    c1 = await of(staffed, unit_id, "C1")
    assert "đã kết thúc hoạt động" in await sau.opens(f"members/{c1}/add")
    assert (await sau.does(action=f"members/{c1}/add/typed", text="Lê Văn Chín")).refused is False
    assert "đã kết thúc hoạt động" in sau.text()
    assert "đã kết thúc hoạt động" in await sau.opens(back)
    minh = await of(staffed, person_id, "P2")
    for invitation in (f"invites/{c1}/new/{minh}", f"invites/{c1}/group/new"):
        assert (await sau.does(action=invitation)).refused
    assert await done(staffed) == ["member.remove"]


# Forged actions.


async def test_a_secretary_reaches_neither_units_nor_people_of_others(
    staffed: Place, sau: Talker, logged: Callable[[], str]
) -> None:
    c1, c2 = await of(staffed, unit_id, "C1"), await of(staffed, unit_id, "C2")
    hoa = await of(staffed, person_id, "P3")
    theirs = [f"members/{c2}/0", f"members/{c2}/missing/0", f"members/{c2}/find"]
    theirs += [f"members/{c2}/add", f"members/{c2}/add/typed", f"members/{c2}/add/namesake"]
    theirs += [f"members/{c2}/again/{hoa}", f"members/{c2}/back/1", f"member/{c2}/{hoa}"]
    theirs += [f"member/{c2}/{hoa}/{what}" for what in ("name", "position", "remove")]
    theirs += [f"member/{c2}/{hoa}/{what}" for what in ("name/typed", "position/typed")]
    theirs += [f"member/{c2}/{hoa}/remove/yes", f"office/{c2}", f"office/{c2}/list/0"]
    theirs += [f"office/{c2}/to/{hoa}", f"office/{c2}/to/{hoa}/yes", f"office/{c2}/withdraw"]
    theirs += [f"changes/{c2}/0", f"changes/{c2}/below/0"]
    for action in theirs:
        assert (await sau.does(action=action, text="Lê Văn Chín")).refused, action
    mine = [f"member/{c1}/{hoa}", f"member/{c1}/{hoa}/remove/yes", f"members/{c1}/again/{hoa}"]
    mine += [f"member/{c1}/{hoa}/name/typed", f"members/{c1}/back/999", f"office/{c1}/to/{hoa}/yes"]
    for action in mine:
        assert "Lê Thị Hoa" not in await sau.opens(action), action
    assert await done(staffed) == []
    assert await roles(staffed, "C2") == {"P3 member", "S2 secretary"}
    assert logged().count("led by somebody else") >= len(theirs) - 2


async def test_an_undo_of_another_unit_is_not_used_in_ones_own(staffed: Place, sau: Talker) -> None:
    bay = await joined(staffed, "bay", "C2", "secretary", "S2")
    await card_of(staffed, bay, "P3", "C2")
    await bay.taps("Đưa ra khỏi danh sách")
    await bay.taps("Đồng ý đưa ra khỏi danh sách")
    entry = bay.button("Đưa trở lại").action.rpartition("/")[2]
    await sau.opens(f"members/{await of(staffed, unit_id, 'C1')}/back/{entry}")
    assert "P3 member" not in await roles(staffed, "C1") | await roles(staffed, "C2")


async def test_members_and_citizens_reach_none_of_it(staffed: Place) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    citizen = staffed.person("citizen")
    c1, minh = await of(staffed, unit_id, "C1"), await of(staffed, person_id, "P2")
    for action in (
        f"members/{c1}/0",
        f"members/{c1}/add/typed",
        f"member/{c1}/{minh}",
        f"member/{c1}/{minh}/remove/yes",
        f"member/{c1}/{minh}/name/typed",
        f"office/{c1}/to/{minh}/yes",
        f"changes/{c1}/0",
    ):
        for talker in (lan, citizen):
            assert (await talker.does(action=action, text="Lê Văn Chín")).refused, action
    assert (await lan.does(text="/doanvien")).refused
    assert await done(staffed) == []

"""An organiser looks after the secretaries below: invites, appoints, ends an office, undoes it."""

from collections.abc import Callable

import pytest

from handlers.names import folded
from storage.tables import Membership, Unit
from tests.handlers.audits import done, log_of, past_roles, roles
from tests.officials import URL, inbox, joined, linked_as, person_id, unit_id
from tests.people import Place, Talker

TODAY = "2026-11-16"


@pytest.fixture
async def tam(staffed: Place) -> Talker:
    """The secretary of the city's unit, above C1 and C2; W1 lies below C1."""

    def more(session):  # type: ignore[no-untyped-def]
        name = "Chi đoàn Phường Hòa Cường"
        session.add(
            Unit(code="W1", name=name, folded=folded(name), parent_id=unit_id(session, "C1"))
        )

    await staffed.database.run(more)
    return await joined(staffed, "tam", "TD", "secretary", "S3")


@pytest.fixture
async def sau(staffed: Place) -> Talker:
    """A secretary of C1, who has joined."""
    return await joined(staffed, "sau", "C1", "secretary", "S1")


async def of(place: Place, look: Callable[..., int], code: str) -> int:
    return await place.database.run(lambda session: look(session, code))


async def card(place: Place, talker: Talker, unit: str) -> str:
    return await talker.opens(f"below/{await of(place, unit_id, unit)}")


def token_in(text: str) -> str:
    return text.split(f"{URL}/i/")[1].split(maxsplit=1)[0]


async def test_units_below_are_listed_with_where_a_secretary_has_joined_and_drilled_into(
    staffed: Place, tam: Talker
) -> None:
    said = await tam.sends("/donvi")
    assert "Trực thuộc đơn vị nào?" in said  # C1 has a unit below too
    await tam.taps("Thành Đoàn Đà Nẵng")
    assert "Đơn vị trực thuộc Thành Đoàn Đà Nẵng" in tam.text()
    units = ["Chi đoàn Sở Nội vụ ✓", "Chi đoàn Sở Tư pháp (bí thư chưa tham gia)"]
    assert tam.buttons()[:2] == units
    said = await tam.taps("Chi đoàn Sở Nội vụ ✓")
    assert "Bí thư: Phạm Văn Sáu. Chưa tham gia." in said
    assert "Bí thư: Võ Thị Tám. Đã tham gia, qua Telegram." in said
    assert "Đã có 1/4 người tham gia." in said
    await tam.taps("Đơn vị trực thuộc đơn vị này")
    assert tam.buttons()[0] == "Chi đoàn Phường Hòa Cường (chưa có bí thư)"
    assert "Đơn vị này chưa có bí thư." in await tam.taps(tam.buttons()[0])
    await tam.taps("Về danh sách đơn vị trực thuộc")
    assert tam.buttons()[0] == "Chi đoàn Phường Hòa Cường (chưa có bí thư)"


@pytest.mark.parametrize("typed", ["hoa cuong", "Hòa Cường", "phuong hoa", "w1"])
async def test_a_unit_at_any_depth_is_found_without_accents(
    staffed: Place, tam: Talker, typed: str
) -> None:
    await tam.opens(f"below/{await of(staffed, unit_id, 'TD')}/units/0")
    await tam.sends(typed)
    assert tam.buttons()[0].startswith("Chi đoàn Phường Hòa Cường")


async def test_a_unit_nobody_knows_keeps_what_was_typed(staffed: Place, tam: Talker) -> None:
    await tam.opens(f"below/{await of(staffed, unit_id, 'TD')}/units/0")
    assert "Không có đơn vị trực thuộc nào tên như vậy." in await tam.sends("Zebra")
    assert tam.field().value == "Zebra"


async def test_the_menu_line_is_for_organisers_alone(staffed: Place, tam: Talker) -> None:
    await tam.sends("/start")
    assert "Đơn vị trực thuộc" in tam.buttons()
    bay = await joined(staffed, "bay", "C2", "secretary", "S2")
    assert "Đơn vị trực thuộc" not in bay.buttons()
    assert (await bay.does(text="/donvi")).refused


async def test_a_secretary_on_the_list_is_invited_and_sent_the_link_again(
    staffed: Place, tam: Talker
) -> None:
    await card(staffed, tam, "C2")
    first = token_in(await tam.taps("Mời Đỗ Thị Bảy"))
    await tam.taps("Về đơn vị")
    second = token_in(await tam.taps("Gửi lại lời mời cho Đỗ Thị Bảy"))
    bay = staffed.person("bay")
    assert "thu hồi" in await bay.opens(f"join-yes/{first}")
    await bay.opens(f"join-yes/{second}")
    assert await linked_as(staffed, "bay") == "S2"
    assert "Đã tham gia, qua Telegram." in await card(staffed, tam, "C2")
    assert await done(staffed) == ["invite.create", "invite.resend"]


async def test_a_member_is_appointed_told_and_undone(staffed: Place, tam: Talker) -> None:
    hoa = await joined(staffed, "hoa", "C2", "member", "P3")
    await card(staffed, tam, "C2")
    await tam.taps("Chọn bí thư")
    await tam.sends("hoa")
    asked = await tam.taps("Lê Thị Hoa ✓")
    assert "Chọn Lê Thị Hoa làm bí thư Chi đoàn Sở Tư pháp?" in asked
    assert await roles(staffed, "C2") == {"P3 member", "S2 secretary"}
    said = await tam.taps("Đồng ý chọn")
    assert "Từ hôm nay Lê Thị Hoa là bí thư Chi đoàn Sở Tư pháp." in said
    assert f"P3 secretary since {TODAY}" in await roles(staffed, "C2")
    assert "Từ hôm nay bạn là bí thư Chi đoàn Sở Tư pháp." in await inbox(hoa)
    assert "Đoàn viên và lời mời" in " ".join(await buttons_of(hoa, "/start"))

    undo = tam.button("Hoàn tác").action
    ids = (await of(staffed, unit_id, "C2"), await of(staffed, person_id, "P3"))
    said = await tam.opens("below/{}/appoint/{}/yes".format(*ids))
    assert "Lê Thị Hoa đang là bí thư Chi đoàn Sở Tư pháp." in said
    assert tam.button("Hoàn tác").action == undo
    await tam.opens(undo)
    await tam.taps("Đồng ý cho thôi giữ chức")
    assert await roles(staffed, "C2") == {"P3 member", "S2 secretary"}
    assert await past_roles(staffed) == set()
    assert await done(staffed) == ["secretary.appoint", "secretary.end"]


async def buttons_of(talker: Talker, text: str) -> list[str]:
    await talker.sends(text)
    return talker.buttons()


async def test_a_member_who_has_not_joined_is_appointed_and_invited(
    staffed: Place, tam: Talker
) -> None:
    await card(staffed, tam, "C2")
    await tam.taps("Chọn bí thư")
    await tam.taps("Lê Thị Hoa")
    await tam.taps("Đồng ý chọn")
    token = token_in(await tam.taps("Mời Lê Thị Hoa"))
    hoa = staffed.person("hoa")
    assert "với vai trò bí thư" in await hoa.opens(f"join/{token}")
    await hoa.taps(hoa.buttons()[0])
    assert (await hoa.does(action="invites")).refused is False


async def test_somebody_new_is_added_as_secretary_and_taken_back_the_same_day(
    staffed: Place, tam: Talker
) -> None:
    w1 = await of(staffed, unit_id, "W1")
    await card(staffed, tam, "W1")
    await tam.taps("Chọn bí thư")
    await tam.taps("Một người chưa có trong danh sách")
    assert "Xin gõ đầy đủ họ và tên" in await tam.sends("Mười")
    assert tam.field().value == "Mười"
    said = await tam.sends("Đinh Thị Mười, Phó phòng")
    assert "Từ hôm nay Đinh Thị Mười là bí thư Chi đoàn Phường Hòa Cường." in said
    assert await roles(staffed, "W1") == {
        f"W1-1 member since {TODAY}",
        f"W1-1 secretary since {TODAY}",
    }
    assert "Mời Đinh Thị Mười" in tam.buttons()
    undo = tam.button("Hoàn tác").action
    await tam.opens(f"below/{w1}/new")
    assert "đã có người tên này" in await tam.sends("đinh thị mười")
    await tam.opens(undo)
    assert await roles(staffed, "W1") == set()
    assert await past_roles(staffed) == set()
    await tam.opens(undo)
    assert await done(staffed) == ["member.add", "secretary.appoint", "member.remove"]


async def test_an_office_is_ended_told_and_given_back_as_it_was(
    staffed: Place, tam: Talker, sau: Talker
) -> None:
    await card(staffed, tam, "C1")
    asked = await tam.taps("Cho thôi giữ chức: Phạm Văn Sáu")
    assert "Cho Phạm Văn Sáu thôi giữ chức bí thư Chi đoàn Sở Nội vụ?" in asked
    assert "Người này vẫn ở trong danh sách với tư cách đoàn viên." in asked
    assert "S1 secretary" in await roles(staffed, "C1")
    said = await tam.taps("Đồng ý cho thôi giữ chức")
    assert "Phạm Văn Sáu đã thôi giữ chức bí thư Chi đoàn Sở Nội vụ." in said
    assert "Từ hôm nay bạn thôi giữ chức bí thư Chi đoàn Sở Nội vụ." in await inbox(sau)
    assert (await sau.does(text="/doanvien")).refused
    undo = tam.button("Hoàn tác").action
    ids = (await of(staffed, unit_id, "C1"), await of(staffed, person_id, "S1"))
    said = await tam.opens("below/{}/end/{}/yes".format(*ids))
    assert "Phạm Văn Sáu đã thôi giữ chức bí thư Chi đoàn Sở Nội vụ." in said
    assert tam.button("Hoàn tác").action == undo
    await tam.opens(undo)
    await tam.opens(undo)
    assert "S1 secretary" in await roles(staffed, "C1")  # without a first day, as before
    assert await past_roles(staffed) == set()
    assert (await sau.does(text="/doanvien")).refused is False
    assert await done(staffed) == ["secretary.end", "secretary.restore"]


async def test_somebody_new_is_said_to_be_secretary_once_and_undone_from_there(
    staffed: Place, tam: Talker
) -> None:
    w1 = await of(staffed, unit_id, "W1")
    await tam.opens(f"below/{w1}/new")
    await tam.sends("Đinh Thị Mười")
    undo = tam.button("Hoàn tác").action
    new = await of(staffed, person_id, "W1-1")
    assert "đang là bí thư" in await tam.opens(f"below/{w1}/appoint/{new}/yes")
    assert tam.button("Hoàn tác").action == undo


async def test_a_former_secretary_is_found_again_and_stays_one_person(
    staffed: Place, tam: Talker
) -> None:
    c2, bay = await of(staffed, unit_id, "C2"), await of(staffed, person_id, "S2")
    await tam.opens(f"below/{c2}/end/{bay}/yes")
    assert await roles(staffed, "C2") == {"P3 member"}
    before = "Đỗ Thị Bảy (từng ở đơn vị này)"
    await tam.opens(f"below/{c2}/choose/0")
    assert before in tam.buttons()
    await tam.sends("bay")
    assert before in tam.buttons()

    await tam.opens(f"below/{c2}/new")
    said = await tam.sends("Đỗ Thị Bảy, Bí thư")
    assert "Trước đây trong danh sách của đơn vị có người tên này." in said
    assert "Nếu là người khác trùng tên, xin chọn “Thêm người trùng tên”." in said
    await tam.taps("Đó là Đỗ Thị Bảy (S2)")
    said = await tam.taps("Đồng ý chọn")
    assert "Từ hôm nay Đỗ Thị Bảy là bí thư Chi đoàn Sở Tư pháp." in said
    given = {"P3 member", f"S2 member since {TODAY}", f"S2 secretary since {TODAY}"}
    assert await roles(staffed, "C2") == given
    await tam.taps("Hoàn tác")
    assert await roles(staffed, "C2") == {"P3 member"}


async def test_a_former_secretary_who_is_a_member_elsewhere_gets_the_office_alone(
    staffed: Place, tam: Talker
) -> None:
    c2, bay = await of(staffed, unit_id, "C2"), await of(staffed, person_id, "S2")
    await tam.opens(f"below/{c2}/end/{bay}/yes")
    w1 = await of(staffed, unit_id, "W1")
    await staffed.database.run(
        lambda s: s.add(Membership(person_id=bay, unit_id=w1, role="member"))
    )
    await tam.opens(f"below/{c2}/appoint/{bay}/yes")
    assert await roles(staffed, "C2") == {"P3 member", f"S2 secretary since {TODAY}"}
    assert await roles(staffed, "W1") == {"S2 member"}


async def test_a_web_form_sent_twice_shows_what_stands_and_the_undo_again(staffed: Place) -> None:
    tam = await joined(staffed, "tam", "TD", "secretary", "S3", channel="web")
    c1, c2 = await of(staffed, unit_id, "C1"), await of(staffed, unit_id, "C2")
    hoa, minh = await of(staffed, person_id, "P3"), await of(staffed, person_id, "P2")
    for action in (
        f"below/{c2}/appoint/{hoa}/yes",
        f"below/{c2}/end/{hoa}/yes",
        f"move/{c1}/{minh}/to/{c2}/yes",
    ):
        await tam.does(key=action, action=action)
        undo = tam.button("Hoàn tác").action
        await tam.does(key=action, action=action)
        assert tam.button("Hoàn tác").action == undo
    await tam.opens(undo)
    await tam.does(key=action, action=action)
    assert "P2 member" in await roles(staffed, "C1")
    assert "Hoàn tác" not in tam.buttons()


async def test_ending_the_only_secretary_says_what_that_means(staffed: Place, tam: Talker) -> None:
    await card(staffed, tam, "C2")
    asked = await tam.taps("Cho thôi giữ chức: Đỗ Thị Bảy")
    assert "không phải đoàn viên của đơn vị nên sẽ rời khỏi danh sách" in asked
    assert "Sau đó đơn vị chưa có bí thư" in asked
    await tam.taps("Đồng ý cho thôi giữ chức")
    await tam.taps("Chọn bí thư")
    assert "Lê Thị Hoa" in tam.buttons()


async def test_neither_the_own_unit_nor_one_beside_or_above_is_governed(
    staffed: Place, tam: Talker, sau: Talker, logged: Callable[[], str]
) -> None:
    """Sáu oversees W1 alone; Tám oversees all but the own unit's office."""
    units = {code: await of(staffed, unit_id, code) for code in ("TD", "C1", "C2", "W1")}
    hoa, tam_id = await of(staffed, person_id, "P3"), await of(staffed, person_id, "S3")
    lan, minh = await of(staffed, person_id, "P1"), await of(staffed, person_id, "P2")
    forged = []
    for unit in (units["C2"], units["TD"], 999_999):
        forged += [f"below/{unit}", f"below/{unit}/units/0", f"below/{unit}/find"]
        forged += [f"below/{unit}/people/0", f"below/{unit}/people/find", f"changes/{unit}/0"]
    for unit in (units["C1"], units["C2"], units["TD"]):
        forged += [f"below/{unit}/choose/0", f"below/{unit}/choose/find", f"below/{unit}/new"]
        forged += [f"below/{unit}/new/typed", f"below/{unit}/new/namesake"]
        forged += [f"below/{unit}/new/undo/1", f"below/{unit}/back/1"]
        for person in (hoa, tam_id, minh):
            forged += [f"below/{unit}/appoint/{person}", f"below/{unit}/appoint/{person}/yes"]
            forged += [f"below/{unit}/end/{person}", f"below/{unit}/end/{person}/yes"]
            forged += [f"below/{unit}/invite/{person}"]
    forged += [f"move/{units['C2']}/{hoa}/0", f"move/{units['C2']}/{hoa}/find"]
    forged += [f"move/{units['C2']}/{hoa}/to/{units['W1']}/yes"]
    forged += [f"move/{units['C1']}/{lan}/to/{units['C2']}"]
    forged += [f"move/{units['C1']}/{lan}/to/{units['C2']}/yes", f"move/{units['C2']}/back/1"]
    before = {code: await roles(staffed, code) for code in units}
    for action in forged:
        assert (await sau.does(action=action, text="Lê Văn Chín")).refused, action
    assert (await tam.does(action=f"below/{units['TD']}/end/{tam_id}/yes")).refused
    assert (await tam.does(action=f"below/{units['TD']}/new/typed", text="Lê Văn Chín")).refused
    assert {code: await roles(staffed, code) for code in units} == before
    assert await done(staffed) == []
    assert "not below theirs" in logged()


async def test_people_of_one_unit_are_not_named_in_an_action_about_another(
    staffed: Place, tam: Talker
) -> None:
    """A person who is not of that unit is not found, however right the unit is."""
    c1, hoa = await of(staffed, unit_id, "C1"), await of(staffed, person_id, "P3")
    for action in (
        f"below/{c1}/appoint/{hoa}/yes",
        f"below/{c1}/end/{hoa}/yes",
        f"below/{c1}/invite/{hoa}",
        f"move/{c1}/{hoa}/to/{await of(staffed, unit_id, 'C2')}/yes",
    ):
        assert "Lê Thị Hoa" not in await tam.opens(action)
    assert await done(staffed) == []


async def test_nobody_is_let_in_who_leads_a_unit_beyond_the_organisers(
    staffed: Place, sau: Talker, tam: Talker
) -> None:
    """Bảy leads C2: the organiser of W1 alone cannot get at it by inviting her there."""
    ids = (await of(staffed, unit_id, "W1"), await of(staffed, person_id, "S2"))
    await staffed.database.run(
        lambda s: s.add(Membership(person_id=ids[1], unit_id=ids[0], role="secretary"))
    )
    said = await sau.opens("below/{}/invite/{}".format(*ids))
    assert "còn là bí thư của Chi đoàn Sở Tư pháp" in said
    assert "Lời mời cho Đỗ Thị Bảy" in await tam.opens("below/{}/invite/{}".format(*ids))
    assert [each[1] for each in await log_of(staffed) if each[0] == "invite.create"] == ["S3"]

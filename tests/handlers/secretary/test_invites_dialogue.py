"""A secretary invites the people of their unit, and decides who comes by the group's link."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import delete

from storage.tables import Membership
from tests.conftest import Clock
from tests.officials import (
    URL,
    inbox,
    invited,
    invites,
    joined,
    linked_as,
    links,
    person_id,
    requests,
    unit_id,
)
from tests.people import Place, Talker


@pytest.fixture
async def sau(staffed: Place) -> Talker:
    """The secretary of C1, who has joined."""
    return await joined(staffed, "sau", "C1", "secretary", "S1")


async def of(place: Place, look: Callable[..., int], code: str) -> int:
    return await place.database.run(lambda session: look(session, code))


def token_in(text: str) -> str:
    return text.split(f"{URL}/i/")[1].split(maxsplit=1)[0]


async def test_a_secretary_invites_a_person_who_then_joins(staffed: Place, sau: Talker) -> None:
    said = await sau.sends("/moi")
    assert "Đoàn viên và lời mời: Chi đoàn Sở Nội vụ" in said
    assert "Đã có 1/4 người tham gia." in said
    await sau.taps("Mời một người")
    shown = [label for label in sau.buttons() if label[0] in "NTPVĐL" and "Về " not in label]
    assert shown == ["Nguyễn Thị Lan", "Trần Văn Minh", "Võ Thị Tám"]
    said = await sau.taps("Nguyễn Thị Lan")
    assert "Lời mời cho Nguyễn Thị Lan" in said
    assert "Liên kết, có hiệu lực đến 09:00 30/11/2026; chỉ hiện lần này" in said

    lan = staffed.person("lan")
    asked = await lan.sends(f"/start i-{token_in(said)}")
    assert "Phạm Văn Sáu mời bạn tham gia" in asked
    await lan.taps(lan.buttons()[0])
    assert await linked_as(staffed, "lan") == "P1"
    await sau.sends("/moi")
    said = await sau.taps("Đoàn viên")
    assert "Đã có 2/4 người tham gia." in said
    names = [label for label in sau.buttons() if label[0] in "NTPV" and "Thêm" not in label]
    assert names == [
        "Nguyễn Thị Lan ✓",
        "Trần Văn Minh",
        "Phạm Văn Sáu ✓",
        "Võ Thị Tám",
        "Về đoàn viên và lời mời",
    ]


async def test_a_person_is_found_by_typing_and_who_is_in_is_not_offered(
    staffed: Place, sau: Talker
) -> None:
    await joined(staffed, "lan", "C1", "member", "P1")
    await sau.sends("/moi")
    await sau.taps("Mời một người")
    assert "Nguyễn Thị Lan" not in sau.buttons()
    await sau.sends("minh")
    assert sau.buttons()[0] == "Trần Văn Minh"
    assert "Không có ai tên như vậy" in await sau.sends("lan")


async def test_a_secretary_of_several_units_is_asked_for_which(staffed: Place) -> None:
    tam = await joined(staffed, "tam", "C1", "secretary", "S3")
    assert "Cho đơn vị nào?" in await tam.sends("/moi")
    assert tam.buttons() == ["Chi đoàn Sở Nội vụ", "Thành Đoàn Đà Nẵng"]
    assert "Đoàn viên và lời mời: Thành Đoàn Đà Nẵng" in await tam.taps("Thành Đoàn Đà Nẵng")


async def test_open_invitations_are_listed_and_withdrawn(staffed: Place, sau: Talker) -> None:
    c1 = await of(staffed, unit_id, "C1")
    said = await sau.opens(f"invites/{c1}/new/{await of(staffed, person_id, 'P1')}")
    token = token_in(said)
    await sau.sends("/moi")
    await sau.taps("Lời mời đang mở: 1")
    await sau.taps("Nguyễn Thị Lan, đến 30/11")
    lan = staffed.person("lan")
    assert "đã được người mời thu hồi" in await lan.opens(f"join-yes/{token}")
    assert await linked_as(staffed, "lan") is None


async def test_nobody_is_let_in_who_leads_a_unit_this_secretary_does_not(
    staffed: Place, sau: Talker
) -> None:
    """Tám leads the city's unit too: an invitation in her name would give that away."""
    before = len(await invites(staffed))
    c1, tam = await of(staffed, unit_id, "C1"), await of(staffed, person_id, "S3")
    said = await sau.opens(f"invites/{c1}/new/{tam}")
    assert "Võ Thị Tám còn là bí thư của Thành Đoàn Đà Nẵng." in said
    assert len(await invites(staffed)) == before


async def test_forged_actions_about_another_unit_are_refused_and_logged(
    staffed: Place, sau: Talker, logged: Callable[[], str]
) -> None:
    c2, hoa = await of(staffed, unit_id, "C2"), await of(staffed, person_id, "P3")
    before = len(await invites(staffed))
    forged = [f"invites/{c2}", f"invites/{c2}/people/0", f"invites/{c2}/new/{hoa}"]
    forged += [f"invites/{c2}/group", f"invites/{c2}/group/new", f"invites/{c2}/group/stop"]
    forged += [f"invites/{c2}/open/0", f"invites/{c2}/revoke/1"]
    forged += [f"invites/{c2}/requests", f"invites/{c2}/let-in/1", f"invites/{c2}/turn-away/1"]
    for action in forged:
        handled = await sau.does(action=action)
        assert handled.refused, action
        assert "Mục này dành cho bí thư của đơn vị đó." in sau.text()
    assert len(await invites(staffed)) == before
    assert logged().count("led by somebody else") == len(forged)


async def test_a_members_and_a_citizens_forged_actions_are_refused_and_logged(
    staffed: Place, sau: Talker, logged: Callable[[], str]
) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    citizen = staffed.person("citizen")
    c1, minh = await of(staffed, unit_id, "C1"), await of(staffed, person_id, "P2")
    before = len(await invites(staffed))
    forged = ["invites", f"invites/{c1}", f"invites/{c1}/new/{minh}", f"invites/{c1}/group/new"]
    forged += [f"invites/{c1}/let-in/1", f"invites/{c1}/revoke/1"]
    for person in (lan, citizen):
        for action in forged:
            assert (await person.does(action=action)).refused, action
    assert (await lan.does(text="/moi")).refused
    assert len(await invites(staffed)) == before
    assert logged().count("is not open to this person") == 2 * len(forged) + 1
    del sau


async def test_a_withdrawal_never_reaches_another_units_invitation(
    staffed: Place, sau: Talker
) -> None:
    token = await invited(staffed, "C2", "member", "P3")
    theirs = (await invites(staffed))[-1]
    await sau.opens(f"invites/{await of(staffed, unit_id, 'C1')}/revoke/{theirs.id}")
    hoa = staffed.person("hoa")
    await hoa.opens(f"join-yes/{token}")
    assert await linked_as(staffed, "hoa") == "P3"


# The chat group's link.


async def test_by_the_groups_link_a_person_asks_and_the_secretary_agrees(
    staffed: Place, sau: Talker
) -> None:
    await sau.sends("/moi")
    await sau.taps("Liên kết cho nhóm chat")
    token = token_in(await sau.taps("Tạo liên kết"))

    lan = staffed.person("lan")
    await lan.sends(f"/start i-{token}")
    await lan.taps("Tham gia: chọn tên của tôi")
    await lan.taps("Nguyễn Thị Lan")
    waiting = await lan.taps("Gửi yêu cầu tới bí thư với tên Nguyễn Thị Lan")
    assert "Yêu cầu của bạn đã được gửi tới bí thư Chi đoàn Sở Nội vụ." in waiting
    assert await linked_as(staffed, "lan") is None
    number = lan.code()

    told = await inbox(sau)
    assert "Nguyễn Thị Lan đề nghị tham gia Chi đoàn Sở Nội vụ, qua Telegram." in told
    assert f"phải là {number}." in told
    assert sau.buttons() == ["Đồng ý", "Từ chối"]
    assert "Nguyễn Thị Lan đã tham gia" in await sau.taps("Đồng ý")
    assert await linked_as(staffed, "lan") == "P1"
    welcomed = await inbox(lan)
    assert "Chào mừng Lan! Bí thư Chi đoàn Sở Nội vụ đã đồng ý cho bạn tham gia." in welcomed
    assert "/camket" in welcomed
    assert (await lan.taps("Về trang chính")).startswith("Chào Lan!")
    assert await requests(staffed) == []

    assert "Lan đã tham gia rồi." in await lan.sends(f"/start i-{token}")
    minh = staffed.person("minh")  # the same link serves the next one
    assert "mời bạn tham gia" in await minh.sends(f"/start i-{token}")


async def request_of(staffed: Place, name: str, code: str, token: str) -> Talker:
    talker = staffed.person(name)
    await talker.opens(f"join-yes/{token}/{await of(staffed, person_id, code)}")
    return talker


async def test_declining_is_told_politely_and_every_secretary_is_asked(
    staffed: Place, sau: Talker
) -> None:
    tam = await joined(staffed, "tam", "C1", "secretary", "S3")
    await inbox(sau)
    token = await invited(staffed, "C1", "member", by="S1", group=True)
    lan = await request_of(staffed, "lan", "P1", token)
    for secretary in (sau, tam):
        assert "Nguyễn Thị Lan đề nghị tham gia" in await inbox(secretary)
    assert "Đã từ chối yêu cầu với tên Nguyễn Thị Lan." in await tam.taps("Từ chối")
    assert "chưa thể đồng ý yêu cầu tham gia của bạn" in await inbox(lan)
    assert await linked_as(staffed, "lan") is None
    assert "đã được xử lý, đã rút hoặc đã hết hạn" in await sau.taps("Đồng ý")
    assert await linked_as(staffed, "lan") is None


async def test_open_requests_are_seen_in_the_overview_and_end_after_a_week(
    staffed: Place, sau: Talker, clock: Clock
) -> None:
    token = await invited(staffed, "C1", "member", by="S1", group=True)
    lan = await request_of(staffed, "lan", "P1", token)
    await sau.sends("/moi")
    said = await sau.taps("Yêu cầu đang chờ: 1")
    assert "Nguyễn Thị Lan đề nghị tham gia" in said
    clock.move(days=7)
    assert "đã hết hạn" in await sau.presses("Đồng ý")
    assert await linked_as(staffed, "lan") is None
    assert "mời bạn tham gia" in await lan.opens(f"join/{token}")


async def test_without_a_secretary_who_has_joined_it_is_said_and_nothing_waits(
    staffed: Place,
) -> None:
    token = await invited(staffed, "C1", "member", group=True)
    lan = staffed.person("lan")
    said = await lan.sends(f"/start i-{token}")
    assert "Chi đoàn Sở Nội vụ chưa có bí thư nào tham gia" in said
    await lan.opens(f"join-yes/{token}/{await of(staffed, person_id, 'P1')}")
    assert await requests(staffed) == []


async def test_a_request_is_taken_back_and_asking_without_end_is_stopped(
    staffed: Place, sau: Talker
) -> None:
    token = await invited(staffed, "C1", "member", by="S1", group=True)
    for _ in range(5):
        lan = await request_of(staffed, "lan", "P1", token)
        assert "Yêu cầu của bạn đã được rút." in await lan.taps("Rút yêu cầu")
    assert await requests(staffed) == []
    lan = await request_of(staffed, "lan", "P1", token)
    assert "Bạn đã gửi yêu cầu nhiều lần." in lan.text()
    assert await requests(staffed) == []
    del sau


async def test_a_new_group_link_replaces_the_old_one_and_stopping_ends_it(
    staffed: Place, sau: Talker
) -> None:
    c1 = await of(staffed, unit_id, "C1")
    first = token_in(await sau.opens(f"invites/{c1}/group/new"))
    second = token_in(await sau.opens(f"invites/{c1}/group/new"))
    lan = staffed.person("lan")
    assert "thu hồi" in await lan.opens(f"join/{first}")
    assert "mời bạn tham gia" in await lan.opens(f"join/{second}")
    await sau.opens(f"invites/{c1}/group")
    await sau.taps("Ngừng liên kết")
    assert "thu hồi" in await lan.opens(f"join/{second}")


async def test_the_secretarys_own_name_is_not_given_away_by_the_groups_link(
    staffed: Place, sau: Talker
) -> None:
    """Who asks as the secretary is decided by the secretary; another one cannot."""
    token = await invited(staffed, "C1", "member", by="S1", group=True)
    thief = await request_of(staffed, "thief", "S1", token)
    tam = await joined(staffed, "tam", "C1", "secretary", "S3")
    await inbox(sau)
    assert "Lưu ý: Phạm Văn Sáu đã tham gia" in sau.text()
    await sau.taps("Từ chối")
    assert await linked_as(staffed, "thief") is None
    del thief, tam


async def test_a_request_for_somebody_struck_off_the_roster_is_not_agreed_to(
    staffed: Place, sau: Talker
) -> None:
    token = await invited(staffed, "C1", "member", by="S1", group=True)
    await request_of(staffed, "lan", "P1", token)
    await inbox(sau)
    gone = await of(staffed, person_id, "P1")
    await staffed.database.run(
        lambda s: s.exec(delete(Membership).where(Membership.person_id == gone))  # type: ignore[arg-type]
    )
    assert "không còn trong danh sách của đơn vị" in await sau.taps("Đồng ý")
    assert [link.channel for link in await links(staffed)] == ["telegram"]


async def test_a_secretary_who_is_none_any_more_cannot_use_an_old_button(
    staffed: Place, sau: Talker
) -> None:
    token = await invited(staffed, "C1", "member", by="S1", group=True)
    await request_of(staffed, "lan", "P1", token)
    await inbox(sau)
    former = await of(staffed, person_id, "S1")
    await staffed.database.run(
        lambda s: s.exec(
            delete(Membership).where(
                Membership.person_id == former,  # type: ignore[arg-type]
                Membership.role == "secretary",  # type: ignore[arg-type]
            )
        )
    )
    handled = await sau.does(action=sau.button("Đồng ý").action)
    assert handled.refused
    assert await linked_as(staffed, "lan") is None


async def test_many_requests_are_shown_a_few_at_a_time(staffed: Place, sau: Talker) -> None:
    token = await invited(staffed, "C1", "member", by="S1", group=True)
    for number in range(7):
        await request_of(staffed, f"somebody {number}", "P1", token)
    await sau.sends("/moi")
    said = await sau.taps("Yêu cầu đang chờ: 7")
    assert said.count("đề nghị tham gia") == 5
    assert "Và 2 yêu cầu nữa." in said
    await sau.taps("Từ chối")
    assert "Yêu cầu đang chờ: 6" in sau.buttons()


async def test_whoever_is_let_in_was_heard_when_they_asked(
    staffed: Place, sau: Talker, clock: Clock
) -> None:
    windows = {"zalo_oa": timedelta(hours=48)}
    place = Place(staffed.database, clock, replace(staffed.policy, windows=windows))
    token = await invited(place, "C1", "member", by="S1", group=True)
    for channel, name in (("zalo_oa", "oa"), ("telegram", "lan")):
        asks = place.person(name, channel)
        await asks.opens(f"join-yes/{token}/{await of(place, person_id, 'P1')}")
    asked = clock()
    clock.move(hours=5)
    boss = place.person(sau.name)
    for request in await requests(place):
        await boss.opens(f"invites/{await of(place, unit_id, 'C1')}/let-in/{request.id}")
    lan = await of(place, person_id, "P1")
    heard = {each.channel: each.heard for each in await links(place) if each.person_id == lan}
    assert heard == {"zalo_oa": asked, "telegram": None}

"""The office of a secretary changes hands: offered, accepted or declined, withdrawn, expired."""

from collections.abc import Callable

import pytest
from sqlmodel import select

from handlers.jobs.tidy_invites import tidy_invites
from storage.queries.digest_readers import readers
from storage.queries.past import change_unit
from storage.tables import RoleOffer, Unit
from tests.conftest import Clock
from tests.handlers.audits import done, log_of, past_roles, roles
from tests.officials import inbox, invited, joined, person_id, unit_id
from tests.people import Place, Talker

TODAY = "2026-11-16"


@pytest.fixture
async def sau(staffed: Place) -> Talker:
    """The secretary of C1, who is a member there too."""
    return await joined(staffed, "sau", "C1", "secretary", "S1")


@pytest.fixture
async def lan(staffed: Place) -> Talker:
    """A member of C1."""
    return await joined(staffed, "lan", "C1", "member", "P1")


async def of(place: Place, look: Callable[..., int], code: str) -> int:
    return await place.database.run(lambda session: look(session, code))


async def offer_to_lan(giver: Talker) -> str:
    await giver.sends("/doanvien")
    await giver.taps("Bàn giao nhiệm vụ bí thư")
    await giver.taps("Nguyễn Thị Lan")
    return await giver.taps("Đồng ý, hỏi Nguyễn Thị Lan")


async def offers(place: Place) -> int:
    return len(await place.database.run(lambda s: s.exec(select(RoleOffer)).all()))


async def test_the_successor_accepts_and_everything_changes_hands_at_once(
    staffed: Place, sau: Talker, lan: Talker
) -> None:
    token = await invited(staffed, "C1", "member", by="S1", group=True)
    minh = staffed.person("minh")
    await minh.opens(f"join-yes/{token}/{await of(staffed, person_id, 'P2')}")
    said = await offer_to_lan(sau)
    assert "Bạn đã đề nghị bàn giao nhiệm vụ cho Nguyễn Thị Lan." in said
    assert "đến 09:00 23/11/2026" in said
    await inbox(sau)
    asked = await inbox(lan)
    assert "Phạm Văn Sáu muốn bàn giao nhiệm vụ bí thư Chi đoàn Sở Nội vụ cho bạn." in asked
    assert lan.buttons() == ["Nhận nhiệm vụ", "Từ chối"]
    assert "S1 secretary" in await roles(staffed, "C1")

    said = await lan.taps("Nhận nhiệm vụ")
    assert "Bạn hiện là bí thư Chi đoàn Sở Nội vụ." in said
    assert "Bí thư, đoàn viên · Chi đoàn Sở Nội vụ" in said
    assert await roles(staffed, "C1") == {
        "P1 member",
        f"P1 secretary since {TODAY}",
        "P2 member",
        "S1 member",
        "S3 secretary",
    }
    assert await past_roles(staffed) == {"S1 secretary C1 until 2026-11-15"}
    await lan.taps("Yêu cầu tham gia: 1")
    assert "Trần Văn Minh đề nghị tham gia" in lan.text()
    assert "Nguyễn Thị Lan đã nhận nhiệm vụ bí thư Chi đoàn Sở Nội vụ." in await inbox(sau)
    assert (await sau.does(text="/bantin")).refused
    read_by = await staffed.database.run(
        lambda s: {each.person_code for each in readers(s) if each.unit_code == "C1"}
    )
    assert read_by == {"P1"}
    assert await done(staffed) == ["office.offer", "office.accept"]
    assert ("office.accept", "P1", {"person": "P1", "giver": "S1"}) in await log_of(staffed)
    assert await offers(staffed) == 0


async def test_who_was_secretary_alone_stays_as_a_member(staffed: Place) -> None:
    bay = await joined(staffed, "bay", "C2", "secretary", "S2")
    hoa = await joined(staffed, "hoa", "C2", "member", "P3")
    await bay.sends("/doanvien")
    await bay.taps("Bàn giao nhiệm vụ bí thư")
    await bay.taps("Lê Thị Hoa")
    await bay.taps("Đồng ý, hỏi Lê Thị Hoa")
    await inbox(hoa)
    await hoa.taps("Nhận nhiệm vụ")
    assert f"S2 member since {TODAY}" in await roles(staffed, "C2")
    assert "S2 secretary" not in await roles(staffed, "C2")
    assert "Đoàn viên · Chi đoàn Sở Tư pháp" in await bay.sends("/start")


async def test_an_offer_stands_on_the_successors_menu_until_it_is_answered(
    staffed: Place, sau: Talker, lan: Talker
) -> None:
    await offer_to_lan(sau)
    line = "Đề nghị bàn giao: Chi đoàn Sở Nội vụ"
    await lan.sends("/start")
    await lan.taps(line)
    assert lan.buttons() == ["Nhận nhiệm vụ", "Từ chối"]
    await lan.taps("Từ chối")
    assert line not in lan.buttons()
    await sau.sends("/start")
    assert line not in sau.buttons()


async def test_the_number_of_an_offer_is_never_used_again(
    staffed: Place, sau: Talker, lan: Talker
) -> None:
    await offer_to_lan(sau)
    await lan.sends("/start")
    await lan.taps("Đề nghị bàn giao: Chi đoàn Sở Nội vụ")
    old = lan.button("Nhận nhiệm vụ").action
    await sau.taps("Rút đề nghị")
    await offer_to_lan(sau)
    assert "Đề nghị này đã được trả lời, đã rút hoặc đã hết hạn." in await lan.opens(old)
    assert "S1 secretary" in await roles(staffed, "C1")


async def test_declining_is_told_and_nothing_changes(
    staffed: Place, sau: Talker, lan: Talker
) -> None:
    await offer_to_lan(sau)
    await inbox(lan)
    said = await lan.taps("Từ chối")
    assert "Bạn đã từ chối. Phạm Văn Sáu đã được báo." in said
    assert "Nguyễn Thị Lan chưa thể nhận nhiệm vụ" in await inbox(sau)
    assert "S1 secretary" in await roles(staffed, "C1")
    assert await done(staffed) == ["office.offer", "office.decline"]


async def test_an_offer_is_withdrawn_before_it_is_accepted(
    staffed: Place, sau: Talker, lan: Talker
) -> None:
    await offer_to_lan(sau)
    await inbox(lan)
    accept = lan.button("Nhận nhiệm vụ").action
    said = await sau.taps("Rút đề nghị")
    assert "Đã rút đề nghị. Bạn vẫn là bí thư." in said
    assert "Phạm Văn Sáu đã rút đề nghị" in await inbox(lan)
    assert "đã được trả lời, đã rút hoặc đã hết hạn" in await lan.opens(accept)
    assert f"P1 secretary since {TODAY}" not in await roles(staffed, "C1")
    assert "Không có đề nghị nào đang chờ." in await sau.opens(
        f"office/{await of(staffed, unit_id, 'C1')}/withdraw"
    )
    assert await done(staffed) == ["office.offer", "office.withdraw"]


async def test_an_offer_ends_after_a_week_and_is_forgotten(
    staffed: Place, sau: Talker, lan: Talker, clock: Clock
) -> None:
    await offer_to_lan(sau)
    await inbox(lan)
    clock.move(days=7)
    assert "đã hết hạn" in await lan.presses("Nhận nhiệm vụ")
    assert "S1 secretary" in await roles(staffed, "C1")
    counts = await staffed.database.run(lambda s: tidy_invites(s, clock(), staffed.policy))
    assert counts["offers"] == 1
    assert await offers(staffed) == 0


async def test_a_new_offer_takes_the_place_of_the_one_before(
    staffed: Place, sau: Talker, lan: Talker
) -> None:
    minh = await joined(staffed, "minh", "C1", "member", "P2")
    await offer_to_lan(sau)
    await inbox(lan)
    accept = lan.button("Nhận nhiệm vụ").action
    c1, theirs = await of(staffed, unit_id, "C1"), await of(staffed, person_id, "P2")
    await sau.opens(f"office/{c1}/to/{theirs}/yes")
    await sau.opens(f"office/{c1}/to/{theirs}/yes")  # twice: one question
    assert "đã rút" in await lan.opens(accept)
    assert (await inbox(minh)).count("muốn bàn giao") == 1
    assert await done(staffed) == ["office.offer", "office.withdraw", "office.offer"]
    assert await offers(staffed) == 1


async def test_only_members_who_have_joined_are_asked(
    staffed: Place, sau: Talker, lan: Talker
) -> None:
    c1 = await of(staffed, unit_id, "C1")
    await sau.opens(f"office/{c1}")
    assert "Nguyễn Thị Lan" in sau.buttons()
    assert "Trần Văn Minh" not in sau.buttons()
    await sau.taps("Chưa tham gia, cần mời trước: 1")
    assert "Trần Văn Minh" in sau.buttons()
    for code in ("P2", "S3", "P3"):  # not joined, secretary already, of another unit
        target = f"office/{c1}/to/{await of(staffed, person_id, code)}/yes"
        assert "chưa nhận nhiệm vụ được" in await sau.opens(target)
    assert await done(staffed) == []
    del lan


async def test_nobody_else_can_answer_an_offer(staffed: Place, sau: Talker, lan: Talker) -> None:
    minh = await joined(staffed, "minh", "C1", "member", "P2")
    await offer_to_lan(sau)
    await inbox(lan)
    for label in ("Nhận nhiệm vụ", "Từ chối"):
        for other in (minh, sau):
            assert (await other.does(action=lan.button(label).action)).refused
        assert (await staffed.person("citizen").does(action=lan.button(label).action)).refused
    assert await offers(staffed) == 1
    assert await done(staffed) == ["office.offer"]


async def test_an_offer_of_somebody_no_secretary_any_more_is_worth_nothing(
    staffed: Place, sau: Talker, lan: Talker
) -> None:
    tam = await joined(staffed, "tam", "TD", "secretary", "S3")
    await offer_to_lan(sau)
    await inbox(lan)
    ids = (await of(staffed, unit_id, "C1"), await of(staffed, person_id, "S1"))
    await tam.opens("below/{}/end/{}/yes".format(*ids))
    assert "đã rút hoặc đã hết hạn" in await lan.taps("Nhận nhiệm vụ")
    assert f"P1 secretary since {TODAY}" not in await roles(staffed, "C1")


async def test_who_left_the_unit_or_whose_unit_closed_cannot_accept(
    staffed: Place, sau: Talker, lan: Talker, clock: Clock
) -> None:
    await offer_to_lan(sau)
    await inbox(lan)

    def close(session):  # type: ignore[no-untyped-def]
        unit = session.exec(select(Unit).where(Unit.code == "C1")).one()
        change_unit(session, unit, clock().date(), until=clock().date())

    await staffed.database.run(close)
    clock.move(days=1)
    assert "đã hết hạn" in await lan.presses("Nhận nhiệm vụ")
    assert await offers(staffed) == 0
    assert await done(staffed) == ["office.offer"]


async def test_accepting_twice_does_nothing_twice(staffed: Place, sau: Talker, lan: Talker) -> None:
    await offer_to_lan(sau)
    await inbox(lan)
    accept = lan.button("Nhận nhiệm vụ").action
    await lan.opens(accept)
    before = await roles(staffed, "C1")
    assert "đã được trả lời" in await lan.opens(accept)
    assert await roles(staffed, "C1") == before
    assert await done(staffed) == ["office.offer", "office.accept"]

"""A secretary takes a day off a member of their unit unasked; nobody else's member, nor their own."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from storage.queries.audit import entries
from storage.tables import DisputedDay, Duty
from tests.conftest import Clock
from tests.handlers.member.members import local
from tests.officials import inbox, joined, person_id, unit_id
from tests.people import Place, Talker

TUESDAY = "2026-11-17"
Q13 = "Quầy 13 – Chứng thực"


@pytest.fixture
async def sau(staffed: Place, clock: Clock) -> Talker:
    """The secretary of C1, on Tuesday; on Monday a citizen rated Lan of C1 at a desk of C2."""
    await staffed.person("an").opens("rate/Q13/261116/1/2")
    clock.now = local(TUESDAY)
    return await joined(staffed, "sau", "C1", "secretary", "S1")


def ids(place: Place, unit: str, person: str) -> tuple[int, int]:
    return place.database.run_now(lambda s: (unit_id(s, unit), person_id(s, person)))


def states(place: Place) -> list[str]:
    return place.database.run_now(lambda s: list(s.exec(select(DisputedDay.state)).all()))


async def test_member_day_and_desk_are_chosen_and_the_member_is_told(
    staffed: Place, sau: Talker
) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    await sau.sends("/ngaytruc")
    await sau.taps("Ghi nhận một ngày không phải ca của đoàn viên…")
    assert "Phạm Văn Sáu" not in sau.buttons()
    await sau.taps("Nguyễn Thị Lan")
    await sau.taps(f"T2 16/11/2026: {Q13}")
    assert "Không thể hoàn tác" in sau.text()
    done = await sau.taps("Đúng, không tính cho đoàn viên này")
    assert "đã báo cho đoàn viên" in done
    assert f"T2 16/11/2026: {Q13}" not in sau.buttons()
    assert "không phải ca của bạn" in await inbox(lan)
    rating = await staffed.rating()
    assert (rating.member_id, rating.attribution) == (None, "nobody")
    assert rating.unit_id == ids(staffed, "C2", "P1")[0]
    (logged,) = staffed.database.run_now(lambda s: list(entries(s, action="rating.detach")))
    assert logged.details == {"person": "P1", "desk": "Q13", "day": "2026-11-16"}
    listed = await lan.opens("notmine/0")
    assert f"T2 16/11/2026, {Q13}: không tính cho bạn." in listed


async def test_whoever_cannot_be_reached_is_to_be_told_in_person(
    staffed: Place, sau: Talker
) -> None:
    unit, lan = ids(staffed, "C1", "P1")
    done = await sau.opens(f"detach/{unit}/{lan}/261116/Q13/sure")
    assert "Chưa liên lạc được tại đây: vui lòng báo trực tiếp." in done


async def test_a_second_tap_changes_nothing(staffed: Place, sau: Talker) -> None:
    unit, lan = ids(staffed, "C1", "P1")
    for _ in range(2):
        await sau.opens(f"detach/{unit}/{lan}/261116/Q13/sure")
    assert states(staffed) == ["accepted"]
    logged = staffed.database.run_now(lambda s: list(entries(s, action="rating.detach")))
    assert len(logged) == 1


async def test_what_was_declined_before_may_still_be_granted(staffed: Place, sau: Talker) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    await lan.opens("notmine/261116/Q13/sure")
    await sau.opens("dispute/1/decline/sure")
    unit, lan_id = ids(staffed, "C1", "P1")
    await sau.opens(f"detach/{unit}/{lan_id}/261116/Q13/sure")
    assert states(staffed) == ["accepted"]


@pytest.mark.parametrize("path", ["days/0", "261116/Q13", "261116/Q13/sure"])
async def test_forged_units_and_members_are_refused(staffed: Place, sau: Talker, path: str) -> None:
    bay = await joined(staffed, "bay", "C2", "secretary", "S2")
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    c1, p1 = ids(staffed, "C1", "P1")
    c2, p3 = ids(staffed, "C2", "P3")
    for who, unit, person in (
        (bay, c1, p1),  # a unit that is not theirs
        (bay, c2, p1),  # a member of another unit, at a desk of their own
        (sau, c1, p3),
        (sau, 9999, p1),
        (lan, c1, p1),
    ):
        assert (await who.does(action=f"detach/{unit}/{person}/{path}")).refused
    assert (await staffed.rating()).member_id == p1


async def test_a_secretary_does_not_decide_a_day_of_their_own(staffed: Place, sau: Talker) -> None:
    def duty(session: Session) -> None:
        since = local("2026-11-16", "07:00")
        session.add(
            Duty(
                desk_id=3,
                person_id=person_id(session, "S1"),
                starts=since,
                ends=since + timedelta(hours=9),
            )
        )

    staffed.database.run_now(duty)
    unit, own = ids(staffed, "C1", "S1")
    assert (await sau.does(action=f"detach/{unit}/{own}/261116/Q3/sure")).refused
    assert states(staffed) == []


@pytest.mark.parametrize("day", ["261117/Q13", "261017/Q13", "261116/Q2", "270101/Q13"])
async def test_a_day_that_is_not_theirs_or_not_over_changes_nothing(
    staffed: Place, sau: Talker, day: str
) -> None:
    unit, lan = ids(staffed, "C1", "P1")
    text = await sau.opens(f"detach/{unit}/{lan}/{day}/sure")
    assert "Hôm nào không phải ca của Nguyễn Thị Lan?" in text
    assert states(staffed) == []

"""An organiser moves a member between units below; what they did stays where they did it."""

from collections.abc import Callable

import pytest
from sqlmodel import select

from storage.queries.past import change_unit
from storage.tables import Unit
from tests.conftest import Clock
from tests.handlers.audits import log_of, past_roles, roles
from tests.officials import inbox, joined, person_id, unit_id
from tests.people import Place, Talker

TODAY = "2026-11-16"


@pytest.fixture
async def tam(staffed: Place) -> Talker:
    """The secretary of the city's unit, above C1 and C2."""
    return await joined(staffed, "tam", "TD", "secretary", "S3")


async def of(place: Place, look: Callable[..., int], code: str) -> int:
    return await place.database.run(lambda session: look(session, code))


async def move_lan(place: Place, talker: Talker) -> str:
    await talker.opens(f"below/{await of(place, unit_id, 'C1')}")
    await talker.taps("Chuyển một đoàn viên")
    await talker.sends("lan")
    await talker.taps("Nguyễn Thị Lan")
    await talker.sends("tu phap")
    asked = await talker.taps("Chi đoàn Sở Tư pháp")
    assert "Chuyển Nguyễn Thị Lan từ Chi đoàn Sở Nội vụ sang Chi đoàn Sở Tư pháp?" in asked
    return await talker.taps("Đồng ý chuyển")


async def actions(place: Place) -> list[str]:
    return [action for action, _, _ in await log_of(place) if action.startswith("member.")]


async def test_a_member_moves_everybody_is_told_and_it_is_undone(
    staffed: Place, tam: Talker
) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    bay = await joined(staffed, "bay", "C2", "secretary", "S2")
    sau = await joined(staffed, "sau", "C1", "secretary", "S1")
    said = await move_lan(staffed, tam)
    assert "Từ hôm nay Nguyễn Thị Lan thuộc Chi đoàn Sở Tư pháp." in said
    assert "P1 member" not in await roles(staffed, "C1")
    assert f"P1 member since {TODAY}" in await roles(staffed, "C2")
    assert await past_roles(staffed) == {"P1 member C1 until 2026-11-15"}
    assert "Hôm nay bạn được chuyển từ" in await inbox(lan)
    for told in (bay, sau):
        assert "Hôm nay Nguyễn Thị Lan được chuyển từ" in await inbox(told)
    assert await inbox(tam) == ""

    undo = tam.button("Hoàn tác").action
    assert "Nguyễn Thị Lan đã trở lại Chi đoàn Sở Nội vụ." in await tam.opens(undo)
    assert "P1 member" in await roles(staffed, "C1")
    assert await roles(staffed, "C2") == {"P3 member", "S2 secretary"}
    assert await past_roles(staffed) == set()
    await tam.opens(undo)
    assert await actions(staffed) == ["member.move"] * 2 + ["member.move_undo"] * 2


async def test_undone_on_a_later_day_the_days_between_stay(
    staffed: Place, tam: Talker, clock: Clock
) -> None:
    await move_lan(staffed, tam)
    undo = tam.button("Hoàn tác").action
    clock.move(days=2)
    await tam.opens(undo)
    assert "P1 member since 2026-11-18" in await roles(staffed, "C1")
    assert await past_roles(staffed) == {
        "P1 member C1 until 2026-11-15",
        "P1 member C2 until 2026-11-17",
    }


async def test_a_second_tap_moves_nobody_twice(staffed: Place, tam: Talker) -> None:
    await move_lan(staffed, tam)
    c1, c2 = await of(staffed, unit_id, "C1"), await of(staffed, unit_id, "C2")
    lan = await of(staffed, person_id, "P1")
    said = await tam.opens(f"move/{c1}/{lan}/to/{c2}/yes")
    assert "Nguyễn Thị Lan đã ở Chi đoàn Sở Tư pháp." in said
    assert await actions(staffed) == ["member.move", "member.move"]
    await tam.taps("Hoàn tác")
    assert "P1 member" in await roles(staffed, "C1")
    assert "không còn là đoàn viên" not in await tam.opens(f"move/{c1}/{lan}/to/{c2}/yes")


async def test_who_holds_an_office_is_not_moved_before_it_ends(staffed: Place, tam: Talker) -> None:
    c1, c2 = await of(staffed, unit_id, "C1"), await of(staffed, unit_id, "C2")
    sau = await of(staffed, person_id, "S1")
    await tam.opens(f"below/{c1}/people/0")
    assert "Phạm Văn Sáu" not in tam.buttons()
    assert "hoặc đang là bí thư" in await tam.opens(f"move/{c1}/{sau}/to/{c2}/yes")
    assert await actions(staffed) == []


async def test_nobody_moves_into_a_closed_unit_or_the_same_one(
    staffed: Place, tam: Talker, clock: Clock
) -> None:
    c1, c2 = await of(staffed, unit_id, "C1"), await of(staffed, unit_id, "C2")
    lan = await of(staffed, person_id, "P1")
    assert "Không chuyển sang" in await tam.opens(f"move/{c1}/{lan}/to/{c1}/yes")

    def close(session):  # type: ignore[no-untyped-def]
        unit = session.exec(select(Unit).where(Unit.code == "C2")).one()
        change_unit(session, unit, clock().date(), until=clock().date())

    await staffed.database.run(close)
    clock.move(days=1)
    await tam.opens(f"move/{c1}/{lan}/0")
    assert "Chi đoàn Sở Tư pháp" not in tam.buttons()
    assert "đơn vị đã kết thúc hoạt động" in await tam.opens(f"move/{c1}/{lan}/to/{c2}/yes")
    assert "P1 member" in await roles(staffed, "C1")
    assert await actions(staffed) == []


async def test_both_units_see_the_move_in_their_changes(staffed: Place, tam: Talker) -> None:
    await move_lan(staffed, tam)
    for unit in ("C1", "C2"):
        said = await tam.opens(f"changes/{await of(staffed, unit_id, unit)}/0")
        assert (
            "09:00 16/11/2026 · Võ Thị Tám chuyển Nguyễn Thị Lan từ Chi đoàn Sở Nội vụ sang "
            "Chi đoàn Sở Tư pháp." in said
        )

"""A desk that closed: said politely, never rated, its earlier ratings still open by code."""

from datetime import date

import pytest
from sqlmodel import Session, select

from storage.tables import Desk, Unit
from tests.conftest import Clock
from tests.people import Place, Talker

CLOSED = "Quầy 1 – Hộ tịch không còn hoạt động từ ngày 17/11/2026."


def close(place: Place, until: date = date(2026, 11, 16)) -> None:
    """Q1's last day."""

    def change(session: Session) -> None:
        session.exec(select(Desk).where(Desk.code == "Q1")).one().until = until

    place.database.run_now(change)


async def rated(talker: Talker) -> str:
    await talker.opens("open/Q1")
    await talker.taps("Hài lòng")
    return talker.code()


async def test_on_its_last_day_it_is_rated_the_day_after_it_is_not(
    place: Place, clock: Clock
) -> None:
    close(place)
    an = place.person("an")
    await rated(an)
    clock.move(days=1)
    assert CLOSED in await an.opens("open/Q1")
    assert "Quầy 2 – Đăng ký kinh doanh – Chi đoàn Sở Nội vụ" in an.buttons()
    assert an.field().action == "search"
    assert not [each for each in an.buttons() if "hài lòng" in each.lower()]


@pytest.mark.parametrize(
    "action",
    [
        "rate/Q1/261117/1/5",
        "ask/Q1/261117/1",
        "ask/Q1/261116/2",
        "rate/Q1/261116/2/1",
        "say/Q1/261117/1",
    ],
)
async def test_no_button_or_forged_action_rates_it(place: Place, clock: Clock, action: str) -> None:
    close(place)
    clock.move(days=1)
    an = place.person("an")
    await an.does(action=action, text="5")
    assert CLOSED in an.text()
    assert await place.ratings() == []


async def test_its_code_typed_or_scanned_says_so_too(place: Place, clock: Clock) -> None:
    close(place)
    clock.move(days=1)
    for channel, said in (("telegram", "/start q-Q1"), ("zalo", "q1")):
        assert CLOSED in await place.person("an", channel).sends(said)


async def test_a_search_does_not_find_it(place: Place, clock: Clock) -> None:
    close(place)
    an = place.person("an")
    await an.sends("ho tich")
    assert "Quầy 1 – Hộ tịch – Chi đoàn Sở Nội vụ" in an.buttons()
    clock.move(days=1)
    for typed in ("ho tich", "/danhgia", "quay 1"):
        await an.sends(typed)
        assert "Quầy 1 – Hộ tịch – Chi đoàn Sở Nội vụ" not in an.buttons()


async def test_an_earlier_rating_still_opens_by_its_code_and_can_be_changed_and_withdrawn(
    place: Place, clock: Clock
) -> None:
    an = place.person("an")
    code = await rated(an)
    close(place)
    clock.move(days=1)
    await an.opens("open/Q1")
    await an.taps("Xem đánh giá trước đây bằng mã")
    assert "Hài lòng" in await an.sends(code)
    await an.opens(f"rate/c/{code}/2")
    assert (await place.rating()).level == 2
    await an.opens(f"erase/c/{code}")
    assert (await place.rating()).level is None


async def test_the_desks_of_a_closed_unit_are_closed_with_it(place: Place, clock: Clock) -> None:
    def change(session: Session) -> None:
        session.exec(select(Unit).where(Unit.code == "C1")).one().until = date(2026, 11, 16)

    place.database.run_now(change)
    clock.move(days=1)
    an = place.person("an")
    assert CLOSED in await an.opens("open/Q1")
    assert not [each for each in an.buttons() if "Sở Nội vụ" in each]
    await an.sends("/danhgia")
    assert len([each for each in an.buttons() if "Sở Tư pháp" in each]) == 2

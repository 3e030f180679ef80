"""Own times, quiet hours, pauses, leave and work trips, as the dialogue goes."""

from datetime import date

import pytest
from sqlmodel import select

from storage.tables import Leave, Preference
from tests.handlers.member.members import member
from tests.people import Place, Talker


@pytest.fixture
def lan(place: Place) -> Talker:
    return member(place, "lan", "P1")


async def preference(place: Place) -> Preference:
    return await place.database.run(lambda s: s.exec(select(Preference)).one())


async def leaves(place: Place) -> list[tuple[str, date, date]]:
    return await place.database.run(
        lambda s: [(each.kind, each.first, each.last) for each in s.exec(select(Leave))]
    )


async def test_the_overview_says_the_usual_times(place: Place, lan: Talker) -> None:
    told = await lan.sends("/nhac")
    assert "Hỏi buổi sáng: 08:00" in told
    assert "Hỏi cuối ngày: 16:30" in told
    assert "Giờ yên tĩnh: không đặt" in told


async def test_a_time_is_chosen_or_typed_and_given_back(place: Place, lan: Talker) -> None:
    await lan.sends("/nhac")
    await lan.taps("Giờ hỏi buổi sáng")
    assert "Hỏi buổi sáng: 07:30" in await lan.taps("07:30")
    await lan.taps("Giờ hỏi cuối ngày")
    assert "Hỏi cuối ngày: 17:15" in await lan.sends("17h15")
    wanted = await preference(place)
    assert (wanted.pledge_at, wanted.checkin_at) == ("07:30", "17:15")
    await lan.taps("Giờ hỏi buổi sáng")
    assert "Hỏi buổi sáng: 08:00" in await lan.taps("Như giờ chung (08:00)")
    assert (await preference(place)).pledge_at is None


async def test_an_unclear_time_is_asked_again(place: Place, lan: Talker) -> None:
    await lan.opens("reminders/pledge")
    assert "Xin gõ giờ như 7:45 hoặc 16h30." in await lan.sends("sáng sớm")
    assert "Hỏi buổi sáng: 06:45" in await lan.sends("6:45")


async def test_quiet_hours(place: Place, lan: Talker) -> None:
    await lan.sends("/nhac")
    await lan.taps("Giờ yên tĩnh")
    assert "Giờ yên tĩnh: 21:00 – 06:00" in await lan.taps("21:00 – 06:00")
    await lan.taps("Giờ yên tĩnh")
    assert "Giờ yên tĩnh: 22:00 – 06:30" in await lan.sends("22h đến 6h30")
    await lan.taps("Giờ yên tĩnh")
    assert "Giờ yên tĩnh: không đặt" in await lan.taps("Không đặt")
    assert "Xin gõ hai mốc giờ" in await lan.opens("quiettime")


async def test_a_pause_until_a_date_and_back(place: Place, lan: Talker) -> None:
    await lan.sends("/nhac")
    await lan.taps("Tạm dừng nhắc")
    told = await lan.sends("26/11")
    assert "Tạm dừng nhắc đến hết T5 26/11/2026. Chuỗi ngày vẫn tính" in told
    assert (await preference(place)).paused_until == date(2026, 11, 26)
    assert "Tạm dừng" not in await lan.taps("Nhắc lại như cũ")
    assert (await preference(place)).paused_until is None
    await lan.taps("Tạm dừng nhắc")
    assert "đến hết CN 22/11/2026" in await lan.taps("Đến hết CN 22/11/2026")
    assert "Ngày đó đã qua" in await lan.opens("pause/261115")


async def test_leave_is_typed_leniently_echoed_and_kept_once(place: Place, lan: Talker) -> None:
    await lan.sends("/nhac")
    await lan.taps("Nghỉ phép, công tác")
    assert "Chưa ghi ngày nào." in lan.text()
    await lan.taps("Ghi nghỉ phép")
    echoed = await lan.sends("24/11 - 26/11")
    assert "Nghỉ phép: T3 24/11/2026 – T5 26/11/2026. Đúng không ạ?" in echoed
    assert "Gồm 2 ngày làm việc." in echoed  # the 24th is a holiday
    assert await leaves(place) == []
    confirm = lan.button("Đúng, ghi lại").action
    assert "Nghỉ phép: T3 24/11/2026 – T5 26/11/2026" in await lan.taps("Đúng, ghi lại")
    await lan.opens(confirm)
    assert await leaves(place) == [("leave", date(2026, 11, 24), date(2026, 11, 26))]


async def test_a_work_trip_of_one_day_may_be_taken_back(place: Place, lan: Talker) -> None:
    await lan.opens("daysoff/trip")
    assert "Công tác: T3 17/11/2026. Đúng không ạ?" in await lan.sends("ngày mai")
    await lan.taps("Đúng, ghi lại")
    await lan.taps("Bỏ: T3 17/11/2026")
    assert await leaves(place) == []


async def test_unclear_days_are_asked_again_and_may_be_typed_anew(
    place: Place, lan: Talker
) -> None:
    await lan.opens("daysoff/leave")
    assert "Xin gõ các ngày như 24/11 - 26/11." in await lan.sends("tuần sau")
    assert lan.field().value == "tuần sau"
    await lan.sends("24-26/11")
    await lan.taps("Không, gõ lại")
    await lan.sends("25/11")
    await lan.taps("Đúng, ghi lại")
    assert await leaves(place) == [("leave", date(2026, 11, 25), date(2026, 11, 25))]


@pytest.mark.parametrize(
    "action",
    ["daysoff/party/261124/261126", "daysoff/leave/261126/261124", "daysoff/leave/200101/200102",
     "daysoff/leave/261101/281101", "reminders/lunch/0730", "reminders/pledge/9999",
     "quiet/99999999", "quiet/0700-0700", "pause/261115"],
)  # fmt: skip
async def test_forged_settings_change_nothing(place: Place, lan: Talker, action: str) -> None:
    handled = await lan.does(action=action)
    assert handled.reference is None
    assert await leaves(place) == []
    kept = await place.database.run(lambda s: s.exec(select(Preference)).all())
    assert kept == []


async def test_days_off_of_somebody_else_stay(place: Place, lan: Talker) -> None:
    minh = member(place, "minh", "P2")
    await lan.opens("daysoff/leave/261124/261126")
    (row,) = await place.database.run(lambda s: s.exec(select(Leave)).all())
    await minh.opens(f"daysoffgone/{row.id}")
    assert len(await leaves(place)) == 1

"""A member's own record: today, this week, the streak, the month as a picture."""

from typing import Any

from handlers.messages import Picture
from tests.conftest import Clock
from tests.handlers.member.members import local, member
from tests.people import Place, Talker


def picture(talker: Talker) -> Picture:
    (found,) = [p for answer in talker.seen for p in answer.parts if isinstance(p, Picture)]
    return found


def days(talker: Talker) -> dict[str, str]:
    """The days of the calendar that say something."""
    states: dict[str, str] = picture(talker).data["days"]
    return {day: state for day, state in states.items() if state not in {"", "off"}}


async def logged(lan: Talker, clock: Clock, day: str, **outcomes: str) -> None:
    """Lan takes items on and reports them at half past four of that day."""
    clock.now = local(day, "16:30")
    for code, outcome in outcomes.items():
        await lan.opens(f"pledge/{clock():%y%m%d}/{code}/1")
        if outcome:
            await lan.opens(f"checkin/{clock():%y%m%d}/{code}/{outcome}")


async def test_the_month_shows_every_day_as_it_went(place: Place, clock: Clock) -> None:
    lan = member(place, "lan", "P1")
    await logged(lan, clock, "2026-11-09", cv1="done", nd1="done")
    await logged(lan, clock, "2026-11-10", cv1="done", nd1="not_done")
    await logged(lan, clock, "2026-11-11", cv1="not_done")
    await logged(lan, clock, "2026-11-12", cv1="")
    clock.now = local("2026-11-17", "09:00")
    await lan.opens("pledge/261116/cv1/1")
    await lan.opens("checkin/261116/cv1/done")
    await lan.sends("/cuatoi")
    assert days(lan) == {
        "9": "done", "10": "partly", "11": "not_done", "12": "pledged",
        "13": "missed", "16": "late",
    }  # fmt: skip
    data = picture(lan).data
    assert (data["first"], data["today"]) == ("2026-11-01", "2026-11-17")
    assert data["weekday_names"] == ["T2", "T3", "T4", "T5", "T6", "T7", "CN"]
    assert data["days"]["14"] == data["days"]["24"] == "off"
    assert data["days"]["2"] == ""  # before the first pledge nothing was missed
    legend: list[list[Any]] = data["legend"]
    assert [state for state, _ in legend] == [
        "done", "partly", "not_done", "late", "pledged", "missed", "off",
    ]  # fmt: skip
    assert picture(lan).alt == (
        "Tháng 11/2026: đã ghi 4 ngày, trong đó ghi muộn 1 ngày; nghỉ 10 ngày."
    )


async def test_today_this_week_and_the_streak_stand_in_words(place: Place, clock: Clock) -> None:
    lan = member(place, "lan", "P1")
    assert "Ngày nào cũng là ngày tốt để bắt đầu." in await lan.sends("/cuatoi")
    assert "Hôm nay: chưa chọn việc nào." in lan.text()
    await logged(lan, clock, "2026-11-13", cv1="partly")
    await logged(lan, clock, "2026-11-16", cv1="done", nd1="partly")
    await logged(lan, clock, "2026-11-17", cv1="not_done", nd1="")
    told = await lan.sends("/cuatoi")
    assert "Nhật ký của Lan" in told
    assert "Hôm nay: Hoàn thành tốt việc được giao – Chưa làm được" in told
    assert "Hôm nay: Tiếp đón ân cần, hòa nhã – Chưa báo cáo" in told
    assert "Bạn đã ghi nhận đều 3 ngày làm việc. Rất đáng khen!" in told
    assert (
        "Tuần này (16/11 – 22/11): đã ghi 2/5 ngày làm việc; "
        "đã làm 1, được một phần 1, chưa làm được 1." in told
    )
    assert picture(lan).data["footer"].startswith("Bạn đã ghi nhận đều 3 ngày")


async def test_months_are_turned_between_the_first_pledge_and_now(
    place: Place, clock: Clock
) -> None:
    lan = member(place, "lan", "P1")
    await logged(lan, clock, "2026-09-30", cv1="done")
    clock.now = local("2026-11-16")
    await lan.sends("/cuatoi")
    assert "11/2026 ›" not in lan.buttons()
    await lan.taps("‹ 10/2026")
    assert days(lan)["1"] == "missed"
    await lan.taps("‹ 09/2026")
    assert days(lan) == {"30": "done"}
    assert "Hôm nay" not in lan.text()
    assert [b for b in lan.buttons() if b.startswith("‹")] == []
    await lan.taps("10/2026 ›")
    await lan.opens("mine/300101")  # forged: the future is empty
    assert picture(lan).data["first"] == "2026-11-01"
    await lan.opens("mine/010101")
    assert picture(lan).data["first"] == "2026-09-01"


async def test_leave_is_a_day_off_in_the_calendar(place: Place, clock: Clock) -> None:
    lan = member(place, "lan", "P1")
    await logged(lan, clock, "2026-11-09", cv1="done")
    await lan.opens("daysoff/leave/261110/261112")
    clock.now = local("2026-11-16")
    await lan.sends("/nhatky")
    states = picture(lan).data["days"]
    assert [states[day] for day in ("9", "10", "12", "13")] == ["done", "off", "off", "missed"]


async def test_the_record_is_ones_own(place: Place, clock: Clock) -> None:
    lan, minh = member(place, "lan", "P1"), member(place, "minh", "P2")
    await logged(lan, clock, "2026-11-16", cv1="done")
    await minh.sends("/cuatoi")
    assert days(minh) == {}
    assert "Nhật ký của Minh" in minh.text()

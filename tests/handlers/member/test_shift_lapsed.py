"""A forgotten shift ends itself, its member is asked once, and may correct the end."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlmodel import Session, select

from handlers.jobs.end_shifts import end_shifts
from handlers.jobs.job import Counts
from handlers.policy import Policy
from storage.queries.audit import entries
from storage.tables import Duty, Leave, Person, Preference
from tests.conftest import Clock
from tests.handlers.member.members import local, member
from tests.officials import inbox
from tests.people import Place, Talker

MONDAY = "2026-11-16"
QUESTION = (
    "T2 16/11/2026: ca trực của bạn tại Quầy 2 – Đăng ký kinh doanh bắt đầu lúc 07:30 và chưa được "
    "kết thúc; hệ thống đã kết thúc lúc {ended}. Như vậy có đúng không?"
)


@pytest.fixture
async def lan(place: Place, clock: Clock) -> Talker:
    """Lan, who began a shift at half past seven."""
    clock.now = local(MONDAY, "07:30")
    talker = member(place, "lan", "P1")
    await talker.opens("shift/at/Q2")
    return talker


def tick(place: Place, clock: Clock, at: datetime, policy: Policy | None = None) -> Counts:
    clock.now = at
    return place.database.run_now(lambda s: end_shifts(s, at, policy or place.policy))


def ends(place: Place) -> list[datetime | None]:
    return place.database.run_now(
        lambda s: list(
            s.exec(select(Duty.ends).where(Duty.origin == "chat").order_by(Duty.starts))  # type: ignore[arg-type]
        )
    )


def prefers(place: Place, **wanted: object) -> None:
    def work(session: Session) -> None:
        person = session.exec(select(Person.id).where(Person.code == "P1")).one()
        session.merge(Preference(person_id=person, **wanted))  # type: ignore[arg-type]

    place.database.run_now(work)


async def test_after_nine_hours_it_ends_and_the_member_is_asked_once(
    place: Place, lan: Talker, clock: Clock
) -> None:
    assert tick(place, clock, local(MONDAY, "16:29")) == {"ended": 0, "asked": 0}
    assert tick(place, clock, local(MONDAY, "16:34")) == {"ended": 1, "asked": 1}
    assert ends(place) == [local(MONDAY, "16:30")]
    assert tick(place, clock, local(MONDAY, "16:35")) == {"ended": 0, "asked": 0}
    assert QUESTION.format(ended="16:30") in await inbox(lan)
    assert lan.buttons() == ["Đúng rồi", "Ca kết thúc sớm hơn…", "Tôi vẫn đang trực"]
    assert "kết thúc lúc 16:30" in await lan.taps("Đúng rồi")
    assert ends(place) == [local(MONDAY, "16:30")]
    log = place.database.run_now(lambda s: list(entries(s)))
    assert [(each.action, each.by) for each in log] == [
        ("shift.begin", "person"),
        ("shift.forgotten", "program"),
    ]


async def test_two_processes_at_once_end_it_and_ask_once(
    place: Place, lan: Talker, clock: Clock
) -> None:
    del lan
    at = clock.now = local(MONDAY, "16:31")

    def one(_: int) -> Counts:
        return place.database.run_now(lambda s: end_shifts(s, at, place.policy))

    with ThreadPoolExecutor(4) as pool:
        counted = list(pool.map(one, range(4)))
    assert sum(each["ended"] for each in counted) == 1
    assert sum(each["asked"] for each in counted) == 1


async def test_the_longest_shift_is_a_setting(place: Place, clock: Clock) -> None:
    place = Place(place.database, clock, replace(place.policy, shift_hours=4))
    clock.now = local(MONDAY, "07:30")
    await member(place, "lan", "P1").opens("shift/at/Q2")
    assert tick(place, clock, local(MONDAY, "11:30"))["ended"] == 1


async def test_past_midnight_nobody_is_woken_and_the_question_comes_in_the_morning(
    place: Place, clock: Clock
) -> None:
    clock.now = local(MONDAY, "18:00")
    lan = member(place, "lan", "P1")
    await lan.opens("shift/at/Q2")
    assert tick(place, clock, local("2026-11-17", "00:01")) == {"ended": 1, "asked": 0}
    assert ends(place) == [local("2026-11-17", "00:00")]
    assert tick(place, clock, local("2026-11-17", "07:00"))["asked"] == 1
    text = await inbox(lan)
    assert "hệ thống đã kết thúc lúc 24:00" in text
    assert "Tôi vẫn đang trực" not in lan.buttons()


@pytest.mark.parametrize(
    ("wanted", "at", "asked"),
    [
        ({"quiet_from": "16:00", "quiet_to": "17:00"}, "16:31", 0),
        ({"quiet_from": "16:00", "quiet_to": "17:00"}, "17:00", 1),
        ({"paused_until": date(2026, 11, 16)}, "16:31", 0),
        ({"paused_until": date(2026, 11, 15)}, "16:31", 1),
    ],
)
async def test_quiet_hours_and_pauses_are_kept(
    place: Place, lan: Talker, clock: Clock, wanted: dict[str, object], at: str, asked: int
) -> None:
    del lan
    prefers(place, **wanted)
    assert tick(place, clock, local(MONDAY, at)) == {"ended": 1, "asked": asked}


async def test_a_question_that_had_to_wait_is_not_put_on_days_off_and_not_after_days(
    place: Place, clock: Clock
) -> None:
    clock.now = local("2026-11-13", "18:00")  # a Friday
    lan = member(place, "lan", "P1")
    await lan.opens("shift/at/Q2")
    tick(place, clock, local("2026-11-14", "00:00"))
    assert tick(place, clock, local("2026-11-14", "09:00"))["asked"] == 0

    def away(session: Session) -> None:
        person = session.exec(select(Person.id).where(Person.code == "P1")).one() or 0
        monday = date(2026, 11, 16)
        session.add(Leave(person_id=person, first=monday, last=monday, kind="leave"))

    place.database.run_now(away)
    assert tick(place, clock, local("2026-11-16", "09:00"))["asked"] == 0
    assert tick(place, clock, local("2026-11-17", "09:00"))["asked"] == 1
    assert tick(place, clock, local("2026-11-17", "09:01"))["asked"] == 0


async def test_after_four_days_nobody_is_asked_any_more(
    place: Place, lan: Talker, clock: Clock
) -> None:
    del lan
    prefers(place, paused_until=date(2026, 11, 30))
    tick(place, clock, local(MONDAY, "16:30"))
    prefers(place, paused_until=None)
    assert tick(place, clock, local("2026-11-20", "16:31"))["asked"] == 0


async def test_the_end_is_corrected_by_a_button_and_the_correction_taken_back(
    place: Place, lan: Talker, clock: Clock
) -> None:
    tick(place, clock, local(MONDAY, "16:30"))
    await inbox(lan)
    text = await lan.taps("Ca kết thúc sớm hơn…")
    assert "Ca bắt đầu T2 16/11/2026 lúc 07:30; hệ thống kết thúc lúc 16:30." in text
    times = [label for label in lan.buttons() if ":" in label]
    assert times[0] == "08:00"
    assert times[-1] == "16:00"
    assert len(times) == 17
    assert "kết thúc lúc 15:30" in await lan.taps("15:30")
    assert ends(place) == [local(MONDAY, "15:30")]
    await lan.taps("Không, 16:30 mới đúng")
    assert ends(place) == [local(MONDAY, "16:30")]
    corrected = place.database.run_now(lambda s: list(entries(s, action="shift.correct")))
    assert [each.details["ended"] for each in corrected if each.details] == [
        "2026-11-16T08:30+00:00",
        "2026-11-16T09:30+00:00",
    ]


@pytest.mark.parametrize(
    ("typed", "ended"), [("15:45", "15:45"), ("15h45", "15:45"), ("16:30", "16:30")]
)
async def test_a_typed_end_is_kept(
    place: Place, lan: Talker, clock: Clock, typed: str, ended: str
) -> None:
    tick(place, clock, local(MONDAY, "16:30"))
    await inbox(lan)
    await lan.taps("Ca kết thúc sớm hơn…")
    await lan.sends(typed)
    assert ends(place) == [local(MONDAY, ended)]


@pytest.mark.parametrize("typed", ["07:30", "07:00", "16:31", "23:00", "chiều", "25:00", ""])
async def test_an_end_outside_of_the_shift_is_asked_again(
    place: Place, lan: Talker, clock: Clock, typed: str
) -> None:
    tick(place, clock, local(MONDAY, "16:30"))
    duty = place.database.run_now(
        lambda s: s.exec(select(Duty.id).where(Duty.origin == "chat")).one()
    )
    await lan.does(action=f"shift/{duty}/ended", text=typed)
    assert "Vui lòng gõ giờ sau 07:30 và không quá 16:30" in lan.text()
    assert lan.field().value == typed
    for forged in ("2359", "9999", "abcd", "0000"):
        await lan.opens(f"shift/{duty}/ended/{forged}")
    assert ends(place) == [local(MONDAY, "16:30")]


async def test_still_on_duty_goes_on_until_the_next_limit_and_is_asked_again(
    place: Place, lan: Talker, clock: Clock
) -> None:
    tick(place, clock, local(MONDAY, "16:30"))
    await inbox(lan)
    clock.now = local(MONDAY, "16:40")
    assert "bạn vẫn đang trực" in await lan.taps("Tôi vẫn đang trực")
    assert ends(place) == [None]
    assert tick(place, clock, local(MONDAY, "23:59"))["ended"] == 0
    assert tick(place, clock, local("2026-11-17", "08:00")) == {"ended": 1, "asked": 1}
    assert ends(place) == [local("2026-11-17", "00:00")]
    assert "bắt đầu lúc 07:30" in await inbox(lan)


async def test_hours_later_nobody_is_still_on_duty(place: Place, lan: Talker, clock: Clock) -> None:
    tick(place, clock, local(MONDAY, "16:30"))
    await inbox(lan)
    clock.now = local(MONDAY, "18:31")
    assert "vẫn giữ là đã kết thúc" in await lan.taps("Tôi vẫn đang trực")
    assert ends(place) == [local(MONDAY, "16:30")]


async def test_only_a_forgotten_shift_of_ones_own_is_corrected_and_only_for_a_week(
    place: Place, lan: Talker, clock: Clock
) -> None:
    hoa = member(place, "hoa", "P3")
    duty = place.database.run_now(
        lambda s: s.exec(select(Duty.id).where(Duty.origin == "chat")).one()
    )
    await lan.opens(f"shift/{duty}/ended/0800")  # it runs
    assert ends(place) == [None]
    tick(place, clock, local(MONDAY, "16:30"))
    for action in ("right", "earlier", "ended/1000", "lapsed", "on"):
        await hoa.opens(f"shift/{duty}/{action}")
    assert ends(place) == [local(MONDAY, "16:30")]
    clock.now = local("2026-11-23", "16:31")
    assert "không còn gì để sửa" in await lan.opens(f"shift/{duty}/ended/1000")
    assert ends(place) == [local(MONDAY, "16:30")]


async def test_a_shift_its_member_ended_is_neither_asked_about_nor_corrected(
    place: Place, lan: Talker, clock: Clock
) -> None:
    clock.now = local(MONDAY, "11:00")
    await lan.taps("Kết thúc ca trực")
    duty = place.database.run_now(
        lambda s: s.exec(select(Duty.id).where(Duty.origin == "chat")).one()
    )
    assert tick(place, clock, local(MONDAY, "17:00")) == {"ended": 0, "asked": 0}
    for action in ("right", "ended/0800"):
        await lan.opens(f"shift/{duty}/{action}")
    assert ends(place) == [local(MONDAY, "11:00")]


async def test_what_a_member_taps_before_the_clock_comes_by_ends_it_at_its_time_too(
    place: Place, lan: Talker, clock: Clock
) -> None:
    clock.now = local(MONDAY, "17:10")
    assert "Bạn đang trực tại" not in await lan.sends("/catruc")
    assert ends(place) == [local(MONDAY, "16:30")]
    assert tick(place, clock, local(MONDAY, "17:11")) == {"ended": 0, "asked": 1}


async def test_correcting_the_end_moves_no_rating(place: Place, lan: Talker, clock: Clock) -> None:
    clock.now = local(MONDAY, "16:00")
    await place.person("an").opens("rate/Q2/261116/1/2")
    before = (await place.rating()).model_dump()
    tick(place, clock, local(MONDAY, "16:30"))
    await inbox(lan)
    await lan.taps("Ca kết thúc sớm hơn…")
    text = await lan.taps("15:30")
    assert "đánh giá" not in text
    assert (await place.rating()).model_dump() == before

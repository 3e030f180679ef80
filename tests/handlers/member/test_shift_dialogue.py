"""A member begins and ends a shift in chat: by a tap, a typed code or the desk's staff code."""

from datetime import date, datetime

import pytest
from sqlmodel import Session, select

from handlers.staff_link import staff_token
from storage.database import keys_of
from storage.queries.audit import entries, verify
from storage.tables import Desk, Duty, Person
from tests.conftest import Clock
from tests.handlers.member.members import local, member
from tests.officials import furnish_officials, joined
from tests.people import Place, Talker

Q1, Q2, Q3 = "Quầy 1 – Hộ tịch", "Quầy 2 – Đăng ký kinh doanh", "Quầy 3 – Đất đai"


@pytest.fixture
def lan(place: Place) -> Talker:
    return member(place, "lan", "P1")


def shifts(place: Place, code: str = "P1") -> list[tuple[str, datetime, datetime | None]]:
    """What a member began in chat: desk, from when, until when."""

    def work(session: Session) -> list[tuple[str, datetime, datetime | None]]:
        rows = session.exec(
            select(Desk.code, Duty.starts, Duty.ends)
            .join(Duty, Duty.desk_id == Desk.id)  # type: ignore[arg-type]
            .join(Person, Duty.person_id == Person.id)  # type: ignore[arg-type]
            .where(Person.code == code, Duty.origin == "chat")
            .order_by(Duty.starts, Duty.id)  # type: ignore[arg-type]
        )
        return [(desk, starts, ends) for desk, starts, ends in rows]

    return place.database.run_now(work)


def token(place: Place, desk: str) -> str:
    return place.database.run_now(lambda s: staff_token(keys_of(s), desk))


def logged(place: Place) -> list[str]:
    """The actions in the audit log; its chain holds."""
    assert place.database.run_now(verify) is None
    return [each.action for each in place.database.run_now(lambda s: list(entries(s)))]


async def test_one_tap_begins_a_shift_and_one_tap_ends_it(
    place: Place, lan: Talker, clock: Clock
) -> None:
    await lan.sends("/start")
    text = await lan.taps("Ca trực")
    assert f"Theo danh sách, bạn đang có ca trực tại {Q1}." in text
    began = clock.now
    text = await lan.taps(Q2)
    assert f"Ca trực của bạn tại {Q2} đã bắt đầu." in text
    assert "ca trực tự kết thúc lúc 18:00" in text
    clock.move(hours=2, minutes=30)
    assert f"Bạn đang trực tại {Q2} từ 09:00." in await lan.sends("/catruc")
    text = await lan.taps("Kết thúc ca trực")
    assert f"Ca trực của bạn tại {Q2} đã kết thúc: 09:00 – 11:30." in text
    assert shifts(place) == [("Q2", began, clock.now)]
    assert logged(place) == ["shift.begin", "shift.end"]


async def test_ratings_during_a_shift_are_asked_about_whoever_began_it(
    place: Place, lan: Talker
) -> None:
    await lan.opens("staff/Q3/" + token(place, "Q3") + "/begin")
    citizen = place.person("an")
    await citizen.opens("rate/Q3/261116/1/5")
    assert (await place.rating()).attribution == "duty"
    await lan.sends("/shift")
    await lan.taps("Kết thúc ca trực")
    await place.person("binh").opens("rate/Q3/261116/1/5")
    assert sorted(each.attribution for each in await place.ratings()) == ["duty", "nobody"]


async def test_a_double_tap_does_nothing_twice(place: Place, lan: Talker) -> None:
    for _ in range(3):
        await lan.opens("shift/at/Q2")
    assert f"Bạn đang trực tại {Q2}" in lan.text()
    action = lan.button("Kết thúc ca trực").action
    for _ in range(3):
        assert "đã kết thúc: 09:00 – 09:00" in await lan.opens(action)
    assert len(shifts(place)) == 1
    assert logged(place) == ["shift.begin", "shift.end"]


async def test_beginning_elsewhere_ends_the_running_shift_and_leads_back(
    place: Place, lan: Talker, clock: Clock
) -> None:
    await lan.opens(f"staff/Q3/{token(place, 'Q3')}/begin")
    clock.move(minutes=5)
    text = await lan.opens("shift/at/Q2")
    assert f"Ca trực của bạn tại {Q3} đã kết thúc." in text
    clock.move(minutes=1)
    text = await lan.taps(f"Quay lại {Q3}")  # without the staff code: it was shown just now
    assert f"Ca trực của bạn tại {Q3} đã bắt đầu." in text
    assert [(desk, ends is None) for desk, _, ends in shifts(place)] == [
        ("Q3", False),
        ("Q2", False),
        ("Q3", True),
    ]


async def test_where_the_roster_has_them_on_duty_already_nothing_is_added(
    place: Place, lan: Talker
) -> None:
    await lan.opens("shift/at/Q2")
    text = await lan.opens("shift/at/Q1")
    assert f"Theo danh sách, bạn đang trong ca trực tại {Q1}: không cần làm gì thêm." in text
    assert [desk for desk, _, ends in shifts(place) if ends is None] == []


async def test_two_members_may_be_on_duty_at_one_desk(place: Place, lan: Talker) -> None:
    hoa = member(place, "hoa", "P3")
    for who in (lan, hoa):
        await who.opens(f"staff/Q3/{token(place, 'Q3')}/begin")
    assert len(shifts(place, "P1")) == len(shifts(place, "P3")) == 1
    await place.person("an").opens("rate/Q3/261116/1/5")
    assert (await place.rating()).attribution == "asked"


@pytest.mark.parametrize("typed", ["q2", " Q2 ", "Q2."])
async def test_a_typed_code_begins_there_while_it_is_asked_for(
    place: Place, lan: Talker, typed: str
) -> None:
    await lan.sends("/catruc")
    await lan.sends(typed)
    assert [desk for desk, _, _ in shifts(place)] == ["Q2"]
    assert "Quầy 3" in await lan.sends("Q3")  # not asked for any more: the desk to rate
    assert len(shifts(place)) == 1


async def test_a_code_that_is_not_theirs_or_not_there_says_how_to_begin(
    place: Place, lan: Talker
) -> None:
    await lan.sends("/catruc")
    text = await lan.sends("Q3")
    assert "hãy quét mã dành cho cán bộ ở phía trong quầy" in text
    assert lan.field().value == "Q3"
    assert "Không có quầy nào đang hoạt động với mã Q99." in await lan.sends("Q99")
    assert "Không có quầy nào đang hoạt động với mã Ô kìa." in await lan.sends("Ô kìa")
    assert "Xin gõ mã quầy, ví dụ Q1." in await lan.opens("shift/code")
    assert shifts(place) == []


async def test_a_forged_tap_on_a_foreign_desk_is_refused(place: Place, lan: Talker) -> None:
    assert (await lan.does(action="shift/at/Q3")).refused
    assert "hãy quét mã dành cho cán bộ" in lan.text()
    assert shifts(place) == []


async def test_nobody_ends_or_resumes_anothers_shift(
    place: Place, lan: Talker, clock: Clock
) -> None:
    hoa = member(place, "hoa", "P3")
    await lan.opens("shift/at/Q2")
    ending = lan.button("Kết thúc ca trực").action
    await hoa.opens(ending)
    assert shifts(place)[0][2] is None
    await lan.opens(ending)
    clock.move(minutes=1)
    await hoa.opens(ending.replace("/end", "/on"))
    assert shifts(place)[0][2] is not None


async def test_an_end_is_taken_back_within_minutes_and_not_later(
    place: Place, lan: Talker, clock: Clock
) -> None:
    await lan.opens("shift/at/Q2")
    clock.move(hours=1)
    await lan.taps("Kết thúc ca trực")
    clock.move(minutes=9)
    assert "bạn vẫn đang trực" in await lan.taps("Tôi vẫn đang trực")
    await lan.taps("Kết thúc ca trực")
    still = lan.button("Tôi vẫn đang trực").action
    clock.move(minutes=11)
    assert "vẫn giữ là đã kết thúc" in await lan.opens(still)
    ((_, _, ends),) = shifts(place)
    assert ends is not None
    assert logged(place) == ["shift.begin", "shift.end", "shift.resume", "shift.end"]


async def test_an_end_is_not_taken_back_once_another_shift_has_begun(
    place: Place, lan: Talker, clock: Clock
) -> None:
    await lan.opens("shift/at/Q2")
    await lan.taps("Kết thúc ca trực")
    still = lan.button("Tôi vẫn đang trực").action
    await lan.opens(f"staff/Q3/{token(place, 'Q3')}/begin")
    clock.move(minutes=1)
    await lan.opens(still)
    assert [desk for desk, _, ends in shifts(place) if ends is None] == ["Q3"]


async def test_a_closed_desk_takes_no_shift(place: Place, lan: Talker) -> None:
    def close(session: Session) -> None:
        for desk in session.exec(select(Desk).where(Desk.code != "Q1")):
            desk.until = date(2026, 11, 15)
            session.add(desk)

    place.database.run_now(close)
    await lan.sends("/catruc")
    assert Q2 not in lan.buttons()
    await lan.opens("shift/at/Q2")
    text = await lan.opens(f"staff/Q3/{token(place, 'Q3')}/begin")
    assert f"{Q3} đã ngừng hoạt động" in text
    assert shifts(place) == []


@pytest.mark.parametrize(
    "said", ["/start s-Q3-{token}", "s-Q3-{token}", "https://x.vn/s/Q3-{token}"]
)
async def test_the_staff_code_begins_a_shift_at_any_desk(
    place: Place, lan: Talker, said: str
) -> None:
    text = await lan.sends(said.format(token=token(place, "Q3")))
    assert f"Ca trực của bạn tại {Q3} đã bắt đầu." in text
    text = await lan.sends(said.format(token=token(place, "Q3")))  # scanned again to go home
    assert f"Bạn đang trực tại {Q3} từ 09:00." in text
    assert "Kết thúc ca trực" in lan.buttons()
    assert len(shifts(place)) == 1


async def test_another_desks_staff_code_does_not_open_this_one(place: Place, lan: Talker) -> None:
    text = await lan.sends(f"/start s-Q3-{token(place, 'Q1')}")
    assert "Mã dành cho cán bộ này không còn hiệu lực." in text
    assert shifts(place) == []


@pytest.mark.parametrize("payload", ["Q3-{token}", "Q3-aaaaaaaaaaaaaaaa"])
async def test_a_citizen_with_the_staff_code_is_led_to_the_rating(
    place: Place, payload: str
) -> None:
    an = place.person("an")
    text = await an.sends(f"/start s-{payload.format(token=token(place, 'Q3'))}")
    assert f"Mã này dành cho cán bộ của {Q3}" in text
    assert "hài lòng" in (await an.taps("Đánh giá quầy này")).lower()
    assert (
        place.database.run_now(lambda s: s.exec(select(Duty).where(Duty.origin == "chat")).all())
        == []
    )


async def test_a_secretary_who_is_no_member_is_not_taken_for_a_citizen(
    place: Place, clock: Clock
) -> None:
    place.database.run_now(lambda s: furnish_officials(s, clock()))
    tam = await joined(place, "tam", "TD", "secretary", "S3")
    for way in ("", "/begin"):
        text = await tam.opens(f"staff/Q3/{token(place, 'Q3')}{way}")
        assert "Mã này dành cho đoàn viên trực quầy." in text
        assert tam.buttons() == ["Về trang chính"]
    await tam.taps("Về trang chính")
    assert shifts(place) == []


async def test_the_roster_is_said_first_and_its_desk_not_offered(place: Place, lan: Talker) -> None:
    text = await lan.sends("/catruc")
    assert text.startswith(f"Theo danh sách, bạn đang có ca trực tại {Q1}.")
    assert "Bạn chưa bắt đầu ca trực nào" not in text
    assert Q1 not in lan.buttons()
    assert Q2 in lan.buttons()


async def test_a_garbled_staff_code_is_no_error(place: Place, lan: Talker) -> None:
    for payload in (
        "s-",
        "s-Q3",
        "s-Q3-short",
        "s--aaaaaaaaaaaaaaaa",
        "s-nodigit-aaaaaaaaaaaaaaaa",
    ):
        assert (await lan.does(text=f"/start {payload}")).reference is None
    assert "Không có quầy nào" in await lan.sends("/start s-Q77-aaaaaaaaaaaaaaaa") or lan.text()
    assert shifts(place) == []


async def test_whoever_is_no_member_cannot_open_the_page(place: Place) -> None:
    an = place.person("an")
    for action in ("shift", "shift/at/Q1", "shift/1/end", "shift/1/on", "shift/code"):
        assert (await an.does(action=action)).refused


async def test_without_buttons_the_same_is_done_by_numbers(place: Place) -> None:
    lan = member(place, "lan-zalo", "P1", "zalo")
    await lan.sends("/catruc")
    number = lan.buttons().index(Q2) + 1
    assert "đã bắt đầu" in await lan.sends(str(number))
    assert "Ca trực của bạn tại" in await lan.sends("1")
    assert [(desk, ends is None) for desk, _, ends in shifts(place)] == [("Q2", False)]


async def test_a_shift_of_the_evening_lapses_at_midnight_of_this_place(
    place: Place, lan: Talker, clock: Clock
) -> None:
    clock.now = local("2026-11-16", "20:00")
    assert "ca trực tự kết thúc lúc 24:00" in await lan.opens("shift/at/Q2")
    lapses = place.database.run_now(
        lambda s: s.exec(select(Duty.lapses).where(Duty.origin == "chat")).one()
    )
    assert lapses == local("2026-11-17", "00:00")

"""Choosing in the morning, as the dialogue goes."""

import asyncio
import json
from pathlib import Path

import pytest
from sqlmodel import select

from storage.tables import Pledge
from tests.conftest import Clock
from tests.handlers.member.members import local, member, pledges, wordings
from tests.handlers.rosters import load
from tests.people import Place

CV1, CV2 = "Hoàn thành tốt việc được giao", "Xử lý hồ sơ sớm hơn hẹn"
ND1, ND2 = "Tiếp đón ân cần, hòa nhã", "Lắng nghe ý kiến người dân"
WORK, PEOPLE = "Trách nhiệm với công việc", "Trách nhiệm với nhân dân"
SELF = "Trách nhiệm với chính mình"


async def test_three_responsibilities_then_items_and_each_tap_is_kept_at_once(
    place: Place,
) -> None:
    lan = member(place, "lan", "P1")
    asked = await lan.sends("/camket")
    assert "Lan ơi, hôm nay bạn chọn việc nào để thực hiện “3 trách nhiệm”?" in asked
    assert lan.buttons() == [WORK, PEOPLE, SELF]

    await lan.taps(WORK)
    assert lan.buttons()[:2] == [CV1, CV2]
    assert "Đã chọn 1/3" in await lan.taps(CV1)
    assert lan.button(CV1).pressed is True
    assert pledges(place.database) == [("16/11", "cv1", "pledged", False)]

    await lan.taps("‹ Quay lại")
    await lan.taps(PEOPLE)
    assert "Đã chọn 2/3" in await lan.taps(ND1)
    thanked = await lan.taps("Xong")
    assert f"• {CV1}" in thanked
    assert f"• {ND1}" in thanked
    assert "Đến 16:30, chúng tôi sẽ hỏi thăm kết quả." in thanked


async def test_a_second_tap_takes_an_item_back(place: Place) -> None:
    lan = member(place, "lan", "P1")
    await lan.opens("pledge/261116/cv1/1")
    assert lan.button(CV1).pressed is True
    await lan.taps(CV1)
    assert pledges(place.database) == []
    await lan.opens("pledge/261116/cv1/0")  # twice does no harm
    assert pledges(place.database) == []


async def test_the_same_tap_twice_keeps_one_pledge(place: Place) -> None:
    lan = member(place, "lan", "P1")
    await lan.opens("pledge/261116/cv1/1")
    await lan.opens("pledge/261116/cv1/1")
    assert len(pledges(place.database)) == 1


async def test_a_fourth_item_is_refused_kindly(place: Place) -> None:
    lan = member(place, "lan", "P1")
    for code in ("cv1", "cv2", "nd1"):
        await lan.opens(f"pledge/261116/{code}/1")
    assert "Ba việc là vừa đủ cho một ngày." in await lan.opens("pledge/261116/nd2/1")
    assert [code for _, code, _, _ in pledges(place.database)] == ["cv1", "cv2", "nd1"]


async def test_what_was_reported_cannot_be_taken_back(place: Place) -> None:
    lan = member(place, "lan", "P1")
    await lan.opens("pledge/261116/cv1/1")
    await lan.opens("checkin/261116/cv1/not_done")
    told = await lan.opens("pledge/261116/cv1/0")
    assert "Việc này bạn đã báo cáo kết quả nên được giữ lại." in told
    assert pledges(place.database) == [("16/11", "cv1", "not_done", False)]


async def test_as_yesterday_is_one_tap(place: Place, clock: Clock) -> None:
    lan = member(place, "lan", "P1")
    for code in ("cv1", "nd1"):
        await lan.opens(f"pledge/261116/{code}/1")
    clock.move(days=1)
    await lan.sends("/camket")
    assert lan.buttons()[:3] == ["Như hôm qua", CV1, ND1]
    assert "Chúc bạn một ngày làm việc thật vui." in await lan.taps("Như hôm qua")
    assert [row for row in pledges(place.database) if row[0] == "17/11"] == [
        ("17/11", "cv1", "pledged", False),
        ("17/11", "nd1", "pledged", False),
    ]


async def test_yesterdays_and_the_most_used_items_come_first(place: Place, clock: Clock) -> None:
    lan = member(place, "lan", "P1")
    for codes in (["nd1", "cv2"], ["nd1"], ["nd1", "cm1"], ["cm2"]):
        for code in codes:
            await lan.opens(f"pledge/{clock():%y%m%d}/{code}/1")
        clock.move(days=1)
    clock.now = local("2026-11-23", "14:00")  # the last pledge was on a Thursday
    await lan.sends("/camket")
    shown = [b for b in lan.buttons() if lan.button(b).pressed is not None]
    assert lan.buttons()[0] == "Như ngày 19/11"
    assert shown == ["Rèn luyện đạo đức, bản lĩnh", ND1, "Tự học nghiệp vụ, kỹ năng", CV2]


async def test_a_button_of_yesterday_is_logged_late_until_noon(place: Place, clock: Clock) -> None:
    lan = member(place, "lan", "P1")
    await lan.sends("/camket")
    clock.now = local("2026-11-17", "11:59")
    told = await lan.opens("pledge/261116/cv1/1")
    assert "Đang ghi cho hôm qua, 16/11; sẽ được đánh dấu là ghi muộn." in told
    assert pledges(place.database) == [("16/11", "cv1", "pledged", True)]

    clock.now = local("2026-11-17", "12:00")
    told = await lan.opens("pledge/261116/cv2/1")
    assert "Ngày 16/11/2026 đã khép lại; không có gì thay đổi." in told
    assert len(pledges(place.database)) == 1
    await lan.taps("Chọn việc hôm nay")
    assert "hôm nay bạn chọn việc nào" in lan.text()


async def test_what_was_taken_on_in_time_stays_when_the_day_is_over(
    place: Place, clock: Clock
) -> None:
    lan = member(place, "lan", "P1")
    await lan.opens("pledge/261116/cv1/1")
    clock.now = local("2026-11-17", "09:00")
    await lan.opens("pledge/261116/cv2/1")
    await lan.opens("pledge/261116/cv2/0")  # taken on late, by mistake
    assert "Việc này bạn đã nhận từ hôm qua" in await lan.opens("pledge/261116/cv1/0")
    assert pledges(place.database) == [("16/11", "cv1", "pledged", False)]


async def test_two_chats_at_once_never_take_on_more_than_three(place: Place) -> None:
    phone, desk = member(place, "lan", "P1"), member(place, "lan-zalo", "P1", channel="zalo")
    await asyncio.gather(
        *(
            talker.opens(f"pledge/261116/{code}/1")
            for number in (1, 2, 3)
            for talker, code in ((phone, f"cv{number}"), (desk, f"nd{number}"))
        )
    )
    assert len(pledges(place.database)) == 3


@pytest.mark.parametrize("day", ["261114", "261117", "270101"])
async def test_other_days_cannot_be_forged(place: Place, day: str) -> None:
    lan = member(place, "lan", "P1")
    for action in (f"pledge/{day}/cv1/1", f"asbefore/{day}", f"checkin/{day}/cv1/done",
                   f"alldone/{day}", f"pledges/{day}", f"pledges/{day}/cong_viec"):  # fmt: skip
        assert "đã khép lại" in (told := await lan.opens(action)) or "Chưa đến ngày" in told
    assert pledges(place.database) == []


async def test_yesterday_is_offered_in_the_morning_only(place: Place, clock: Clock) -> None:
    lan = member(place, "lan", "P1")
    clock.now = local("2026-11-17", "08:30")
    await lan.sends("/camket")
    await lan.taps("Ghi cho hôm qua (muộn)")
    assert "Lan ơi, hôm qua bạn đã nhận việc nào?" in lan.text()
    clock.now = local("2026-11-17", "13:00")
    await lan.sends("/camket")
    assert "Ghi cho hôm qua (muộn)" not in lan.buttons()
    clock.now = local("2026-11-16", "08:30")  # yesterday was a Sunday
    await lan.sends("/camket")
    assert "Ghi cho hôm qua (muộn)" not in lan.buttons()


async def test_a_day_off_may_be_used_but_nothing_is_expected(place: Place, clock: Clock) -> None:
    lan = member(place, "lan", "P1")
    clock.now = local("2026-11-24")  # Vietnam Culture Day
    assert "Hôm nay là ngày nghỉ của bạn" in await lan.sends("/camket")
    await lan.opens("pledge/261124/cv1/1")
    assert len(pledges(place.database)) == 1


async def test_only_members_pledge(place: Place) -> None:
    stranger = place.person("stranger")
    for action in ("pledge", "pledge/261116/cv1/1", "checkin/261116/cv1/done", "mine", "reminders"):
        handled = await stranger.does(action=action)
        assert handled.refused
    assert await place.database.run(lambda s: len(s.exec(select(Pledge)).all())) == 0


async def test_members_pledge_for_themselves_only(place: Place) -> None:
    lan, minh = member(place, "lan", "P1"), member(place, "minh", "P2")
    await lan.opens("pledge/261116/cv1/1")
    await minh.opens("pledge/261116/cv1/0")
    await minh.opens("checkin/261116/cv1/done")
    assert pledges(place.database, "P1") == [("16/11", "cv1", "pledged", False)]
    assert pledges(place.database, "P2") == []


async def test_one_person_on_two_messengers_has_one_day(place: Place) -> None:
    phone, desk = member(place, "lan", "P1"), member(place, "lan-web", "P1", channel="web")
    await phone.opens("pledge/261116/cv1/1")
    await desk.opens("pledge/261116/nd1/1")
    assert "Đã chọn 2/3" in await phone.sends("/camket")


async def test_on_a_messenger_without_buttons_numbers_choose(place: Place) -> None:
    lan = member(place, "lan", "P1", channel="zalo")
    await lan.sends("/camket")
    await lan.sends("1")
    await lan.sends("2")
    assert pledges(place.database) == [("16/11", "cv2", "pledged", False)]


async def test_it_speaks_english_to_those_who_do(place: Place) -> None:
    lan = member(place, "lan", "P1", language="en")
    assert "what will you take on today" in await lan.sends("/pledge")
    assert lan.buttons() == ["To the work", "To the people", "To oneself"]


async def test_a_changed_catalogue_leaves_past_pledges_their_words(
    place: Place, clock: Clock, tmp_path: Path
) -> None:
    lan = member(place, "lan", "P1")
    await lan.opens("pledge/261116/cv1/1")
    await lan.opens("pledge/261116/cv2/1")
    content = json.loads(Path("handlers/catalogue/pledge_catalogue.json").read_text("utf-8"))
    content["items"][0]["label_vi"] = "Làm tốt việc hằng ngày"
    del content["items"][1]
    path = tmp_path / "pledge_catalogue.json"
    path.write_text(json.dumps(content), "utf-8")
    load(place.database, [path])

    assert f"việc “{CV1}” hôm nay thế nào?" in await lan.sends("/baocao")
    told = await lan.opens("pledge/261116/nd1/1")
    assert "Đã chọn 3/3" in told
    clock.move(days=1)
    await lan.sends("/camket")
    await lan.taps("Như hôm qua")  # what is offered no more is left out, the rest in new words
    rows = place.database.run_now(wordings)
    kept = place.database.run_now(
        lambda s: [(p.day.day, rows[p.item_id]) for p in s.exec(select(Pledge).order_by(Pledge.id))]
    )
    assert kept == [
        (16, CV1), (16, CV2), (16, ND1), (17, "Làm tốt việc hằng ngày"), (17, ND1),
    ]  # fmt: skip
    assert "không còn trong danh mục" in await lan.opens("pledge/261117/cv2/1")

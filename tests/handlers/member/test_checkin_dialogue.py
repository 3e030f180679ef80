"""Checking in in the evening, as the dialogue goes."""

import pytest
from sqlmodel import select

from storage.database import keys_of
from storage.queries.pledge import OUTCOMES
from storage.tables import DayNote
from tests.conftest import Clock
from tests.handlers.member.members import local, member, pledges
from tests.people import Place, Talker

CV1, ND1 = "Hoàn thành tốt việc được giao", "Tiếp đón ân cần, hòa nhã"


async def pledged(place: Place, clock: Clock, *codes: str) -> Talker:
    lan = member(place, "lan", "P1")
    for code in codes:
        await lan.opens(f"pledge/261116/{code}/1")
    clock.now = local("2026-11-16", "16:30")
    return lan


async def test_each_item_is_asked_and_each_answer_kept(place: Place, clock: Clock) -> None:
    lan = await pledged(place, clock, "cv1", "nd1")
    asked = await lan.sends("/baocao")
    assert f"Lan ơi, việc “{CV1}” hôm nay thế nào?" in asked
    assert lan.buttons() == ["Đã làm", "Được một phần", "Chưa làm được", "Đã làm tất cả"]
    asked = await lan.taps("Được một phần")
    assert f"Lan ơi, việc “{ND1}” hôm nay thế nào?" in asked
    assert f"{CV1}: Được một phần" in asked
    told = await lan.taps("Đã làm")
    assert f"{CV1}: Được một phần" in told
    assert f"{ND1}: Đã làm" in told
    assert [row[2] for row in pledges(place.database)] == ["partly", "done"]


async def test_all_done_is_one_tap(place: Place, clock: Clock) -> None:
    lan = await pledged(place, clock, "cv1", "nd1", "cm1")
    await lan.sends("/baocao")
    await lan.taps("Đã làm tất cả")
    assert {row[2] for row in pledges(place.database)} == {"done"}
    await lan.opens("alldone/261116")
    assert {row[2] for row in pledges(place.database)} == {"done"}


async def test_all_done_leaves_what_was_said_before(place: Place, clock: Clock) -> None:
    lan = await pledged(place, clock, "cv1", "nd1", "cm1")
    await lan.opens("checkin/261116/nd1/not_done")
    await lan.taps("Đã làm tất cả")
    assert [row[2] for row in pledges(place.database)] == ["done", "done", "not_done"]


async def test_an_answer_may_be_changed(place: Place, clock: Clock) -> None:
    lan = await pledged(place, clock, "cv1")
    await lan.opens("checkin/261116/cv1/not_done")
    await lan.taps(f"Sửa: {CV1}")
    assert lan.button("Chưa làm được").pressed is True
    await lan.taps("Đã làm")
    assert pledges(place.database) == [("16/11", "cv1", "done", False)]


async def test_encouragement_fits_the_outcome_and_never_shames(place: Place, clock: Clock) -> None:
    lan = await pledged(place, clock, "cv1")
    titles = {}
    for outcome in OUTCOMES:
        told = await lan.opens(f"checkin/261116/cv1/{outcome}")
        titles[outcome] = told.splitlines()[0]
    assert len(set(titles.values())) == 3
    for word in ("phải", "kém", "thất bại", "cố gắng hơn"):
        assert word not in " ".join(titles.values())


async def test_not_done_costs_nothing(place: Place, clock: Clock) -> None:
    lan = await pledged(place, clock, "cv1")
    await lan.opens("checkin/261116/cv1/not_done")
    clock.now = local("2026-11-17", "17:00")
    await lan.opens("pledge/261117/cv1/1")
    told = await lan.opens("checkin/261117/cv1/not_done")
    assert "Bạn đã ghi nhận đều 2 ngày làm việc. Rất đáng khen!" in told


async def test_yesterday_is_reported_until_noon_and_marked_late(place: Place, clock: Clock) -> None:
    lan = await pledged(place, clock, "cv1")
    clock.now = local("2026-11-17", "09:00")
    await lan.sends("/baocao")
    await lan.taps("Ghi cho hôm qua (muộn)")
    assert f"Lan ơi, việc “{CV1}” hôm qua thế nào?" in lan.text()
    await lan.taps("Đã làm")
    assert pledges(place.database) == [("16/11", "cv1", "done", True)]
    clock.now = local("2026-11-17", "12:00")
    assert "đã khép lại" in await lan.opens("checkin/261116/cv1/partly")
    assert pledges(place.database) == [("16/11", "cv1", "done", True)]


async def test_without_a_pledge_it_offers_to_choose(place: Place, clock: Clock) -> None:
    lan = await pledged(place, clock)
    assert "Hôm nay bạn chưa chọn việc nào." in await lan.sends("/baocao")
    await lan.taps("Chọn việc")
    assert "hôm nay bạn chọn việc nào" in lan.text()


async def test_a_forged_outcome_or_item_changes_nothing(place: Place, clock: Clock) -> None:
    lan = await pledged(place, clock, "cv1")
    for action in ("checkin/261116/cv1/pledged", "checkin/261116/cv1/great",
                   "checkin/261116/zz9/done"):  # fmt: skip
        await lan.opens(action)
    assert pledges(place.database) == [("16/11", "cv1", "pledged", False)]


async def test_a_note_is_sealed_masked_and_who_reads_it_is_said_once(
    place: Place, clock: Clock
) -> None:
    lan = await pledged(place, clock, "cv1")
    await lan.opens("checkin/261116/cv1/partly")
    assert lan.field().hint == "Bạn và bí thư Chi đoàn Sở Nội vụ đọc được ghi chú này."
    told = await lan.sends("Gọi lại cho bà Tám 0905 123 456")
    assert "Đã lưu ghi chú của bạn." in told
    assert "Đã che 1 số hoặc địa chỉ cá nhân" in told
    assert lan.field().value == "Gọi lại cho bà Tám •••"
    assert lan.field().hint == ""

    (note,) = place.database.run_now(lambda s: s.exec(select(DayNote)).all())
    assert "Tám" not in note.text
    assert place.database.run_now(lambda s: keys_of(s).open(note.text)).endswith("•••")


async def test_a_note_may_be_removed_and_a_long_one_is_asked_to_be_shorter(
    place: Place, clock: Clock
) -> None:
    lan = await pledged(place, clock, "cv1")
    await lan.opens("checkin/261116/cv1/done")
    assert "Ghi chú của bạn dài 501 ký tự" in await lan.sends("a" * 501)
    await lan.sends("Xong sớm")
    await lan.does(action="note/261116", text="")
    assert "Đã xóa ghi chú của bạn." in lan.text()
    assert place.database.run_now(lambda s: len(s.exec(select(DayNote)).all())) == 0


@pytest.mark.parametrize("outcome", OUTCOMES)
async def test_a_repeated_web_form_shows_the_state_and_acts_once(
    place: Place, clock: Clock, outcome: str
) -> None:
    lan = member(place, "lan", "P1", channel="web")
    await lan.opens("pledge/261116/cv1/1")
    await lan.does(key="form1", action=f"checkin/261116/cv1/{outcome}")
    await lan.does(key="form2", action="checkin/261116/cv1/done")
    again = await lan.does(key="form1", action=f"checkin/261116/cv1/{outcome}")
    assert again.duplicate
    assert pledges(place.database) == [("16/11", "cv1", "done", False)]
    assert f"{CV1}: Đã làm" in lan.text()

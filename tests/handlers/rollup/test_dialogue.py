"""What the secretary of an upper unit reads on Monday, and where the buttons lead."""

import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import Session, select

from handlers.jobs.send_digest import send_digests
from handlers.messages import Document, Picture
from handlers.organiser import rollup, rollup_actions
from handlers.routing import Pattern
from storage.tables import DigestPreference, DigestSent, Person, Unit
from tests.bot.conftest import logged
from tests.handlers.digest.branch import MONDAY, W47
from tests.handlers.rollup.province import Province, furnish, live
from tests.officials import joined
from tests.people import Place, Talker

__all__ = ["logged"]
TITLE = "BẢN TIN TUẦN 47 – Thành Đoàn Hương Sen"


@pytest.fixture
def ids(province: Province) -> dict[str, int]:
    found = furnish(province)
    live(province, W47.before())
    live(province)
    for code, unit in (("B1", "TD"), ("B2", "DP"), ("B3", "C1")):
        province.stands(code, unit, "secretary")
    return found


@pytest.fixture
def place(province: Province, ids: dict[str, int]) -> Place:
    return Place(province.database, province.clock)


async def on_monday(
    place: Place, province: Province, code: str = "B1", unit: str = "TD", channel: str = "telegram"
) -> Talker:
    province.at(MONDAY, 9)
    return await joined(place, f"chat-{code}", unit, "secretary", code, channel)


async def test_the_roll_up_is_one_message_with_the_way_to_every_unit(
    place: Place, province: Province
) -> None:
    chief = await on_monday(place, province)
    said = await chief.sends("/bantin")
    assert said.startswith(TITLE)
    assert len(chief.seen) == 1
    assert said.count("BẢN TIN TUẦN") == 1
    for line in (
        "Đơn vị có hoạt động: 5/6",
        "Đoàn viên có cam kết: 12/22 (55%)",
        "Người dân hài lòng: 62% (21/34 lượt đánh giá)",
        "• Chi đoàn số 1: 92% lượt đánh giá hài lòng (11/12)",
        "• Chi đoàn số 4: tỷ lệ hài lòng còn thấp hơn mặt bằng chung, 25% (3/12 lượt)",
        "Đơn vị chưa có số liệu trong tuần: 1",
        "• Chi đoàn số 1: hài lòng 92% (12 lượt); các đơn vị còn lại của Đoàn phường Sông Trăng: 70% (10 lượt)",
        "Được lòng dân: 62/100 (Lượt đánh giá hài lòng 62%)",
        "Tính từ số liệu của chương trình này (bộ chỉ tiêu phiên bản 1), không phải điểm chính thức.",
    ):
        assert line in said
    assert chief.buttons() == [
        *("Xem từng đơn vị (7)", "Xem bằng hình", "Tải bảng tính"),
        *("Tuần trước", "Xem thêm…"),
    ]


async def test_every_unit_below_is_a_page_and_a_tap_away(place: Place, province: Province) -> None:
    chief = await on_monday(place, province)
    await chief.sends("/bantin")
    await chief.taps("Xem từng đơn vị (7)")
    assert chief.buttons()[:4] == [
        *("Đoàn các cơ quan", "Chi đoàn số 4", "Chi đoàn số 5", "Đoàn phường Sông Trăng"),
    ]
    said = await chief.taps("Đoàn phường Sông Trăng")
    assert said.startswith("Đoàn phường Sông Trăng, tuần 47")
    assert "Người dân hài lòng: 82% (18/22 lượt đánh giá)" in said
    assert "Đơn vị làm điểm" in said
    assert "Chi đoàn số 1; Chi đoàn số 2; Chi đoàn số 3" in said
    await chief.taps("Xem từng đơn vị (3)")
    said = await chief.taps("Chi đoàn số 2")
    assert "Chưa đủ 5 lượt đánh giá nên không hiển thị điểm." in said
    assert "33%" not in said
    said = await chief.taps("Đơn vị cấp trên")
    assert said.startswith("Đoàn phường Sông Trăng")
    said = await chief.taps("Tuần trước")
    assert said.startswith("Đoàn phường Sông Trăng, tuần 46")
    assert (await chief.taps("Về bản tin")).startswith("BẢN TIN TUẦN 46 – Thành Đoàn")


async def test_a_score_that_would_give_another_away_says_why_it_is_not_shown(
    place: Place, province: Province, ids: dict[str, int]
) -> None:
    chief = await on_monday(place, province)
    said = await chief.opens(f"rollup/{ids['C3']}/2026-W47")
    assert "Người dân đánh giá: 7 lượt" in said
    assert "vì từ đó có thể suy ra điểm của một đơn vị chưa đủ 5 lượt đánh giá" in said
    assert "%)" not in said.replace("(75%)", "").replace("(0%)", "")


@pytest.mark.parametrize("typed", ["song trang", "Sông Trăng", "dp", "doan phuong song"])
async def test_a_unit_is_found_without_accents_by_a_part_of_its_name_or_its_code(
    place: Place, province: Province, typed: str
) -> None:
    chief = await on_monday(place, province)
    await chief.sends("/bantin")
    await chief.taps("Xem từng đơn vị (7)")
    await chief.sends(typed)
    assert chief.buttons()[0] == "Đoàn phường Sông Trăng"


async def test_what_nobody_is_called_is_said_and_the_list_stays(
    place: Place, province: Province
) -> None:
    chief = await on_monday(place, province)
    await chief.sends("/bantin")
    await chief.taps("Xem từng đơn vị (7)")
    said = await chief.sends("xyzzy")
    assert "Không có đơn vị nào dưới Thành Đoàn Hương Sen mang tên hay mã đó." in said
    assert chief.field().value == "xyzzy"
    assert "Chi đoàn số 5" in chief.buttons()


async def test_picture_and_spreadsheet_are_a_tap_away(place: Place, province: Province) -> None:
    chief = await on_monday(place, province)
    await chief.sends("/bantin")
    await chief.taps("Xem bằng hình")
    (picture,) = [part for part in chief.seen[0].parts if isinstance(part, Picture)]
    assert picture.recipe == "rollup_card"
    assert "được người, được việc, được tổ chức, được lòng dân" in picture.alt
    await chief.taps("Về bản tin")
    await chief.taps("Tải bảng tính")
    (file,) = [part for part in chief.seen[0].parts if isinstance(part, Document)]
    assert (file.recipe, file.name) == ("rollup_sheet", "TD-2026-W47.xlsx")
    json.dumps(file.data)


async def test_the_own_digest_of_an_upper_unit_has_its_comments(
    place: Place, province: Province, ids: dict[str, int]
) -> None:
    province.rated("DP", W47.first, 5, 5, 5, 4, 2, comments=["Cần thêm ghế ngồi chờ"])
    second = await on_monday(place, province, "B2", "DP")
    said = await second.sends("/bantin")
    assert said.startswith("BẢN TIN TUẦN 47 – Đoàn phường Sông Trăng")
    assert "Cần thêm ghế" not in said
    said = await second.taps("Bản tin của riêng đơn vị")
    assert "Người dân hài lòng: 80% (4/5 lượt đánh giá)" in said
    assert "Cần thêm ghế ngồi chờ" in said
    assert any(label.startswith("Xem góp ý") for label in second.buttons())


async def test_it_reads_the_same_where_there_are_no_buttons_and_on_the_web(
    place: Place, province: Province
) -> None:
    for channel in ("web", "zalo"):
        chief = await on_monday(place, province, channel=channel)
        assert (await chief.sends("/bantin")).startswith(TITLE)
        assert "Xem từng đơn vị (7)" in chief.buttons()


async def test_a_leaf_is_told_as_before(place: Place, province: Province) -> None:
    third = await on_monday(place, province, "B3", "C1")
    said = await third.sends("/bantin")
    assert "Người dân hài lòng: 92% (11/12 lượt đánh giá)" in said
    assert "Bốn mặt" not in said
    assert "Xem bằng hình" not in third.buttons()


ACTIONS = (
    "rollup/{unit}/2026-W47",
    "rollup/{unit}/2026-W47/units/0",
    "rollup/{unit}/2026-W47/find",
    "rollup/{unit}/2026-W47/picture",
    "rollup/{unit}/2026-W47/sheet",
    "rollup/{unit}/2026-W47/own",
)


def test_every_action_of_the_roll_up_is_among_the_forged_ones() -> None:
    patterns = {each for each in vars(rollup_actions).values() if isinstance(each, Pattern)}
    assert patterns == {route.pattern for route in rollup.ROUTES}
    for pattern in patterns:
        assert sum(pattern.match(each.format(unit=1)) is not None for each in ACTIONS) == 1


@pytest.mark.parametrize("action", ACTIONS)
async def test_a_unit_that_is_not_below_is_refused_whatever_the_button_says(
    place: Place, province: Province, ids: dict[str, int], action: str, logged: Callable[[], str]
) -> None:
    second = await on_monday(place, province, "B2", "DP")
    third = await on_monday(place, province, "B3", "C1")
    member = await joined(place, "chat-P10", "C1", "member", "P10")
    for who, unit in (
        *((second, unit) for unit in ("TD", "CQ", "C4")),
        *((third, unit) for unit in ("TD", "DP", "C2")),
        *((member, unit) for unit in ("TD", "C1")),
        (place.person("citizen"), "C1"),
    ):
        handled = await who.does(action=action.format(unit=ids[unit]), text="song trang")
        assert handled.refused, (who.name, unit)
        assert "%" not in who.text()
    assert (await second.does(action=action.format(unit=99))).refused


async def test_a_week_that_runs_is_refused(
    place: Place, province: Province, ids: dict[str, int]
) -> None:
    chief = await on_monday(place, province)
    assert (await chief.does(action=f"rollup/{ids['C1']}/2026-W48")).refused
    assert "Tuần 48 chưa kết thúc." in chief.text()


async def test_a_unit_that_moved_away_is_seen_in_the_weeks_before_only(
    place: Place, province: Province, ids: dict[str, int]
) -> None:
    province.moves("C1", "CQ", MONDAY)
    second = await on_monday(place, province, "B2", "DP")
    assert (await second.opens(f"rollup/{ids['C1']}/2026-W47")).startswith("Chi đoàn số 1, tuần 47")
    province.at(MONDAY + timedelta(days=7), 9)
    assert (await second.does(action=f"rollup/{ids['C1']}/2026-W48")).refused


def tick(province: Province, days: int = 0) -> dict[str, int]:
    now = province.at(MONDAY + timedelta(days=days), 8)
    return province.database.run_now(partial(send_digests, now=now, policy=province.policy))


def test_on_monday_one_message_comes_instead_of_a_digest_for_each_unit(
    province: Province, ids: dict[str, int]
) -> None:
    for code in ("B1", "B2", "B3"):
        province.link(code, f"chat-{code}")
    assert tick(province) == {"sent": 3, "failed": 0}
    assert tick(province)["sent"] == 0
    assert dict(province.digests()) == {
        "chat-B1": "47 – Thành Đoàn Hương Sen",
        "chat-B2": "47 – Đoàn phường Sông Trăng",
        "chat-B3": "47 – Chi đoàn số 1",
    }
    content = {address: content for _, address, content in province.waiting()}
    assert "Bốn mặt phong trào" in content["chat-B1"]
    assert "Bốn mặt phong trào" not in content["chat-B3"]
    kept = province.database.run_now(lambda s: len(s.exec(select(DigestSent)).all()))
    assert kept == 3
    assert tick(province, 21)["sent"] == 3
    assert "Chưa gửi được bản tin từ tuần 48 đến tuần 49" in province.waiting()[-1][2]


def test_who_stopped_the_digest_of_an_upper_unit_gets_none(
    province: Province, ids: dict[str, int]
) -> None:
    province.link("B1", "chat-B1")

    def stops(session: Session) -> None:
        who = session.exec(select(Person).where(Person.code == "B1")).one()
        session.add(DigestPreference(person_id=who.id or 0, unit_id=ids["TD"], stopped=True))

    province.database.run_now(stops)
    assert tick(province)["sent"] == 0


def test_an_organisation_in_which_nothing_happened_is_told_in_short(province: Province) -> None:
    ids = furnish(province)
    province.stands("B1", "TD", "secretary")
    province.link("B1", "chat-B1")
    assert tick(province)["sent"] == 1
    ((_, _, content),) = province.waiting()
    assert "16/11–22/11/2026: tuần này không có gì mới." in content
    assert "Đơn vị có hoạt động: 0/6" in content
    assert "Bốn mặt" not in content
    assert "Xem từng đơn vị (7)" in content
    assert province.rollup(ids["TD"]).empty


def test_the_last_unit_below_that_closes_makes_it_a_plain_digest_again(
    province: Province, ids: dict[str, int]
) -> None:
    def closes(session: Session) -> None:
        for unit in session.exec(select(Unit).where(Unit.parent_id == ids["DP"])):
            unit.until = W47.before().last
            session.add(unit)

    province.database.run_now(closes)
    province.link("B2", "chat-B2")
    tick(province)
    assert "Bốn mặt" not in province.waiting()[0][2]

"""What a secretary reads on Monday and does with it, as the dialogue goes."""

import json
from collections.abc import Callable
from datetime import date

import pytest
from sqlmodel import select

from handlers.catalogue import ensure_catalogue
from handlers.messages import Document, Picture
from handlers.routing import Pattern
from storage.queries.traffic import chat_name
from storage.tables import Answer, DigestPreference
from tests.handlers.digest.branch import MONDAY, W47, Branch
from tests.officials import inbox, joined, unit_id
from tests.people import Place, Talker

TITLE = "BẢN TIN TUẦN 47 – Chi đoàn Sở Nội vụ"


@pytest.fixture
def branch(staffed: Place) -> Branch:
    """The week 47 of Sở Nội vụ: five ratings; Lan regular, Minh silent since the week before."""
    branch = Branch(staffed.database, staffed.clock, staffed.policy)  # type: ignore[arg-type]
    staffed.database.run_now(ensure_catalogue)
    branch.pledged_all_week("C1", "P1", W47)
    branch.pledged_all_week("C1", "P2", W47.before())
    branch.rated("C1", W47.first, 5, 5, 4, 4, 2, comments=["Cháu Lan tận tình"])
    return branch


async def on_monday(place: Place, branch: Branch, code: str = "S1", unit: str = "C1") -> Talker:
    branch.at(MONDAY, 9)
    return await joined(place, f"chat-{code}", unit, "secretary", code)


def c1(place: Place) -> int:
    return place.database.run_now(lambda s: unit_id(s, "C1"))


async def test_the_digest_is_one_message_with_one_picture_and_three_steps(
    staffed: Place, branch: Branch
) -> None:
    sau = await on_monday(staffed, branch)
    said = await sau.sends("/bantin")
    assert said.startswith(TITLE)
    assert "Người dân hài lòng: 80% (4/5 lượt đánh giá)" in said
    (answer,) = sau.seen
    assert sum(isinstance(part, Picture) for part in answer.parts) == 1
    assert sau.buttons() == [
        "Cảm ơn Nguyễn Thị Lan",
        "Hỏi thăm Trần Văn Minh",
        "Xem góp ý (1)",
        "Xem thêm…",
    ]
    more = await sau.taps("Xem thêm…")
    assert more == "Tuần 47 – Chi đoàn Sở Nội vụ"
    assert sau.buttons() == [
        *("Nội dung gửi nhóm", "Tuần trước", "Tải bảng tính", "Ngày không phải ca của đoàn viên"),
        *("Đổi ngày giờ nhận", "Ngừng nhận bản tin", "Cài đặt đơn vị"),
    ]


async def test_any_week_can_be_named_and_weeks_are_turned(staffed: Place, branch: Branch) -> None:
    sau = await on_monday(staffed, branch)
    assert (await sau.sends("/bantin 2026-W46")).startswith("BẢN TIN TUẦN 46 – ")
    await sau.taps("Xem thêm…")
    assert (await sau.taps("Tuần sau")).startswith(TITLE)
    await sau.taps("Xem thêm…")
    assert "Tuần sau" not in sau.buttons()
    assert (await sau.taps("Tuần trước")).startswith("BẢN TIN TUẦN 46 – ")


async def test_there_is_no_way_back_from_the_first_week_with_anything_in_it(
    staffed: Place, branch: Branch
) -> None:
    sau = await on_monday(staffed, branch)
    branch.pledged("C1", "P2", W47.before(3).first, "cv1")
    await sau.sends("/bantin 2026-W46")
    assert "Tuần trước" in sau.buttons()
    await sau.sends("/bantin 2026-W44")
    assert "Tuần trước" not in sau.buttons()
    await sau.taps("Xem thêm…")
    assert "Tuần trước" not in sau.buttons()


@pytest.mark.parametrize("action", ["", "/more"])
async def test_the_oldest_week_that_can_be_written_is_shown_like_any_other(
    staffed: Place, branch: Branch, action: str
) -> None:
    branch.rated("C1", date(1999, 6, 1), 5)
    sau = await on_monday(staffed, branch)
    handled = await sau.does(action=f"digest/{c1(staffed)}/2000-W01{action}")
    assert handled.reference is None
    assert "Tuần trước" not in sau.buttons()


async def test_who_leads_several_units_chooses_one(staffed: Place, branch: Branch) -> None:
    tam = await on_monday(staffed, branch, "S3")
    assert await tam.sends("/bantin") == "Xem bản tin của đơn vị nào?"
    assert tam.buttons() == ["Chi đoàn Sở Nội vụ", "Thành Đoàn Đà Nẵng"]
    assert (await tam.taps("Chi đoàn Sở Nội vụ")).startswith(TITLE)


async def test_thanks_reach_the_member_once_whoever_sends_them(
    staffed: Place, branch: Branch
) -> None:
    sau = await on_monday(staffed, branch)
    lan = await joined(staffed, "chat-P1", "C1", "member", "P1")
    tam = await joined(staffed, "chat-S3", "C1", "secretary", "S3")
    await sau.sends("/bantin")
    digest = list(sau.seen)
    assert await sau.taps("Cảm ơn Nguyễn Thị Lan") == "Đã gửi tới Nguyễn Thị Lan."
    card = await inbox(lan)
    assert card == (
        "Cảm ơn bạn đã bền bỉ từng ngày trong tuần 47!\nTừ Phạm Văn Sáu, bí thư Chi đoàn Sở Nội vụ"
    )
    again = "Nguyễn Thị Lan đã nhận được lời nhắn về tuần này rồi."
    assert await sau.presses("Cảm ơn Nguyễn Thị Lan", on=digest) == again
    await tam.opens(f"digest/{c1(staffed)}/2026-W47")
    assert await tam.taps("Cảm ơn Nguyễn Thị Lan") == again
    assert await inbox(lan) == ""


async def test_thanks_for_praise_carry_no_figure_of_the_ratings(
    staffed: Place, branch: Branch
) -> None:
    branch.rated("C1", W47.first, *[5] * 6, by="P1", reasons="high/nd1")
    sau = await on_monday(staffed, branch)
    lan = await joined(staffed, "chat-P1", "C1", "member", "P1")
    await sau.sends("/bantin")
    await sau.taps("Cảm ơn Nguyễn Thị Lan")
    card = await inbox(lan)
    assert card.startswith("Cảm ơn bạn! Người dân khen cách bạn phục vụ.")
    assert not any(c.isdigit() for c in card)


async def test_a_member_without_a_chat_is_to_be_thanked_in_person(
    staffed: Place, branch: Branch
) -> None:
    sau = await on_monday(staffed, branch)
    await sau.sends("/bantin")
    said = await sau.taps("Cảm ơn Nguyễn Thị Lan")
    assert said.startswith("Nguyễn Thị Lan chưa kết nối ở đây.")
    lan = await joined(staffed, "chat-P1", "C1", "member", "P1")
    await sau.sends("/bantin")
    assert await sau.taps("Cảm ơn Nguyễn Thị Lan") == "Đã gửi tới Nguyễn Thị Lan."
    assert await inbox(lan) != ""


async def test_a_kind_question_is_ready_to_send_or_is_written_anew(
    staffed: Place, branch: Branch
) -> None:
    sau = await on_monday(staffed, branch)
    minh = await joined(staffed, "chat-P2", "C1", "member", "P2")
    await sau.sends("/bantin")
    asked = await sau.taps("Hỏi thăm Trần Văn Minh")
    assert "Minh ơi, dạo này bạn thế nào?" in asked
    assert await sau.sends("Minh khỏe không, cần gì cứ nói nhé!") == "Đã gửi tới Trần Văn Minh."
    assert (await inbox(minh)).startswith("Minh khỏe không, cần gì cứ nói nhé!\nTừ Phạm Văn Sáu")


async def test_the_ready_words_go_out_with_one_tap(staffed: Place, branch: Branch) -> None:
    sau = await on_monday(staffed, branch)
    minh = await joined(staffed, "chat-P2", "C1", "member", "P2")
    await sau.sends("/bantin")
    await sau.taps("Hỏi thăm Trần Văn Minh")
    await sau.taps("Gửi lời này")
    assert (await inbox(minh)).startswith("Minh ơi, dạo này bạn thế nào?")


async def test_a_comment_is_answered_and_its_author_reads_it_by_receipt_code(
    staffed: Place, branch: Branch
) -> None:
    an = staffed.person("an")
    await an.opens("rate/Q1/261116/1/2")
    await an.sends("Ghế ngồi chờ quá ít")
    code = an.code()
    sau = await on_monday(staffed, branch)
    await sau.sends("/bantin")
    shown = await sau.taps("Xem góp ý (2)")
    assert "Ý kiến cần quan tâm: 2 (16/11–22/11/2026)" in shown
    assert "Cháu Lan tận tình" in shown
    number = shown.split(" “Ghế ngồi chờ quá ít”")[0].rstrip(" .–")[-1]
    assert "Không hài lòng" not in shown
    asked = await sau.taps(f"Trả lời {number}")
    assert "Chỉ người góp ý đọc được" in sau.field().hint
    assert "Ghế ngồi chờ quá ít" in asked
    said = await sau.sends("Xin cảm ơn! Tuần tới có thêm 10 ghế. Gọi 0905 123 456 nếu cần.")
    assert "Đã lưu câu trả lời." in said
    await sau.taps("Về danh sách góp ý")
    assert f"Sửa trả lời {number}" in sau.buttons()

    read = await staffed.person("from another phone").sends(code)
    assert "Tuần tới có thêm 10 ghế. Gọi ••• nếu cần." in read
    assert "Đơn vị trả lời góp ý của Ông/Bà:" in read


async def test_withdrawing_a_rating_erases_the_answer_too(staffed: Place, branch: Branch) -> None:
    an = staffed.person("an")
    await an.opens("rate/Q1/261116/1/2")
    await an.sends("Ghế ngồi chờ quá ít")
    code = an.code()
    sau = await on_monday(staffed, branch)
    await sau.opens(f"comments/{c1(staffed)}/2026-W47/0")
    shown = sau.text()
    number = shown.split(" “Ghế ngồi chờ quá ít”")[0].rstrip(" .–")[-1]
    await sau.taps(f"Trả lời {number}")
    answering = sau.field().action
    await sau.sends("Ghế ngồi sẽ có thêm")
    assert len(await answers(staffed)) == 1
    await an.sends(code)
    await an.taps("Rút đánh giá này")
    await an.taps("Rút và xóa")
    assert await answers(staffed) == []
    await sau.does(action=answering, text="Một câu trả lời muộn")
    assert "Góp ý này không còn" in sau.text()
    assert await answers(staffed) == []


async def answers(place: Place) -> list[Answer]:
    return await place.database.run(lambda s: list(s.exec(select(Answer)).all()))


async def test_an_insult_is_hidden_with_a_logged_reason_and_its_rating_counts_on(
    staffed: Place, branch: Branch, logged: Callable[[], str]
) -> None:
    branch.rated("C1", W47.first, 1, comments=["Đồ ngu"])
    sau = await on_monday(staffed, branch)
    await sau.sends("/bantin")
    before = sau.text()
    assert "Người dân hài lòng: 67% (4/6 lượt đánh giá)" in before
    shown = await sau.taps("Xem góp ý (2)")
    number = shown.split(" “Đồ ngu”")[0].rstrip(" .–")[-1]
    assert "Vì sao ẩn góp ý này?" in await sau.taps(f"Ẩn {number}")
    assert sau.buttons()[0] == "Giữ lại"
    after = await sau.taps("Xúc phạm người khác")
    assert after.startswith("Đã ẩn góp ý.")
    assert "Đồ ngu" not in after
    assert "Cháu Lan tận tình" in after
    said = await sau.sends("/bantin")
    assert "Đồ ngu" not in said
    assert "Người dân hài lòng: 67% (4/6 lượt đánh giá)" in said
    (line,) = [each for each in logged().splitlines() if "comment hidden" in each]
    for word in ("C1", "2026-W47", "insult"):
        assert word in line
    assert "Đồ ngu" not in logged()


async def test_the_text_for_the_group_is_a_message_of_its_own(
    staffed: Place, branch: Branch
) -> None:
    sau = await on_monday(staffed, branch)
    await sau.sends("/bantin")
    await sau.taps("Xem thêm…")
    await sau.taps("Nội dung gửi nhóm")
    _, text = sau.seen
    (part,) = text.parts
    assert "Chi đoàn Sở Nội vụ, tuần 47 (16/11–22/11/2026)" in part.text  # type: ignore[union-attr]
    assert "Minh" not in part.text  # type: ignore[union-attr]


async def test_the_spreadsheet_holds_totals_and_no_name(staffed: Place, branch: Branch) -> None:
    sau = await on_monday(staffed, branch)
    await sau.sends("/bantin")
    await sau.taps("Xem thêm…")
    await sau.taps("Tải bảng tính")
    (file,) = [p for answer in sau.seen for p in answer.parts if isinstance(p, Document)]
    assert file.name == "C1-2026-W47.xlsx"
    for word in ("Lan", "Minh", "tận tình"):
        assert word not in str(file.data)


async def test_the_digest_is_moved_stopped_and_sent_again(staffed: Place, branch: Branch) -> None:
    sau = await on_monday(staffed, branch)
    await sau.sends("/bantin")
    await sau.taps("Xem thêm…")
    menu = list(sau.seen)
    assert "hiện gửi Thứ Hai lúc 08:00" in await sau.taps("Đổi ngày giờ nhận")
    await sau.taps("Thứ Tư")
    assert "Xin gửi giờ, ví dụ 07:30." in await sau.sends("sáng sớm")
    assert await sau.sends("7:30") == "Bản tin sẽ được gửi Thứ Tư lúc 07:30."
    assert await preference(staffed) == ("wed 07:30", False)
    await sau.taps("Đổi ngày giờ nhận")
    await sau.taps("Chủ nhật")
    assert await sau.taps("19:00") == "Bản tin sẽ được gửi Chủ nhật lúc 19:00."
    await sau.taps("Đổi ngày giờ nhận")
    await sau.taps("Như thường lệ: Thứ Hai 08:00")
    assert await preference(staffed) == (None, False)
    assert "đã ngừng gửi bản tin" in await sau.presses("Ngừng nhận bản tin", on=menu)
    assert await preference(staffed) == (None, True)
    await sau.taps("Gửi lại như trước")
    assert await preference(staffed) == (None, False)


async def preference(place: Place) -> tuple[str | None, bool]:
    def work(session: object) -> tuple[str | None, bool]:
        row = session.exec(select(DigestPreference)).one()  # type: ignore[attr-defined]
        return row.at, row.stopped

    return await place.database.run(work)


FORGED = (
    "digest",
    "digest/{unit}/2026-W47",
    "digest/{unit}/2026-W47/more",
    "digest/{unit}/2026-W47/group",
    "digest/{unit}/2026-W47/sheet",
    "thank/{unit}/2026-W47/1",
    "care/{unit}/2026-W47/2",
    "care/{unit}/2026-W47/2/send",
    "notes/{unit}/2026-W47/0",
    "comments/{unit}/2026-W47/0",
    "answer/{unit}/2026-W47/abcdefghij",
    "answer/{unit}/2026-W47/abcdefghij/send",
    "hide/{unit}/2026-W47/abcdefghij",
    "hide/{unit}/2026-W47/abcdefghij/insult",
    "hidewhy/{unit}/2026-W47/abcdefghij",
    "hidden/{unit}/2026-W47/0",
    "hidden/{unit}/2026-W47/abcdefghij/show",
    "digest/{unit}/when",
    "digest/{unit}/when/2",
    "digest/{unit}/when/2/7",
    "digest/{unit}/when/2/typed",
    "digest/{unit}/when/usual",
    "digest/{unit}/stop",
    "digest/{unit}/resume",
)


def test_every_route_of_the_digest_is_among_the_forged_ones() -> None:
    from handlers.secretary import actions

    patterns = {value.path for value in vars(actions).values() if isinstance(value, Pattern)}
    assert len(patterns) == len(FORGED)


async def test_refusals_of_officials_can_be_told_apart_in_the_log_and_those_of_citizens_not(
    staffed: Place, branch: Branch, logged: Callable[[], str]
) -> None:
    lan = await joined(staffed, "chat-P1", "C1", "member", "P1")
    bay = await joined(staffed, "chat-S2", "C2", "secretary", "S2")
    branch.at(MONDAY, 9)
    for who in (lan, bay, staffed.person("citizen")):
        assert (await who.does(action=f"digest/{c1(staffed)}/2026-W47")).refused
    refusals = [json.loads(each) for each in logged().splitlines() if '"refused"' in each]
    keys = staffed.database.keys
    of_lan, of_bay = (chat_name(keys, "telegram", name)[:8] for name in ("chat-P1", "chat-S2"))
    assert [each.get("by") for each in refusals] == [of_lan, of_bay, None]


@pytest.mark.parametrize("action", FORGED)
async def test_a_forged_action_is_refused_to_members_citizens_and_other_secretaries(
    staffed: Place, branch: Branch, action: str, logged: Callable[[], str]
) -> None:
    lan = await joined(staffed, "chat-P1", "C1", "member", "P1")
    bay = await joined(staffed, "chat-S2", "C2", "secretary", "S2")
    branch.at(MONDAY, 9)
    forged = action.format(unit=c1(staffed))
    for who in (lan, staffed.person("citizen"), bay):
        if who is bay and forged == "digest":
            continue
        handled = await who.does(action=forged, text="07:30")
        assert handled.refused, who.name
        assert "Chi đoàn Sở Nội vụ" not in who.text()
    refusals = [each for each in logged().splitlines() if '"refused"' in each]
    assert len(refusals) == (2 if forged == "digest" else 3)
    assert await staffed.database.run(lambda s: list(s.exec(select(DigestPreference)))) == []


async def test_a_week_that_has_not_ended_and_a_person_not_named_are_refused(
    staffed: Place, branch: Branch
) -> None:
    sau = await on_monday(staffed, branch)
    unit = c1(staffed)
    for action in (f"digest/{unit}/2026-W48", f"comments/{unit}/2026-W48/0"):
        assert (await sau.does(action=action)).refused
        assert "Tuần 48 chưa kết thúc." in sau.text()
    for person in (1, 2, 3, 999):
        handled = await sau.does(action=f"care/{unit}/2026-W45/{person}/send")
        assert handled.refused
    branch.at(date(2027, 2, 1), 9)
    assert (await sau.does(action=f"thank/{unit}/2026-W47/1")).refused


async def test_who_is_no_secretary_any_more_cannot_use_old_buttons(
    staffed: Place, branch: Branch
) -> None:
    from sqlalchemy import delete

    from storage.tables import Membership

    sau = await on_monday(staffed, branch)
    await sau.sends("/bantin")
    buttons = [choice.action for answer in sau.seen for choice in answer.choices()]
    assert len(buttons) == 4
    await staffed.database.run(
        lambda s: s.execute(delete(Membership).where(Membership.role == "secretary")) and None  # type: ignore[arg-type]
    )
    for action in buttons:
        assert (await sau.does(action=action)).refused

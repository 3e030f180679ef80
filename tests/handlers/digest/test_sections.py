"""What each section of a digest says, and when it keeps silent."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from handlers.digest.build import build
from handlers.digest.figures import Digest
from handlers.digest.page import page
from handlers.digest.released import released_since
from handlers.digest.sections import ORDER
from handlers.digest.text import group_text, missed_line, parts, plain
from handlers.digest.wording import period
from handlers.documents.recipes import draw
from handlers.texts import Speaker
from handlers.weeks import Week
from storage.tables import Leave, Person, Preference, Rating, Unit
from tests.handlers.digest.branch import W47, Branch

SAY = Speaker("vi", citizen="Ông/Bà")


@pytest.fixture
def c1(branch: Branch) -> int:
    return branch.unit("C1", "Chi đoàn Sở Nội vụ", ["P1", "P2", "P3"])


def digest(branch: Branch, unit: int, week: Week = W47) -> Digest:
    return branch.database.run_now(lambda s: build(s, unit, week, branch.policy))


def told(branch: Branch, unit: int, section: str, week: Week = W47) -> str:
    return plain(dict(ORDER)[section](digest(branch, unit, week), SAY))


def test_the_order_is_that_of_the_reader() -> None:
    assert [name for name, _ in ORDER] == [
        *("overview", "ratings", "pledges", "changes"),
        *("people", "comments", "suggestion", "adjusted"),
    ]


def test_the_overview_is_one_line(branch: Branch, c1: int) -> None:
    assert told(branch, c1, "overview") == "16/11–22/11/2026: tuần này không có gì mới."
    branch.rated("C1", W47.first, 5, 5, 4)
    branch.pledged("C1", "P1", W47.first, "cv1")
    assert told(branch, c1, "overview") == (
        "16/11–22/11/2026. Đánh giá: 3 lượt. Đoàn viên có cam kết: 1/3."
    )
    branch.rated("C1", W47.first, 1, 1)
    assert told(branch, c1, "overview") == (
        "16/11–22/11/2026. Đánh giá: 5 lượt, hài lòng 60%. Đoàn viên có cam kết: 1/3."
    )


def test_ratings_carry_their_denominator_and_the_period_they_are_compared_with(
    branch: Branch, c1: int
) -> None:
    branch.rated("C1", W47.first, 5, 5, 4, reasons="high/nd1;high/cm3")
    branch.rated("C1", W47.first, 2, 2, reasons="low/cv4")
    branch.rated("C1", W47.before().first, 5, 5, 5, 5, 1)
    branch.rated("C1", W47.before(2).first, 1)
    assert told(branch, c1, "ratings") == (
        "Người dân hài lòng: 60% (3/5 lượt đánh giá)\n\n"
        "▼ thấp hơn 20 điểm phần trăm so với tuần trước: 80% (09/11–15/11/2026)\n"
        "Rất hài lòng 2 · Hài lòng 1 · Bình thường 0 · Không hài lòng 2 · Rất không hài lòng 0\n"
        "Được khen: Đúng hẹn (3), Ân cần, hòa nhã (3)\n"
        "Cần tốt hơn: Chậm hoặc có sai sót (2)"
    )


def test_where_desks_and_members_of_units_meet_the_figures_say_which_they_count(
    branch: Branch, c1: int
) -> None:
    says = (
        "Mỗi đánh giá được tính cho đơn vị của đoàn viên được đánh giá; khi không rõ đoàn viên nào "
        "thì tính cho đơn vị của quầy."
    )
    c2 = branch.unit("C2")
    branch.rated("C1", W47.first, 5, 5, 5, 5, 5, by="P1")
    branch.rated("C2", W47.first, 5)
    for unit in (c1, c2):
        assert says not in told(branch, unit, "ratings")
    moves_to(branch, "P1", "C2", W47.first)  # served at the desk of C1, counted for C2
    assert told(branch, c1, "ratings").endswith(says)
    assert told(branch, c2, "ratings").endswith(says)
    assert says not in told(branch, c2, "ratings", W47.after())


def moves_to(branch: Branch, person: str, unit: str, day: date) -> None:
    """One of a person's ratings of that day counts for another unit than the desk's."""

    def work(session: Session) -> None:
        to = session.exec(select(Unit.id).where(Unit.code == unit)).one()
        of = session.exec(select(Person.id).where(Person.code == person)).one()
        found = session.exec(select(Rating).where(Rating.member_id == of, Rating.day == day))
        rating = found.first()
        assert rating is not None
        rating.unit_id = to or 0
        session.add(rating)

    branch.database.run_now(work)


def test_the_difference_is_that_of_the_figures_shown(branch: Branch, c1: int) -> None:
    branch.rated("C1", W47.first, *[5] * 21, *[2] * 4)
    branch.rated("C1", W47.before().first, *[5] * 33, *[2] * 7)
    branch.rated("C1", W47.before(2).first, *[5] * 33, *[2] * 7)
    assert "▲ cao hơn 1 điểm phần trăm so với trung bình 2 tuần: 83%" in told(branch, c1, "ratings")


def test_figures_that_are_shown_alike_are_called_equal(branch: Branch, c1: int) -> None:
    branch.rated("C1", W47.first, *[5] * 21, *[2] * 4)
    branch.rated("C1", W47.before(2).first, *[5] * 209, *[2] * 41)
    assert "= bằng tuần 45: 84% (02/11–08/11/2026)" in told(branch, c1, "ratings")


def test_missed_weeks_across_new_year_name_the_year() -> None:
    line = missed_line([Week(2026, 52), Week(2026, 53), Week(2027, 1)], SAY)
    assert line is not None
    assert "từ tuần 52/2026 đến tuần 1/2027" in line.text
    line = missed_line([Week(2027, 1), Week(2027, 2)], SAY)
    assert line is not None
    assert "từ tuần 1 đến tuần 2" in line.text


def test_days_across_new_year_name_both_years() -> None:
    assert period(Week(2026, 53).first, Week(2026, 53).last) == "28/12/2026–03/01/2027"


def test_below_k_ratings_say_so_and_show_no_score_in_any_form(branch: Branch, c1: int) -> None:
    branch.rated("C1", W47.first, 1, 1, 1, 1, reasons="low/nd4", comments=["Quát mắng"])
    found = digest(branch, c1)
    assert told(branch, c1, "ratings") == (
        "Người dân đánh giá: 4 lượt\n\nChưa đủ 5 lượt đánh giá nên không hiển thị điểm."
    )
    everything = "\n".join(
        (
            plain(parts(found, SAY)),
            group_text(found, SAY),
            page(found, SAY),
            str(digest_data(found)),
        )
    )
    for word in ("%", "phiền hà", "Rất không hài lòng 4", "Quát mắng", "0.0"):
        assert word not in everything.split("<img")[0].replace("max-width:100%", "")


def digest_data(found: Digest) -> list[object]:
    from handlers.digest.chart import chart, sheet

    data = chart(found, SAY).data
    assert data["levels"] is None
    assert data["satisfied"][-1] == ["T47", None]
    return [sheet(found, SAY).data["sheets"][1]["rows"], data["satisfied"]]


def test_the_picture_and_the_workbook_can_be_made_of_what_the_digest_gives(
    branch: Branch, c1: int
) -> None:
    from handlers.digest.chart import chart, sheet

    branch.rated("C1", W47.first, 5, 4, 3, 2, 1, reasons="high/nd1")
    branch.pledged_all_week("C1", "P1", W47)
    found = digest(branch, c1)
    picture, file = chart(found, SAY), sheet(found, SAY)
    assert draw(picture.recipe, picture.data).startswith(b"\x89PNG")
    assert draw(file.recipe, file.data).startswith(b"PK")
    assert file.name == "C1-2026-W47.xlsx"
    assert "BẢN TIN TUẦN" not in str(picture) + str(file)
    assert "Nguyễn" not in str(picture) + str(file)


def test_pledges_stand_by_responsibility_with_what_is_still_open(branch: Branch, c1: int) -> None:
    branch.pledged("C1", "P1", W47.first, "cv1", "nd1")
    branch.pledged("C1", "P2", W47.first, "cv1", status="partly")
    branch.pledged("C1", "P2", W47.last, "cv2", status="pledged")
    branch.pledged("C1", "P1", W47.before().first, "cv1")
    assert told(branch, c1, "pledges") == (
        "Đoàn viên có cam kết: 2/3\n\n"
        "▲ cao hơn tuần trước: 1 đoàn viên (09/11–15/11/2026)\n"
        "Trách nhiệm với công việc: đã làm 1, được một phần 1, chưa báo cáo 1\n"
        "Trách nhiệm với nhân dân: đã làm 1"
    )


def test_a_renamed_responsibility_is_named_as_the_province_names_it(
    branch: Branch, c1: int
) -> None:
    from storage.tables import Axis

    def rename(session: object) -> None:
        session.get_one(Axis, "nhan_dan").label_vi = "Trách nhiệm với cộng đồng"  # type: ignore[attr-defined]

    branch.database.run_now(rename)
    branch.pledged("C1", "P1", W47.first, "nd1")
    assert "Trách nhiệm với cộng đồng: đã làm 1" in told(branch, c1, "pledges")


def test_changes_name_figure_and_period_and_chance_is_silent(branch: Branch, c1: int) -> None:
    branch.rated("C1", W47.before().first, *[5] * 8, *[2] * 2)
    branch.rated("C1", W47.first, *[5] * 7, *[2] * 3)
    assert told(branch, c1, "changes") == ""
    branch.rated("C1", W47.first, *[2] * 10)
    assert told(branch, c1, "changes") == (
        "Thay đổi đáng chú ý\n\n"
        "▼ Hài lòng: 35% (7/20), trước đó 80% (09/11–15/11/2026)\n"
        "▲ Lượt đánh giá: 20, trước đó 10 mỗi tuần (09/11–15/11/2026)"
    )


def test_the_regular_are_thanked_and_the_secretary_does_not_thank_themselves(
    branch: Branch, c1: int
) -> None:
    branch.pledged_all_week("C1", "P2", W47)
    branch.pledged("C1", "P3", W47.first, "cv1")
    branch.stands("S1", "C1", "secretary")
    branch.stands("S1", "C1", "member")
    branch.pledged_all_week("C1", "S1", W47)
    (thanked,) = digest(branch, c1).to_thank
    assert (thanked.code, thanked.because, thanked.checkin_days) == ("P2", "checkins", 5)
    assert "Cảm ơn: Nguyễn Văn P2, báo cáo đều 5/5 ngày làm việc" in told(branch, c1, "people")


def test_a_check_in_counts_whatever_its_outcome(branch: Branch, c1: int) -> None:
    for offset in range(5):
        day = W47.first + timedelta(days=offset)
        branch.pledged("C1", "P1", day, "cv1", status="not_done")
        branch.pledged("C1", "P2", day, "cv1", status="pledged")
    assert [each.code for each in digest(branch, c1).to_thank] == ["P1"]


def test_praise_thanks_only_from_k_ratings_of_that_week_and_tells_no_count(
    branch: Branch, c1: int
) -> None:
    branch.rated("C1", W47.first, 5, 5, 5, 5, by="P3", reasons="high/nd3")
    branch.rated("C1", W47.first, 5, 5, 5)
    assert digest(branch, c1).to_thank == ()
    branch.rated("C1", W47.first, 4, by="P3")
    (thanked,) = digest(branch, c1).to_thank
    assert (thanked.code, thanked.because, thanked.praised_for) == ("P3", "praise", "high/nd3")
    line = "Cảm ơn: Nguyễn Văn P3, được người dân khen (Tận tình)"
    assert told(branch, c1, "people").endswith(line)


def test_whoever_fell_silent_for_a_week_of_working_days_is_asked_once(
    branch: Branch, c1: int
) -> None:
    branch.pledged_all_week("C1", "P1", W47.before(2))
    branch.pledged_all_week("C1", "P2", W47.before(2))
    branch.pledged_all_week("C1", "P2", W47.before())
    (asked,) = digest(branch, c1, W47.before()).to_ask
    assert (asked.code, asked.since, asked.until) == ("P1", date(2026, 11, 9), date(2026, 11, 13))
    line = "Hỏi thăm: Nguyễn Văn P1, gần đây chưa ghi cam kết (09/11–13/11/2026)"
    assert line in told(branch, c1, "people", W47.before())
    assert [each.code for each in digest(branch, c1).to_ask] == ["P2"]
    assert digest(branch, c1, W47.after()).to_ask == ()
    assert digest(branch, c1, W47.before(2)).to_ask == ()


@pytest.mark.parametrize("rest", ["leave", "pause"])
def test_who_rests_is_left_in_peace(branch: Branch, c1: int, rest: str) -> None:
    branch.pledged_all_week("C1", "P1", W47.before())

    def away(session: object) -> None:
        from sqlmodel import select

        from storage.tables import Person

        person = session.exec(select(Person).where(Person.code == "P1")).one().id  # type: ignore[attr-defined]
        day = W47.first + timedelta(days=2)
        row = (
            Leave(person_id=person, first=day, last=day, kind="trip")
            if rest == "leave"
            else Preference(person_id=person, paused_until=day)
        )
        session.add(row)  # type: ignore[attr-defined]

    branch.database.run_now(away)
    assert digest(branch, c1).to_ask == ()


def test_tet_is_no_silence(branch: Branch, c1: int) -> None:
    """Lunar new year 2026 is Tuesday 17 February: that whole week and more is free."""
    before = Week(2026, 7)
    branch.pledged_all_week("C1", "P1", before)
    assert digest(branch, c1, before.after()).to_ask == ()
    assert [each.code for each in digest(branch, c1, Week(2026, 9)).to_ask] == ["P1"]
    assert digest(branch, c1, Week(2026, 10)).to_ask == ()


def test_comments_come_with_the_week_in_which_k_ratings_share_the_period(
    branch: Branch, c1: int
) -> None:
    branch.rated("C1", W47.before(2).first, 5, 4, comments=["Một"])
    branch.rated("C1", W47.before().first, 3, 3, comments=["Hai"])
    assert digest(branch, c1, W47.before(2)).comments == ()
    assert digest(branch, c1, W47.before()).comments == ()
    branch.rated("C1", W47.first, 1, comments=["Ba"])
    found = digest(branch, c1).comments
    assert {each.text for each in found} == {"Một", "Hai", "Ba"}
    assert {(each.since, each.until) for each in found} == {(W47.before(2).first, W47.last)}
    branch.rated("C1", W47.after().first, 1, comments=["Bốn"])
    assert digest(branch, c1, W47.after()).comments == ()
    assert {each.text for each in digest(branch, c1).comments} == {"Một", "Hai", "Ba"}


def test_every_rating_is_released_with_k_or_more_and_none_twice() -> None:
    import random

    chance = random.Random(47)
    for _ in range(200):
        weeks = [W47.before(ago) for ago in range(30, -1, -1)]
        counts = {week: chance.choice((0, 0, 1, 1, 2, 3, 7)) for week in weeks}
        seen: set[Week] = set()
        for week in weeks:
            since = released_since(counts, week, 5)
            if since is None:
                continue
            period = {each for each in weeks if since <= each <= week and counts[each]}
            assert sum(counts[each] for each in period) >= 5
            assert not period & seen
            seen |= period


def test_comments_stand_in_an_order_that_tells_nothing(branch: Branch, c1: int) -> None:
    written = [f"Ý kiến {number:02d}" for number in range(20)]
    for number, comment in enumerate(written):
        branch.rated("C1", W47.first + timedelta(days=number // 3), 4, comments=[comment])
    shown = [each.text for each in digest(branch, c1).comments]
    assert sorted(shown) == written
    assert shown not in (written, written[::-1])
    assert [each.text for each in digest(branch, c1).comments] == shown
    assert shown[0] in told(branch, c1, "comments")


def test_a_suggestion_answers_to_what_citizens_found_wanting(branch: Branch, c1: int) -> None:
    branch.rated("C1", W47.first, 3, 3, 3, 3, 3, reasons="low/nd2")
    assert told(branch, c1, "suggestion") == (
        "Gợi ý tuần tới: cả đơn vị cùng chọn “Lắng nghe ý kiến người dân”, "
        "vì người dân nhắc “Chưa lắng nghe”."
    )


def test_the_text_for_the_group_names_nobody_who_is_to_be_asked(branch: Branch, c1: int) -> None:
    branch.pledged_all_week("C1", "P1", W47.before())
    branch.pledged_all_week("C1", "P2", W47)
    branch.rated("C1", W47.first, 5, 5, 5, 5, 3, reasons="high/nd1")
    text = group_text(digest(branch, c1), SAY)
    assert "Nguyễn Văn P1" not in text
    assert "• Cảm ơn Nguyễn Văn P2!" in text
    assert "• 80% trong 5 lượt đánh giá của người dân là hài lòng." in text
    assert "BẢN TIN TUẦN" not in text


def shared(branch: Branch, unit: int, **of_members: int) -> str:
    """The group's text of a week in which members got so many ratings each, the desk the rest."""
    for code, n in of_members.items():
        by = None if code == "desk" else code
        branch.rated("C1", W47.first, *[5] * (n - 1), 2, by=by, reasons="high/nd1;low/nd2")
    return group_text(digest(branch, unit), SAY)


@pytest.mark.parametrize(
    "of_members",
    [
        {"P1": 10},
        {"P1": 5, "P2": 5},
        {"P1": 2, "desk": 20},
        {"P1": 7, "P2": 2, "P3": 2},
    ],
)
def test_scores_that_are_one_members_are_not_for_the_group(
    branch: Branch, c1: int, of_members: dict[str, int]
) -> None:
    text = shared(branch, c1, **of_members)
    assert f"• Người dân đánh giá: {sum(of_members.values())} lượt" in text
    for word in ("%", "hài lòng", "Đúng hẹn", "khen", "Lắng nghe"):
        assert word not in text


@pytest.mark.parametrize("of_members", [{"desk": 10}, {"P1": 6, "P2": 2, "P3": 2}])
def test_scores_of_several_members_or_of_the_desk_are_for_the_group(
    branch: Branch, c1: int, of_members: dict[str, int]
) -> None:
    text = shared(branch, c1, **of_members)
    assert "% trong 10 lượt đánh giá của người dân là hài lòng." in text
    assert "• Người dân khen: " in text
    assert "Người dân đánh giá: 10 lượt" not in text


def test_a_unit_without_ratings_has_no_line_about_them(branch: Branch, c1: int) -> None:
    branch.pledged_all_week("C1", "P2", W47)
    assert "đánh giá" not in group_text(digest(branch, c1), SAY)


def test_the_page_escapes_what_citizens_write(branch: Branch, c1: int) -> None:
    branch.rated("C1", W47.first, 5, 5, 5, 5, 5, comments=["<script>alert(1)</script>"])
    written = page(digest(branch, c1), SAY)
    assert "&lt;script&gt;" in written
    assert "<script" not in written
    assert '<img src="data:image/png;base64,' in written


def test_an_english_reader_gets_english(branch: Branch, c1: int) -> None:
    branch.rated("C1", W47.first, 5, 5, 5, 5, 5)
    text = plain(parts(digest(branch, c1), Speaker("en")))
    assert text.startswith("WEEKLY DIGEST 47 – Chi đoàn Sở Nội vụ")
    assert "Citizens satisfied: 100% (5 of 5 ratings)" in text

"""The figures of a report: those of the roll-up and no other scores, fixed by approval."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from docs.report_picture import report
from handlers.reports.build import build
from handlers.reports.document import document_data
from handlers.reports.figures import Counted, Figures, Share
from handlers.reports.narrative import official
from handlers.reports.opened import open_report
from handlers.reports.periods import read_period
from handlers.reports.sheet import sheet
from handlers.rollup.build import build_rollup
from storage.queries.past import end_membership
from storage.queries.unit_settings import change_setting
from storage.tables import Membership, Person, Rating
from tests.handlers.reports.office import OCTOBER, Office, documents
from tests.officials import person_id

DAYS = date(2026, 10, 1), date(2026, 10, 31)


def figures(office: Office, code: str, before: Any = None) -> Figures:
    unit = office.unit(code)
    found: Figures = office.run(lambda s: build(s, unit, DAYS, before, office.place.policy))
    return found


def data_of(office: Office, code: str, period: str = OCTOBER) -> dict[str, Any]:
    unit, today = office.unit(code), date(2026, 11, 2)

    def work(session: Session) -> dict[str, Any]:
        found = open_report(session, unit, read_period(period), office.place.policy, today)
        return document_data(found)

    data: dict[str, Any] = office.run(work)
    return data


def test_every_figure_is_counted_in_the_period_and_of_how_many(office: Office) -> None:
    office.branch.rated("C1", date(2026, 9, 30), 1, 1)  # the days around do not count
    office.branch.rated("C1", date(2026, 11, 1), 1, 1)
    office.branch.rated("C1", date(2026, 10, 31), 4, status="flagged")
    now = figures(office, "C1").now
    assert (now.members, now.pledged, now.reported) == (3, 1, 0)
    assert (now.pledges, now.told, now.of("done")) == (3, 2, 2)
    assert (now.ratings, now.satisfied, now.left_out) == (10, Share(n=8, of=10), 1)
    assert "Ngoài ra, lượt không tính vào điểm" in str(data_of(office, "C1"))
    assert (now.praised, now.blamed) == ((("high/nd1", 8),), (("low/cv4", 2),))


def test_scores_of_some_of_the_ratings_are_said_to_be_that(office: Office) -> None:
    office.branch.rated("C1", date(2026, 10, 30), 1, 1)  # with the weeks, these two could be told
    now = figures(office, "C1").now
    assert (now.ratings, now.satisfied) == (12, Share(n=8, of=10))
    said = str(data_of(office, "C1"))
    assert "gửi 12 lượt đánh giá; trong 10 lượt được tính điểm có 8 lượt (80%) hài lòng" in said
    assert "Mức hài lòng tính trên 10/12 lượt đánh giá" in said


def test_a_unit_counts_with_everything_below_it(office: Office) -> None:
    found = figures(office, "TD")
    assert (found.now.ratings, found.now.satisfied) == (17, Share(n=14, of=17))
    assert found.units is not None
    assert found.units.n == 2
    assert [(each.code, each.ratings) for each in found.below] == [("C1", 10), ("C2", 7)]
    assert [panel.vi for panel in found.panels] == [
        "Được người", "Được việc", "Được tổ chức", "Được lòng dân",
    ]  # fmt: skip


def test_the_period_before_is_there_to_compare_with(office: Office) -> None:
    september = date(2026, 9, 1), date(2026, 9, 30)
    assert figures(office, "C1", september).before is None
    office.branch.rated("C1", date(2026, 9, 9), 5, 5, 5, 5, 1)
    before = figures(office, "C1", september).before
    assert before is not None
    assert before.satisfied == Share(n=4, of=5)
    rows = {row["name"]: row for row in data_of(office, "C1")["figures"]["rows"]}
    satisfied = rows["Lượt hài lòng và rất hài lòng"]
    assert (satisfied["before"], satisfied["change"]) == ("4/5 (80%)", "0")
    assert rows["Lượt đánh giá của người dân"]["change"] == "+5"


def test_a_small_unit_is_not_given_away_by_its_parents_or_its_neighbours_report(
    office: Office,
) -> None:
    c1, c2 = office.unit("C1"), office.unit("C2")

    def work(session: Session) -> None:
        for row in session.exec(select(Rating).where(Rating.unit_id == c2)).all()[:4]:
            session.delete(row)
        tam = person_id(session, "S3")  # who leads TD and C1 reads the digest of C1 anyway
        both = select(Membership).where(Membership.person_id == tam)
        session.delete(next(each for each in session.exec(both) if each.unit_id == c1))

    office.run(work)
    above = figures(office, "TD")
    assert above.now.satisfied is not None  # 13 ratings of which nobody can take a part away
    assert above.now.satisfied.of == 13
    assert [each.satisfied for each in above.below] == [None, None]
    for code in ("C1", "C2"):  # C1 has 10 ratings: with them those 3 of C2 would be known
        now = figures(office, code).now
        assert (now.satisfied, now.praised, now.blamed) == (None, (), ())
    said = str(data_of(office, "C1"))
    assert "8/10" not in said
    assert "Ân cần" not in said
    rows = {row["name"]: row for row in data_of(office, "C1")["figures"]["rows"]}
    assert rows["Lượt hài lòng và rất hài lòng"]["now"] == "–"


@pytest.mark.parametrize("code", ["TD", "C1", "C2"])
def test_no_score_is_shown_that_the_roll_up_hides(office: Office, code: str) -> None:
    office.branch.rated("C2", date(2026, 10, 30), 3, 3)
    unit = office.unit(code)
    rollup = office.run(lambda s: build_rollup(s, unit, *DAYS, office.place.policy))
    found = figures(office, code)
    assert (found.now.satisfied is None) == (rollup.top.all.ratings.scores is None)
    shown = {each.code: each.all.ratings.scores is not None for each in rollup.below}
    assert {each.code: each.satisfied is not None for each in found.below} == shown


async def test_withdrawals_and_leavers_change_nothing_that_was_approved(office: Office) -> None:
    sau, unit = await office.sau(), office.unit("C1")
    await office.approved(sau, "C1")
    await sau.opens(f"report/{unit}/{OCTOBER}/docx")
    (file,) = documents(sau)

    def shrink(session: Session) -> None:
        for row in session.exec(select(Rating).where(Rating.unit_id == unit)).all():
            row.level, row.reasons, row.status = None, "", "withdrawn"
            session.add(row)
        minh = person_id(session, "P2")
        role = session.exec(select(Membership).where(Membership.person_id == minh)).one()
        end_membership(session, role, date(2026, 10, 5))
        session.get_one(Person, minh).full_name = "Người khác"
        change_setting(session, unit, "place", "Huế")

    office.run(shrink)
    await sau.opens(f"report/{unit}/{OCTOBER}/docx")
    assert documents(sau) == [file]
    assert data_of(office, "C1")["figures"] == file.data["figures"]


def test_the_units_cut_off_day_bounds_its_reports(office: Office) -> None:
    unit = office.unit("TD")
    office.run(lambda s: change_setting(s, unit, "cut_off", 25))
    office.branch.rated("C1", date(2026, 9, 28), 5)  # October begins on 26 September
    office.branch.rated("C1", date(2026, 10, 28), 1)  # this is November
    data = data_of(office, "C1")
    assert "(từ ngày 26/09/2026 đến ngày 25/10/2026)" in data["opening"]
    rows = {row["name"]: row for row in data["figures"]["rows"]}
    assert rows["Lượt đánh giá của người dân"]["now"] == "11"


async def test_a_report_is_found_again_after_the_cut_off_day_changed(office: Office) -> None:
    sau, unit = await office.sau(), office.unit("C1")
    await office.approved(sau, "C1")
    office.run(lambda s: change_setting(s, unit, "cut_off", 20))
    assert "Đã duyệt ngày 02/11/2026." in await sau.opens(f"report/{unit}/{OCTOBER}")
    await sau.taps("Mở bản sửa")
    await sau.taps("Mở bản sửa")
    row = office.rows("C1")[0]
    assert (row.revision, row.first, row.last) == (2, *DAYS)  # a revision keeps its days


async def test_a_draft_follows_a_cut_off_day_that_changed(office: Office) -> None:
    sau, unit = await office.sau(), office.unit("C1")
    for cut_off in (None, 20):
        office.run(lambda s, day=cut_off: change_setting(s, unit, "cut_off", day))
        await sau.opens(f"report/{unit}/{OCTOBER}/text/0")
        await sau.sends("Lời của chi đoàn.")
    (row,) = office.rows("C1")
    assert (row.first, row.last) == (date(2026, 9, 21), date(2026, 10, 20))


def test_settings_of_the_unit_stand_in_its_document(office: Office) -> None:
    unit = office.unit("TD")

    def decide(session: Session) -> None:
        for name, value in (
            ("symbol", "BC/TĐTN"), ("place", "Đà Nẵng"), ("signer_title", "Phó Bí thư"),
            ("recipients", "- Ban Thường vụ;\n\n- Lưu: VT."),
        ):  # fmt: skip
            change_setting(session, unit, name, value)

    office.run(decide)
    data = data_of(office, "C1")
    assert data["number"] == "Số: ……-BC/TĐTN"
    assert data["place_and_date"] == "Đà Nẵng, ngày … tháng … năm …"
    assert data["signer_title"] == "PHÓ BÍ THƯ"
    assert data["recipients"] == ["- Ban Thường vụ;", "- Lưu: VT."]
    assert (data["upper"], data["unit"]) == (["THÀNH ĐOÀN ĐÀ NẴNG"], ["CHI ĐOÀN SỞ NỘI VỤ"])


def test_without_settings_the_usual_is_there(office: Office) -> None:
    data = data_of(office, "C1")
    assert (data["number"], data["signer_title"]) == ("Số: ……-BC/ĐTN", "BÍ THƯ")
    assert data["recipients"] == ["- Thành Đoàn Đà Nẵng (để báo cáo);", "- Lưu: VP."]


def test_no_comment_and_no_name_of_a_member_is_in_a_report(office: Office) -> None:
    office.branch.rated(
        "C1", date(2026, 10, 12), 5, 1, by="P1", comments=["Chị Lan rất tốt", "Chờ lâu"]
    )
    unit, policy = office.unit("C1"), office.place.policy
    period, today = read_period(OCTOBER), date(2026, 11, 2)

    def work(session: Session) -> str:
        found = open_report(session, unit, period, policy, today)
        return f"{document_data(found)} {sheet(found).data}"

    said = office.run(work)
    for name in ("Lan", "Minh", "Sáu", "Chờ lâu", "P1"):
        assert name not in said


@given(
    n=st.integers(0, 5000),
    of=st.integers(0, 5000),
    pledges=st.lists(st.integers(0, 300), min_size=4, max_size=4),
)
def test_any_figures_can_be_told(n: int, of: int, pledges: list[int]) -> None:
    """Nothing divides by zero, and every automatic sentence is whole."""
    opened = report()
    axes = tuple(
        each.model_copy(
            update={"pledges": dict(zip(("done", "partly", "not_done", "pledged"), pledges, strict=True))}
        )
        for each in opened.told.now.axes
    )  # fmt: skip
    now: Counted = opened.told.now.model_copy(
        update={"members": of, "pledged": min(n, of), "axes": axes, "ratings": n, "satisfied": None}
    )
    told = replace(opened.told, figures=opened.told.figures.model_copy(update={"now": now}))
    written = tuple(opened.narrative.written(told, official()))
    assert all(line.endswith((".", "!")) for each in written for line in each.paragraphs)
    document_data(replace(opened, told=told, written=written))

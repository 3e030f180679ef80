"""A report from draft to the organiser's list: read, written, approved, sent back, revised."""

import asyncio
from datetime import date

import pytest
from sqlmodel import Session, select

from handlers.documents.recipes import draw
from storage.tables import Report
from tests.handlers.reports.office import OCTOBER, Office, documents
from tests.officials import inbox

pytestmark = pytest.mark.asyncio


async def test_the_draft_is_there_with_figures_and_words(office: Office) -> None:
    sau = await office.sau()
    assert "Báo cáo của Chi đoàn Sở Nội vụ" in await sau.sends("/baocaoky")
    said = await sau.taps("Tháng 10 năm 2026")
    assert "Báo cáo tháng 10 năm 2026 – Chi đoàn Sở Nội vụ\nDự thảo, chưa duyệt." in said
    assert "• Đoàn viên có cam kết: 1/3 (33%)" in said
    assert "• Người dân hài lòng: 8/10 lượt đánh giá (80%)" in said
    assert office.rows("C1") == []  # looking stores nothing


async def test_a_typed_period_opens_its_report(office: Office) -> None:
    sau = await office.sau()
    assert "Báo cáo quý III năm 2026" in await sau.sends("/baocaoky 2026-q3")
    assert "Báo cáo của Chi đoàn Sở Nội vụ" in await sau.sends("/report 2026-13")


async def test_a_section_is_replaced_and_what_follows_is_added(office: Office) -> None:
    sau = await office.sau()
    await sau.opens(f"report/{office.unit('C1')}/{OCTOBER}/text")
    said = await sau.taps("II.2. Trách nhiệm với nhân dân")
    assert "Người dân gửi 10 lượt đánh giá, trong đó 8 lượt (80%)" in sau.field().value
    assert "Nội dung bạn viết để thay:" in said
    assert "Đã lưu." in await sau.sends("Tiếp công dân chu đáo.")
    assert "Đã lưu." in await sau.sends("Không để ai phải chờ.")
    kept = {"axis-nhan_dan": "Tiếp công dân chu đáo.\nKhông để ai phải chờ."}
    assert office.words("C1") == kept
    await sau.opens(f"report/{office.unit('C1')}/{OCTOBER}/text")
    assert "II.2. Trách nhiệm với nhân dân (đã viết)" in sau.buttons()


async def test_the_programs_text_comes_back_after_asking(office: Office) -> None:
    sau, unit = await office.sau(), office.unit("C1")
    await sau.opens(f"report/{unit}/{OCTOBER}/text/0")
    await sau.sends("Tình hình tốt.")
    said = await sau.taps("Trở về nội dung soạn sẵn")
    assert "Bỏ lời bạn viết" in said
    assert office.words("C1") == {"general": "Tình hình tốt."}
    await sau.taps("Đồng ý")
    assert office.words("C1") == {}
    assert "Tính đến ngày 31/10/2026" in sau.field().value


async def test_a_text_that_is_too_long_changes_nothing_and_is_not_lost(office: Office) -> None:
    sau, unit = await office.sau(), office.unit("C1")
    await sau.opens(f"report/{unit}/{OCTOBER}/text/0")
    await sau.sends("Ngắn.")
    await sau.opens(f"report/{unit}/{OCTOBER}/text/0")
    said = await sau.sends("dài " * 800)
    assert "Nội dung dài 3.199 ký tự, tối đa 3.000. Chưa lưu; xin rút gọn." in said
    assert sau.field().value == ("dài " * 800).strip()
    await sau.opens(f"report/{unit}/{OCTOBER}/text/0/add")
    assert "tối đa 3.000" in await sau.sends("x" * 2999)
    assert "Chưa có nội dung" in await sau.opens(f"report/{unit}/{OCTOBER}/text/0/put")
    assert office.words("C1") == {"general": "Ngắn."}


async def test_the_program_text_sent_unchanged_stays_the_programs(office: Office) -> None:
    sau, unit = await office.sau(), office.unit("C1")
    await sau.opens(f"report/{unit}/{OCTOBER}/text/0")
    await sau.sends(sau.field().value)
    assert office.words("C1") == {}


async def test_approval_shows_what_is_fixed_and_goes_up_to_the_organiser(office: Office) -> None:
    sau, tam = await office.sau(), await office.tam()
    unit = office.unit("C1")
    await sau.opens(f"report/{unit}/{OCTOBER}/text/3")
    await sau.sends("Đọc sách mỗi tuần.")
    await sau.opens(f"report/{unit}/{OCTOBER}")
    asked = await sau.taps("Duyệt và gửi cấp trên")
    assert "8/10 lượt đánh giá" in asked
    assert "Văn bản được gửi đến bí thư của Thành Đoàn Đà Nẵng." in asked
    assert office.rows("C1")[0].status == "draft"
    said = await sau.taps("Đồng ý duyệt")
    assert "Đã duyệt và gửi lên Thành Đoàn Đà Nẵng." in said
    (row,) = office.rows("C1")
    assert (row.status, row.first, row.last) == ("approved", date(2026, 10, 1), date(2026, 10, 31))
    came = await inbox(tam)
    assert "Có báo cáo của Chi đoàn Sở Nội vụ gửi lên" in came
    (file,) = documents(tam)
    assert file.name == "BC-C1-2026-10.docx"
    assert draw(file.recipe, file.data).startswith(b"PK")
    told = {"unit": "C1", "period": OCTOBER, "revision": 1}
    assert office.audited() == [("report.approve", told)]


async def test_what_was_approved_does_not_change_with_the_database(office: Office) -> None:
    sau, unit = await office.sau(), office.unit("C1")
    await office.approved(sau, "C1")
    before = await sau.opens(f"report/{unit}/{OCTOBER}")
    await sau.opens(f"report/{unit}/{OCTOBER}/docx")
    (file,) = documents(sau)
    office.branch.rated("C1", date(2026, 10, 9), 1, 1, 1)
    office.branch.pledged("C1", "P2", date(2026, 10, 9), "cv1")
    assert await sau.opens(f"report/{unit}/{OCTOBER}") == before
    await sau.opens(f"report/{unit}/{OCTOBER}/docx")
    assert documents(sau) == [file]
    assert "Báo cáo này đã duyệt nên giữ nguyên" in await sau.opens(
        f"report/{unit}/{OCTOBER}/text/0"
    )


async def test_a_refusal_about_a_report_offers_what_leads_on(office: Office) -> None:
    sau, unit = await office.sau(), office.unit("C1")
    await sau.opens(f"report/{unit}/2027-01")
    assert sau.button("Tất cả báo cáo").action == f"reports/{unit}"
    await office.approved(sau, "C1")
    for way in ("text/0/put", "text", "approve", "file/sent"):
        assert (await sau.does(action=f"report/{unit}/{OCTOBER}/{way}", text="Thêm.")).refused
        assert "Về báo cáo" in sau.buttons()
    assert "Mở bản sửa lần 2?" in await sau.taps("Mở bản sửa")


async def test_a_second_approval_does_nothing_twice(office: Office) -> None:
    sau, tam = await office.sau(), await office.tam()
    await sau.opens(f"report/{office.unit('C1')}/{OCTOBER}/approve")
    yes = sau.button("Đồng ý duyệt").action
    await sau.opens(yes)
    assert "đã được duyệt trước đó" in await sau.opens(yes)
    assert len(office.audited()) == 1
    assert (await inbox(tam)).count("Có báo cáo") == 1


async def test_figures_that_changed_since_they_were_shown_are_shown_again(office: Office) -> None:
    sau = await office.sau()
    await sau.opens(f"report/{office.unit('C1')}/{OCTOBER}/approve")
    office.branch.rated("C1", date(2026, 10, 9), 1)
    said = await sau.taps("Đồng ý duyệt")
    assert "vừa thay đổi; xin xem lại" in said
    assert "8/11 lượt đánh giá" in said
    assert [row.status for row in office.rows("C1")] != ["approved"]
    assert "Đã duyệt." in await sau.taps("Đồng ý duyệt")


async def test_a_running_period_can_be_drafted_but_not_approved(office: Office) -> None:
    sau, unit = await office.sau(), office.unit("C1")
    assert "xin xem lại từ ngày 07/12/2026" in await sau.opens(f"report/{unit}/2026-12/docx")
    office.branch.at(date(2026, 11, 18), 9)
    office.branch.rated("C1", date(2026, 11, 17), 5, 5, 5, 5, 5, 5)
    said = await sau.opens(f"report/{unit}/2026-11")
    assert "kỳ báo cáo đến ngày 30/11/2026, số liệu tính đến ngày 15/11/2026" in said
    assert "Lượt đánh giá của người dân: 0" in said  # this week is not over
    assert "Duyệt và gửi cấp trên" not in sau.buttons()
    for action in ("approve", "approve/1/0123456789"):
        said = await sau.opens(f"report/{unit}/2026-11/{action}")
        assert "có thể duyệt từ ngày 01/12/2026" in said
    assert office.rows("C1", "2026-11") == []


async def test_the_organiser_sees_who_sent_and_sends_one_back(office: Office) -> None:
    sau, tam = await office.sau(), await office.tam()
    await sau.opens(f"report/{office.unit('C1')}/{OCTOBER}/text/0")
    await sau.sends("Lời của chi đoàn.")
    await office.approved(sau, "C1")
    said = await tam.opens(f"received/{office.unit('TD')}")
    assert "Thành Đoàn Đà Nẵng: 1/2 đơn vị đã gửi báo cáo." in said
    assert "Chưa gửi: Chi đoàn Sở Tư pháp." in said
    await tam.taps("Chi đoàn Sở Nội vụ – gửi ngày 02/11")
    await tam.taps("Trả lại để sửa")
    assert "Xin ghi vài lời" in await tam.opens(tam.field().action)
    assert "Đã trả lại và báo cho bí thư" in await tam.sends("Bổ sung gương điển hình.")
    assert "Được trả lại để sửa: Bổ sung gương điển hình." in await inbox(sau)
    said = await sau.taps("Mở dự thảo")
    assert "Dự thảo bản sửa lần 2." in said
    assert "Được trả lại để sửa: Bổ sung gương điển hình." in said
    assert office.words("C1") == {"general": "Lời của chi đoàn."}
    assert "đang soạn bản sửa" in await tam.opens(f"sent/{office.unit('C1')}/{OCTOBER}")
    assert "Trả lại để sửa" not in tam.buttons()
    await office.approved(sau, "C1")
    await tam.opens(f"received/{office.unit('TD')}")
    assert "Chi đoàn Sở Nội vụ – bản sửa lần 2, gửi ngày 02/11" in tam.buttons()
    actions = [action for action, _ in office.audited()]
    assert actions == ["report.approve", "report.return", "report.approve"]


async def test_who_sent_a_report_back_reads_their_words_and_may_take_them_back(
    office: Office,
) -> None:
    sau, tam, unit = await office.sau(), await office.tam(), office.unit("C1")
    await office.approved(sau, "C1")
    await tam.opens(f"sent/{unit}/{OCTOBER}/1/back")
    await tam.sends("Bổ sung số liệu.")
    assert "Đã trả lại ngày 02/11/2026: Bổ sung số liệu." in await tam.opens(
        f"sent/{unit}/{OCTOBER}"
    )
    again = tam.button("Rút lại việc trả báo cáo").action
    assert "Đã rút lại việc trả báo cáo." in await tam.opens(again)
    assert "báo cáo giữ nguyên như đã duyệt" in await inbox(sau)
    assert [row.status for row in office.rows("C1")] == ["approved"]
    assert [action for action, _ in office.audited()][-1] == "report.return_undone"
    assert "chưa có gì thay đổi" in await tam.opens(again)
    assert "Trả lại để sửa" in (await tam.opens(f"sent/{unit}/{OCTOBER}"), tam.buttons())[1]


async def test_a_return_is_not_taken_back_once_the_unit_writes(office: Office) -> None:
    sau, tam, unit = await office.sau(), await office.tam(), office.unit("C1")
    await office.approved(sau, "C1")
    await tam.opens(f"sent/{unit}/{OCTOBER}/1/back")
    await tam.sends("Bổ sung số liệu.")
    await tam.opens(f"sent/{unit}/{OCTOBER}")
    undo = tam.button("Rút lại việc trả báo cáo").action
    await sau.opens(f"report/{unit}/{OCTOBER}/text/0")
    await sau.sends("Đã bổ sung.")
    assert "chưa có gì thay đổi" in await tam.opens(undo)
    assert "Bổ sung số liệu." in await tam.opens(f"sent/{unit}/{OCTOBER}")
    assert "Rút lại việc trả báo cáo" not in tam.buttons()
    assert office.words("C1") == {"general": "Đã bổ sung."}
    assert (await sau.does(action=undo)).refused


async def test_a_stale_return_is_refused(office: Office) -> None:
    sau, tam = await office.sau(), await office.tam()
    await office.approved(sau, "C1")
    unit = office.unit("C1")
    await tam.opens(f"sent/{unit}/{OCTOBER}/1/back")
    await tam.sends("Bổ sung số liệu.")
    assert "không trả lại nữa" in await tam.opens(f"sent/{unit}/{OCTOBER}/1/back")
    await office.approved(sau, "C1")
    assert "không trả lại nữa" in await tam.opens(f"sent/{unit}/{OCTOBER}/1/because")
    assert len(office.rows("C1")) == 2


async def test_the_secretary_begins_a_revision_themselves_once(office: Office) -> None:
    sau, unit = await office.sau(), office.unit("C1")
    await office.approved(sau, "C1")
    office.branch.rated("C1", date(2026, 10, 9), 1)
    await sau.taps("Mở bản sửa")
    begin = sau.button("Mở bản sửa").action
    assert "Dự thảo bản sửa lần 2." in await sau.opens(begin)
    assert "8/11 lượt đánh giá" in sau.text()
    await sau.opens(begin)
    assert [row.revision for row in office.rows("C1")] == [2, 1]
    assert [action for action, _ in office.audited()] == ["report.approve", "report.revise"]
    await sau.opens(f"report/{unit}/{OCTOBER}/docx")
    (file,) = documents(sau)
    assert file.data["revision"] == "(Bản sửa lần 2, thay bản đã duyệt ngày 02/11/2026)"
    assert file.data["mark"] == "DỰ THẢO"


async def test_at_the_top_a_report_is_approved_and_kept(office: Office) -> None:
    tam = await office.tam()
    await tam.opens(f"report/{office.unit('TD')}/{OCTOBER}")
    assert "Duyệt báo cáo" in tam.buttons()
    assert "Duyệt và gửi cấp trên" not in tam.buttons()
    said = await office.approved(tam, "TD")
    assert "Đơn vị không có cấp trên tại đây nên báo cáo được lưu lại" in said
    await tam.opens(f"report/{office.unit('TD')}/{OCTOBER}/docx")
    (file,) = documents(tam)
    assert file.data["upper"] == []
    names = [row["name"] for row in file.data["units"]["rows"]]
    assert names == ["Chi đoàn Sở Nội vụ", "Chi đoàn Sở Tư pháp"]


async def test_forged_actions_on_another_units_report_change_nothing(office: Office) -> None:
    bay, c1 = await office.bay(), office.unit("C1")
    for action in ("", "/docx", "/xlsx", "/text", "/text/0", "/text/0/put", "/text/0/add",
                   "/text/0/added", "/text/0/usual", "/text/0/usual/yes", "/file", "/file/sent",
                   "/approve", "/approve/1/0123456789", "/revise", "/revise/1"):  # fmt: skip
        handled = await bay.does(action=f"report/{c1}/{OCTOBER}{action}", text="chiếm đoạt")
        assert handled.refused, action
    for action in (f"reports/{c1}", f"reports/{c1}/{OCTOBER}/earlier", f"received/{c1}",
                   f"received/{office.unit('TD')}", f"received/{c1}/{OCTOBER}/0",
                   f"sent/{c1}/{OCTOBER}", f"sent/{c1}/{OCTOBER}/docx", f"sent/{c1}/{OCTOBER}/xlsx",
                   f"sent/{c1}/{OCTOBER}/1/back", f"sent/{c1}/{OCTOBER}/1/because",
                   f"sent/{c1}/{OCTOBER}/1/undo"):  # fmt: skip
        handled = await bay.does(action=action, text="chiếm đoạt")
        assert handled.refused, action
    assert office.rows("C1") == []


async def test_a_draft_is_its_units_own_affair(office: Office) -> None:
    bay, tam = await office.bay(), await office.tam()
    await bay.opens(f"report/{office.unit('C2')}/{OCTOBER}/text/0")
    await bay.sends("Chưa xong.")
    said = await tam.opens(f"sent/{office.unit('C2')}/{OCTOBER}")
    assert said.startswith("Chi đoàn Sở Tư pháp chưa gửi báo cáo tháng 10 năm 2026.")
    assert (await tam.does(action=f"report/{office.unit('C2')}/{OCTOBER}")).refused


async def test_sections_that_are_not_there_are_refused(office: Office) -> None:
    sau, unit = await office.sau(), office.unit("C1")
    for action in ("text/99", "text/99/put", "text/99/usual/yes"):
        handled = await sau.does(action=f"report/{unit}/{OCTOBER}/{action}", text="gì đó")
        assert handled.refused
    assert office.rows("C1") == []


async def test_the_list_says_how_each_report_stands(office: Office) -> None:
    sau, unit = await office.sau(), office.unit("C1")
    await sau.opens(f"report/{unit}/2026-Q3/text/0")
    await sau.sends("Quý III.")
    await office.approved(sau, "C1")
    await sau.opens(f"reports/{unit}")
    assert sau.buttons()[:5] == [
        "Tháng 10 năm 2026: đã duyệt",
        "Tháng 11 năm 2026 (chưa kết thúc)",
        "Quý III năm 2026: dự thảo",
        "6 tháng đầu năm 2026",
        "Năm 2025",
    ]
    await sau.taps("Trước tháng 10 năm 2026")
    assert sau.buttons() == [
        "Tháng 9 năm 2026",
        "Tháng 8 năm 2026",
        "Tháng 7 năm 2026",
        "Tất cả báo cáo",
    ]


async def test_no_period_is_offered_before_the_first_there_is_anything_of(office: Office) -> None:
    sau, tam = await office.sau(), await office.tam()
    await sau.opens(f"reports/{office.unit('C1')}")
    assert not [each for each in sau.buttons() if each.startswith("Trước")]
    office.branch.pledged("C1", "P1", date(2026, 8, 20), "cv1")
    await tam.opens(f"reports/{office.unit('TD')}")  # what is of a unit below counts above
    assert [each for each in tam.buttons() if each.startswith("Trước")] == [
        "Trước tháng 10 năm 2026"
    ]
    await tam.taps("Trước tháng 10 năm 2026")
    assert tam.buttons() == ["Tháng 9 năm 2026", "Tháng 8 năm 2026", "Tất cả báo cáo"]
    await tam.opens(f"received/{office.unit('TD')}/2026-08/0")
    assert "Tháng 7 năm 2026" not in tam.buttons()
    assert "Tháng 9 năm 2026" in tam.buttons()


async def test_words_sealed_under_a_lost_secret_are_said_to_be_lost(office: Office) -> None:
    sau, tam = await office.sau(), await office.tam()
    await office.approved(sau, "C1")

    def lose(session: Session) -> None:
        row = session.exec(select(Report)).one()
        row.narrative = "sealed under another secret"
        session.add(row)

    office.run(lose)
    unit = office.unit("C1")
    for talker, action in ((sau, f"report/{unit}/{OCTOBER}"), (tam, f"sent/{unit}/{OCTOBER}")):
        assert "thiếu một khóa bí mật" in await talker.opens(action)


async def test_pieces_of_a_long_text_are_read_one_after_the_other(office: Office) -> None:
    sau, unit = await office.sau(), office.unit("C1")
    await sau.opens(f"report/{unit}/{OCTOBER}/file")
    await sau.sends("I. TÌNH HÌNH CHUNG\nTốt.")
    assert "Đã lưu" in await sau.sends("VI. ĐỀ XUẤT, KIẾN NGHỊ\nThêm máy.")
    assert office.words("C1") == {"general": "Tốt.", "proposals": "Thêm máy."}


async def test_a_changed_cut_off_neither_repeats_days_nor_leaves_some_out(office: Office) -> None:
    sau, unit = await office.sau(), office.unit("C1")
    await office.approved(sau, "C1", "2026-09")
    await sau.opens(f"settings/{unit}/cut_off/to/25")
    said = await sau.opens(f"report/{unit}/{OCTOBER}")
    assert "Kỳ này tính từ 01/10/2026 đến 25/10/2026 để không ngày nào" in said
    assert "không ngày nào" not in await sau.opens(f"report/{unit}/2026-11")
    await office.approved(sau, "C1")
    await sau.opens(f"settings/{unit}/cut_off/to/31")
    assert "Kỳ này tính từ 26/10/2026 đến 30/11/2026" in await sau.opens(f"report/{unit}/2026-11")
    days = [office.rows("C1", period)[0] for period in ("2026-09", OCTOBER)]
    assert [(row.first, row.last) for row in days] == [
        (date(2026, 9, 1), date(2026, 9, 30)),
        (date(2026, 10, 1), date(2026, 10, 25)),
    ]


async def test_two_who_approve_at_once_approve_once(office: Office) -> None:
    sau, tam = await office.sau(), await office.tam()  # both lead C1
    unit = office.unit("C1")
    for talker in (sau, tam):
        await talker.opens(f"report/{unit}/{OCTOBER}/approve")
    yes = [talker.button("Đồng ý duyệt").action for talker in (sau, tam)]
    assert yes[0] == yes[1]
    await asyncio.gather(*(t.does(action=yes[0]) for t in (sau, tam)))
    assert [row.status for row in office.rows("C1")] == ["approved"]
    assert [action for action, _ in office.audited()] == ["report.approve"]


async def test_two_who_write_at_once_lose_nothing(office: Office) -> None:
    sau, tam = await office.sau(), await office.tam()
    unit = office.unit("C1")
    texts = {0: "Tình hình.", 4: "Gương tốt.", 7: "Đề xuất."}
    actions = [(place, f"report/{unit}/{OCTOBER}/text/{place}/put") for place in texts]
    talkers = (sau, tam, await office.sau("web"))
    await asyncio.gather(
        *(
            talker.does(action=action, text=texts[place])
            for talker, (place, action) in zip(talkers, actions, strict=True)
        )
    )
    assert sorted(office.words("C1").values()) == sorted(texts.values())

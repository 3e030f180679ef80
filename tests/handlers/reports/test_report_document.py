"""The document: the Union's layout, DỰ THẢO until approved, nothing in it that could be markup."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from docx import Document
from docx.document import Document as DocumentObject
from docx.shared import Length, Mm, Pt
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from docs.report_picture import report
from handlers.documents import report_template
from handlers.documents.recipes import draw, media_type
from handlers.documents.report_document import TEMPLATE
from handlers.reports.document import document, document_data
from handlers.reports.figures import Figures, Share
from handlers.reports.frame import Fixed
from handlers.reports.head_lines import head_lines
from handlers.reports.narrative import official
from handlers.reports.opened import Opened

HOSTILE = "<b>&\"' {{ unit }} {%p if x %} =1+1 ]]> \x0b\x00 ﷽ 🙂"


def drawn(opened: Opened) -> bytes:
    part = document(opened)
    return draw(part.recipe, part.data)


def read(content: bytes) -> DocumentObject:
    return Document(io.BytesIO(content))


def words(content: bytes) -> str:
    """Everything in the body, cells included."""
    xml = zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml")
    paragraphs = etree.fromstring(xml).iter("{*}p")
    return "\n".join("".join(t.text or "" for t in p.iter("{*}t")) for p in paragraphs)


def headers(content: bytes) -> list[str]:
    section = read(content).sections[0]
    return [section.first_page_header.paragraphs[0].text, section.header.paragraphs[0].text]


def draft(**changes: Any) -> Opened:
    return replace(report(approved=False), **changes)


def mm(length: Length | None) -> int:
    assert length is not None
    return round(length.mm)


def test_the_page_is_the_unions() -> None:
    section = read(drawn(report())).sections[0]
    assert (mm(section.page_width), mm(section.page_height)) == (210, 297)
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [mm(each) for each in margins] == [20, 20, 30, 20]
    assert section.different_first_page_header_footer


def test_everything_is_times_new_roman_and_text_is_fourteen() -> None:
    content = drawn(report())
    styles = read(content).styles
    for name in ("Normal", "Report text", "Report heading", "Report table", "Report small"):
        assert styles[name].font.name == "Times New Roman"
        fonts = styles[name].element.rPr.rFonts
        assert not [each for each in fonts.attrib if "heme" in str(each)]
    assert styles["Normal"].font.size == styles["Report text"].font.size == Pt(14)
    xml = zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()
    assert set(re.findall(r'w:ascii="([^"]+)"', xml)) <= {"Times New Roman"}


def test_head_title_and_foot_stand_as_the_union_writes_them() -> None:
    content = drawn(report())
    head, *_, foot = [table for table in read(content).tables if len(table.columns) == 2]
    assert head.cell(0, 0).text.split("\n") == [
        "THÀNH ĐOÀN ĐÀ NẴNG", "ĐOÀN CÁC CƠ QUAN", "THÀNH PHỐ", "***",
    ]  # fmt: skip
    assert head.cell(1, 0).text == "Số: ……-BC/ĐTN"
    organisation = head.cell(0, 1).paragraphs[0]
    assert organisation.text == "ĐOÀN TNCS HỒ CHÍ MINH"
    assert organisation.runs[0].bold
    assert organisation.runs[0].font.size == Pt(15)
    assert organisation._p.pPr.find("{*}pBdr") is not None
    place = head.cell(1, 1).paragraphs[0]
    assert (place.text, place.runs[0].italic) == ("Đà Nẵng, ngày 02 tháng 10 năm 2026", True)
    title = next(each for each in read(content).paragraphs if each.text == "BÁO CÁO")
    assert (title.runs[0].bold, title.runs[0].font.size) == (True, Pt(15))
    assert "Kết quả thực hiện phong trào “3 trách nhiệm” quý III năm 2026" in words(content)
    assert foot.cell(0, 0).text.startswith("Nơi nhận:\n- Thành Đoàn Đà Nẵng (để báo cáo);")
    assert foot.cell(0, 1).text.split("\n")[:2] == ["TM. BAN CHẤP HÀNH", "BÍ THƯ"]
    assert "CỘNG HÒA" not in words(content).upper()


def test_the_sections_come_in_order_with_their_words() -> None:
    said = words(drawn(report(words={"axis-nhan_dan": "Ân cần.\nĐúng hẹn."})))
    order = (
        *("I. TÌNH HÌNH CHUNG", "Bảng 1. Số liệu trong kỳ", "II. KẾT QUẢ THỰC HIỆN"),
        *("1. Trách nhiệm với công việc", "2. Trách nhiệm với nhân dân", "Ân cần.", "Đúng hẹn."),
        *("3. Trách nhiệm với chính mình", "III. GƯƠNG ĐIỂN HÌNH", "IV. KHÓ KHĂN, HẠN CHẾ"),
        *("V. PHƯƠNG HƯỚNG KỲ TỚI", "VI. ĐỀ XUẤT, KIẾN NGHỊ", "Nơi nhận:", "PHỤ LỤC", "Bảng 2."),
    )
    places = [said.index(f"\n{each}") for each in order]
    assert places == sorted(places)


def test_figures_come_with_denominators_and_the_period_before() -> None:
    table = next(t for t in read(drawn(report())).tables if len(t.columns) == 5)
    rows = {row.cells[1].text: [cell.text for cell in row.cells[2:]] for row in table.rows}
    assert rows["Đoàn viên có cam kết"] == ["355/412 (86%)", "326/412 (79%)", "+7 điểm %"]
    assert rows["Việc đã cam kết"] == ["6.574", "6.042", "+532"]
    assert rows["Lượt hài lòng và rất hài lòng"] == [
        "1.623/1.874 (87%)",
        "1.493/1.724 (87%)",
        "0",
    ]
    assert "Kỳ này: từ 01/07/2026 đến 30/09/2026; kỳ trước: từ 01/04/2026" in words(drawn(report()))


def test_the_header_of_a_table_is_repeated_and_no_row_is_torn() -> None:
    content = drawn(report(units=75))
    table = next(t for t in read(content).tables if len(t.columns) == 7)
    assert len(table.rows) == 76
    assert table.rows[0]._tr.trPr.find("{*}tblHeader") is not None
    assert all(row._tr.trPr.find("{*}cantSplit") is not None for row in table.rows)


def test_a_score_that_is_not_shown_is_a_dash_with_its_reason() -> None:
    opened = report()
    now = opened.told.figures.now.model_copy(update={"satisfied": None})
    figures = opened.told.figures.model_copy(update={"now": now})
    told = replace(opened.told, figures=figures)
    written = tuple(opened.narrative.written(told, official()))
    said = words(drawn(replace(opened, told=told, written=written)))
    assert "“–”: không hiển thị vì chưa đủ 5 lượt đánh giá" in said
    assert "không hiển thị điểm để không suy ra được điểm của riêng ai" in said
    assert "1.623" not in said.split("Bảng 2")[0]


def test_a_draft_says_so_on_every_page_and_leaves_the_day_open() -> None:
    content = drawn(draft())
    assert [each.strip() for each in headers(content)] == ["DỰ THẢO", "DỰ THẢO"]
    assert "ngày … tháng … năm …" in words(content)
    assert document(draft()).name == "BC-DCQ-2026-Q3-duthao.docx"


def test_the_mark_is_gone_once_it_is_approved() -> None:
    content = drawn(report())
    assert [each.strip() for each in headers(content)] == ["", ""]
    assert "DỰ THẢO" not in words(content)
    header = zipfile.ZipFile(io.BytesIO(content))
    assert not [name for name in header.namelist() if "DỰ THẢO" in header.read(name).decode("utf-8", "ignore")]  # fmt: skip
    assert document(report()).name == "BC-DCQ-2026-Q3.docx"


def test_pages_are_numbered_from_the_second_on() -> None:
    section = read(drawn(report())).sections[0]
    assert "PAGE" in section.header._element.xml
    assert "PAGE" not in section.first_page_header._element.xml


def test_a_running_period_is_dated_in_the_mark_and_in_the_text() -> None:
    opened = draft()
    figures = opened.told.figures.model_copy(update={"until": date(2026, 9, 13)})
    content = drawn(replace(opened, told=replace(opened.told, figures=figures)))
    assert headers(content)[0] == "DỰ THẢO – số liệu đến ngày 13/09/2026"
    assert "số liệu tính đến ngày 13/09/2026) như sau:" in words(content)


def test_a_revision_is_named() -> None:
    content = drawn(draft(revision=2, replaces=date(2026, 10, 2)))
    assert "(Bản sửa lần 2, thay bản đã duyệt ngày 02/10/2026)" in words(content)
    assert "Bản sửa" not in words(drawn(report()))


def test_at_the_top_no_unit_stands_above() -> None:
    opened = report()
    content = drawn(replace(opened, frame=opened.frame.model_copy(update={"upper": ""})))
    assert read(content).tables[0].cell(0, 0).text.startswith("ĐOÀN CÁC CƠ QUAN\nTHÀNH PHỐ\n***")


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("", []),
        ("Chi đoàn Sở Nội vụ", ["CHI ĐOÀN SỞ NỘI VỤ"]),
        ("Đoàn phường Sông Trăng", ["ĐOÀN PHƯỜNG", "SÔNG TRĂNG"]),
        (
            "Chi đoàn Ủy ban nhân dân phường Sông Trăng",
            ["CHI ĐOÀN ỦY BAN", "NHÂN DÂN PHƯỜNG", "SÔNG TRĂNG"],
        ),
        ("Chi đoàn Sở Văn hóa, Thể thao", ["CHI ĐOÀN SỞ", "VĂN HÓA, THỂ THAO"]),
        ("x" * 60, ["X" * 60]),
    ],
)
def test_a_long_name_is_broken_where_its_words_part(name: str, lines: list[str]) -> None:
    assert head_lines(name) == lines


@given(st.lists(st.text("abĐ ,", max_size=12), max_size=60))
def test_a_name_in_the_head_keeps_all_its_words(said: list[str]) -> None:
    assert " ".join(head_lines(" ".join(said))).split() == " ".join(said).upper().split()


def test_the_halves_of_the_head_leave_the_organisation_its_line() -> None:
    head = read(drawn(report())).tables[0]
    widths = [mm(column.width) for column in head.columns]
    indents = head.cell(0, 1).paragraphs[0].paragraph_format
    assert widths == [72, 88]
    assert widths[1] - mm(indents.left_indent) - mm(indents.right_indent) >= 70  # the line is 68.2


def test_without_units_below_no_page_is_begun_for_the_chart() -> None:
    content = drawn(report(units=0))
    said = words(content)
    assert "PHỤ LỤC" not in said
    assert said.index("Bảng 1.") < said.index("Biểu đồ. Cam kết") < said.index("II. KẾT QUẢ")
    assert not [p for p in read(content).paragraphs if p.paragraph_format.page_break_before]
    assert "Bảng 2" not in said
    assert "/100 điểm" not in said


def test_nothing_typed_is_markup_of_word_or_of_the_template() -> None:
    opened = report(words={"general": HOSTILE, "proposals": HOSTILE})
    frame = opened.frame.model_copy(update={"unit": HOSTILE, "recipients": (HOSTILE,)})
    said = words(drawn(replace(opened, frame=frame)))
    kept = "<b>&\"' {{ unit }} {%p if x %} =1+1 ]]>  ﷽ 🙂"
    assert said.count(kept) == 3
    assert kept.upper() in said.replace("\nIF", " IF")  # the head breaks it


@given(st.lists(st.text(max_size=30), max_size=3))
def test_any_words_make_a_document_that_opens(said: list[str]) -> None:
    content = drawn(report(words={"general": "\n".join(said)} if said else None))
    assert len(read(content).tables) == 4


def test_a_huge_text_is_all_there() -> None:
    paragraph = "Đoàn viên tiếp công dân ân cần, hòa nhã. " * 70
    keys = ("general", "axis-nhan_dan", "exemplars", "difficulties", "next", "proposals")
    text = "\n".join(f"{n}: {paragraph}"[:2990] for n in range(1))
    said = words(drawn(report(words=dict.fromkeys(keys, text), units=75)))
    assert said.count("0: Đoàn viên tiếp công dân") == len(keys)


def test_the_last_words_stay_with_the_signature() -> None:
    data = document_data(report(words={"proposals": "Một.\nHai."}))
    assert data["closing"] == ["Hai."]
    paragraphs = read(drawn(report())).paragraphs
    last = next(each for each in paragraphs if each.text == "Không.")
    assert last.style is not None
    assert last.style.name == "Report closing"
    assert last.style.paragraph_format.keep_with_next


def test_the_committed_template_is_the_one_its_script_makes(tmp_path: Any) -> None:
    report_template.main(str(tmp_path / "made.docx"))
    made = zipfile.ZipFile(tmp_path / "made.docx")
    kept = zipfile.ZipFile(TEMPLATE)
    for name in ("word/document.xml", "word/styles.xml", "word/header1.xml", "word/header2.xml"):
        assert made.read(name) == kept.read(name)


def test_what_approving_fixes_is_read_back_as_it_was() -> None:
    opened = report()
    fixed = Fixed(frame=opened.frame, figures=opened.told.figures)
    assert Fixed.model_validate_json(fixed.model_dump_json()) == fixed
    figures = opened.told.figures
    assert Figures.read(figures.written()) == figures
    assert Share(n=0, of=0).value is None


def test_the_recipes_say_what_they_make() -> None:
    kinds: Iterator[str] = (media_type(each) for each in ("report", "report_sheet", "report_text"))
    assert [each.split("/")[0] for each in kinds] == ["application", "application", "text"]
    assert Mm(1).twips == 57

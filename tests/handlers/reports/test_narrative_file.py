"""A report's words as a file: what goes out comes back, mistakes are named by line, nothing is lost."""

import io
from collections.abc import Sequence
from datetime import date
from unicodedata import normalize

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from docs.report_picture import report
from handlers.documents.recipes import draw
from handlers.reports.narrative import LONGEST, Narrative, official, tidy
from handlers.reports.narrative_file import (
    MOST_BYTES,
    Unreadable,
    as_lines,
    content_of,
    read,
)
from handlers.reports.opened import Opened
from handlers.texts import Speaker
from tests.handlers.reports.office import OCTOBER, Office, documents

VI = Speaker("vi")
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=80)


def lines(words: dict[str, str] | None = None) -> list[str]:
    return as_lines(report(words=words), official())


def told(text: str) -> list[str]:
    return [each.told(VI) for each in read(text, report().written).mistakes]


def test_an_unchanged_file_leaves_every_section_to_the_program() -> None:
    found = read("\n".join(lines()), report().written)
    assert found.mistakes == []
    assert set(found.texts.values()) == {""}
    assert len(found.texts) == 8


@given(st.lists(WORDS, min_size=1, max_size=4))
def test_what_was_written_comes_back_as_it_was(written: list[str]) -> None:
    text = tidy("Mở đầu.\n" + "\n".join(f"- {each}" for each in written))
    if any(each.lstrip().startswith("#") for each in text.splitlines()):
        return  # said in the file: such lines are not part of the report
    found = read("\n".join(lines({"general": text, "axis-nhan_dan": text})), report().written)
    assert found.mistakes == []
    assert found.texts["general"] == found.texts["axis-nhan_dan"] == text


def test_headings_are_known_however_they_are_written() -> None:
    text = (
        "i) tinh hinh chung\nMột.\n"
        "II. KẾT QUẢ THỰC HIỆN\n"
        "1/ trách nhiệm VỚI công việc\nHai.\n1. Một việc nhỏ.\n2. Việc khác.\n"
        "Khó khăn, hạn chế\nBa.\n"
    )
    found = read(normalize("NFD", text), report().written)
    assert found.mistakes == []
    assert found.texts == {
        "general": "Một.",
        "axis-cong_viec": "Hai.\n1. Một việc nhỏ.\n2. Việc khác.",
        "difficulties": "Ba.",
    }


@pytest.mark.parametrize(
    ("text", "mistakes"),
    [
        ("Lời đầu\n\nI. TÌNH HÌNH CHUNG\nA", ["Dòng 1: đoạn này không nằm dưới đề mục nào."]),
        ("I. TÌNH HÌNH CHUNG\nA\nVII. KHEN THƯỞNG\nB", ["Dòng 3: không có đề mục “VII. KHEN THƯỞNG”."]),
        ("I. TÌNH HÌNH CHUNG\nA\nI. Tình hình chung\nB",
         ["Dòng 3: đề mục “Tình hình chung” đã có ở dòng 1."]),
        ("# chỉ có chú thích", ["Dòng 1: không thấy đề mục nào của báo cáo."]),
        ("I. TÌNH HÌNH CHUNG\n" + "x" * 3001, ["Dòng 1: đề mục này dài 3001 ký tự; nhiều nhất là 3000."]),
    ],
)  # fmt: skip
def test_mistakes_are_named_by_line(text: str, mistakes: list[str]) -> None:
    assert told(text) == mistakes


@pytest.mark.parametrize("recipe", ["report_text", "report_words"])
def test_the_files_that_are_handed_out_are_read_back(recipe: str) -> None:
    written = lines({"next": 'Đọc <b>sách</b> & "báo".\nHọc tập.'})
    name = "a.txt" if recipe == "report_text" else "a.docx"
    found = read(content_of(name, draw(recipe, {"lines": written})), report().written)
    assert found.mistakes == []
    assert found.texts["next"] == 'Đọc <b>sách</b> & "báo".\nHọc tập.'
    assert found.texts["general"] == ""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_text_is_read_in_the_encodings_editors_write(encoding: str) -> None:
    assert content_of("BC.TXT", "Tình hình".encode(encoding)) == "Tình hình"


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.pdf", b"%PDF", "Only .txt"),
        ("a.txt", "Tình hình".encode("cp1258", "replace") + b"\xfe\xd2", "UTF-8"),
        ("a.docx", b"PK\x03\x04 not a document", "no Word document"),
        ("a.docx", b"", "no Word document"),
        ("a.txt", b"x" * (MOST_BYTES + 1), "larger than 1 MB"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(name: str, content: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        content_of(name, content)


def test_a_document_that_unpacks_to_a_hundred_times_its_size_is_refused() -> None:
    document, packed = Document(), io.BytesIO()
    document.add_paragraph("a" * (21 * MOST_BYTES))
    document.save(packed)
    assert len(packed.getvalue()) < MOST_BYTES
    with pytest.raises(Unreadable, match="larger"):
        content_of("a.docx", packed.getvalue())


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused_by_line_never_an_error(text: str) -> None:
    found = read(text, report().written)
    count = text.count("\n") + 1
    assert all(1 <= each.line <= count for each in found.mistakes)
    assert all(len(each) <= LONGEST for each in found.texts.values()) or found.mistakes


# -- in chat ---------------------------------------------------------------------------------------


async def test_the_text_of_the_file_is_taken_from_a_chat(office: Office) -> None:
    sau, unit = await office.sau(), office.unit("C1")
    await sau.opens(f"report/{unit}/{OCTOBER}/file")
    assert [each.name for each in documents(sau)] == [
        "BC-C1-2026-10-duthao-noidung.docx",
        "BC-C1-2026-10-duthao-noidung.txt",
    ]
    said = await sau.sends(
        "IV. KHÓ KHĂN, HẠN CHẾ\nThiếu người.\n\nVI. Đề xuất, kiến nghị\nThêm máy."
    )
    assert "Đã lưu: đọc được 2 đề mục." in said
    assert office.words("C1") == {"difficulties": "Thiếu người.", "proposals": "Thêm máy."}


async def test_a_text_with_a_mistake_changes_nothing_and_is_kept_to_be_mended(
    office: Office,
) -> None:
    sau, unit = await office.sau(), office.unit("C1")
    await sau.opens(f"report/{unit}/{OCTOBER}/file")
    text = "IV. KHÓ KHĂN, HẠN CHẾ\nThiếu người.\nIX. KHÁC\nGì đó."
    said = await sau.sends(text)
    assert "Dòng 3: không có đề mục “IX. KHÁC”." in said
    assert sau.field().value == text
    assert office.rows("C1") == []


def _own(found: Sequence[str]) -> Narrative:
    return Narrative(dict.fromkeys(found, "x"), {})


def test_a_report_says_which_sections_are_own_words() -> None:
    opened: Opened = report()
    written = _own(["next"]).written(opened.told, official())
    assert [each.section.key for each in written if each.own] == ["next"]
    assert opened.told.last == date(2026, 9, 30)

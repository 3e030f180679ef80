"""`python -m bot report` as an operator meets it: files out, the text in, mistakes by line."""

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook
from sqlmodel import select

from bot.cli import main
from storage.database import Database
from storage.keys import Keys
from storage.queries.audit import entries
from storage.tables import Report
from tests.conftest import SECRET, Clock
from tests.handlers.digest.branch import Branch

Out = pytest.CaptureFixture[str]
ROSTER = {
    "units": "code,name,kind,parent_code,pilot\nTD,Thành Đoàn,,,\nC1,Chi đoàn Một cửa,,TD,yes\n",
    "people": "code,full_name,unit_code,role,position,email\nP1,Nguyễn Văn An,C1,member,,\n",
    "desks": "code,name,unit_code,multi_agency\nQ1,Quầy 1,C1,\n",
    "duties": "desk_code,person_code,from,to\n",
}


@pytest.fixture(autouse=True)
def _an_office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BOT_OPERATOR__LANGUAGE", "vi")
    monkeypatch.setattr("bot.app.real_clock", lambda: datetime(2026, 11, 2, 1, tzinfo=UTC))
    Path("config.toml").write_text(f'[privacy]\nsecret = "{SECRET}"\n', encoding="utf-8")
    for name, text in ROSTER.items():
        Path(f"{name}.csv").write_text(text, encoding="utf-8")
    assert main(["import", *(f"{name}.csv" for name in ROSTER)]) == 0
    capsys.readouterr()


@pytest.fixture
def branch() -> Iterator[Branch]:
    store = Database("sqlite:///var/bot.sqlite", Keys(SECRET))
    yield Branch(store, Clock())
    store.close()


def run(*more: str, period: str = "2026-10") -> int:
    return main(["report", "--unit", "C1", "--period", period, *more])


def text_of(file: str) -> str:
    document = Document(file)
    tables = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(each.text for each in document.paragraphs), *tables])


def test_the_draft_is_written_as_a_document(branch: Branch, capsys: Out) -> None:
    branch.rated("C1", date(2026, 10, 6), 5, 5, 5, 5, 2)
    assert run("--output", "bc.docx") == 0
    assert capsys.readouterr().err == "Đã ghi vào bc.docx.\nDự thảo, chưa duyệt.\n"
    assert "trong đó 4 lượt (80%) hài lòng" in text_of("bc.docx")
    assert "DỰ THẢO" in zipfile.ZipFile("bc.docx").read("word/header1.xml").decode()


def test_a_spreadsheet_has_numbers_that_are_numbers(branch: Branch) -> None:
    branch.rated("C1", date(2026, 10, 6), 5, 5, 5, 5, 2)
    assert run("--output", "so.xlsx") == 0
    book = load_workbook(io.BytesIO(Path("so.xlsx").read_bytes()))
    sheet = book["Số liệu"]
    rows = {row[0]: row for row in sheet.iter_rows(min_row=2, values_only=True)}
    days = (datetime(2026, 10, 1), datetime(2026, 10, 31))  # noqa: DTZ001 - cells know no zone
    assert rows["Lượt hài lòng và rất hài lòng"][1:6] == (*days, 4, 5, 0.8)
    assert sheet.freeze_panes == "A2"
    assert "%" in sheet["F3"].number_format
    assert sheet.tables
    assert book["Trách nhiệm"]._charts


def test_the_text_goes_out_and_comes_back(branch: Branch, capsys: Out) -> None:
    assert run("--narrative-template", "loi.txt") == 0
    text = Path("loi.txt").read_text(encoding="utf-8-sig")
    assert "II. KẾT QUẢ THỰC HIỆN" in text
    Path("loi.txt").write_text(text.replace("Không.", "Thêm hai máy quét."), encoding="utf-8")
    capsys.readouterr()
    assert run("--narrative", "loi.txt", "--output", "bc.docx") == 0
    assert capsys.readouterr().err.startswith("Đã lưu: đọc được 8 đề mục.\n")
    assert "Thêm hai máy quét." in text_of("bc.docx")
    found = branch.database.run_now(lambda s: [(e.action, e.by) for e in entries(s)])
    assert ("report.edit", "operator") in found


def test_a_file_with_mistakes_changes_nothing_and_each_is_named(
    branch: Branch, capsys: Out
) -> None:
    Path("loi.txt").write_text("Chào\nI. Tình hình chung\nA\nIX. KHÁC\nB\n", encoding="utf-8")
    assert run("--narrative", "loi.txt") == 1
    assert capsys.readouterr().err == (
        "loi.txt: Dòng 1: đoạn này không nằm dưới đề mục nào.\n"
        "loi.txt: Dòng 4: không có đề mục “IX. KHÁC”.\n"
        "Chưa có gì thay đổi.\n"
    )
    assert branch.database.run_now(lambda s: s.exec(select(Report)).all()) == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--output", "bc.pdf"], "Tên tệp bc.pdf cần có đuôi .docx, .xlsx."),
        (["--output", "nowhere/bc.docx"], "nowhere"),
        ([], "Xin nêu một tệp"),
        (["--narrative", "missing.txt"], "missing.txt"),
    ],
)
def test_what_cannot_be_done_is_said(more: list[str], said: str, capsys: Out) -> None:
    assert run(*more) != 0
    assert said in capsys.readouterr().err


def test_a_period_or_unit_that_is_not_there_is_said(capsys: Out) -> None:
    assert run("--output", "a.docx", period="2026-13") != 0
    assert "Không có kỳ 2026-13" in capsys.readouterr().err
    assert run("--output", "a.docx", period="2026-12") != 0
    assert "xin xem lại từ ngày 07/12/2026" in capsys.readouterr().err
    assert main(["report", "--unit", "X", "--period", "2026", "--output", "a.docx"]) != 0
    assert "X" in capsys.readouterr().err
    assert not Path("a.docx").exists()

"""Tables that no spreadsheet program can be tricked with."""

import csv
import io
import os
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import BinaryIO

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.documents import workbook
from handlers.documents.spreadsheets import (
    Column,
    Table,
    Value,
    harmless,
    replacing,
    write_csv,
    write_xlsx,
)

COLUMNS = (Column("code", 10), Column("date", 12), Column("level", 8), Column("comment", 40))
ROWS: list[tuple[Value, ...]] = [
    ("007", date(2026, 3, 4), -5, "=HYPERLINK(1)"),
    ("+84", None, 2.5, 'Nói "rất" tốt,\ncảm ơn'),
    ("http://x.example", date(2026, 3, 5), None, ""),
]


def table(rows: list[tuple[Value, ...]] | Iterator[tuple[Value, ...]] = ROWS) -> Table:
    return Table("ratings", COLUMNS, rows)


def csv_bytes(a_table: Table) -> bytes:
    stream = io.BytesIO()
    write_csv(a_table, stream)
    return stream.getvalue()


def xlsx_cells(a_table: Table) -> openpyxl.Workbook:
    stream = io.BytesIO()
    write_xlsx(a_table, stream)
    return openpyxl.load_workbook(stream)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
@pytest.mark.parametrize("before", ["", " ", "\u00a0", "\n", "\u3000", "\ufeff", "\u200b"])
def test_text_that_would_begin_a_formula_is_made_harmless(start: str, before: str) -> None:
    assert harmless(f"{before}{start}1+1") == f"'{before}{start}1+1"


@given(st.text())
def test_no_text_begins_with_a_sign_of_a_formula_afterwards(text: str) -> None:
    safe = harmless(text)
    assert safe in {text, f"'{text}"}
    assert not safe.strip().startswith(tuple("=+-@＝＋－＠"))
    assert not safe.startswith(("\t", "\r"))


@given(st.text(min_size=1).filter(lambda text: text[0].isalnum()))
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert harmless(text) == text


def test_csv_has_a_mark_quotes_by_the_book_and_numbers_stay_numbers() -> None:
    written = csv_bytes(table())
    assert written.startswith(b"\xef\xbb\xbfcode,date,level,comment\r\n")
    assert list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")))[1:] == [
        ["007", "2026-03-04", "-5", "'=HYPERLINK(1)"],
        ["'+84", "", "2.5", 'Nói "rất" tốt,\ncảm ơn'],
        ["http://x.example", "2026-03-05", "", ""],
    ]


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00")),
            st.dates(),
            st.integers(),
            st.just("x"),
        )
    )
)
def test_csv_is_read_back_as_it_was_whatever_the_text(
    rows: list[tuple[str, date, int, str]],
) -> None:
    read = list(csv.reader(io.StringIO(csv_bytes(table(rows)).decode("utf-8-sig"), newline="")))
    assert read[1:] == [
        [harmless(text), day.isoformat(), str(n), last] for text, day, n, last in rows
    ]


def test_xlsx_holds_text_as_text_dates_as_dates_and_a_frozen_header() -> None:
    sheet = xlsx_cells(table())["ratings"]
    assert sheet.freeze_panes == "A2"
    (made,) = sheet.tables.values()
    assert (made.ref, made.autoFilter.ref) == ("A1:D4", "A1:D4")
    assert [column.name for column in made.tableColumns] == ["code", "date", "level", "comment"]
    assert made.tableStyleInfo.name == "TableStyleMedium2"
    assert [cell.value for cell in sheet[1]] == ["code", "date", "level", "comment"]
    assert [cell.data_type for cell in sheet[2]] == ["s", "d", "n", "s"]
    assert sheet["A2"].value == "007"
    assert sheet["B2"].value.date() == date(2026, 3, 4)
    assert sheet["B2"].number_format == "yyyy-mm-dd"
    assert sheet["C2"].value == -5
    assert sheet["D2"].value == "'=HYPERLINK(1)"
    assert sheet["A3"].value == "'+84"
    assert sheet["A4"].hyperlink is None
    assert sheet.column_dimensions["D"].width > 39


def test_a_long_table_goes_on_in_a_second_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "ROWS_OF_A_SHEET", 3)
    book = xlsx_cells(table())
    assert book.sheetnames == ["ratings", "ratings 2"]
    assert [sheet.max_row for sheet in book] == [3, 2]
    assert book["ratings 2"]["A1"].value == "code"
    assert [each.ref for sheet in book for each in sheet.tables.values()] == ["A1:D3", "A1:D2"]


def test_an_empty_table_is_its_header() -> None:
    assert csv_bytes(table([])) == b"\xef\xbb\xbfcode,date,level,comment\r\n"
    sheet = xlsx_cells(table([]))["ratings"]
    assert [cell.value for cell in sheet[1]] == ["code", "date", "level", "comment"]
    assert sheet.max_row == 1
    assert [each.ref for each in sheet.tables.values()] == ["A1:D2"]  # Excel insists on a row


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_many_rows_do_not_stand_in_memory_together(
    write: Callable[[Table, BinaryIO], int],
    tmp_path: Path,
) -> None:
    def many() -> Iterator[tuple[Value, ...]]:
        for number in range(20_000):
            yield (f"Q{number}", date(2026, 3, 4), 5, f"Ý kiến số {number} " * 10)

    tracemalloc.start()
    with (tmp_path / "out").open("wb") as stream:
        assert write(table(many()), stream) == 20_000
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 3_000_000  # the text alone is 4.5 MB


def test_progress_is_told_row_by_row() -> None:
    seen: list[int] = []
    write_csv(table(), io.BytesIO(), seen.append)
    write_xlsx(table(), io.BytesIO(), seen.append)
    assert seen == [1, 2, 3, 1, 2, 3]


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("before")
    path.chmod(0o640)
    with pytest.raises(RuntimeError), replacing(path) as stream:
        stream.write(b"half")
        raise RuntimeError
    assert path.read_text() == "before"
    with replacing(path) as stream:
        stream.write(b"after")
        assert path.read_text() == "before"
    assert path.read_text() == "after"
    assert path.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["out.csv"]


def test_a_new_file_is_for_its_owner_only(tmp_path: Path) -> None:
    with replacing(tmp_path / "new.csv") as stream:
        stream.write(b"x")
    assert (tmp_path / "new.csv").stat().st_mode & 0o777 == 0o600


def test_a_device_is_written_to_and_stays_a_device() -> None:
    with replacing(Path(os.devnull)) as stream:
        stream.write(b"x")
    assert Path(os.devnull).is_char_device()

"""Files as Vietnamese offices keep them: titles above the table, their own headings, Excel's ways."""

import csv
import re
import unicodedata
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from handlers.roster import Roster, cells, import_roster, read_files
from handlers.roster.mistakes import Wrong
from handlers.roster.moments import Moment
from storage.database import Database
from storage.queries.roster import stored_roster
from tests.handlers.rosters import (
    ON,
    SAY,
    ZONE,
    Rows,
    as_csv,
    as_workbook,
    good,
    lines,
    load,
    only,
    refused,
)

UNITS: Rows = [
    ["ĐOÀN TNCS HỒ CHÍ MINH", "", "", "", "", "", ""],
    ["DANH SÁCH ĐƠN VỊ NĂM 2026", "", "", "", "", "", ""],
    [],
    ["STT", "Mã đơn vị", "Tên đơn vị", "Loại", "Đơn vị cấp trên", "Làm điểm", "Ghi chú"],
    [1, "TD", "Thành Đoàn", "Thành Đoàn", "", "", ""],
    [2, "C1", "Chi đoàn Sở Nội vụ", "chi đoàn", "TD", "x", "đã đổi tên"],
]
PEOPLE: Rows = [
    ["DANH SÁCH ĐOÀN VIÊN", "", "", "", "", "", "", "", ""],
    [
        "TT",
        "Mã",
        "Họ và tên",
        "Ngày sinh",
        "Giới tính",
        "Đơn vị",
        "Vai trò",
        "Chức vụ",
        "Thư điện tử",
    ],
    [1, 905123456, "Nguyễn Thị Lan", "1/2/1999", "Nữ", "C1", "Bí thư", "Chuyên viên", ""],
    [2, 336123456.0, "Trần Văn Minh", "", "Nam", "C1", "Đoàn viên", "", ""],
]
DESKS: Rows = [
    ["Mã quầy", "Tên quầy", "Đơn vị", "Liên thông"],
    ["Q1", "Quầy 1", "C1", "Có"],
]
DUTIES: Rows = [
    ["Mã quầy", "Mã đoàn viên", "Từ ngày", "Đến ngày"],
    ["Q1", 905123456, "01/07/2025", 46204],
    ["Q1", "0336123456", "1/7/2025", ""],
]
SHEETS = {"Đơn vị": UNITS, "Đoàn viên": PEOPLE, "Quầy": DESKS, "Ca trực": DUTIES}


def told(roster: Roster) -> list[str]:
    return lines(roster.errors)


def decomposed(rows: Rows) -> Rows:
    return [
        [unicodedata.normalize("NFD", c) if isinstance(c, str) else c for c in row] for row in rows
    ]


@pytest.mark.parametrize("nfd", [False, True])
def test_a_workbook_of_an_office_is_read_as_it_is(tmp_path: Path, nfd: bool) -> None:
    sheets = {
        unicodedata.normalize("NFD", name) if nfd else name: decomposed(rows) if nfd else rows
        for name, rows in SHEETS.items()
    }
    roster = read_files([as_workbook(tmp_path / "r.xlsx", sheets)], SAY)
    assert told(roster) == []
    assert [(unit.code, unit.name, unit.pilot) for unit in roster.units] == [
        ("TD", "Thành Đoàn", False),
        ("C1", "Chi đoàn Sở Nội vụ", True),
    ]
    assert [(row.code, row.full_name, row.role, row.position) for row in roster.people] == [
        ("0905123456", "Nguyễn Thị Lan", "secretary", "Chuyên viên"),
        ("0336123456", "Trần Văn Minh", "member", ""),
    ]
    assert roster.desks[0].multi_agency
    assert [(d.person_code, d.since, d.until) for d in roster.duties] == [
        ("0905123456", Moment(date(2025, 7, 1)), Moment(date(2026, 7, 1))),
        ("0336123456", Moment(date(2025, 7, 1)), None),
    ]


def test_columns_that_are_not_kept_are_said_once_each(tmp_path: Path) -> None:
    roster = read_files([as_workbook(tmp_path / "r.xlsx", {"Đơn vị": UNITS})], SAY)
    assert roster.notes == [
        "r.xlsx, sheet Đơn vị: The column STT is not kept.",
        "r.xlsx, sheet Đơn vị: The column Ghi chú is not kept.",
    ]


def test_mistakes_name_the_row_and_the_heading_as_they_stand_there(
    database: Database, tmp_path: Path
) -> None:
    people = [list(row) for row in PEOPLE]
    people[3][5:7] = ["C9", "Trưởng phòng"]
    found = refused(database, [as_workbook(tmp_path / "r.xlsx", {**SHEETS, "Đoàn viên": people})])
    assert lines(found) == [
        (
            "r.xlsx, sheet Đoàn viên, row 4, column Vai trò: trưởng phòng is not a role: write"
            " member or secretary, or -member or -secretary to end it."
        ),
        "r.xlsx, sheet Đoàn viên, row 4, column Đơn vị: There is no unit C9.",
    ]


def test_a_column_nobody_knows_is_still_a_mistake(tmp_path: Path) -> None:
    desks: Rows = [[*DESKS[0], "Màu sơn"], [*DESKS[1], "xanh"]]
    roster = read_files([as_workbook(tmp_path / "r.xlsx", {"Quầy": desks})], SAY)
    assert told(roster) == [
        (
            "r.xlsx, sheet Quầy, row 1, column Màu sơn: There is no such column; known are code,"
            " name, unit_code, multi_agency, to."
        )
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_files_with_a_title_and_vietnamese_headings(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    path = tmp_path / "Đơn vị.csv"
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file, delimiter=delimiter).writerows(UNITS)
    roster = read_files([path], SAY)
    assert told(roster) == []
    assert [unit.code for unit in roster.units] == ["TD", "C1"]


@pytest.mark.parametrize(
    ("name", "sheet"),
    [
        ("don-vi.csv", "units"),
        ("2026_doan_vien.csv", "people"),
        ("Cán bộ.csv", "people"),
        ("Quầy.tsv", "desks"),
        ("ca_truc.csv", "duties"),
    ],
)
def test_the_name_of_a_csv_file_may_be_vietnamese(tmp_path: Path, name: str, sheet: str) -> None:
    path = as_csv(tmp_path, {sheet: good()[sheet]})[0].rename(tmp_path / name)
    roster = read_files([path], SAY)
    assert told(roster) == []
    assert roster.rows_of(sheet)


def test_windows_1258_is_told_from_unicode(tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_bytes(
        "code,name,kind,parent_code,pilot\nC1,Chi đoàn Đông,,,\n".encode("cp1258", "ignore")
    )
    (line,) = told(read_files([path], SAY))
    assert "Windows-1258" in line
    assert "(line 2)" in line


def test_merged_cells_downwards_count_for_each_of_their_rows(tmp_path: Path) -> None:
    path = tmp_path / "r.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("Đoàn viên")
        sheet.merge_range("A1:F1", "DANH SÁCH ĐOÀN VIÊN")
        sheet.write_row("A2", ["Mã", "Họ tên", "Đơn vị", "Vai trò", "Chức vụ", "Email"])
        for row, code in enumerate(("P1", "P2", "P3"), start=2):
            sheet.write_row(row, 0, [code, f"Người {code}"])
            sheet.write(row, 3, "đoàn viên")
        sheet.merge_range("C3:C5", "C1")
    roster = read_files([path], SAY)
    assert told(roster) == []
    assert [row.unit_code for row in roster.people] == ["C1", "C1", "C1"]


def test_a_header_in_two_merged_rows_is_one_header(tmp_path: Path) -> None:
    path = tmp_path / "r.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("Quầy")
        for column, heading in enumerate(DESKS[0]):
            sheet.merge_range(1, column, 2, column, heading)
        sheet.write_row(3, 0, DESKS[1])
    roster = read_files([path], SAY)
    assert told(roster) == []
    assert [(desk.code, desk.place.row) for desk in roster.desks] == [("Q1", 4)]


def test_hidden_sheets_and_those_with_other_names_are_passed_over_with_one_note(
    tmp_path: Path,
) -> None:
    tables = {"units": good()["units"], "Mẫu": [["x"]], "people": [["?"]]}
    path = as_workbook(tmp_path / "r.xlsx", tables)
    workbook = openpyxl.load_workbook(path)
    workbook["people"].sheet_state = "hidden"
    workbook.save(path)
    roster = read_files([path], SAY)
    assert (told(roster), len(roster.units), len(roster)) == ([], 3, 3)
    assert roster.notes == [
        "r.xlsx: Not read, as these sheets are hidden or have another name: Mẫu, people."
    ]


def test_a_single_sheet_is_known_by_its_headings(tmp_path: Path) -> None:
    roster = read_files([as_workbook(tmp_path / "r.xlsx", {"Sheet1": PEOPLE})], SAY)
    assert (told(roster), len(roster.people)) == ([], 2)
    assert roster.notes[0] == (
        "r.xlsx, sheet Sheet1: The sheet is read as people, by its headings."
    )


def test_a_header_that_is_repeated_is_no_row(tmp_path: Path) -> None:
    rows = [*UNITS, UNITS[3], [3, "C2", "Chi đoàn Sở Tư pháp", "chi đoàn", "TD", "", ""]]
    roster = read_files([as_workbook(tmp_path / "r.xlsx", {"Đơn vị": rows})], SAY)
    assert (told(roster), [unit.code for unit in roster.units]) == ([], ["TD", "C1", "C2"])


@pytest.mark.parametrize(
    ("cell", "role"),
    [
        ("Bí thư chi đoàn", "secretary"),
        ("Bí thư Đoàn", "secretary"),
        ("Bí thư Đoàn cơ sở", "secretary"),
        ("-Bí thư Đoàn phường", "-secretary"),
    ],
)
def test_secretaries_are_known_by_the_name_of_their_office(cell: str, role: str) -> None:
    assert cells.role(cell) == role


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("", "This cell must not be empty."),
        ("Phó bí thư", "write member as the role, and this in the column position."),
        ("Phó Bí thư chi đoàn", "write member as the role, and this in the column position."),
        ("Ủy viên BCH", "write member as the role, and this in the column position."),
        ("Bí thư chi bộ", "is not a role"),
    ],
)
def test_other_offices_are_refused_with_a_hint(cell: str, sentence: str) -> None:
    with pytest.raises(Wrong) as caught:
        cells.role(cell)
    assert sentence in caught.value.sentence


def test_a_column_that_is_left_out_leaves_everything_as_it_was(
    database: Database, tmp_path: Path
) -> None:
    load(database, as_csv(tmp_path / "whole", good()))
    left_out = {"kind", "pilot", "position", "email", "multi_agency"}
    tables = {
        name: [
            [cell for cell, head in zip(row, rows[0], strict=True) if head not in left_out]
            for row in rows
        ]
        for name, rows in good().items()
    }
    assert load(database, as_csv(tmp_path / "narrow", tables)).changes_nothing
    new = {"units": [["code", "name", "parent_code"], ["C3", "Chi đoàn 3", "TD"]]}
    load(database, as_csv(tmp_path / "new", new))
    unit = database.run_now(stored_roster).units["C3"]
    assert (unit.kind, unit.pilot) == ("", False)


def test_the_position_of_the_members_row_is_kept(database: Database, tmp_path: Path) -> None:
    tables = good()
    tables["people"][2][4] = "Cán sự"  # of Lan, who is a secretary elsewhere
    roster = read_files(as_csv(tmp_path, tables), SAY)
    for _ in range(2):
        database.run_now(lambda s: import_roster(s, roster, ZONE, SAY, on=ON))
    assert database.run_now(stored_roster).people["P1"].position == "Cán sự"
    assert roster.notes == [
        "Where a person's rows have different positions, that of the member's row is kept."
    ]


def test_what_stands_below_the_table_is_not_part_of_it(tmp_path: Path) -> None:
    below: Rows = [
        [],
        ["", "Tổng cộng: 2 đơn vị"],
        ["", "", "", "", "Đà Nẵng, ngày 01 tháng 7 năm 2026"],
        ["", "Người lập biểu", "", "", "TM. BAN CHẤP HÀNH"],
        ["", "Nguyễn Văn A"],
    ]
    roster = read_files([as_workbook(tmp_path / "r.xlsx", {"Đơn vị": UNITS + below})], SAY)
    assert told(roster) == []
    assert len(roster.units) == 2
    assert roster.notes[-1] == (
        "r.xlsx, sheet Đơn vị, row 8: “Tổng cộng: 2 đơn vị” ends the table: what stands there is"
        " not kept."
    )


def test_a_unit_called_like_a_closing_word_is_a_unit(tmp_path: Path) -> None:
    rows = [*UNITS, ["", "TC", "Tổng cục", "", "TD", "", ""], ["", "", "Không mã", "", "", "", ""]]
    roster = read_files([as_workbook(tmp_path / "r.xlsx", {"Đơn vị": rows})], SAY)
    assert [unit.name for unit in roster.units][2] == "Tổng cục"
    assert told(roster) == [
        "r.xlsx, sheet Đơn vị, row 8, column code: This cell must not be empty."
    ]


def test_rows_after_a_closing_word_are_read_if_they_are_rows(tmp_path: Path) -> None:
    rows = [*UNITS, ["", "Tổng cộng", ""], ["", "C2", "Chi đoàn Thuế", "", "TD", "", ""]]
    roster = read_files([as_workbook(tmp_path / "r.xlsx", {"Đơn vị": rows})], SAY)
    assert [unit.code for unit in roster.units] == ["TD", "C1", "C2"]


def test_real_dates_of_excel_are_days(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "Ca trực"
    sheet.append(DUTIES[0])
    sheet.append(["Q1", "P1", date(2026, 7, 1), date(2026, 7, 31)])
    workbook.save(tmp_path / "r.xlsx")
    (duty,) = read_files([tmp_path / "r.xlsx"], SAY).duties
    assert (duty.since, duty.until) == (Moment(date(2026, 7, 1)), Moment(date(2026, 7, 31)))


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (905123456, "0905123456"),
        (905123456.0, "0905123456"),
        ("905123456", "905123456"),
        ("0905123456", "0905123456"),
        (205123456, "205123456"),
        (90512345, "90512345"),
        (9051234567, "9051234567"),
    ],
)
def test_a_telephone_number_gets_its_zero_back(tmp_path: Path, cell: Any, code: str) -> None:
    rows = only("people", [cell, "Nguyễn Thị Lan", "C1", "member", "", ""])
    rows["duties"] = [good()["duties"][0], ["Q1", cell, "2026-01-01", ""]]
    roster = read_files([as_workbook(tmp_path / "r.xlsx", rows)], SAY)
    assert (roster.people[0].code, roster.duties[0].person_code) == (code, code)


def test_a_code_in_a_csv_file_is_the_code_that_stands_there(tmp_path: Path) -> None:
    rows = only("people", ["905123456", "Nguyễn Thị Lan", "C1", "member", "", ""])
    assert read_files(as_csv(tmp_path, rows), SAY).people[0].code == "905123456"


def test_somebody_stored_without_the_zero_stays_the_same_person(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = good()
    for row in (*tables["people"], *tables["duties"]):
        row[:] = [905123456 if cell == "P2" else cell for cell in row]
    path = as_workbook(tmp_path / "r.xlsx", tables)
    with monkeypatch.context() as before:
        before.setattr("handlers.roster.cells._ZERO_LOST", re.compile("never"))
        load(database, [path])
    assert load(database, [path]).changes_nothing
    assert "905123456" in database.run_now(stored_roster).people

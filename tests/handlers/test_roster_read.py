"""Roster files as people make them: encodings, separators, headers, workbooks, broken files."""

import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from handlers.roster import Roster, read_files
from handlers.roster.files import MOST_BYTES
from tests.handlers.rosters import SAY, Rows, as_csv, as_workbook, good, lines

HEADER = "code,name,kind,parent_code,pilot"


def units(path: Path, content: str | bytes) -> Roster:
    """Read one file of units."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_files([path], SAY)


def told(roster: Roster) -> list[str]:
    return lines(roster.errors)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_files_of_any_unicode_encoding_and_separator(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    roster = read_files(as_csv(tmp_path, good(), delimiter, encoding), SAY)
    assert roster.errors == []
    assert [unit.name for unit in roster.units][1] == "Chi đoàn Sở Nội vụ"
    assert [len(roster.rows_of(name)) for name in good()] == [3, 4, 2, 3]


def test_an_old_encoding_is_refused_rather_than_read_as_nonsense(tmp_path: Path) -> None:
    roster = units(tmp_path / "units.csv", HEADER.encode() + b"\nC1," + "Đoàn".encode("cp1258"))
    assert told(roster) == [
        (
            "units.csv: The text is not Unicode (line 2); it may be Windows-1258 or TCVN3. Save the "
            'file as "CSV UTF-8" and import it again.'
        )
    ]


@pytest.mark.parametrize(
    ("name", "sheet"),
    [("UNITS.csv", "units"), ("2026-people.csv", "people"), ("tinh_doan_desks.tsv", "desks")],
)
def test_a_file_name_ends_with_what_is_in_it(tmp_path: Path, name: str, sheet: str) -> None:
    rows = as_csv(tmp_path, {sheet: good()[sheet]})[0].rename(tmp_path / name)
    roster = read_files([rows], SAY)
    assert roster.errors == []
    assert len(roster.rows_of(sheet)) == len(good()[sheet]) - 1


def test_columns_stand_in_any_order_and_case(tmp_path: Path) -> None:
    roster = units(tmp_path / "units.csv", "Pilot; NAME ;parent_code;kind;Code\nx;Chi đoàn;;;C1\n")
    assert roster.errors == []
    assert (roster.units[0].code, roster.units[0].pilot) == ("C1", True)


def test_unknown_missing_double_and_nameless_columns_are_all_named(tmp_path: Path) -> None:
    roster = units(tmp_path / "units.csv", "code,Tên,,kind,kind,pilot\nC1,Chi đoàn,,,,\n")
    known = HEADER.replace(",", ", ") + ", from, to, merged_into"
    assert told(roster) == [
        f"units.csv, row 1, column Tên: There is no such column; known are {known}.",
        "units.csv, row 1, column C: This column has no name.",
        "units.csv, row 1, column kind: This column stands here twice.",
        "units.csv, row 1, column name: This column is missing.",
        "units.csv, row 1, column parent_code: This column is missing.",
    ]


def test_blank_lines_are_ignored_but_counted(tmp_path: Path) -> None:
    content = f'\n{HEADER}\n\nC1,"Chi\nđoàn",,,\n,,,,\nC2,,,,\n'
    roster = units(tmp_path / "units.csv", content)
    assert told(roster) == ["units.csv, row 6, column name: This cell must not be empty."]
    assert roster.units[0].name == "Chi đoàn"


def test_the_separator_excel_declares_is_no_row(tmp_path: Path) -> None:
    roster = units(tmp_path / "units.csv", f"sep=;\r\n{HEADER.replace(',', ';')}\r\nC1;;;;\r\n")
    assert told(roster) == ["units.csv, row 2, column name: This cell must not be empty."]


def test_an_unquoted_separator_in_a_name_is_noticed(tmp_path: Path) -> None:
    roster = units(tmp_path / "units.csv", f"{HEADER}\nC1,Sở Y tế, Đà Nẵng,chi đoàn,,x\n")
    assert told(roster) == ["units.csv, row 2: The row has more cells than there are columns."]


def test_an_open_quotation_mark_is_noticed(tmp_path: Path) -> None:
    roster = units(tmp_path / "units.csv", f'{HEADER}\nC1,a,,,\nC2,"b,,,\nC3,c,,,\n')
    assert told(roster) == ["units.csv: The quotation marks are wrong in row 3 or below."]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("units.csv", b"", "The file is empty."),
        ("units.csv", b"\xef\xbb\xbf \n", "The file is empty."),
        ("units.csv", HEADER.encode(), "There is no row in this file."),
        ("units.xlsx", b"", "The file is empty."),
        ("list.csv", b"code", "The name does not say what is in it: call it units.csv,"),
        ("units.pdf", b"%PDF", "Only .xlsx and .csv files are read"),
        ("units.xls", b"x", "Only .xlsx and .csv files are read"),
        ("units.xlsm", b"x", "The workbook contains macros. Save it as .xlsx without them."),
        ("units.xlsx", b"code,name", "The file is damaged or no Excel workbook."),
        ("units.xlsx", b"PK\x03\x04 and then nothing", "The file is damaged"),
        ("units.xlsx", bytes.fromhex("d0cf11e0a1b11ae1"), "This workbook has a password"),
        ("units.csv", b"x" * (MOST_BYTES + 1), "The file is larger than 20 MB"),
    ],
)
def test_a_file_that_cannot_be_a_roster_is_refused(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    roster = units(tmp_path / name, content)
    assert len(roster.errors) == 1
    assert told(roster)[0].startswith(f"{name}: {reason}")


def test_a_missing_file_is_named_and_the_others_are_still_read(tmp_path: Path) -> None:
    (tmp_path / "units.csv").write_text(f"{HEADER}\nC1,,,,\n")
    roster = read_files([tmp_path / "people.csv", tmp_path / "units.csv"], SAY)
    assert told(roster) == [
        "people.csv: There is no such file.",
        "units.csv, row 2, column name: This cell must not be empty.",
    ]


@pytest.mark.parametrize("name", ["nothing.xlsx", "nothing", "folder"])
def test_what_is_no_file_is_said_to_be_none_whatever_it_is_called(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / "folder").mkdir()
    roster = read_files([tmp_path / name], SAY)
    assert told(roster) == [f"{name}: There is no such file."]


def test_too_many_rows_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.roster.read.MOST_ROWS", 3)
    roster = units(tmp_path / "units.csv", HEADER + "\n" + "C1,a,,,\n" * 5)
    assert told(roster) == ["units.csv, row 5: More than 3 rows: import them in parts."]


def test_a_workbook_may_hold_any_of_the_sheets_and_blank_ones(tmp_path: Path) -> None:
    tables: dict[str, Rows] = {"Units ": good()["units"], "Sheet1": []}
    roster = read_files([as_workbook(tmp_path / "r.xlsx", tables)], SAY)
    assert roster.errors == []
    assert len(roster.units) == 3


def test_sheets_with_other_names_alone_are_refused(tmp_path: Path) -> None:
    tables = {"one": good()["units"], "two": good()["units"]}
    roster = read_files([as_workbook(tmp_path / "r.xlsx", tables)], SAY)
    must = "The sheet must be called units, people, desks, duties, axes or catalogue."
    assert told(roster) == [f"r.xlsx, sheet {name}: {must}" for name in ("one", "two")]


def test_rows_are_counted_as_excel_shows_them_wherever_the_table_begins(tmp_path: Path) -> None:
    blank: Rows = [[], []]
    moved = [[None, *row] for row in good()["units"]]
    moved[2][2] = None
    roster = read_files([as_workbook(tmp_path / "r.xlsx", {"units": blank + moved})], SAY)
    assert told(roster) == [
        "r.xlsx, sheet units, row 3, column A: This column has no name.",
    ]
    flush: dict[str, Rows] = {"units": blank + [row[1:] for row in moved]}
    roster = read_files([as_workbook(tmp_path / "r.xlsx", flush)], SAY)
    assert told(roster) == ["r.xlsx, sheet units, row 5, column name: This cell must not be empty."]


def test_numbers_and_dates_of_excel_are_read_as_they_look(tmp_path: Path) -> None:
    path = tmp_path / "r.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        day = workbook.add_format({"num_format": "dd/mm/yyyy"})
        minute = workbook.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        units_sheet = workbook.add_worksheet("units")
        units_sheet.write_row(0, 0, HEADER.split(","))
        units_sheet.write_row(1, 0, [905123456, "Đoàn xã", "", "", True])
        units_sheet.write_string(2, 0, "0905")
        units_sheet.write_row(2, 1, ["Chi đoàn", "", 905123456.0, 0])
        duties = workbook.add_worksheet("duties")
        duties.write_row(0, 0, ["desk_code", "person_code", "from", "to"])
        duties.write_row(1, 0, ["q1", 7])
        duties.write_number(1, 2, 46023, day)
        duties.write_number(1, 3, 46023 + 17.5 / 24, minute)
    roster = read_files([path], SAY)
    assert told(roster) == []
    assert [unit.code for unit in roster.units] == ["905123456", "0905"]
    assert roster.units[1].parent_code == "905123456"
    duty = roster.duties[0]
    assert (duty.person_code, str(duty.since.day), duty.since.clock) == ("7", "2026-01-01", None)
    assert duty.until is not None
    assert f"{duty.until.day} {duty.until.clock}" == "2026-01-01 17:30:00"


def test_cells_excel_could_not_work_out_are_named(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "units"
    for row in good()["units"]:
        sheet.append(row)
    sheet["C2"] = "=VLOOKUP(1;A:B;2)"  # openpyxl stores no result
    sheet["D3"] = "#REF!"
    sheet["D3"].data_type = "e"
    workbook.save(tmp_path / "r.xlsx")
    assert told(read_files([tmp_path / "r.xlsx"], SAY)) == [
        f"r.xlsx, sheet units, row {row}, column {column}:"
        " Excel shows an error or an unfinished formula in this cell."
        for row, column in ((2, "C"), (3, "D"))
    ]


def test_results_of_formulas_are_read(tmp_path: Path) -> None:
    path = tmp_path / "r.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("units")
        sheet.write_row(0, 0, HEADER.split(","))
        sheet.write_row(1, 0, ["C1", "", "", "", ""])
        sheet.write_formula("B2", '="Chi đoàn "&A2', None, "Chi đoàn C1")
        sheet.write_formula("C2", '=""', None, "nothing")
    rewritten(path, lambda _name, data: data.replace(b"<v>nothing</v>", b"<v></v>"))
    roster = read_files([path], SAY)
    assert told(roster) == []
    assert roster.units[0].name == "Chi đoàn C1"


def test_a_stray_cell_far_away_is_named_instead_of_filling_the_memory(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "units"
    sheet["A1"], sheet["XFD1048576"] = "code", "stray"
    workbook.save(tmp_path / "r.xlsx")
    assert told(read_files([tmp_path / "r.xlsx"], SAY)) == [
        (
            "r.xlsx: Sheet units reaches as far as cell XFD1048576."
            " Delete what stands outside the table."
        )
    ]


def rewritten(path: Path, change: Callable[[str, bytes], bytes], **more: bytes) -> Path:
    """The same workbook with its parts changed."""
    with zipfile.ZipFile(path) as old:
        parts = {name: change(name, old.read(name)) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in {**parts, **more}.items():
            new.writestr(name, data)
    return path


def test_macros_are_refused_whatever_the_file_is_called(tmp_path: Path) -> None:
    path = as_workbook(tmp_path / "r.xlsx", good())
    rewritten(path, lambda _name, data: data, **{"xl/vbaProject.bin": b"macro"})
    assert told(read_files([path], SAY)) == [
        "r.xlsx: The workbook contains macros. Save it as .xlsx without them."
    ]


def test_a_document_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "r.xlsx", "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert told(read_files([tmp_path / "r.xlsx"], SAY)) == [
        "r.xlsx: This is no Excel workbook (.xlsx)."
    ]


def test_a_workbook_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    path = as_workbook(tmp_path / "r.xlsx", good())
    rewritten(path, lambda _name, data: data, **{"xl/media/bomb.bin": bytes(301 * 1024 * 1024)})
    assert told(read_files([path], SAY)) == [
        "r.xlsx: The workbook is too large once it is unpacked."
    ]


def test_damaged_workbooks_are_refused_and_never_crash(tmp_path: Path) -> None:
    path = as_workbook(tmp_path / "r.xlsx", good())
    whole = path.read_bytes()
    dice = random.Random(2026)
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(dice.randint(1, 30)):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        path.write_bytes(bytes(damaged[: dice.randint(1, len(damaged))]))
        roster = read_files([path], SAY)
        assert roster.errors or len(roster) == 12


def test_damaged_parts_of_a_workbook_are_refused_and_never_crash(tmp_path: Path) -> None:
    dice = random.Random(2027)

    def damage(name: str, data: bytes) -> bytes:
        if not name.startswith("xl/") or dice.random() < 0.5:
            return data
        damaged = bytearray(data)
        for _ in range(dice.randint(1, 4)):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        return bytes(damaged)

    refused = 0
    for _ in range(150):
        path = rewritten(as_workbook(tmp_path / "r.xlsx", good()), damage)
        refused += bool(read_files([path], SAY).errors)
    assert refused > 50

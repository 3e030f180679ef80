"""XLSX workbooks: refuses what is no plain workbook, then reads every sheet whole."""

import html
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from handlers.roster.cells import Cell
from handlers.roster.mistakes import Wrong
from handlers.texts import mark

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # old .xls, and every workbook with a password
_MOST_UNPACKED = 300 * 1024 * 1024
_LAST_COLUMN, _LAST_ROW = 100, 200_000  # calamine keeps the whole rectangle in memory

# All of it comes from bytes in memory, so each of these is a fault of the file.
_DAMAGE = (
    CalamineError,
    EOFError,
    KeyError,
    NotImplementedError,  # a packing that zipfile does not know
    OSError,
    RuntimeError,  # an encrypted part
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)

_SHEET = re.compile(rb"<(?:\w+:)?sheet\s([^>]*)>")
_RELATIONSHIP = re.compile(rb"<(?:\w+:)?Relationship\s([^>]*)>")
_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_CELL = re.compile(
    rb"<(?:\w+:)?c\s([^>]*)>(?:\s*<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*<[^>]*>)"
    rb"\s*(<(?:\w+:)?v\s*/>|<(?:\w+:)?v></|</(?:\w+:)?c>)?)?"
)
_REFERENCE = re.compile(rb"([A-Z]{1,3})(\d+)")


@dataclass(frozen=True)
class Sheet:
    """A sheet from its first row and column on. `unusable` are cells (row, column from 1) that
    Excel itself could not work out; `hidden` is one that a person at the screen does not see."""

    name: str
    rows: list[list[Cell]]
    unusable: list[tuple[int, int]] = field(default_factory=list)
    hidden: bool = False


def sheets(data: bytes) -> Iterator[Sheet]:
    """Every worksheet in order; Wrong says why a file is refused."""
    if data.startswith(_OLE):
        raise Wrong(
            mark(
                "This workbook has a password or is an old .xls file."
                " Save it as .xlsx without a password."
            )
        )
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _refuse_what_is_no_plain_workbook(archive)
            unusable = dict(_unusable_cells(archive))
        with CalamineWorkbook.from_object(BytesIO(data)) as workbook:
            hidden = {
                each.name
                for each in workbook.sheets_metadata
                if each.visible != SheetVisibleEnum.Visible
            }
            for name in workbook.sheet_names:
                sheet = workbook.get_sheet_by_name(name)
                found: list[list[Cell]] = [
                    list(row) for row in sheet.to_python(skip_empty_area=False)
                ]
                _fill_merged(found, sheet.merged_cell_ranges or ())
                yield Sheet(name, found, unusable.get(name, []), name in hidden)
    except Wrong:
        raise
    except _DAMAGE:
        raise Wrong(
            mark("The file is damaged or no Excel workbook. Open it in Excel and save it anew.")
        ) from None


def _fill_merged(
    rows: list[list[Cell]], merged: Iterable[tuple[tuple[int, int], tuple[int, int]]]
) -> None:
    """Cells merged downwards in one column, such as the unit of several people, each say it."""
    for (first, column), (last, last_column) in merged:
        if column != last_column:
            continue
        for row in rows[first + 1 : last + 1]:
            row[column] = rows[first][column]


def _refuse_what_is_no_plain_workbook(archive: zipfile.ZipFile) -> None:
    names = {each.filename for each in archive.infolist()}
    if "xl/workbook.xml" not in names:
        raise Wrong(mark("This is no Excel workbook (.xlsx)."))
    if any(name.endswith("vbaProject.bin") for name in names):
        raise Wrong(mark("The workbook contains macros. Save it as .xlsx without them."))
    if sum(each.file_size for each in archive.infolist()) > _MOST_UNPACKED:
        raise Wrong(mark("The workbook is too large once it is unpacked."))


def _attributes(tag: bytes) -> dict[str, str]:
    """The attributes of a tag, without the prefixes of their namespaces."""
    return {
        name.decode().rpartition(":")[2]: html.unescape((double or single).decode())
        for name, double, single in _ATTRIBUTE.findall(tag)
    }


def _parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """The name of every sheet and the file inside the workbook that holds it."""
    targets = {}
    for tag in _RELATIONSHIP.findall(archive.read("xl/_rels/workbook.xml.rels")):
        attributes = _attributes(tag)
        targets[attributes["Id"]] = attributes["Target"]
    for tag in _SHEET.findall(archive.read("xl/workbook.xml")):
        attributes = _attributes(tag)
        target = targets[attributes["id"]]
        yield attributes["name"], target[1:] if target.startswith("/") else f"xl/{target}"


def _unusable_cells(archive: zipfile.ZipFile) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Cells with an error such as #REF!, or a formula never worked out: calamine calls them empty.

    Refuses a sheet that reaches too far, before calamine makes room for it.
    """
    for name, part in _parts(archive):
        unusable = []
        for tag, unfinished in _CELL.findall(archive.read(part)):
            attributes = _attributes(tag)
            place = _REFERENCE.fullmatch(attributes.get("r", "").encode())
            if place is None:
                continue
            row, column = int(place[2]), _column_number(place[1])
            if row > _LAST_ROW or column > _LAST_COLUMN:
                raise Wrong(
                    mark(
                        "Sheet {sheet} reaches as far as cell {cell}."
                        " Delete what stands outside the table."
                    ),
                    sheet=name,
                    cell=attributes["r"],
                )
            if attributes.get("t") == "e" or (unfinished and attributes.get("t") != "str"):
                unusable.append((row, column))
        yield name, unusable


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number

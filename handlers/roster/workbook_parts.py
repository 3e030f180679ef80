"""What a workbook is made of: a ZIP of XML, unpacked within bounds, and how far its sheets reach.

calamine trusts a file: it unpacks whatever comes, and makes room for the whole rectangle of a
sheet. So it only ever gets a copy of what was unpacked and measured here.
"""

import html
import re
import zipfile
from collections.abc import Iterator
from io import BytesIO

from handlers.roster.mistakes import Wrong
from handlers.texts import mark

_MOST_UNPACKED = 100 * 1024 * 1024
_LAST_COLUMN, _LAST_ROW = 100, 200_000
_MOST_CELLS = 5_000_000  # of all sheets, empty ones between others too: 200 MB of memory
_TOO_LARGE = mark("The workbook is too large once it is unpacked.")

_INSIDE = rb"""((?:[^>"']|"[^"]*"|'[^']*')*)"""
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s" + _INSIDE + rb">")
_RELATIONSHIP = re.compile(rb"<(?:\w+:)?Relationship\s" + _INSIDE + rb">")
_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_ROW_OR_CELL = re.compile(
    rb"<(?:\w+:)?(?:(row)|c)(?=[\s/>])"
    + _INSIDE
    + rb">(?:\s*<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*<[^>]*>)"
    rb"\s*(<(?:\w+:)?v\s*/>|<(?:\w+:)?v></|</(?:\w+:)?c>)?)?"
)
_REFERENCE = re.compile(rb"([A-Z]{1,3})(\d{1,7})")


class Parts:
    """The unpacked parts of a workbook by name. Raises Wrong for what is no plain workbook; what
    zipfile, zlib and the rest raise for a damaged one is the caller's."""

    def __init__(self, data: bytes) -> None:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _refuse_what_is_no_plain_workbook(archive)
            # zipfile reads no more of a part than it declares, and that was added up.
            self._parts = {
                name: archive.read(name) for name in archive.namelist() if _is_read(name)
            }
        if any(b"\0" in content for content in self._parts.values()):
            raise ValueError("XML in two bytes a letter")
        self._cells = 0

    def copy(self) -> bytes:
        """The same as a workbook without pictures, not compressed."""
        written = BytesIO()
        with zipfile.ZipFile(written, "w") as archive:
            for name, content in self._parts.items():
                archive.writestr(zipfile.ZipInfo(name), content)
        return written.getvalue()

    def unusable_cells(self) -> Iterator[tuple[str, list[tuple[int, int]]]]:
        """Of each sheet the cells (row, column from 1) with an error such as #REF!, or a formula
        never worked out: calamine calls them empty. Wrong for a sheet that reaches too far."""
        for name, part in self._sheets():
            yield name, self._look_through(name, self._parts[part])

    def _sheets(self) -> Iterator[tuple[str, str]]:
        """The name of every sheet and the part that holds it."""
        targets = {}
        for tag in _RELATIONSHIP.findall(self._parts["xl/_rels/workbook.xml.rels"]):
            attributes = _attributes(tag)
            targets[attributes["Id"]] = attributes["Target"]
        for tag in _SHEET.findall(self._parts["xl/workbook.xml"]):
            attributes = _attributes(tag)
            target = targets[attributes["id"]]
            yield attributes["name"], target[1:] if target.startswith("/") else f"xl/{target}"

    def _look_through(self, sheet: str, content: bytes) -> list[tuple[int, int]]:
        """Rows and cells in order, as calamine counts those that do not say where they stand."""
        unusable = []
        row = column = last_row = last_column = 0
        for found in _ROW_OR_CELL.finditer(content):
            attributes = _attributes(found[2])
            said = attributes.get("r", "")
            if found[1]:
                row, column = (int(said) if said else row + 1), 0
                continue
            place = _REFERENCE.fullmatch(said.encode())
            if said and not place:
                raise ValueError("a cell that stands nowhere")
            row, column = (int(place[2]), _column_number(place[1])) if place else (row, column + 1)
            if row > _LAST_ROW or column > _LAST_COLUMN:
                raise Wrong(
                    mark(
                        "Sheet {sheet} reaches as far as cell {cell}."
                        " Delete what stands outside the table."
                    ),
                    sheet=sheet[:_LAST_COLUMN],
                    cell=said or f"{column}/{row}",
                )
            last_row, last_column = max(row, last_row), max(column, last_column)
            if self._cells + last_row * last_column > _MOST_CELLS:
                raise Wrong(_TOO_LARGE)
            kind = attributes.get("t")
            if kind == "e" or (found[3] and kind != "str"):
                unusable.append((row, column))
        self._cells += last_row * last_column
        return unusable


def _refuse_what_is_no_plain_workbook(archive: zipfile.ZipFile) -> None:
    names = {each.filename for each in archive.infolist()}
    if "xl/workbook.xml" not in names:
        raise Wrong(mark("This is no Excel workbook (.xlsx)."))
    if any(name.endswith("vbaProject.bin") for name in names):
        raise Wrong(mark("The workbook contains macros. Save it as .xlsx without them."))
    if sum(each.file_size for each in archive.infolist()) > _MOST_UNPACKED:
        raise Wrong(_TOO_LARGE)


def _is_read(name: str) -> bool:
    return name.endswith((".xml", ".rels"))


def _attributes(tag: bytes) -> dict[str, str]:
    """The attributes of a tag, without the prefixes of their namespaces."""
    found = _ATTRIBUTE.findall(tag)
    if len({name for name, _, _ in found}) < len(found):
        raise ValueError("an attribute that stands there twice")
    return {
        name.decode().rpartition(":")[2]: html.unescape((double or single).decode())
        for name, double, single in sorted(found, key=lambda each: b":" not in each[0])
    }


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number

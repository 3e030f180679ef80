"""Roster workbooks: a ZIP of XML with every part bent, missing, doubled, grown, or lying about itself."""

import io
import tempfile
import zipfile
import zlib
from functools import cache
from pathlib import Path

from openpyxl import Workbook

from handlers.roster import read_files
from handlers.texts import Speaker
from tests.fuzz.given import Given
from tests.fuzz.targets.roster_texts import CELLS
from tests.fuzz.watching import bounded

_SHEETS = {
    "units": ["code", "name", "kind", "parent_code", "pilot"],
    "people": ["code", "full_name", "unit_code", "role", "position", "email"],
    "desks": ["code", "name", "unit_code", "multi_agency"],
    "duties": ["desk_code", "person_code", "from", "to"],
}
_BENT = (
    (b'r="A1"', b'r="A0"'),
    (b'r="A1"', b'r="XFD1048576"'),
    (b'r="A1"', b'r="CV200000"'),
    (b'r="A1"', b'r="A99999999999999999999"'),
    (b'r="A2"', b'r="ZZZZ2"'),
    (b'r="A2"', b'r=""'),
    (b'r="A2"', b""),
    (b't="inlineStr"', b't="s"'),
    (b't="inlineStr"', b't="e"'),
    (b't="n"', b't="d"'),
    (b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>'),
    (b"<sheetData>", b'<dimension ref="ZZZ9:A1"/><sheetData>'),
    (
        b"</sheetData>",
        b'</sheetData><mergeCells count="1"><mergeCell ref="B2:B9999"/></mergeCells>',
    ),
    (b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="XFD1:XFD1048576"/></mergeCells>'),
    (b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="B9:A1"/></mergeCells>'),
    (b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="B9"/></mergeCells>'),
    (b"<v>", b"<v>1e999"),
    (b"<v>", b"<v>-"),
    (b"<row ", b'<row r="4294967296" '),
    (b"<c ", b"<c><c "),
    (b"<?xml", b"<?xml?><!DOCTYPE a [<!ENTITY b 'cccccc'><!ENTITY d '&b;&b;&b;'>]><?xml"),
    (b'name="units"', b'name="&#0;"'),
    (b'name="units"', b'name="people"'),
    (b'name="units"', b'name="' + b"u" * 5000 + b'"'),
    (b'sheetId="1"', b'sheetId="1" state="veryHidden"'),
    (b'r:id="rId1"', b'r:id="rId9"'),
    (b'r:id="rId1"', b""),
    (b'Target="/xl/worksheets/sheet1.xml"', b'Target="/xl/workbook.xml"'),
    (b'Target="/xl/worksheets/sheet1.xml"', b'Target="../../../etc/passwd"'),
    (b'numFmtId="0"', b'numFmtId="14"'),
    (b"date1904", b'date1904="1" x'),
)
SEEDS = [bytes([3, number, 0, 1, number, 1, 2, 3]) for number in range(len(_BENT))] + [
    bytes([0, number, 9, 9, 9]) for number in range(4)
]


@cache
def _parts() -> dict[str, bytes]:
    """A workbook of all sheets, by part."""
    book = Workbook()
    book.remove(book.active)
    for name, columns in _SHEETS.items():
        sheet = book.create_sheet(name)
        sheet.append(columns)
        for n in range(3):
            sheet.append([*CELLS[n : n + len(columns) - 1], 46000.5 + n])
    written = io.BytesIO()
    book.save(written)
    with zipfile.ZipFile(written) as archive:
        return {each: archive.read(each) for each in archive.namelist()}


def run(data: bytes) -> None:
    """Read one workbook."""
    given = Given(data)
    content = _archive(given)
    with tempfile.TemporaryDirectory(prefix="fuzz") as folder:
        path = Path(folder) / given.pick(("roster.xlsx", "roster.XLSX", "ă.xlsx"))
        path.write_bytes(content)
        with bounded("reading a workbook"):
            roster = read_files([path], Speaker("vi"))
    "\n".join([*(each.said(Speaker("vi")) for each in roster.errors), *roster.notes]).encode()


def _archive(given: Given) -> bytes:
    parts = dict(_parts())
    for _ in range(given.number(4)):
        old, new = given.pick(_BENT)
        name = next((each for each, content in parts.items() if old in content), None)
        if name is not None:
            parts[name] = parts[name].replace(old, new, 1 + given.number(3))
    if given.yes(60):
        name = given.pick(tuple(parts))
        content = parts[name]
        at = given.number(len(content) + 1)
        parts[name] = content[:at] + given.raw(40) + content[at + given.number(40) :]
    if given.yes(20):
        del parts[given.pick(tuple(parts))]
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        if given.yes(10):
            archive.writestr("xl/worksheets/inner.xlsx", zlib.compress(b"\x00" * 5_000_000))
    return _torn(given, written.getvalue())


def _torn(given: Given, content: bytes) -> bytes:
    if given.yes(20):
        content = content[: given.number(len(content) + 1)]
    for _ in range(given.number(4) if given.yes(60) else 0):
        at = given.number(len(content) + 1)
        content = content[:at] + given.raw(4) + content[at + given.number(4) :]
    return content

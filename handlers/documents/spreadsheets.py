"""Tables as CSV and XLSX that no spreadsheet program can be tricked with, row by row."""

import csv
import io
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

Value = str | int | float | date | None

_DANGEROUS = re.compile(r"[\s\u200b\u2060\ufeff]*[=+\-@＝＋－＠]|[\s\u200b\u2060\ufeff]*[\t\r]")
_ROWS_OF_A_SHEET = 1_048_576  # header included; Excel's limit
_LONGEST_CELL = 32_767  # likewise
_BOM = "\ufeff"


@dataclass(frozen=True)
class Column:
    """A column by the name in its header; `width` in characters."""

    name: str
    width: int = 12


@dataclass(frozen=True)
class Table:
    """Rows to write, read once from an iterator; `name` becomes the sheet's."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]


OnRow = Callable[[int], None]


def harmless(text: str) -> str:
    """Text that would begin a formula gets an apostrophe in front (OWASP: CSV injection)."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def write_csv(table: Table, target: BinaryIO, on_row: OnRow | None = None) -> int:
    """UTF-8 with a mark so that Excel sees it, RFC 4180; returns the number of rows."""
    text = io.TextIOWrapper(target, encoding="utf-8", newline="", write_through=False)
    try:
        text.write(_BOM)
        writer = csv.writer(text)
        writer.writerow([column.name for column in table.columns])
        count = 0
        for count, row in enumerate(table.rows, start=1):
            writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
            if on_row is not None:
                on_row(count)
        text.flush()
    finally:
        text.detach()  # the stream belongs to the caller
    return count


def write_xlsx(table: Table, target: BinaryIO, on_row: OnRow | None = None) -> int:
    """A workbook, text as text and dates as dates; returns the number of rows.

    A table longer than Excel's sheets goes on in a second one.
    """
    return write_workbook([table], target, on_row)


def write_workbook(tables: Iterable[Table], target: BinaryIO, on_row: OnRow | None = None) -> int:
    """The same with a sheet for each table; no two may have one name."""
    import xlsxwriter

    with tempfile.TemporaryFile() as file:  # a pipe cannot seek, as a zip file must
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": True,
        }
        with xlsxwriter.Workbook(file, options) as workbook:
            count = sum(_write_sheets(workbook, table, on_row) for table in tables)
        file.seek(0)
        shutil.copyfileobj(file, target)
    return count


WRITERS: dict[str, Callable[[Table, BinaryIO, OnRow | None], int]] = {
    "csv": write_csv,
    "xlsx": write_xlsx,
}


def _write_sheets(workbook: Any, table: Table, on_row: OnRow | None) -> int:
    header = workbook.add_format({"bold": True, "bottom": 1})
    day = workbook.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
    rows, count, number = iter(table.rows), 0, 1
    while True:
        sheet = workbook.add_worksheet(table.name if number == 1 else f"{table.name} {number}")
        sheet.freeze_panes(1, 0)
        for index, column in enumerate(table.columns):
            sheet.set_column(index, index, column.width)
            sheet.write_string(0, index, column.name, header)
        here = 0
        for here, row in enumerate(islice(rows, _ROWS_OF_A_SHEET - 1), start=1):
            _write_row(sheet, here, row, day)
            count += 1
            if on_row is not None:
                on_row(count)
        sheet.autofilter(0, 0, here, len(table.columns) - 1)
        number += 1
        if here < _ROWS_OF_A_SHEET - 1:
            return count


def _write_row(sheet: Any, number: int, row: Sequence[Value], day: Any) -> None:
    for column, cell in enumerate(row):
        if isinstance(cell, str):
            if cell:
                sheet.write_string(number, column, harmless(cell)[:_LONGEST_CELL])
        elif isinstance(cell, date):
            sheet.write_datetime(number, column, cell, day)
        elif cell is not None:
            sheet.write_number(number, column, cell)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A stream whose content becomes the file only when all of it is written.

    A new file can be read by its owner only: it may hold people's data. What is no plain file
    (a device, a pipe) is written to directly.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        with path.open("wb") as stream:
            yield stream
        return
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        if path.exists():
            os.chmod(name, stat.S_IMODE(path.stat().st_mode))
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise

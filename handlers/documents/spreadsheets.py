"""Tables as CSV and XLSX that no spreadsheet program can be tricked with, row by row."""

import csv
import io
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from handlers.documents.tables import Chart, Column, OnRow, Table, Value, harmless
from handlers.documents.workbook import write_workbook, write_xlsx

__all__ = [
    "WRITERS",
    "Chart",
    "Column",
    "OnRow",
    "Table",
    "Value",
    "harmless",
    "replacing",
    "write_csv",
    "write_workbook",
    "write_xlsx",
]

_BOM = "\ufeff"


def write_csv(table: Table, target: BinaryIO, on_row: OnRow | None = None) -> int:
    """UTF-8 with a mark so that Excel sees it, RFC 4180; returns the number of rows."""
    text = io.TextIOWrapper(target, encoding="utf-8", newline="", write_through=False)
    try:
        text.write(_BOM)
        writer = csv.writer(text)
        writer.writerow([column.name for column in table.columns])
        count = 0
        for count, row in enumerate(table.rows, start=1):
            writer.writerow([_written(cell) for cell in row])
            if on_row is not None:
                on_row(count)
        text.flush()
    finally:
        text.detach()  # the stream belongs to the caller
    return count


def _written(cell: Value) -> object:
    if isinstance(cell, str):
        return harmless(cell)
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    return cell


WRITERS: dict[str, Callable[[Table, BinaryIO, OnRow | None], int]] = {
    "csv": write_csv,
    "xlsx": write_xlsx,
}


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

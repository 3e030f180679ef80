"""XLSX workbooks: refuses what is no plain workbook, then reads every sheet whole."""

import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from handlers.roster.cells import Cell
from handlers.roster.mistakes import Wrong
from handlers.roster.workbook_parts import Parts
from handlers.texts import mark

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # old .xls, and every workbook with a password

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
        parts = Parts(data)
        unusable = dict(parts.unusable_cells())
        with CalamineWorkbook.from_object(BytesIO(parts.copy())) as workbook:
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
    filled, cells = 0, sum(map(len, rows))
    for (first, column), (last, last_column) in merged:
        if column != last_column or not (first < len(rows) and column < len(rows[first])):
            continue
        for row in rows[first + 1 : last + 1]:
            row[column] = rows[first][column]
            filled += 1
        if filled > cells:  # honest ones never overlap
            raise ValueError("cells are merged over and over")

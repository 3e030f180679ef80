"""The roll-up as a workbook: numbers as numbers, shares as percentages, headers that stay in view."""

import io
import textwrap
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, model_validator

from handlers.documents.spreadsheets import harmless

_WIDEST, _NARROWEST = 48, 11  # characters
_A4, _LINE = 9, 16  # the paper's number; points of a line of the header
_FORMATS = {"number": "#,##0", "share": "0%", "mean": "0.00"}

Kind = Literal["text", "number", "share", "mean"]


class RollupTable(BaseModel):
    """One table: (column, kind) and a cell for every column; `note` stands below it."""

    name: Annotated[str, Field(min_length=1, max_length=31)]
    columns: Annotated[list[tuple[str, Kind]], Field(min_length=1)]
    rows: list[list[str | int | float | None]]
    note: str = ""
    held: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _rows_are_as_long_as_the_header(self) -> Self:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("every row needs a cell for every column")
        return self


class RollupSheet(BaseModel):
    """What the workbook is written from; `held` columns of a table stay in view."""

    title: str
    tables: Annotated[list[RollupTable], Field(min_length=1)]


def write_rollup_sheet(data: RollupSheet, _language: str) -> bytes:
    """An XLSX in which no text can become a formula."""
    import xlsxwriter

    written = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(written, options) as workbook:
        workbook.set_properties({"title": data.title})
        for table in data.tables:
            _write(workbook, table)
    return written.getvalue()


def _write(workbook: Any, table: RollupTable) -> None:
    sheet = workbook.add_worksheet(table.name)
    header = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    formats = {
        kind: workbook.add_format({"num_format": written}) for kind, written in _FORMATS.items()
    }
    sheet.freeze_panes(1, table.held)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_row(0, _LINE * max(_lines(table, index) for index in range(len(table.columns))))
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    for index, (name, kind) in enumerate(table.columns):
        sheet.set_column(index, index, _width(table, index), formats.get(kind))
        sheet.write_string(0, index, harmless(name), header)
        for number, row in enumerate(table.rows, start=1):
            _cell(sheet, (number, index), row[index])
    sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
    if table.note:
        sheet.write_string(len(table.rows) + 2, 0, harmless(table.note))


def _cell(sheet: Any, place: tuple[int, int], value: str | int | float | None) -> None:
    if isinstance(value, str):
        if value:
            sheet.write_string(*place, harmless(value))
    elif value is not None:
        sheet.write_number(*place, value)


def _lines(table: RollupTable, index: int) -> int:
    """How many lines a column's header takes."""
    return len(textwrap.wrap(table.columns[index][0], _width(table, index) - 2)) or 1


def _width(table: RollupTable, index: int) -> int:
    name, kind = table.columns[index]
    if kind != "text":
        return max(_NARROWEST, max(map(len, name.split()), default=0) + 2)
    longest = max([len(name), *(len(str(row[index] or "")) for row in table.rows)])
    return max(_NARROWEST, min(_WIDEST, longest + 2))

"""Figures as a workbook: aggregates only, a sheet per table, charts beside them."""

import io
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from handlers.documents.spreadsheets import Chart, Column, Table, Value, write_workbook

_WIDEST, _NARROWEST = 60, 10  # characters


class SheetChart(BaseModel):
    """A chart beside a table: `names` and `series` are columns by their place."""

    title: str
    names: int = 0
    series: Annotated[list[int], Field(min_length=1)]
    kind: Literal["stacked", "line"] = "stacked"


class Sheet(BaseModel):
    """One table: every row has a cell for every column.

    `formats` say what a column holds besides text and numbers: date (written 2026-11-16) or
    percent (a share from 0 to 1); none is needed.
    """

    name: Annotated[str, Field(min_length=1)]
    columns: Annotated[list[str], Field(min_length=1)]
    rows: list[list[str | int | float | None]]
    formats: list[Literal["", "date", "percent"]] = []
    chart: SheetChart | None = None

    @model_validator(mode="after")
    def _rows_are_as_long_as_the_header(self) -> Self:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("every row needs a cell for every column")
        if self.formats and len(self.formats) != len(self.columns):
            raise ValueError("every column needs a format, or none")
        drawn = [] if self.chart is None else [self.chart.names, *self.chart.series]
        if not all(0 <= index < len(self.columns) for index in drawn):
            raise ValueError("the chart shows a column that is not there")
        return self


class DigestSheet(BaseModel):
    """What the workbook is written from."""

    sheets: Annotated[list[Sheet], Field(min_length=1)]


def write_digest_sheet(data: DigestSheet, _language: str) -> bytes:
    """An XLSX in which no text can become a formula."""
    written = io.BytesIO()
    write_workbook([_table(sheet) for sheet in data.sheets], written)
    return written.getvalue()


def _table(sheet: Sheet) -> Table:
    formats = sheet.formats or [""] * len(sheet.columns)
    columns = [
        Column(
            name,
            _width([name, *(_shown(row[index]) for row in sheet.rows)]),
            "percent" if formats[index] == "percent" else "",
        )
        for index, name in enumerate(sheet.columns)
    ]
    rows = [
        [_typed(cell, kind) for cell, kind in zip(row, formats, strict=True)] for row in sheet.rows
    ]
    chart = None
    if sheet.chart is not None:
        wanted = sheet.chart
        chart = Chart(wanted.title, wanted.names, wanted.series, wanted.kind)
    return Table(sheet.name, columns, rows, chart)


def _typed(cell: str | float | None, kind: str) -> Value:
    """A written day as a day; what is none (a message queued by an earlier release) as it is."""
    if kind != "date" or not isinstance(cell, str):
        return cell
    try:
        return date.fromisoformat(cell)
    except ValueError:
        return cell


def _shown(cell: str | float | None) -> str:
    return "" if cell is None else f"{cell:.3f}" if isinstance(cell, float) else str(cell)


def _width(cells: list[str]) -> int:
    return max(_NARROWEST, min(_WIDEST, max(map(len, cells)) + 2))

"""What goes with a report: its figures as a workbook, its words as a file to edit."""

import io
from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from handlers.documents.report_document import Words
from handlers.documents.spreadsheets import Chart, Column, Table, Value, write_workbook

_WIDEST, _NARROWEST = 60, 11  # characters


class SheetChart(BaseModel):
    """Bars beside the table: the column of their names, the columns piled up."""

    title: Words
    names: int
    series: list[int]


class ReportTable(BaseModel):
    """One sheet; `percent` are the columns that hold shares, `dates` those of days (YYYY-MM-DD)."""

    name: Annotated[Words, Field(min_length=1, max_length=31)]
    columns: Annotated[list[Words], Field(min_length=1)]
    percent: list[int] = []
    dates: list[int] = []
    rows: list[list[Words | int | float | None]]
    chart: SheetChart | None = None

    @model_validator(mode="after")
    def _rows_are_as_long_as_the_header(self) -> Self:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("every row needs a cell for every column")
        return self


class ReportSheet(BaseModel):
    """What the workbook is written from."""

    sheets: Annotated[list[ReportTable], Field(min_length=1)]


def write_report_sheet(data: ReportSheet, _language: str) -> bytes:
    """An XLSX: numbers as numbers, shares as percentages."""
    written = io.BytesIO()
    write_workbook([_table(each) for each in data.sheets], written)
    return written.getvalue()


def _table(sheet: ReportTable) -> Table:
    columns = [
        Column(name, _width(sheet, index), format="percent" if index in sheet.percent else "")
        for index, name in enumerate(sheet.columns)
    ]
    chart = sheet.chart
    drawn = None if chart is None else Chart(chart.title, chart.names, chart.series)
    rows = [
        [_cell(value, dated=index in sheet.dates) for index, value in enumerate(row)]
        for row in sheet.rows
    ]
    return Table(sheet.name, columns, rows, chart=drawn)


def _cell(value: str | int | float | None, *, dated: bool) -> Value:
    return date.fromisoformat(value) if dated and isinstance(value, str) else value


def _width(sheet: ReportTable, index: int) -> int:
    texts = [row[index] for row in sheet.rows if not isinstance(row[index], float)]
    longest = max(len(str(cell)) for cell in (sheet.columns[index], *texts))
    return max(_NARROWEST, min(_WIDEST, longest + 3))


class ReportWords(BaseModel):
    """The lines of a report's words."""

    lines: list[Words]


def write_report_text(data: ReportWords, _language: str) -> bytes:
    """A text with a mark that every editor knows as UTF-8, and Windows' line ends."""
    return "\r\n".join(data.lines).encode("utf-8-sig")


def write_report_words(data: ReportWords, _language: str) -> bytes:
    """The same as a Word file."""
    from docx import Document
    from docx.shared import Pt

    document = Document()
    font = document.styles["Normal"].font
    font.name, font.size = "Times New Roman", Pt(13)
    for line in data.lines:
        document.add_paragraph().add_run(line).italic = line.startswith("#") or None
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()

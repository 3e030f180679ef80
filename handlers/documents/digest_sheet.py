"""The digest as a workbook: aggregates only, a sheet per table."""

import io
from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from handlers.documents.spreadsheets import Column, Table, write_workbook

_WIDEST, _NARROWEST = 60, 10  # characters


class Sheet(BaseModel):
    """One table: every row has a cell for every column."""

    name: Annotated[str, Field(min_length=1)]
    columns: Annotated[list[str], Field(min_length=1)]
    rows: list[list[str | int | float | None]]

    @model_validator(mode="after")
    def _rows_are_as_long_as_the_header(self) -> Self:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("every row needs a cell for every column")
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
    columns = [
        Column(name, _width([name, *(str(row[index]) for row in sheet.rows)]))
        for index, name in enumerate(sheet.columns)
    ]
    return Table(sheet.name, columns, sheet.rows)


def _width(cells: list[str]) -> int:
    return max(_NARROWEST, min(_WIDEST, max(map(len, cells)) + 2))

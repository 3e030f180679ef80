"""Workbooks: real tables with filters, types, widths, frozen headers, charts; row by row."""

import re
import shutil
import tempfile
import warnings
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, BinaryIO

from handlers.documents.canvas import BRAND, FAIR, NEUTRAL, STRONG, WARM
from handlers.documents.tables import Chart, Column, OnRow, Table, Value, harmless

ROWS_OF_A_SHEET = 1_048_576  # header included; Excel's limit
_LONGEST_CELL = 32_767  # likewise
_LONGEST_NAME = 31  # of a sheet, likewise
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]")
_STYLE = "Table Style Medium 2"
_A4 = 9
_SHORT = 25  # rows
_COLOURS = (STRONG, FAIR, NEUTRAL, WARM, "#b4530a", BRAND)


def write_xlsx(table: Table, target: BinaryIO, on_row: OnRow | None = None) -> int:
    """A workbook, text as text and dates as dates; returns the number of rows.

    A table longer than Excel's sheets goes on in a second one.
    """
    return write_workbook([table], target, on_row)


def write_workbook(tables: Iterable[Table], target: BinaryIO, on_row: OnRow | None = None) -> int:
    """The same with a sheet for each table; no two may have one name. What a table has `after`
    itself is written too, and not counted."""
    import xlsxwriter

    with tempfile.TemporaryFile() as file:  # a pipe cannot seek, as a zip file must
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": True,
        }
        with xlsxwriter.Workbook(file, options) as book:
            sheets = _Sheets(book)
            count = 0
            for table in tables:
                count += sheets.write(table, on_row)
                for following in table.after() if table.after is not None else ():
                    sheets.write(following, None)
        file.seek(0)
        shutil.copyfileobj(file, target)
    return count


class _Sheets:
    """The sheets of one workbook and what they share."""

    def __init__(self, book: Any) -> None:
        self._book, self._tables = book, 0
        look = {"bold": True, "font_color": "#ffffff", "bg_color": BRAND, "text_wrap": True}
        self._header = book.add_format({**look, "valign": "vcenter"})
        self._day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"})
        self._percent = book.add_format({"num_format": "0.0%"})
        self._wrap = book.add_format({"text_wrap": True, "valign": "top"})

    def write(self, table: Table, on_row: OnRow | None) -> int:
        """Every row, on as many sheets as it takes; how many there were."""
        rows, count, number = iter(table.rows), 0, 1
        name = _NOT_IN_A_NAME.sub(" ", table.name)[: _LONGEST_NAME - 4]
        while True:
            sheet = self._book.add_worksheet(name if number == 1 else f"{name} {number}")
            headers = _different(table.columns)
            self._set_up(sheet, table.columns, headers)
            here = 0
            for here, row in enumerate(islice(rows, ROWS_OF_A_SHEET - 1), start=1):
                self._write_row(sheet, here, row, table.columns)
                count += 1
                if on_row is not None:
                    on_row(count)
            self._tables += 1
            _make_table(sheet, f"table_{self._tables}", here, headers)
            if table.chart is not None and here:
                self._draw(sheet, table.chart, here, len(headers))
            number += 1
            if here < ROWS_OF_A_SHEET - 1:
                return count

    def _set_up(self, sheet: Any, columns: Sequence[Column], headers: Sequence[str]) -> None:
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.repeat_rows(0)
        sheet.fit_to_pages(1, 0)  # as wide as a page, as long as it takes
        sheet.set_footer("&L&A&R&P / &N")
        for index, column in enumerate(columns):
            sheet.set_column(index, index, column.width)
            sheet.write_string(0, index, headers[index], self._header)

    def _write_row(
        self, sheet: Any, number: int, row: Sequence[Value], columns: Sequence[Column]
    ) -> None:
        for index, cell in enumerate(row):
            if isinstance(cell, str):
                if cell:
                    look = self._wrap if columns[index].wrap else None
                    sheet.write_string(number, index, harmless(cell)[:_LONGEST_CELL], look)
            elif isinstance(cell, bool):
                sheet.write_boolean(number, index, cell)
            elif isinstance(cell, datetime):  # Excel knows no time zones
                sheet.write_datetime(number, index, cell.replace(tzinfo=None), self._moment)
            elif isinstance(cell, date):
                sheet.write_datetime(number, index, cell, self._day)
            elif cell is not None:
                look = self._percent if columns[index].format == "percent" else None
                sheet.write_number(number, index, cell, look)

    def _draw(self, sheet: Any, wanted: Chart, last: int, columns: int) -> None:
        kind = {"type": "column", "subtype": "stacked"}
        chart = self._book.add_chart({"type": "line"} if wanted.kind == "line" else kind)
        for place, index in enumerate(wanted.series):
            colour = _COLOURS[place % len(_COLOURS)]
            chart.add_series(
                {
                    "name": [sheet.name, 0, index],
                    "categories": [sheet.name, 1, wanted.names, last, wanted.names],
                    "values": [sheet.name, 1, index, last, index],
                    "fill": {"color": colour},
                    "line": {"color": colour},
                    "gap": 60,
                }
            )
        chart.set_title({"name": wanted.title, "name_font": {"size": 12}})
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": min(1400, max(560, 120 + 26 * last)), "height": 380})
        below = last <= _SHORT  # where both are seen at once, and printed large
        sheet.insert_chart(*((last + 2, 0) if below else (0, columns + 1)), chart)


def _different(columns: Sequence[Column]) -> list[str]:
    """The names of the columns; a table must not have one twice, whatever its capitals."""
    found: list[str] = []
    for column in columns:
        name, number = column.name, 1
        while name.casefold() in {each.casefold() for each in found}:
            number += 1
            name = f"{column.name} {number}"
        found.append(name)
    return found


def _make_table(sheet: Any, name: str, rows: int, headers: Sequence[str]) -> None:
    """Declare what was written to be a table.

    xlsxwriter has no tables where rows are streamed, because it would write the header last, and
    it notes every cell of one. The header stands there already: a table of two rows is declared
    beside the rows written, then stretched. (An empty table still has one row: Excel insists.)
    """
    last = len(headers) - 1
    kept, sheet.table, sheet.constant_memory = sheet.table, defaultdict(dict), False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what it refuses, it only warns of
            columns = [{"header": each} for each in headers]
            sheet.add_table(0, 0, 1, last, {"name": name, "columns": columns, "style": _STYLE})
    finally:
        sheet.table, sheet.constant_memory = kept, True
    whole = _range(max(1, rows), last)
    sheet.tables[-1].update({"range": whole, "a_range": whole, "autofilter": whole})


def _range(row: int, column: int) -> str:
    from xlsxwriter.utility import xl_range

    found: str = xl_range(0, 0, row, column)
    return found

"""CSV files as spreadsheets write them: any Unicode encoding, comma, semicolon or tab."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator

from handlers.roster.mistakes import Wrong
from handlers.texts import mark

_SEPARATORS = ",;\t"
_LINES_ABOVE = 30  # a title may stand above the header
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def rows(data: bytes, is_column: Callable[[str], bool]) -> Iterator[list[str]]:
    """Every record, blank ones too, so that counting them gives the spreadsheet's row.

    `is_column` says whether a heading is known: the separator is the one that finds most of them.
    """
    content = _decoded(data)
    declared, content = _declared_separator(content)
    separator = declared or _separator(content, is_column)
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=separator, strict=True)
    record = 0
    try:
        for record, cells in enumerate(reader, start=1):  # noqa: B007 - the error needs it
            yield cells
    except csv.Error:
        raise Wrong(
            mark("The quotation marks are wrong in row {record} or below."), record=record + 1
        ) from None


def _decoded(data: bytes) -> str:
    encoding = next((name for start, name in _MARKS if data.startswith(start)), None)
    try:
        return data.decode(encoding or _unmarked(data))
    except UnicodeDecodeError as error:
        raise Wrong(
            mark(
                "The text is not Unicode (line {line}); it may be Windows-1258 or TCVN3."
                ' Save the file as "CSV UTF-8" and import it again.'
            ),
            line=data.count(b"\n", 0, error.start) + 1,
        ) from None


def _unmarked(data: bytes) -> str:
    """UTF-16 without a mark betrays itself: every other byte of its header is zero."""
    start = data[:64]
    if start[1::2].count(0) > len(start) // 4:
        return "utf-16-le"
    if start[0::2].count(0) > len(start) // 4:
        return "utf-16-be"
    return "utf-8"


def _declared_separator(content: str) -> tuple[str | None, str]:
    """Excel's own first line `sep=;`, which it does not count as a row."""
    first, _, rest = content.partition("\n")
    declared = first.strip().strip('"')
    if len(declared) == len("sep=;") and declared.casefold().startswith("sep="):
        return declared[-1], rest
    return None, content


def _separator(content: str, is_column: Callable[[str], bool]) -> str:
    lines = [line for line in content.splitlines() if line.strip(_SEPARATORS + " ")]

    def found(separator: str) -> int:
        return max(
            (
                sum(is_column(cell.strip(' "')) for cell in set(line.split(separator)))
                for line in lines[:_LINES_ABOVE]
            ),
            default=0,
        )

    return max(_SEPARATORS, key=found)

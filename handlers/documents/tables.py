"""Tables as they are handed to the writers: columns, rows read once, what follows, a chart."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Value = str | bool | int | float | date | datetime | None
Format = Literal["", "percent"]
OnRow = Callable[[int], None]

_DANGEROUS = re.compile(r"[\s\u200b\u2060\ufeff]*[=+\-@＝＋－＠]|[\s\u200b\u2060\ufeff]*[\t\r]")


@dataclass(frozen=True)
class Column:
    """A column by the name in its header; `width` in characters, `wrap` for long texts."""

    name: str
    width: int = 12
    format: Format = ""
    wrap: bool = False


@dataclass(frozen=True)
class Chart:
    """A picture beside a table: for each row named in the column `names`, the figures of `series`
    (columns by their place), one upon the other or, `kind` line, as curves."""

    title: str
    names: int
    series: Sequence[int]
    kind: Literal["stacked", "line"] = "stacked"


@dataclass(frozen=True)
class Table:
    """Rows to write, read once from an iterator; `name` becomes the sheet's.

    `after` makes the sheets that follow in a workbook, called when all rows were read: a summary
    of them. A moment (datetime) is local.
    """

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]
    chart: Chart | None = None
    after: Callable[[], Iterable["Table"]] | None = None


def harmless(text: str) -> str:
    """Text that would begin a formula gets an apostrophe in front (OWASP: CSV injection)."""
    return f"'{text}" if _DANGEROUS.match(text) else text

"""What offices write below a table: sums, who drew it up, place and date, signatures."""

import re
from collections.abc import Sequence

from handlers.names import folded
from handlers.roster.cells import Cell

_ALONE = {"tong", "cong", "tm", "t m"}
_BEGINNINGS = (
    "tong cong", "tong so", "nguoi lap", "lap bieu", "noi nhan", "xac nhan", "ky ten", "ghi chu",
    "danh sach nay co",
)  # fmt: skip
_PLACE_AND_DATE = re.compile(r"\bngay\b.*\bthang\b.*\bnam\b")
_MOST_CELLS = 3  # a sum has its word and a number or two


def ends_table(names: Sequence[str | None], row: Sequence[Cell]) -> bool:
    """Whether this row closes the table: few cells, the first of them such a word."""
    filled = [cell for cell in row if cell is not None and str(cell).strip()]
    if not filled or len(filled) > _MOST_CELLS or is_row(names, row):
        return False
    first = folded(str(filled[0]))
    begins = any(first == word or first.startswith(f"{word} ") for word in _BEGINNINGS)
    return begins or first in _ALONE or _PLACE_AND_DATE.search(first) is not None


def is_row(names: Sequence[str | None], row: Sequence[Cell]) -> bool:
    """Whether the first two columns of the sheet are filled: a row after all."""
    kept = {name: cell for name, cell in zip(names, row, strict=False) if name}
    needed = [name for name in ("code", "full_name", "name", "desk_code", "person_code")
              if name in kept]  # fmt: skip
    return all(kept[name] is not None and str(kept[name]).strip() for name in needed)

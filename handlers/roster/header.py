"""The header of a table: where it stands, and which column is which, in any order."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from handlers.roster.cells import Cell
from handlers.roster.checks import SHEETS, columns, known_columns
from handlers.roster.columns import column_of, is_not_kept
from handlers.roster.mistakes import Place, RosterError, error_at
from handlers.texts import Speech

MOST_ROWS_ABOVE = 30
_FEWEST_NAMES = 2  # a title may contain one word that is a column's too


@dataclass
class Header:
    """The columns from left to right (None: not kept), what is wrong, and headings not kept."""

    names: list[str | None]
    errors: list[RosterError] = field(default_factory=list)
    not_kept: list[str] = field(default_factory=list)


def find_header(sheet: str, rows: Sequence[Sequence[Cell]]) -> int:
    """Which of the first rows is the header: the one with most columns' names, else the first.

    Of a header in two rows, whose cells are merged downwards, it is the lower one.
    """
    known = _known(sheet)
    found = [
        sum(column_of(sheet, heading, known) is not None for heading in set(_typed(row)))
        for row in rows[:MOST_ROWS_ABOVE]
    ]
    most = max(found, default=0)
    if most < _FEWEST_NAMES:
        return 0
    index = found.index(most)
    while index + 1 < len(found) and found[index + 1] == most:
        index += 1
    return index


def read_header(sheet: str, cells: Sequence[Cell], at: Place, say: Speech) -> Header:
    """The columns of a header and what is wrong with them."""
    wanted, known = columns(SHEETS[sheet]), _known(sheet)
    typed = _typed(cells)
    while typed and not typed[-1]:
        typed.pop()
    header = Header([column_of(sheet, each, known) for each in typed])
    for index, (heading, name) in enumerate(zip(typed, header.names, strict=True)):
        if not heading:
            reason = say("This column has no name.")
            header.errors.append(error_at(at, reason, letters(index + 1)))
        elif name is None and is_not_kept(sheet, heading):
            header.not_kept.append(heading)
        elif name is None:
            reason = say("There is no such column; known are {known}.", known=", ".join(known))
            header.errors.append(error_at(at, reason, heading))
        elif name in header.names[:index]:
            header.errors.append(error_at(at, say("This column stands here twice."), name))
    missing = [name for name in wanted if name not in header.names]
    header.errors += [error_at(at, say("This column is missing."), name) for name in missing]
    return header


def is_header_again(sheet: str, names: Sequence[str | None], row: Sequence[Cell]) -> bool:
    """Whether a row below repeats the header, as printed lists do on every page."""
    known = _known(sheet)
    kept = [(name, cell) for name, cell in zip(names, _typed(row), strict=False) if name]
    return len(kept) > 1 and all(column_of(sheet, cell, known) == name for name, cell in kept)


def sheet_with(rows: Sequence[Sequence[Cell]]) -> str | None:
    """The one sheet all of whose columns stand in the first rows; None if none or several have."""
    found = []
    for sheet, model in SHEETS.items():
        known, wanted = _known(sheet), set(columns(model))
        for row in rows[:MOST_ROWS_ABOVE]:
            if wanted <= {column_of(sheet, heading, known) for heading in _typed(row)}:
                found.append(sheet)
                break
    return found[0] if len(found) == 1 else None


def _known(sheet: str) -> tuple[str, ...]:
    return known_columns(SHEETS[sheet])


def _typed(cells: Sequence[Cell]) -> list[str]:
    return [" ".join(str(cell or "").split()) for cell in cells]


def letters(column: int) -> str:
    """How a spreadsheet names a column: 1 is A, 27 is AA."""
    named = ""
    while column:
        column, rest = divmod(column - 1, 26)
        named = chr(ord("A") + rest) + named
    return named

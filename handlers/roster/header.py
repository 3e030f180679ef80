"""The header of a table: which column is which, in any order."""

from collections.abc import Sequence

from handlers.roster.cells import Cell
from handlers.roster.mistakes import Place, RosterError, error_at
from handlers.texts import Speech


def read_header(
    cells: Sequence[Cell], wanted: Sequence[str], at: Place, say: Speech
) -> tuple[list[str], list[RosterError]]:
    """The column names from left to right, and what is wrong with them."""
    typed = [str(cell or "").strip() for cell in cells]
    while typed and not typed[-1]:
        typed.pop()
    names = [each.casefold() for each in typed]
    errors = []
    for index, name in enumerate(names):
        if not name:
            errors.append(error_at(at, say("This column has no name."), letters(index + 1)))
        elif name not in wanted:
            reason = say("There is no such column; known are {known}.", known=", ".join(wanted))
            errors.append(error_at(at, reason, typed[index]))
        elif name in names[:index]:
            errors.append(error_at(at, say("This column stands here twice."), name))
    missing = [name for name in wanted if name not in names]
    errors += [error_at(at, say("This column is missing."), name) for name in missing]
    return names, errors


def letters(column: int) -> str:
    """How a spreadsheet names a column: 1 is A, 27 is AA."""
    named = ""
    while column:
        column, rest = divmod(column - 1, 26)
        named = chr(ord("A") + rest) + named
    return named

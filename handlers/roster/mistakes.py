"""What is wrong with a roster, said by file, sheet, row and column."""

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.texts import Speech


@dataclass(frozen=True)
class Place:
    """A row of a file. `sheet` is empty in a CSV; `row` counts from 1 as a spreadsheet does."""

    file: str
    sheet: str = ""
    row: int | None = None


@dataclass(frozen=True)
class RosterError:
    """One mistake; `column` and `sheet` may be empty, `row` None, where it concerns a whole file.

    `reason` is a sentence in the operator's language.
    """

    file: str
    sheet: str
    row: int | None
    column: str
    reason: str

    def said(self, say: Speech) -> str:
        """One line that names the place and the reason."""
        values = {
            "file": self.file,
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "reason": self.reason,
        }
        if self.row is None:
            if self.sheet:
                return say("{file}, sheet {sheet}: {reason}", **values)
            return say("{file}: {reason}", **values)
        if self.sheet:
            if self.column:
                return say("{file}, sheet {sheet}, row {row}, column {column}: {reason}", **values)
            return say("{file}, sheet {sheet}, row {row}: {reason}", **values)
        if self.column:
            return say("{file}, row {row}, column {column}: {reason}", **values)
        return say("{file}, row {row}: {reason}", **values)


class RosterMistakes(Exception):
    """Nothing was stored; `errors` holds every mistake, in the order of the files.

    The text of the exception carries only their number: reasons may name people.
    """

    def __init__(self, errors: Sequence[RosterError]) -> None:
        super().__init__(f"{len(errors)} mistakes in the roster")
        self.errors = list(errors)


class Wrong(ValueError):
    """A cell that cannot be read: a sentence marked for the catalogue, and its placeholders."""

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence)
        self.sentence, self.values = sentence, values


def error_at(place: Place, reason: str, column: str = "") -> RosterError:
    """A mistake at a place."""
    return RosterError(place.file, place.sheet, place.row, column, reason)

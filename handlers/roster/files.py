"""A path to the tables inside it: which sheet each one is, and its rows as cells."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from handlers.roster import csv_files, workbooks
from handlers.roster.cells import Cell
from handlers.roster.checks import SHEETS, known_columns
from handlers.roster.columns import column_of, sheet_of, sheet_of_file
from handlers.roster.header import sheet_with
from handlers.roster.json_files import json_tables
from handlers.roster.mistakes import Place, Wrong
from handlers.texts import mark

MOST_BYTES = 20 * 1024 * 1024
_CSV_ENDINGS = {".csv", ".tsv", ".txt"}
_JSON = ".json"


@dataclass(frozen=True)
class FoundTable:
    """A table of a file. `sheet` is one of SHEETS, or None for a sheet with another name;
    `unusable` are cells (row, column from 1) that Excel could not work out. `first` is the number
    of the first of the rows, the header: 0 in a list without one, whose entries count from 1.
    `guessed`: its headings alone say which sheet it is. `skipped` are sheets that are not read."""

    place: Place
    sheet: str | None
    rows: Iterable[Sequence[Cell]]
    unusable: Sequence[tuple[int, int]] = ()
    first: int = 1
    guessed: bool = False
    skipped: Sequence[str] = ()


def tables(path: Path) -> Iterator[FoundTable]:
    """Every table that is not blank. OSError or Wrong where the file as a whole is refused."""
    data = _content(path)
    if path.suffix.casefold() in _CSV_ENDINGS:
        yield _csv_table(path, data)
        return
    if path.suffix.casefold() == _JSON:
        for name, rows in json_tables(data):
            yield FoundTable(Place(path.name, name), name, rows, first=0)
        return
    filled = [sheet for sheet in workbooks.sheets(data) if any(map(is_filled, sheet.rows))]
    if not filled:
        raise Wrong(mark("The file is empty."))
    shown = [sheet for sheet in filled if not sheet.hidden] or filled
    known = [sheet for sheet in shown if sheet_of(sheet.name)]
    guess = sheet_with(shown[0].rows) if len(shown) == 1 and not known else None
    chosen = known or shown
    skipped = [sheet.name for sheet in filled if sheet not in chosen]
    for sheet in chosen:
        yield FoundTable(
            Place(path.name, sheet.name),
            sheet_of(sheet.name) or guess,
            sheet.rows,
            sheet.unusable,
            guessed=guess is not None,
            skipped=skipped if sheet is chosen[0] else (),
        )


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise Wrong(mark("There is no such file."))
    if path.suffix.casefold() == ".xlsm":
        raise Wrong(mark("The workbook contains macros. Save it as .xlsx without them."))
    if path.suffix.casefold() not in {*_CSV_ENDINGS, ".xlsx", _JSON}:
        raise Wrong(mark("Only .xlsx and .csv files are read, and a catalogue in .json."))
    if path.stat().st_size > MOST_BYTES:
        raise Wrong(
            mark("The file is larger than {most} MB: import it in parts."),
            most=MOST_BYTES // 1024 // 1024,
        )
    data = path.read_bytes()
    if not data.strip():
        raise Wrong(mark("The file is empty."))
    return data


def _csv_table(path: Path, data: bytes) -> FoundTable:
    """units.csv, 2026-units.csv, tinh_doan_units.csv and don-vi.csv all hold units."""
    sheet = sheet_of_file(path.stem)
    if sheet is None:
        raise Wrong(
            mark(
                "The name does not say what is in it: call it units.csv, people.csv, desks.csv,"
                " duties.csv, axes.csv or catalogue.csv."
            )
        )
    known = known_columns(SHEETS[sheet])

    def is_column(heading: str) -> bool:
        return column_of(sheet, heading, known) is not None

    return FoundTable(Place(path.name), sheet, csv_files.rows(data, is_column))


def is_filled(row: Sequence[Cell]) -> bool:
    """Whether anything stands in the row."""
    return any(cell is not None and str(cell).strip() for cell in row)

"""Roster files to checked rows, each with its place; every mistake is kept, none stops the rest."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from handlers.roster.cells import Cell
from handlers.roster.checks import (
    SHEETS,
    AxisRow,
    DeskRow,
    DutyRow,
    ItemRow,
    PersonRow,
    Row,
    UnitRow,
    check_row,
)
from handlers.roster.files import FoundTable, is_filled, tables
from handlers.roster.footer import ends_table, is_row
from handlers.roster.header import (
    MOST_ROWS_ABOVE,
    find_header,
    is_header_again,
    letters,
    read_header,
)
from handlers.roster.mistakes import Place, RosterError, Wrong, error_at
from handlers.texts import Speech

MOST_ROWS = 100_000


@dataclass
class Roster:
    """What the files say. `incomplete` names the sheets of which something could not be read;
    `unreadable_codes` the codes, as typed, of rows that are there but whose code is wrong;
    `headings` what the columns of a table (file, sheet) are called there; `notes` tell what was
    read past."""

    units: list[UnitRow] = field(default_factory=list)
    people: list[PersonRow] = field(default_factory=list)
    desks: list[DeskRow] = field(default_factory=list)
    duties: list[DutyRow] = field(default_factory=list)
    axes: list[AxisRow] = field(default_factory=list)
    catalogue: list[ItemRow] = field(default_factory=list)
    errors: list[RosterError] = field(default_factory=list)
    incomplete: set[str] = field(default_factory=set)
    unreadable_codes: set[str] = field(default_factory=set)
    headings: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def rows_of(self, sheet: str) -> list[Row]:
        """The rows of the sheet of this name, as any kind of row."""
        rows: list[Row] = getattr(self, sheet)
        return rows

    def __len__(self) -> int:
        return sum(len(self.rows_of(sheet)) for sheet in SHEETS)


def read_files(
    paths: Sequence[Path], say: Speech, on_row: Callable[[int], None] | None = None
) -> Roster:
    """Read and check every file, row by row. Never raises for what stands in a file: the
    mistakes are in `Roster.errors`, and import_roster adds its own and raises them together.

    `on_row` is called with the number of rows read so far.
    """
    reading = _Reading(say, on_row)
    for path in paths:
        reading.read(path)
    roster = reading.roster
    if not roster.errors and not len(roster):
        reason = say("There is no row in this file.")
        roster.errors += [error_at(Place(path.name), reason) for path in paths]
    return roster


class _Reading:
    """One reading of several files into one roster."""

    def __init__(self, say: Speech, on_row: Callable[[int], None] | None) -> None:
        self.say, self.on_row = say, on_row
        self.roster = Roster()

    def read(self, path: Path) -> None:
        """Read a file; what makes it unreadable is a mistake like any other."""
        place = Place(path.name)
        try:
            for table in tables(path):
                self._read_table(table)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            self._refuse(place, self.say("The file cannot be read ({reason}).", reason=reason))
        except Wrong as wrong:
            self._refuse(place, self.say(wrong.sentence, **wrong.values))

    def _refuse(self, place: Place, reason: str, sheets: Iterable[str] = SHEETS) -> None:
        self.roster.errors.append(error_at(place, reason))
        self.roster.incomplete.update(sheets)

    def _read_table(self, table: FoundTable) -> None:
        if table.skipped:
            reason = self.say(
                "Not read, as these sheets are hidden or have another name: {sheets}.",
                sheets=", ".join(table.skipped),
            )
            self.roster.notes.append(error_at(Place(table.place.file), reason).said(self.say))
        if table.guessed:
            reason = self.say("The sheet is read as {sheet}, by its headings.", sheet=table.sheet)
            self.roster.notes.append(error_at(table.place, reason).said(self.say))
        if table.sheet is None:
            reason = self.say(
                "The sheet must be called units, people, desks, duties, axes or catalogue."
            )
            self._refuse(table.place, reason)
            return
        for row, column in table.unusable:
            reason = self.say("Excel shows an error or an unfinished formula in this cell.")
            at = Place(table.place.file, table.place.sheet, row)
            self.roster.errors.append(error_at(at, reason, letters(column)))
        if table.unusable:
            self.roster.incomplete.add(table.sheet)
        try:
            self._read_rows(table, table.sheet)
        except Wrong as wrong:
            self._refuse(table.place, self.say(wrong.sentence, **wrong.values), [table.sheet])

    def _read_rows(self, table: FoundTable, sheet: str) -> None:
        place = table.place
        filled: Iterator[tuple[Place, Sequence[Cell]]] = (
            (Place(place.file, place.sheet, number), row)
            for number, row in enumerate(table.rows, start=table.first)
            if is_filled(row)
        )
        names, below = self._header(sheet, filled, place)
        footer = False
        for at, row in below:
            if is_header_again(sheet, names, row):
                continue
            if ends_table(names, row) or (footer and not is_row(names, row)):
                if not footer:
                    self._note_footer(at, row)
                footer = True
                continue
            if len(self.roster) >= MOST_ROWS:
                reason = self.say("More than {most} rows: import them in parts.", most=MOST_ROWS)
                self._refuse(at, reason)
                return
            self._read_row(at, sheet, names, row)
            if self.on_row is not None:
                self.on_row(len(self.roster))

    def _header(
        self, sheet: str, filled: Iterator[tuple[Place, Sequence[Cell]]], place: Place
    ) -> tuple[list[str | None], Iterator[tuple[Place, Sequence[Cell]]]]:
        """The columns and the rows below them; no rows where the header is wrong."""
        above = list(islice(filled, MOST_ROWS_ABOVE))
        if not above:
            self._refuse(place, self.say("The file is empty."), [sheet])
            return [], iter(())
        index = find_header(sheet, [row for _, row in above])
        at, cells = above[index]
        header = read_header(sheet, cells, at, self.say)
        for heading in header.not_kept:
            reason = self.say("The column {column} is not kept.", column=heading)
            self.roster.notes.append(error_at(place, reason).said(self.say))
        if header.errors:
            self.roster.errors += header.errors
            self.roster.incomplete.add(sheet)
            return [], iter(())
        typed = self.roster.headings.setdefault((place.file, place.sheet), {})
        for name, cell in zip(header.names, cells, strict=False):
            if name is not None:
                typed[name] = " ".join(str(cell).split())
        return header.names, chain(above[index + 1 :], filled)

    def _note_footer(self, at: Place, row: Sequence[Cell]) -> None:
        first = next(str(cell).strip() for cell in row if is_filled([cell]))
        reason = self.say("“{text}” ends the table: what stands there is not kept.", text=first)
        self.roster.notes.append(error_at(at, reason).said(self.say))

    def _read_row(
        self, at: Place, sheet: str, names: list[str | None], row: Sequence[Cell]
    ) -> None:
        if is_filled(row[len(names) :]):
            reason = self.say("The row has more cells than there are columns.")
            self._refuse(at, reason, [sheet])
            return
        found: dict[str, Cell] = {name: None for name in names if name is not None}
        found.update((name, cell) for name, cell in zip(names, row, strict=False) if name)
        checked, errors = check_row(SHEETS[sheet], found, at, self.say)
        self.roster.errors += errors
        self.roster.rows_of(sheet).append(checked)
        if not checked.right("code"):
            self.roster.unreadable_codes.add(str(found["code"]).strip().casefold())

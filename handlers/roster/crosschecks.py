"""What single cells cannot show: unknown codes, double and contradictory rows, of people and desks.

The tree of units is checked in tree.py, duties in duties.py.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from handlers.roster.checks import DeskRow, PersonRow, Row, UnitRow
from handlers.roster.mistakes import RosterError, error_at
from handlers.roster.read import Roster
from handlers.roster.terms import Terms
from handlers.roster.units import units_after
from handlers.texts import Speech, mark
from storage.queries.roster import StoredRoster

R = TypeVar("R", bound=Row)


@dataclass
class Checking:
    """One check of a whole roster against what is stored; collects `errors`."""

    roster: Roster
    stored: StoredRoster
    terms: Terms
    say: Speech
    errors: list[RosterError] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._units = {r.code for r in self.roster.units if r.right("code")} | set(
            self.stored.units
        )
        named = (r for r in self.roster.people if r.right("code") and not r.ends)
        self._people = {r.code for r in named} | set(self.stored.people)
        self._desks = {r.code for r in self.roster.desks if r.right("code")} | set(
            self.stored.desks
        )
        self.aims = units_after(self.roster, self.stored, self.terms)

    def add(self, row: Row, column: str, reason: str) -> None:
        """Note a mistake of a row."""
        self.errors.append(error_at(row.place, reason, column))

    def unit(self, row: Row, column: str, code: str) -> bool:
        """Whether a unit of this code is known; if not, that is a mistake."""
        if code not in self._units and self._was_read("units", code):
            self.add(row, column, self.say("There is no unit {code}.", code=code))
        return code in self._units

    def person(self, row: Row, column: str, code: str) -> bool:
        """Whether a person of this code is known; if not, that is a mistake."""
        if code not in self._people and self._was_read("people", code):
            self.add(row, column, self.say("There is no person {code}.", code=code))
        return code in self._people

    def desk(self, row: Row, column: str, code: str) -> bool:
        """Whether a desk of this code is known; if not, that is a mistake."""
        if code not in self._desks and self._was_read("desks", code):
            self.add(row, column, self.say("There is no desk {code}.", code=code))
        return code in self._desks

    def _was_read(self, sheet: str, code: str) -> bool:
        """False where the code may stand in something unreadable, which is a mistake already."""
        return (
            sheet not in self.roster.incomplete
            and code.casefold() not in self.roster.unreadable_codes
        )


def repeated(rows: Iterable[R], key: Callable[[R], Hashable]) -> Iterator[tuple[R, R]]:
    """Every row whose key an earlier one has, with that earlier one."""
    first: dict[Hashable, R] = {}
    for row in rows:
        earlier = first.setdefault(key(row), row)
        if earlier is not row:
            yield row, earlier


def check_people(checking: Checking) -> None:
    """Units that exist, no row twice, and one name, position and e-mail per person."""
    people, say = checking.roster.people, checking.say
    for row in people:
        if row.right("unit_code"):
            checking.unit(row, "unit_code", row.unit_code)
        check_days(checking, row)
    whole = [row for row in people if row.right("code", "unit_code", "role", "until")]
    twice = set()
    for row, earlier in repeated(whole, _place):
        twice.add(id(row))
        where = {"file": earlier.place.file, "row": earlier.place.row}
        if row.ends == earlier.ends:
            sentence = mark(
                "This person already stands in this unit with this role: {file}, row {row}."
            )
            checking.add(row, "code", say(sentence, **where))
        else:
            sentence = mark("One row gives this role, another ends it: {file}, row {row}.")
            checking.add(row, "role", say(sentence, **where))
    _refuse_contradictions(checking, [r for r in people if id(r) not in twice and not r.ends])


def _place(row: PersonRow) -> Hashable:
    """What stands once: a role that is over may have been held before, until another day."""
    return row.code, row.unit_code, row.role_named, None if row.ends else row.until


def check_days(checking: Checking, row: UnitRow | PersonRow | DeskRow) -> None:
    """No day lies ahead of today, and none ends before it begins."""
    since = None if isinstance(row, DeskRow) else row.since
    for column, field_name, day in (("from", "since", since), ("to", "until", row.until)):
        if day is not None and row.right(field_name) and day > checking.terms.today:
            reason = checking.say("{day} lies ahead: import it once it has come.", day=day)
            checking.add(row, column, reason)
    if since is not None and row.until is not None and row.until < since:
        checking.add(row, "to", checking.say("The last day is before the first."))


def _refuse_contradictions(checking: Checking, people: list[PersonRow]) -> None:
    """An empty position or e-mail contradicts nothing: another row of the person may say it.

    As a secretary somebody may have another position than as a member, whose is kept.
    """
    for column in ("full_name", "position", "email"):
        said: dict[tuple[str, str], PersonRow] = {}
        for row in people:
            if not row.right("code", column) or not getattr(row, column):
                continue
            kind = row.role if column == "position" and row.right("role") else ""
            earlier = said.setdefault((row.code, kind), row)
            if getattr(earlier, column) != getattr(row, column):
                reason = checking.say(
                    "The same person ({code}) has another value here in {file}, row {row}.",
                    code=row.code,
                    file=earlier.place.file,
                    row=earlier.place.row,
                )
                checking.add(row, column, reason)


def check_desks(checking: Checking) -> None:
    """Units that exist, and no code twice, whatever its case."""
    for row in checking.roster.desks:
        if row.right("unit_code"):
            checking.unit(row, "unit_code", row.unit_code)
        check_days(checking, row)
    refuse_double_codes(checking, [row for row in checking.roster.desks if row.right("code")])


def refuse_double_codes(checking: Checking, rows: Iterable[R]) -> None:
    """A unit or a desk stands on one row only."""
    for row, earlier in repeated(rows, _code):
        reason = checking.say(
            "The code {code} already stands in {file}, row {row}.",
            code=_code(row),
            file=earlier.place.file,
            row=earlier.place.row,
        )
        checking.add(row, "code", reason)


def _code(row: Row) -> str:
    code: str = getattr(row, "code")  # noqa: B009 - a unit's or a desk's row
    return code

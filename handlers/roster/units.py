"""The units as they shall be after an import: what the rows say, and what follows from a merger."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from handlers.roster.checks import UnitRow
from handlers.roster.read import Roster
from handlers.roster.terms import Terms
from storage.queries.roster import StoredRoster, StoredUnit

DAY = timedelta(days=1)


@dataclass
class UnitAim:
    """A unit after the import. `row` is None for one the files do not name, `stored` for a new one;
    `on` is the first day of what changes, `later` the same where another change holds it up."""

    code: str
    name: str
    kind: str
    parent_code: str
    pilot: bool
    until: date | None
    merged_into: str
    row: UnitRow | None
    stored: StoredUnit | None
    on: date
    later: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether it has no last day."""
        return self.until is None

    @property
    def closes_now(self) -> bool:
        """Whether this import closes it."""
        return not self.is_open and (self.stored is None or self.stored.until is None)


Aims = dict[str, UnitAim]


def units_after(roster: Roster, stored: StoredRoster, terms: Terms) -> Aims:
    """Every unit, stored and new. Cells that were wrong count as empty: they are mistakes already."""
    aims = {unit.code: _as_stored(unit, terms) for unit in stored.units.values()}
    named: set[str] = set()
    for row in roster.units:
        if row.right("code") and row.code not in named:
            named.add(row.code)
            aims[row.code] = _as_named(row, stored.units.get(row.code), terms)
    if terms.complete and roster.units:
        for aim in aims.values():
            if aim.code not in named and aim.is_open:
                aim.until = terms.on - DAY
    for aim in list(aims.values()):
        if aim.row is None and aim.is_open:
            _follow_parent(aims, aim)
    return aims


def _as_stored(unit: StoredUnit, terms: Terms) -> UnitAim:
    return UnitAim(
        unit.code, unit.name, unit.kind, unit.parent_code, unit.pilot, unit.until,
        unit.merged_into, None, unit, terms.on,
    )  # fmt: skip


def _as_named(row: UnitRow, stored: StoredUnit | None, terms: Terms) -> UnitAim:
    on = terms.on if row.since is None else row.since
    until, later = _last_day(row, stored, on), None
    if row.since is None:
        on = on if until is None else min(on, until)  # what a unit closes as, it was that day
        changed = stored.changed if stored is not None else None
        later = changed + DAY if changed is not None and changed >= on else None
        on = later or on
    return UnitAim(
        code=row.code,
        name=row.name,
        kind=row.kind if stored is None or row.says("kind") else stored.kind,
        parent_code=row.parent_code if row.right("parent_code") else "",
        pilot=_pilot(row, stored),
        until=until,
        merged_into=row.merged_into or "",
        row=row,
        stored=stored,
        on=on,
        later=later,
    )


def _pilot(row: UnitRow, stored: StoredUnit | None) -> bool:
    if stored is not None and not row.says("pilot"):
        return stored.pilot
    return row.pilot if row.right("pilot") else False


def _last_day(row: UnitRow, stored: StoredUnit | None, on: date) -> date | None:
    """A merged unit without a last day keeps the one it has, else it closes the day before."""
    if row.until is not None or not row.merged_into or not row.right("until"):
        return row.until
    return on - DAY if stored is None or stored.until is None else stored.until


def successor(aims: Aims, code: str) -> str:
    """The unit that has taken over from a closed one, at the end of all mergers; itself if none."""
    for each in _mergers(aims, code):
        code = each
    return code


def _mergers(aims: Aims, code: str) -> Iterator[str]:
    seen: set[str] = set()
    while code in aims and code not in seen:
        seen.add(code)
        yield code
        if aims[code].is_open or not aims[code].merged_into:
            return
        code = aims[code].merged_into


def merger_circle(aims: Aims, code: str) -> list[str]:
    """The units that merge into one another from this one on, if that ends where it began."""
    path = list(_mergers(aims, code))
    return path if path and aims[path[-1]].merged_into == code and path[-1] in aims else []


def _follow_parent(aims: Aims, aim: UnitAim) -> None:
    """A unit below one that was merged goes under the successor; the successor itself, up."""
    seen: set[str] = set()
    parent = aim.parent_code
    while parent in aims and not aims[parent].is_open and parent not in seen:
        seen.add(parent)
        until = aims[parent].until
        if until is not None:
            changed = aim.stored.changed if aim.stored is not None else None
            aim.on = max(until + DAY, changed + DAY if changed else until + DAY)
        following = successor(aims, parent)
        parent = following if following != aim.code else aims[parent].parent_code
    aim.parent_code = parent

"""Import a roster inside one transaction: check it against the database, then store it in bulk."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from handlers.catalogue import known_axes
from handlers.roster.catalogue import store_catalogue
from handlers.roster.mistakes import RosterMistakes
from handlers.roster.plan import Changes, Plan, Values, compare, mistakes
from handlers.roster.read import Roster
from handlers.texts import Speech
from storage.database import keys_of
from storage.queries.ended_roles import end_role
from storage.queries.roster import (
    ids_by_code,
    insert_rows,
    lock_roster,
    stored_roster,
    update_rows,
)
from storage.tables import Desk, Duty, Membership, Person, Unit

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Counts:
    """How many rows of a table were new, changed, as before, and (roles only) ended."""

    added: int
    changed: int
    unchanged: int
    ended: int = 0


@dataclass(frozen=True)
class ImportReport:
    """Counts by table (units, people, memberships, desks, duties; axes and items if the files
    have a catalogue). `dry_run`: nothing stored."""

    tables: dict[str, Counts]
    dry_run: bool

    @property
    def changes_nothing(self) -> bool:
        """Whether the database already said all of it."""
        return not any(each.added or each.changed or each.ended for each in self.tables.values())


def import_roster(
    session: Session,
    roster: Roster,
    timezone: ZoneInfo,
    say: Speech,
    *,
    on: date,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Store a roster, or raise RosterMistakes with every mistake and store nothing.

    `on` is the first day its changes hold. `progress(step, done, total)` is called with the steps "check" (in tables) and "store" (in
    rows). May run again after a deadlock, as any work of storage.database.
    """
    report = progress or _no_progress
    report("check", 0, 2)
    lock_roster(session)
    stored = replace(stored_roster(session), axes=known_axes(session))
    found = mistakes(roster, stored, timezone, say)
    if found:
        raise RosterMistakes(found)
    report("check", 1, 2)
    plan = compare(roster, stored, timezone)
    report("check", 2, 2)
    if not dry_run:
        _store(session, plan, on, report)
    counts = {
        name: Counts(len(each.added), len(each.changed), each.unchanged, len(each.ended))
        for name, each in plan.tables().items()
    }
    for name, tally in store_catalogue(session, roster, dry_run=dry_run).items():
        counts[name] = Counts(**vars(tally))
    return ImportReport(counts, dry_run)


def _no_progress(step: str, done: int, total: int) -> None:
    del step, done, total


def _store(session: Session, plan: Plan, on: date, report: Progress) -> None:
    total, done = sum(map(len, plan.tables().values())), 0
    report("store", done, total)

    def write(model: type[Any], changes: Changes) -> None:
        nonlocal done
        for rows in (
            insert_rows(session, model, changes.added),
            update_rows(session, model, changes.changed),
        ):
            for count in rows:
                done += count
                report("store", done, total)

    _store_units(session, plan.units, write)
    write(Person, _sealed(session, plan.people))
    units = ids_by_code(session, Unit)
    people = ids_by_code(session, Person)
    for role in plan.memberships.ended:  # first: what it replaces may be the same place
        end_role(session, role, on)
    done += len(plan.memberships.ended)
    write(Membership, _with_ids(plan.memberships, person=people, unit=units))
    write(Desk, _with_ids(plan.desks, unit=units))
    write(Duty, _with_ids(plan.duties, desk=ids_by_code(session, Desk), person=people))


def _store_units(
    session: Session, changes: Changes, write: Callable[[type[Any], Changes], None]
) -> None:
    """New units first without parents, which may be new themselves; then every parent."""
    parents = {row["code"]: row["parent_code"] for row in changes.added if row["parent_code"]}
    write(Unit, Changes(added=[_without(row, "parent_code") for row in changes.added]))
    ids = ids_by_code(session, Unit)
    write(Unit, _with_ids(Changes(changed=changes.changed), parent=ids))
    links = [{"id": ids[code], "parent_id": ids[parent]} for code, parent in parents.items()]
    _exhaust(update_rows(session, Unit, links))


def _with_ids(changes: Changes, **ids: dict[str, int]) -> Changes:
    """The same rows with `x_code` replaced by `x_id`."""

    def resolved(row: Values) -> Values:
        row = dict(row)
        for name, known in ids.items():
            if f"{name}_code" in row:
                row[f"{name}_id"] = known.get(row.pop(f"{name}_code"))
        return row

    return Changes([*map(resolved, changes.added)], [*map(resolved, changes.changed)])


def _sealed(session: Session, changes: Changes) -> Changes:
    keys = keys_of(session)

    def sealed(row: Values) -> Values:
        return {**row, "email": keys.seal(row["email"]) if row["email"] else ""}

    return Changes([*map(sealed, changes.added)], [*map(sealed, changes.changed)])


def _without(row: Values, name: str) -> Values:
    return {key: value for key, value in row.items() if key != name}


def _exhaust(counts: Iterable[int]) -> None:
    for _ in counts:
        pass

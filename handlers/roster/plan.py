"""What an import will do: the roster of the files compared with the one that is stored."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from handlers.names import folded
from handlers.roster.catalogue import check_catalogue
from handlers.roster.checks import PersonRow
from handlers.roster.crosschecks import Checking, check_desks, check_people
from handlers.roster.duties import check_duties
from handlers.roster.mistakes import RosterError
from handlers.roster.read import Roster
from handlers.roster.tree import check_units
from handlers.texts import Speech
from storage.queries.roster import StoredMembership, StoredRoster

Values = dict[str, Any]


@dataclass
class Changes:
    """Rows of one table: to insert, to update (with their `id`), to end (their ids), and as they
    are already."""

    added: list[Values] = field(default_factory=list)
    changed: list[Values] = field(default_factory=list)
    unchanged: int = 0
    ended: list[int] = field(default_factory=list)

    def note(self, stored: Any, identity: Values, values: Values) -> None:
        """Compare the wanted values with a stored row (None: there is none)."""
        if stored is None:
            self.added.append({**identity, **values})
        elif all(getattr(stored, name) == value for name, value in values.items()):
            self.unchanged += 1
        else:
            self.changed.append({"id": stored.id, **values})

    def __len__(self) -> int:
        return len(self.added) + len(self.changed) + len(self.ended)


@dataclass
class Plan:
    """Changes per table; rows name units, people and desks by their codes."""

    units: Changes
    people: Changes
    memberships: Changes
    desks: Changes
    duties: Changes

    def tables(self) -> dict[str, Changes]:
        """The changes by the name of the table, in the order they must be stored."""
        return dict(vars(self))


def mistakes(
    roster: Roster, stored: StoredRoster, timezone: ZoneInfo, say: Speech
) -> list[RosterError]:
    """Every mistake of the roster, those of reading included, in the order of the files."""
    checking = Checking(roster, stored, timezone, say)
    for check in (check_units, check_people, check_desks, check_duties, check_catalogue):
        check(checking)
    found = roster.errors + checking.errors
    tables = list(dict.fromkeys((error.file, error.sheet) for error in found))
    files = list(dict.fromkeys(error.file for error in found))
    found.sort(
        key=lambda error: (
            files.index(error.file),
            tables.index((error.file, error.sheet)),
            error.row or 0,
        )
    )
    return found


def compare(roster: Roster, stored: StoredRoster, timezone: ZoneInfo) -> Plan:
    """What to add, change and end for a roster without mistakes. Absence deletes nothing."""
    return Plan(
        units=_units(roster, stored),
        people=_people(roster, stored),
        memberships=_memberships(roster, stored),
        desks=_desks(roster, stored),
        duties=_duties(roster, stored, timezone),
    )


def _units(roster: Roster, stored: StoredRoster) -> Changes:
    changes = Changes()
    for row in roster.units:
        values = {
            "name": row.name,
            "folded": folded(row.name),
            "kind": row.kind,
            "parent_code": row.parent_code,
            "pilot": row.pilot,
        }
        changes.note(stored.units.get(row.code), {"code": row.code}, values)
    return changes


def _people(roster: Roster, stored: StoredRoster) -> Changes:
    changes = Changes()
    rows: dict[str, list[PersonRow]] = defaultdict(list)
    for row in roster.people:
        if not row.ends:
            rows[row.code].append(row)
    for code, each in rows.items():
        values = {
            "full_name": each[0].full_name,
            "position": next((row.position for row in each if row.position), ""),
            "email": next((row.email for row in each if row.email), ""),
        }
        changes.note(stored.people.get(code), {"code": code}, values)
    return changes


def _memberships(roster: Roster, stored: StoredRoster) -> Changes:
    """A person whose only role in a unit is another one now changes it, instead of having both."""
    changes = Changes()
    before: Mapping[tuple[str, str], dict[str, StoredMembership]] = defaultdict(dict)
    for membership in stored.memberships:
        place = membership.person_code, membership.unit_code
        before[place][membership.role] = membership
    wanted: Mapping[tuple[str, str], list[str]] = defaultdict(list)
    for row in roster.people:
        place = row.code, row.unit_code
        if not row.ends:
            wanted[place].append(row.role)
        elif row.role_named in before[place]:
            changes.ended.append(before[place].pop(row.role_named).id)
    for (person, unit), roles in wanted.items():
        held = before.get((person, unit), {})
        moved = len(roles) == len(held) == 1
        for role in roles:
            match = next(iter(held.values())) if moved else held.get(role)
            changes.note(match, {"person_code": person, "unit_code": unit}, {"role": role})
    return changes


def _desks(roster: Roster, stored: StoredRoster) -> Changes:
    changes = Changes()
    for row in roster.desks:
        values = {
            "name": row.name,
            "folded": folded(row.name),
            "unit_code": row.unit_code,
            "multi_agency": row.multi_agency,
        }
        changes.note(stored.desks.get(row.code), {"code": row.code}, values)
    return changes


def _duties(roster: Roster, stored: StoredRoster, timezone: ZoneInfo) -> Changes:
    changes = Changes()
    before = {(duty.desk_code, duty.person_code, duty.starts): duty for duty in stored.duties}
    for row in roster.duties:
        key = (row.desk_code, row.person_code, row.since.begins(timezone))
        identity = dict(zip(("desk_code", "person_code", "starts"), key, strict=True))
        ends = row.until.is_over(timezone) if row.until else None
        changes.note(before.get(key), identity, {"ends": ends})
    return changes

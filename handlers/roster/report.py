"""What an import did: counts by table, examples, and the number under which it can be undone."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from handlers.roster.changes import Changes, NewRole, Plan
from handlers.roster.endings import Concern
from handlers.roster.units import UnitAim
from storage.queries.roster import StoredMembership, StoredRoster


@dataclass(frozen=True)
class Counts:
    """How many rows of a table were new, changed, as before, ended, and not named in the files.

    Ended are units and desks that close, roles and duties that are over, and people who have no
    role left; a role that goes on elsewhere is changed.
    """

    added: int
    changed: int
    unchanged: int
    ended: int = 0
    untouched: int = field(default=0, compare=False)


@dataclass(frozen=True)
class ImportReport:
    """Counts by table (units, people, memberships, desks, duties; axes and items if the files
    have a catalogue), and `examples` by kind of change. `endings` are those of more than a tenth.
    `number` is the entry of the audit log, None where nothing changed. `dry_run`: nothing stored."""

    tables: dict[str, Counts]
    dry_run: bool
    endings: list[Concern] = field(default_factory=list)
    examples: dict[str, list[str]] = field(default_factory=dict)
    number: int | None = None

    @property
    def changes_nothing(self) -> bool:
        """Whether the database already said all of it."""
        return not any(each.added or each.changed or each.ended for each in self.tables.values())


def counts_of(plan: Plan, without_role: int) -> dict[str, Counts]:
    """Counts by table. `without_role`: how many people have lost their last role."""
    roles = plan.roles
    people, duties = _counts(plan.people), _counts(plan.duties)
    return {
        "units": _counts(plan.units),
        "people": Counts(
            people.added, people.changed, people.unchanged, without_role, people.untouched
        ),
        "memberships": Counts(
            added=len(roles.added) + len(roles.history),
            changed=len(roles.moved) + len(roles.dated),
            unchanged=roles.unchanged,
            ended=len(roles.ended),
            untouched=plan.untouched_roles,
        ),
        "desks": _counts(plan.desks),
        "duties": Counts(
            duties.added,
            duties.changed,
            duties.unchanged,
            duties.ended + len(plan.duties_not_begun),
            duties.untouched,
        ),
    }


def _counts(changes: Changes) -> Counts:
    return Counts(
        len(changes.added),
        len(changes.changed),
        changes.unchanged,
        len(changes.ended),
        changes.untouched,
    )


def examples_of(plan: Plan, stored: StoredRoster) -> dict[str, list[str]]:
    """What changed, by kind, each said by codes; new rows only beside what was there before."""
    roles = plan.roles
    found = {
        "units_added": [row["code"] for row in plan.units.added] if stored.units else [],
        "units_changed": [],
        "units_merged": [],
        "units_closed": [],
        "units_later": [_held_up(each.aim) for each in plan.unit_changes if each.aim.later],
        "people_added": [row["code"] for row in plan.people.added] if stored.people else [],
        "moved": [_move(each.left.held, each.new) for each in roles.moved],
        "ended": [_place(each.held) for each in roles.ended if each not in roles.unseated],
        "unseated": [_place(each.held) for each in roles.unseated],
    }
    for change in plan.unit_changes:
        aim = change.aim
        if not aim.closes_now:
            found["units_changed"].append(aim.code)
        elif aim.merged_into:
            found["units_merged"].append(f"{aim.code} → {aim.merged_into}")
        else:
            found["units_closed"].append(aim.code)
    found.update(_desks(plan, stored))
    return {kind: each for kind, each in found.items() if each}


def _held_up(aim: UnitAim) -> str:
    return f"{aim.code} ({aim.later:%d/%m/%Y})"


def _move(held: StoredMembership, new: NewRole) -> str:
    if held.unit_code == new.unit_code:
        return f"{held.person_code}: {held.unit_code} {held.role} → {new.role}"
    return f"{held.person_code}: {held.unit_code} → {new.unit_code}"


def _place(held: StoredMembership) -> str:
    return f"{held.person_code} ({held.unit_code} {held.role})"


def _desks(plan: Plan, stored: StoredRoster) -> Mapping[str, list[str]]:
    by_id = {desk.id: desk for desk in stored.desks.values()}
    moved = []
    for row in plan.desks.changed:
        desk = by_id[row["id"]]
        if desk.unit_code != row["unit_code"]:
            moved.append(f"{desk.code}: {desk.unit_code} → {row['unit_code']}")
    closed = [by_id[row["id"]].code for row in plan.desks.ended]
    return {"desks_moved": moved, "desks_closed": closed}

"""What an import changes, table by table: rows to add, to change, to end."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from handlers.roster.checks import PersonRow
from handlers.roster.units import UnitAim
from storage.queries.roster import StoredDuty, StoredMembership, StoredPastRole

Values = dict[str, Any]


@dataclass
class Changes:
    """Rows of one table: to insert, to update (with their `id`), how many are as before, how many
    of the changed ones are an end, and how many stored ones the files do not name."""

    added: list[Values] = field(default_factory=list)
    changed: list[Values] = field(default_factory=list)
    unchanged: int = 0
    ended: list[Values] = field(default_factory=list)
    untouched: int = 0

    def note(self, stored: Any, identity: Values, values: Values, *, ends: bool = False) -> None:
        """Compare the wanted values with a stored row (None: there is none)."""
        if stored is None:
            self.added.append({**identity, **values})
        elif all(getattr(stored, name) == value for name, value in values.items()):
            self.unchanged += 1
        else:
            (self.ended if ends else self.changed).append({"id": stored.id, **values})

    def __len__(self) -> int:
        return len(self.added) + len(self.changed) + len(self.ended)


Key = tuple[str, str, str]  # codes of person and unit, and the role


class NewRole(NamedTuple):
    """A role that begins; `since` None: as long as anybody knows."""

    person_code: str
    unit_code: str
    role: str
    since: date | None


class Left(NamedTuple):
    """A stored role that is over from a day on."""

    held: StoredMembership
    on: date


class Moved(NamedTuple):
    """A stored role that goes on elsewhere, or as another role."""

    left: Left
    new: NewRole


@dataclass
class RoleChanges:
    """What becomes of every role. `unseated` are secretaries of merged units; `after` who then
    stands where, with the row that says so, None if none does; `named` the ids of stored roles
    about which the files say something."""

    added: list[NewRole] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)
    ended: list[Left] = field(default_factory=list)
    unseated: list[Left] = field(default_factory=list)
    dated: list[tuple[StoredMembership, date]] = field(default_factory=list)
    history: list[StoredPastRole] = field(default_factory=list)
    after: dict[Key, PersonRow | None] = field(default_factory=dict)
    named: set[int] = field(default_factory=set)
    unchanged: int = 0


@dataclass(frozen=True)
class UnitChange:
    """A stored unit that becomes something else; `dated`: its row says since when it is this."""

    aim: UnitAim
    dated: date | None


@dataclass
class Plan:
    """Changes per table; rows name units, people and desks by their codes."""

    units: Changes
    unit_changes: list[UnitChange]
    people: Changes
    roles: RoleChanges
    desks: Changes
    duties: Changes
    duties_not_begun: list[StoredDuty]
    untouched_roles: int = 0

    def __len__(self) -> int:
        roles = self.roles
        of_roles = sum(
            len(each)
            for each in (roles.added, roles.moved, roles.ended, roles.dated, roles.history)
        )
        tables = sum(len(each) for each in (self.units, self.people, self.desks, self.duties))
        return of_roles + tables + len(self.duties_not_begun)

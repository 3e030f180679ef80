"""Roles compared with what the rows say: who joins, moves, leaves, and from which day on."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from handlers.roster.changes import Key, Left, Moved, NewRole, RoleChanges
from handlers.roster.checks import PersonRow
from handlers.roster.crosschecks import Checking
from handlers.roster.units import DAY, successor
from storage.queries.roster import StoredMembership, StoredPastRole


def change_roles(checking: Checking) -> RoleChanges:
    """Compare every role; what contradicts the past is a mistake of `checking`."""
    return _Comparison(checking).run()


class _Comparison:
    """One comparison; `held` are the stored roles not dealt with yet, `wanted` the rows likewise."""

    def __init__(self, checking: Checking) -> None:
        self.checking, self.aims, self.on = checking, checking.aims, checking.terms.on
        self.changes = RoleChanges()
        stored = checking.stored
        self.held: dict[Key, StoredMembership] = {_key(each): each for each in stored.memberships}
        self.pasts: dict[Key, list[StoredPastRole]] = defaultdict(list)
        for past in stored.past_roles:
            self.pasts[_key(past)].append(past)
        self.used = {unit for _, unit, _ in (*self.held, *self.pasts)}
        people = checking.roster.people
        self.refused = {_row_key(row) for row in people if row.ends}
        self.wanted = {_row_key(row): row for row in people if not row.ends and row.until is None}

    def run(self) -> RoleChanges:
        for row in self.checking.roster.people:
            if row.ends:
                self._end(row)
            elif row.until is not None:
                self._past_row(row, row.until)
        self._switch_within_units()
        self._go_where_named()
        if self.checking.terms.complete and self.checking.roster.people:
            for held in list(self.held.values()):
                self._leave(held, self.on)
        self._follow_mergers()
        for key in self.held:
            self.changes.after.setdefault(key, None)
        return self.changes

    def _end(self, row: PersonRow) -> None:
        held = self.held.get(_row_key(row))
        if held is not None:
            self._leave(held, row.until + DAY if row.until else row.since or self.on)

    def _leave(self, held: StoredMembership, on: date) -> None:
        del self.held[_key(held)]
        self.changes.named.add(held.id)
        self.changes.ended.append(Left(held, on))

    def _past_row(self, row: PersonRow, until: date) -> None:
        """A row that is over ends the role that is held, or adds to the past what is not known."""
        key = _row_key(row)
        if any(p.until == until and row.since in {None, p.since} for p in self.pasts[key]):
            self.changes.unchanged += 1
            return
        held = self.held.get(key)
        began = held is not None and (held.since is None or held.since <= until)
        if held is not None and began and key not in self.wanted:
            if row.since not in {None, held.since}:
                self.changes.dated.append((held, self._since(row)))
            self._leave(held, until + DAY)
        elif began or any(_overlap(p, row.since, until) for p in self.pasts[key]):
            reason = self.checking.say(
                "Other days of this role are stored that overlap with these."
            )
            self.checking.add(row, "to", reason)
        else:
            self.changes.history.append(StoredPastRole(*key, row.since, until))

    def _switch_within_units(self) -> None:
        """A person whose only role in a unit is another one now changes it."""
        wanted, held = _by_place(self.wanted), _by_place(self.held)
        for place, roles in wanted.items():
            if len(roles) == len(held.get(place, ())) == 1 and roles != held[place]:
                row = self.wanted.pop((*place, roles[0]))
                self._move(self.held[*place, held[place][0]], row)

    def _move(self, held: StoredMembership, row: PersonRow) -> None:
        key = _row_key(row)
        self.changes.after[key] = row
        self._go_on(held, NewRole(*key, self._since(row)), row.since or self.on)

    def _go_on(self, held: StoredMembership, new: NewRole, on: date) -> None:
        del self.held[_key(held)]
        self.changes.named.add(held.id)
        self.changes.moved.append(Moved(Left(held, on), new))

    def _go_where_named(self) -> None:
        """A role is held exactly where the files name it, once they name it for that person."""
        arriving: dict[tuple[str, str], list[PersonRow]] = defaultdict(list)
        for key, row in self.wanted.items():
            if (held := self.held.pop(key, None)) is not None:
                self._stay(held, row)
            else:
                arriving[row.code, row.role].append(row)
        named = {(row.code, row.role) for row in self.checking.roster.people
                 if not row.ends and row.until is None}  # fmt: skip
        leaving: dict[tuple[str, str], list[StoredMembership]] = defaultdict(list)
        for held in self.held.values():
            if (held.person_code, held.role) in named:
                leaving[held.person_code, held.role].append(held)
        for one in dict.fromkeys([*arriving, *leaving]):
            old, new = leaving[one], arriving[one]
            for held, row in zip(old, new, strict=False):
                self._move(held, row)
            for held in old[len(new) :]:
                self._leave(held, self.on)
            for row in new[len(old) :]:
                self._join(row)

    def _stay(self, held: StoredMembership, row: PersonRow) -> None:
        self.changes.after[_key(held)] = row
        self.changes.named.add(held.id)
        if row.since is None or row.since == held.since:
            self.changes.unchanged += 1
        else:
            self.changes.dated.append((held, self._since(row)))

    def _join(self, row: PersonRow) -> None:
        key = _row_key(row)
        first = row.since is None and row.unit_code not in self.used
        self.changes.after[key] = row
        self.changes.added.append(NewRole(*key, None if first else self._since(row)))

    def _since(self, row: PersonRow) -> date:
        """The first day of a role that begins: what is past of the same role stays before it."""
        last = max((past.until for past in self.pasts[_row_key(row)]), default=None)
        if row.since is None:
            return self.on if last is None else max(self.on, last + DAY)
        if last is not None and row.since <= last:
            reason = self.checking.say("This role was held until {day}; begin later.", day=last)
            self.checking.add(row, "from", reason)
        return row.since

    def _follow_mergers(self) -> None:
        """Members of a merged unit go where it went; its secretaries lose that office."""
        for key, held in list(self.held.items()):
            person, unit, role = key
            until, goal = self.aims[unit].until, successor(self.aims, unit)
            if until is None or goal == unit or not self.aims[goal].is_open:
                continue
            if role == "secretary":
                self._leave(held, until + DAY)
                self.changes.unseated.append(self.changes.ended[-1])
            elif self._is_there_or_shall_not((person, goal, role)):
                self._leave(held, until + DAY)
            else:
                self.changes.after[person, goal, role] = None
                last = max((p.until for p in self.pasts[person, goal, role]), default=until)
                since = max(until, last) + DAY
                self._go_on(held, NewRole(person, goal, role, since), until + DAY)

    def _is_there_or_shall_not(self, key: Key) -> bool:
        """Whether somebody stands there already, or a row ends just that."""
        return key in self.held or key in self.changes.after or key in self.refused


def _key(held: StoredMembership | StoredPastRole) -> Key:
    return held.person_code, held.unit_code, held.role


def _row_key(row: PersonRow) -> Key:
    return row.code, row.unit_code, row.role_named


def _by_place(keys: Iterable[Key]) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for person, unit, role in keys:
        found[person, unit].append(role)
    return found


def _overlap(past: StoredPastRole, since: date | None, until: date) -> bool:
    begins_before = past.since is None or past.since <= until
    return begins_before and (since is None or past.until >= since)

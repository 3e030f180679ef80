"""What an import will do: the roster of the files compared with the one that is stored."""

from collections import defaultdict
from datetime import date

from handlers.names import folded
from handlers.roster.catalogue import check_catalogue
from handlers.roster.changes import Changes, Plan, UnitChange
from handlers.roster.checks import DeskRow, PersonRow
from handlers.roster.closed_weeks import check_closed_weeks
from handlers.roster.crosschecks import Checking, check_desks, check_people
from handlers.roster.duties import check_duties
from handlers.roster.leftovers import check_leftovers
from handlers.roster.mistakes import RosterError, RosterMistakes
from handlers.roster.read import Roster
from handlers.roster.roles import change_roles
from handlers.roster.terms import Terms
from handlers.roster.tree import check_units
from handlers.roster.units import DAY, UnitAim, successor
from handlers.texts import Speech
from storage.queries.roster import StoredDuty, StoredRoster


def make_plan(roster: Roster, stored: StoredRoster, terms: Terms, say: Speech) -> Plan:
    """What to add, change and end; RosterMistakes with every mistake, those of reading included."""
    checking = Checking(roster, stored, terms, say)
    for check in (check_units, check_people, check_desks, check_duties, check_catalogue):
        check(checking)
    check_closed_weeks(checking)
    _raise(checking)
    roles, desks = change_roles(checking), _desks(checking)
    check_leftovers(checking, roles.after, _open_desks(checking, desks))
    _raise(checking)
    units, unit_changes = _units(checking)
    duties, not_begun = _duties(checking)
    return Plan(
        units=units,
        unit_changes=unit_changes,
        people=_people(checking),
        roles=roles,
        desks=desks,
        duties=duties,
        duties_not_begun=not_begun,
        untouched_roles=len(stored.memberships) - len(roles.named),
    )


def _raise(checking: Checking) -> None:
    """Every mistake so far, in the order of the files, by the columns' names in them."""
    roster = checking.roster
    found = [_as_headed(roster, error) for error in roster.errors + checking.errors]
    tables = list(dict.fromkeys((error.file, error.sheet) for error in found))
    files = list(dict.fromkeys(error.file for error in found))
    found.sort(
        key=lambda error: (
            files.index(error.file),
            tables.index((error.file, error.sheet)),
            error.row or 0,
        )
    )
    if found:
        raise RosterMistakes(found)


def _as_headed(roster: Roster, error: RosterError) -> RosterError:
    heading = roster.headings.get((error.file, error.sheet), {}).get(error.column, "")
    if not heading or heading.casefold() == error.column:
        return error
    return RosterError(error.file, error.sheet, error.row, heading, error.reason)


def _units(checking: Checking) -> tuple[Changes, list[UnitChange]]:
    changes, found = Changes(), []
    first = not checking.stored.units
    for aim in checking.aims.values():
        if aim.row is None and aim.stored is not None and not _differs(aim):
            changes.untouched += aim.is_open
            continue
        values = {
            "name": aim.name,
            "kind": aim.kind,
            "parent_code": aim.parent_code,
            "pilot": aim.pilot,
            "until": aim.until,
            "merged_into": aim.merged_into,
        }
        since = aim.row.since if aim.row is not None else None
        if aim.stored is None:
            began = since or (None if first else aim.on)
            changes.added.append({"code": aim.code, **values, "since": began})
            continue
        dated = since if _may_be_dated(aim, since) else None
        if dated is not None and dated != aim.stored.since:
            values["since"] = dated
        before = len(changes)
        changes.note(aim.stored, {}, values, ends=aim.closes_now)
        if len(changes) > before:
            found.append(UnitChange(aim, dated))
    return changes, found


def _differs(aim: UnitAim) -> bool:
    stored = aim.stored
    return stored is None or (aim.until, aim.parent_code) != (stored.until, stored.parent_code)


def _may_be_dated(aim: UnitAim, since: date | None) -> bool:
    """A unit that was something else before keeps the day on which it became what it is."""
    stored = aim.stored
    if since is None or stored is None or stored.since is None or stored.changed is None:
        return True
    return since <= stored.since


def _people(checking: Checking) -> Changes:
    changes, stored = Changes(), checking.stored
    rows: dict[str, list[PersonRow]] = defaultdict(list)
    for row in checking.roster.people:
        if not row.ends and (row.until is None or row.code not in stored.people):
            rows[row.code].append(row)
    for code, each in rows.items():
        values = {
            "full_name": each[0].full_name,
            "position": _position(checking, each),
            "email": next((row.email for row in each if row.email), ""),
        }
        before = stored.people.get(code)
        for name in ("position", "email"):
            if before is not None and not any(row.says(name) for row in each):
                values[name] = getattr(before, name)
        changes.note(before, {"code": code}, values)
    named = {row.code for row in checking.roster.people}
    changes.untouched = len({each.person_code for each in stored.memberships} - named)
    return changes


def _position(checking: Checking, rows: list[PersonRow]) -> str:
    """The member's, where the secretary's row has another; noted once."""
    said = sorted((row for row in rows if row.position), key=lambda row: row.role != "member")
    if len({row.position for row in said}) > 1:
        note = checking.say(
            "Where a person's rows have different positions, that of the member's row is kept."
        )
        if note not in checking.roster.notes:
            checking.roster.notes.append(note)
    return said[0].position if said else ""


def _desks(checking: Checking) -> Changes:
    changes, stored, aims = Changes(), checking.stored, checking.aims
    rows: dict[str, DeskRow] = {row.code: row for row in checking.roster.desks}
    for row in rows.values():
        before = stored.desks.get(row.code)
        ends = row.until is not None and before is not None and before.until is None
        values = {
            "name": row.name,
            "folded": folded(row.name),
            "unit_code": row.unit_code,
            "multi_agency": row.multi_agency
            if before is None or row.says("multi_agency")
            else before.multi_agency,
            "until": row.until,
        }
        changes.note(before, {"code": row.code}, values, ends=ends)
    for desk in stored.desks.values():
        if desk.code in rows or desk.until is not None:
            continue
        values = {name: getattr(desk, name) for name in ("id", "name", "folded", "multi_agency")}
        goal = successor(aims, desk.unit_code)
        if checking.terms.complete and rows:
            until = checking.terms.on - DAY
            changes.ended.append({**values, "unit_code": desk.unit_code, "until": until})
        elif goal != desk.unit_code and not aims[desk.unit_code].is_open:
            changes.changed.append({**values, "unit_code": goal, "until": None})
        else:
            changes.untouched += 1
    return changes


def _open_desks(checking: Checking, desks: Changes) -> dict[str, tuple[str, DeskRow | None]]:
    """Every desk that will be open: its unit, and the row that says so."""
    after = {desk.code: desk.unit_code for desk in checking.stored.desks.values()
             if desk.until is None}  # fmt: skip
    codes = {desk.id: desk.code for desk in checking.stored.desks.values()}
    rows = {row.code: row for row in checking.roster.desks}
    for values in (*desks.added, *desks.changed, *desks.ended):
        code = values.get("code") or codes[values["id"]]
        after.pop(code, None)
        if values["until"] is None:
            after[code] = values["unit_code"]
    return {code: (unit, rows.get(code)) for code, unit in after.items()}


def _duties(checking: Checking) -> tuple[Changes, list[StoredDuty]]:
    """Duties, and those of a complete list's absent ones that have not begun: they never will."""
    changes, timezone, now = Changes(), checking.terms.timezone, checking.terms.now
    before = {(d.desk_code, d.person_code, d.starts): d for d in checking.stored.duties}
    named = set()
    for row in checking.roster.duties:
        key = (row.desk_code, row.person_code, row.since.begins(timezone))
        named.add(key)
        identity = dict(zip(("desk_code", "person_code", "starts"), key, strict=True))
        ends = row.until.is_over(timezone) if row.until else None
        changes.note(before.get(key), identity, {"ends": ends})
    not_begun = []
    for key, duty in before.items():
        if key in named or duty.origin != "roster" or (duty.ends is not None and duty.ends <= now):
            continue
        if not (checking.terms.complete and named):
            changes.untouched += 1
        elif duty.starts < now:
            changes.ended.append({"id": duty.id, "ends": now})
        else:
            not_begun.append(duty)
    return changes, not_begun

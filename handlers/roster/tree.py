"""The tree of units as it will stand after the import: known parents, no circle, one pilot."""

from collections import defaultdict

from handlers.roster.checks import UnitRow
from handlers.roster.crosschecks import Checking, refuse_double_codes


def check_units(checking: Checking) -> None:
    """Every rule of the tree, over the files and the database together."""
    coded = [row for row in checking.roster.units if row.right("code")]
    refuse_double_codes(checking, coded)
    rows: dict[str, UnitRow] = {}
    for row in coded:
        rows.setdefault(row.code, row)
    parents = {unit.code: unit.parent_code for unit in checking.stored.units.values()}
    for row in checking.roster.units:
        if not row.right("parent_code"):
            continue
        known = not row.parent_code or checking.unit(row, "parent_code", row.parent_code)
        if row.right("code") and rows[row.code] is row:
            parents[row.code] = row.parent_code if known else ""
    _refuse_circles(checking, rows, parents)
    _refuse_second_pilots(checking, rows, parents)


def _refuse_circles(checking: Checking, rows: dict[str, UnitRow], parents: dict[str, str]) -> None:
    """Each circle is said once, at its first row of the files."""
    done: set[str] = set()
    for start in rows:
        path: list[str] = []
        code = start
        while code and code not in done:
            done.add(code)
            path.append(code)
            code = parents.get(code, "")
        if code in path:
            circle = path[path.index(code) :]
            first = next(code for code in rows if code in circle)
            reason = checking.say(
                "These units are each other's parents, in a circle: {codes}.",
                codes=" → ".join([*circle, circle[0]]),
            )
            checking.add(rows[first], "parent_code", reason)


def _refuse_second_pilots(
    checking: Checking, rows: dict[str, UnitRow], parents: dict[str, str]
) -> None:
    """A pilot in the database that the files do not name comes first; then the files' order."""
    pilots: dict[str, list[str]] = defaultdict(list)
    for unit in checking.stored.units.values():
        if unit.pilot and unit.code not in rows:
            pilots[parents[unit.code]].append(unit.code)
    for code, row in rows.items():
        if row.right("parent_code", "pilot") and row.pilot:
            pilots[parents[code]].append(code)
    for first, *others in pilots.values():
        for code in others:
            if code in rows:
                reason = checking.say(
                    "{first} is already the pilot under the same parent.", first=first
                )
                checking.add(rows[code], "pilot", reason)

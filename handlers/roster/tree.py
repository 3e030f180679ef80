"""The tree of units as it will stand after the import: known parents, no circle, one pilot, no end
that leaves something behind."""

from collections import defaultdict

from handlers.roster.checks import UnitRow
from handlers.roster.crosschecks import Checking, check_days, refuse_double_codes
from handlers.roster.units import DAY, Aims, UnitAim, merger_circle, successor


def check_units(checking: Checking) -> None:
    """Every rule of the tree, over the files and the database together."""
    refuse_double_codes(checking, [row for row in checking.roster.units if row.right("code")])
    for row in checking.roster.units:
        if row.right("parent_code") and row.parent_code:
            checking.unit(row, "parent_code", row.parent_code)
        if row.right("merged_into") and row.merged_into:
            checking.unit(row, "merged_into", row.merged_into)
        check_days(checking, row)
    aims = checking.aims
    _refuse_circles(checking, aims)
    _refuse_second_pilots(checking, aims)
    for aim in aims.values():
        if aim.row is not None:
            _check_history(checking, aim, aim.row)
            _check_ends(checking, aims, aim, aim.row)


def _refuse_circles(checking: Checking, aims: Aims) -> None:
    """Each circle is said once, at its first row of the files, or at the merger that makes it."""
    done: set[str] = set()
    rows = [row.code for row in checking.roster.units if row.right("code")]
    for start in dict.fromkeys([*rows, *aims]):
        path: list[str] = []
        code = start
        while code in aims and code not in done:
            done.add(code)
            path.append(code)
            code = aims[code].parent_code
        if code not in path:
            continue
        circle = path[path.index(code) :]
        row = _row_of(aims, circle)
        if row is not None:
            reason = checking.say(
                "These units are each other's parents, in a circle: {codes}.",
                codes=" → ".join([*circle, circle[0]]),
            )
            checking.add(row, "parent_code", reason)


def _row_of(aims: Aims, circle: list[str]) -> UnitRow | None:
    """The row to blame: of the circle, else of a merger that moved one of its units."""
    for code, aim in aims.items():
        if code in circle and aim.row is not None:
            return aim.row
    for aim in aims.values():
        if aim.row is not None and aim.row.right("merged_into") and aim.merged_into in circle:
            return aim.row
    return None


def _refuse_second_pilots(checking: Checking, aims: Aims) -> None:
    """A pilot in the database that the files do not name comes first; then the files' order."""
    pilots: dict[str, list[UnitAim]] = defaultdict(list)
    for aim in sorted(aims.values(), key=lambda each: each.row is not None):
        if aim.pilot and aim.is_open and (aim.row is None or aim.row.right("parent_code", "pilot")):
            pilots[aim.parent_code].append(aim)
    for first, *others in pilots.values():
        for other in others:
            row = other.row or _merger_above(aims, other)
            if row is not None:
                reason = checking.say(
                    "{first} is already the pilot under the same parent.", first=first.code
                )
                checking.add(row, "pilot", reason)


def _merger_above(aims: Aims, aim: UnitAim) -> UnitRow | None:
    """The row of the merged unit from which this one came."""
    before = aim.stored.parent_code if aim.stored is not None else ""
    return aims[before].row if before in aims else None


def _check_history(checking: Checking, aim: UnitAim, row: UnitRow) -> None:
    """What a unit was is kept: no row reaches back behind its last change."""
    stored = aim.stored
    if stored is None or not row.right("since", "until"):
        return
    say = checking.say
    since = row.since if row.since != stored.since else None
    if since is not None and stored.changed is not None and since <= stored.changed:
        reason = say("What this unit was until {day} is kept; begin later.", day=stored.changed)
        checking.add(row, "from", reason)
    began = row.since or stored.since
    if row.until is not None and began is not None and row.until < began - DAY:
        reason = say("The unit is like this only since {day}: it cannot end before.", day=began)
        checking.add(row, "to", reason)


def _check_ends(checking: Checking, aims: Aims, aim: UnitAim, row: UnitRow) -> None:
    """Open units stand under open ones, and what closes by a merger goes into an open unit."""
    say = checking.say
    parent = aims.get(aim.parent_code)
    if aim.is_open and parent is not None and not parent.is_open:
        checking.add(row, "parent_code", say("The unit {code} is closed.", code=parent.code))
    if aim.is_open or not row.right("merged_into") or not aim.merged_into:
        return
    circle = merger_circle(aims, aim.code)
    if circle:
        reason = say(
            "These units are merged into each other, in a circle: {codes}.",
            codes=" → ".join([*circle, circle[0]]),
        )
        checking.add(row, "merged_into", reason)
        return
    last = aims.get(successor(aims, aim.code))
    if aim.closes_now and last is not None and not last.is_open and last is not aim:
        checking.add(row, "merged_into", say("The unit {code} is closed.", code=last.code))

"""Weeks that have ended keep their tree: their figures have been read, and whoever compared them
with those of another tree would see the few ratings of one unit."""

from datetime import date, timedelta

from handlers.roster.crosschecks import Checking
from handlers.roster.mistakes import Place, error_at
from handlers.roster.units import DAY, UnitAim
from handlers.weeks import week_of
from storage.queries.roster import StoredUnit
from storage.queries.roster_state import State


def check_closed_weeks(checking: Checking) -> None:
    """A unit that was there before moves, closes and opens no earlier than this week's Monday."""
    monday = week_of(checking.terms.today).first
    for aim in checking.aims.values():
        if aim.stored is None:
            continue
        if _changes_the_tree(aim, aim.stored, monday):
            _refuse(checking, aim, monday)
        elif _hides_days(checking, aim, aim.stored, monday):
            reason = checking.say(
                "Weeks that have ended keep their tree, and this unit was there: leave this cell as"
                " it was, or empty."
            )
            assert aim.row is not None
            checking.add(aim.row, "from", reason)


def _changes_the_tree(aim: UnitAim, stored: StoredUnit, monday: date) -> bool:
    if aim.until != stored.until:
        lasts = [day for day in (aim.until, stored.until if aim.until else None) if day]
        if (min(lasts) + DAY if lasts else aim.on) < monday:
            return True
    return aim.row is not None and aim.parent_code != stored.parent_code and aim.on < monday


def _hides_days(checking: Checking, aim: UnitAim, stored: StoredUnit, monday: date) -> bool:
    """Whether a later first day, without any other change, takes the unit out of such weeks."""
    since = aim.row.since if aim.row is not None and aim.row.right("since") else None
    if since is None or since == stored.since or (stored.since and since < stored.since):
        return False
    if (aim.name, aim.kind, aim.parent_code, aim.pilot) != (
        stored.name, stored.kind, stored.parent_code, stored.pilot,
    ):  # fmt: skip
        return False  # what it was stays, until the day before
    first = checking.stored.first_day
    return first is not None and first < min(since, monday)


def _refuse(checking: Checking, aim: UnitAim, monday: date) -> None:
    reason = checking.say(
        "Weeks that have ended keep their tree: {code} can move, close or open from {day} on"
        " (its last day {last} or later), not before.",
        code=aim.code, day=f"{monday:%d/%m/%Y}", last=f"{monday - DAY:%d/%m/%Y}",
    )  # fmt: skip
    if aim.row is None:
        place = checking.roster.units[0].place
        checking.errors.append(error_at(Place(place.file, place.sheet), reason))
        return
    column = "to" if aim.row.until is not None else "from" if aim.row.since else "parent_code"
    checking.add(aim.row, column, reason)


def redrawn(before: State, after: State, today: date) -> tuple[str, ...]:
    """Codes of units whose place in the tree differs on a day of a week that has ended."""
    last = week_of(today).first - timedelta(days=1)
    units = before["unit"].keys() & after["unit"].keys()
    was, now = _trees(before, last), _trees(after, last)
    found = (before["unit"][id_]["code"] for id_ in units if was.get(id_) != now.get(id_))
    return tuple(sorted(found))


def _trees(state: State, last: date) -> dict[int, list[tuple[date, date, int | None]]]:
    """Under which parent every unit stood, from when to when, until that day."""
    spells: dict[int, list[tuple[date, date, int | None]]] = {}
    rows = [(row["unit_id"], row) for row in state["unit_past"].values()]
    rows += list(state["unit"].items())
    for id_, row in rows:
        since, until = row["since"] or date.min, min(row["until"] or last, last)
        if since <= until:
            spells.setdefault(id_, []).append((since, until, row["parent_id"]))
    return {id_: _joined(sorted(each, key=lambda s: s[:2])) for id_, each in spells.items()}


def _joined(
    spells: list[tuple[date, date, int | None]],
) -> list[tuple[date, date, int | None]]:
    """Days under one parent, whatever else the unit changed in them."""
    joined = spells[:1]
    for since, until, parent in spells[1:]:
        began, ended, same = joined[-1]
        if parent == same and since == ended + DAY:
            joined[-1] = (began, until, parent)
        else:
            joined.append((since, until, parent))
    return joined

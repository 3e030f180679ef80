"""A unit that closes leaves nobody and nothing behind: no people, desks or units below it."""

from collections import Counter
from collections.abc import Mapping

from handlers.roster.checks import DeskRow, PersonRow
from handlers.roster.crosschecks import Checking
from handlers.roster.mistakes import Place, error_at
from handlers.roster.units import UnitAim


def check_leftovers(
    checking: Checking,
    roles: Mapping[tuple[str, str, str], PersonRow | None],
    desks: Mapping[str, tuple[str, DeskRow | None]],
) -> None:
    """Rows that name a closed unit are mistakes of their own; what no row names is the unit's."""
    people: Counter[str] = Counter()
    counters: Counter[str] = Counter()
    for (_, unit, _), row in roles.items():
        if checking.aims[unit].is_open:
            continue
        if row is None:
            people[unit] += 1
        else:
            _refuse(checking, row, unit)
    for unit, desk_row in desks.values():
        if checking.aims[unit].is_open:
            continue
        if desk_row is None:
            counters[unit] += 1
        else:
            _refuse(checking, desk_row, unit)
    below = Counter(
        aim.parent_code for aim in checking.aims.values() if aim.is_open and aim.row is None
    )
    for aim in checking.aims.values():
        left = (people[aim.code], counters[aim.code], below[aim.code])
        if not aim.is_open and any(left) and (aim.closes_now or aim.row is not None):
            _say_what_is_left(checking, aim, *left)


def _refuse(checking: Checking, row: PersonRow | DeskRow, unit: str) -> None:
    checking.add(row, "unit_code", checking.say("The unit {code} is closed.", code=unit))


def _say_what_is_left(
    checking: Checking, aim: UnitAim, people: int, desks: int, below: int
) -> None:
    if aim.row is not None:
        reason = checking.say(
            "{code} closes and still has roles ({people}), desks ({desks}) or units below it"
            " ({below}): name in merged_into the unit that takes them, or give them rows of their own.",
            code=aim.code, people=people, desks=desks, below=below,
        )  # fmt: skip
        checking.add(aim.row, "to", reason)
        return
    place = checking.roster.units[0].place
    reason = checking.say(
        "{code} is not in this complete list and would close, but still has roles"
        " ({people}), desks ({desks}) or units below it ({below}): name the unit, or what becomes of them.",
        code=aim.code, people=people, desks=desks, below=below,
    )  # fmt: skip
    checking.errors.append(error_at(Place(place.file, place.sheet), reason))

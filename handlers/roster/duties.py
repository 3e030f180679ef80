"""Duties across rows and against the database: known desks and people, right order, no overlap."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime

from handlers.roster.checks import DutyRow
from handlers.roster.crosschecks import Checking

_FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class _Shift:
    """A duty as an interval in UTC; `row` None if it is stored, `order` its place in the files."""

    starts: datetime
    ends: datetime
    row: DutyRow | None
    order: int


def check_duties(checking: Checking) -> None:
    """Note every mistake that takes more than one cell to see."""
    shifts: dict[tuple[str, str], list[_Shift]] = defaultdict(list)
    for order, row in enumerate(checking.roster.duties):
        if row.right("desk_code"):
            checking.desk(row, "desk_code", row.desk_code)
        if row.right("person_code"):
            checking.person(row, "person_code", row.person_code)
        shift = _shift(checking, row, order)
        if shift is not None and row.right("desk_code", "person_code"):
            shifts[row.desk_code, row.person_code].append(shift)
    for duty in checking.stored.duties:
        named = shifts.get((duty.desk_code, duty.person_code))
        if named and duty.starts not in {shift.starts for shift in named}:
            named.append(_Shift(duty.starts, duty.ends or _FOREVER, None, -1))
    for named in shifts.values():
        _refuse_overlaps(checking, named)


def _shift(checking: Checking, row: DutyRow, order: int) -> _Shift | None:
    if not row.right("since", "until"):
        return None
    starts = row.since.begins(checking.terms.timezone)
    ends = row.until.is_over(checking.terms.timezone) if row.until else _FOREVER
    if ends <= starts:
        checking.add(row, "to", checking.say("The end must be after the beginning."))
        return None
    return _Shift(starts, ends, row, order)


def _refuse_overlaps(checking: Checking, shifts: list[_Shift]) -> None:
    shifts.sort(key=lambda shift: (shift.starts, shift.order))
    longest = shifts[0]
    for shift in shifts[1:]:
        if shift.starts < longest.ends:
            _refuse_overlap(checking, longest, shift)
        if shift.ends > longest.ends:
            longest = shift


def _refuse_overlap(checking: Checking, one: _Shift, other: _Shift) -> None:
    earlier, later = sorted((one, other), key=lambda shift: shift.order)
    if later.row is None:
        return  # both are stored: not this import's mistake
    if earlier.row is None:
        starts = earlier.starts.astimezone(checking.terms.timezone)
        reason = checking.say(
            "This person already has a duty at this desk, stored from {start} on."
            " Import that one with an end first.",
            start=f"{starts:%Y-%m-%d %H:%M}",
        )
    else:
        where = {"file": earlier.row.place.file, "row": earlier.row.place.row}
        same = (earlier.starts, earlier.ends) == (later.starts, later.ends)
        reason = (
            checking.say("The same duty already stands in {file}, row {row}.", **where)
            if same
            else checking.say("This duty overlaps with the one in {file}, row {row}.", **where)
        )
    checking.add(later.row, "from", reason)

"""Takes an import back from its own entry in the audit log, as if it had never been."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from handlers.roster.closed_weeks import redrawn
from handlers.roster.endings import Concern, EndsMuch, Redrawn, large_endings
from handlers.roster.record import (
    Key,
    Record,
    Recorded,
    coded,
    codes_of,
    from_json,
    key_of,
    marked,
)
from handlers.roster.restore import STEPS, orphans, restore
from handlers.texts import Speech, mark
from storage.queries.audit import entries, find_entry, record
from storage.queries.roster import lock_roster
from storage.queries.roster_state import State, roster_state

Progress = Callable[[int, int], None]
UNDONE = "roster.undo"
_IMPORT = "roster.import"
_MOST_SHOWN = 10
_NOTHING = mark("Nothing was undone. Undo the later import first, or change it back.")


class CannotUndo(Exception):
    """The import cannot be taken back; `lines` say why, in the operator's language."""

    def __init__(self, *lines: str) -> None:
        super().__init__(f"{len(lines)} reasons")
        self.lines = lines


@dataclass(frozen=True)
class UndoReport:
    """How many rows of each table were restored, removed and brought back. `kept` are the codes
    of new units, people and desks that are in use by now: closed or without a role, not deleted.
    `catalogue`: the import changed what members pledge too, and that stays."""

    restored: int
    removed: int
    returned: int
    on: date
    endings: list[Concern]
    kept: list[str] = field(default_factory=list)
    catalogue: bool = False


def undo_import(
    session: Session,
    number: int,
    timezone: ZoneInfo,
    say: Speech,
    *,
    now: datetime,
    may_end: bool = True,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> UndoReport:
    """Restore what was before the import of this number; CannotUndo names what is in the way.

    Unless `may_end`, EndsMuch is raised where that wants to be agreed to.
    """
    report = progress or (lambda _done, _total: None)
    steps = count(1)

    def step() -> None:
        report(next(steps), STEPS + 3)

    report(0, STEPS + 3)
    lock_roster(session)
    details = _read(session, number, say)
    changed = from_json(details["undo"])
    before = roster_state(session)
    _refuse_changed_since(before, changed, say)
    step()
    attempt = session.begin_nested()
    kept = restore(session, before, changed, now.astimezone(timezone).date(), step)
    after = roster_state(session)
    _refuse_orphans(orphans(after) - orphans(before), say)
    step()
    endings = large_endings(before, after, now)
    if codes := redrawn(before, after, now.astimezone(timezone).date()):
        endings.append(Redrawn(codes))
    if endings and not may_end and not dry_run:
        raise EndsMuch(endings)
    found = _counted(changed, details, endings, kept)
    if dry_run:
        attempt.rollback()
    else:
        attempt.commit()
        record(session, at=now, action=UNDONE, details=_details(number, found))
    step()
    return found


def _details(number: int, found: UndoReport) -> dict[str, object]:
    return {
        "import": number,
        "restored": found.restored,
        "removed": found.removed,
        "returned": found.returned,
        "kept": found.kept,
    }


def _read(session: Session, number: int, say: Speech) -> Mapping[str, Any]:
    """What the log says of an import that was not undone yet."""
    entry = find_entry(session, number)
    if entry is None or entry.action != _IMPORT:
        reason = say("Entry {number} of the audit log is no import.", number=number)
        if entry is not None and entry.action == UNDONE:
            raise CannotUndo(reason, say("To have an import back, import the file again."))
        raise CannotUndo(reason)
    if entry.details is None:
        raise CannotUndo(say("Entry {number} was sealed with another secret.", number=number))
    for undone in entries(session, action=UNDONE):
        if undone.details is not None and undone.details.get("import") == number:
            raise CannotUndo(say("Import {number} has been undone already.", number=number))
    if not entry.details["undo"]:
        raise CannotUndo(
            say(
                "Import {number} changed only what members pledge: import the former catalogue instead.",
                number=number,
            )
        )
    return entry.details


def _refuse_changed_since(state: State, changed: Record, say: Speech) -> None:
    found = list(_changed_since(state, changed))
    if not found:
        return
    shown = [_named(table, key) for table, key in found[:_MOST_SHOWN]]
    lines = [say("This has been changed since: {what}.", what=each) for each in shown]
    if len(found) > len(shown):
        lines.append(say("And {n} more.", n=len(found) - len(shown)))
    raise CannotUndo(*lines, say(_NOTHING))


def _refuse_orphans(codes: set[str], say: Speech) -> None:
    if codes:
        named = ", ".join(sorted(codes)[:_MOST_SHOWN])
        line = say("This came later and would be left in a closed unit: {codes}.", codes=named)
        raise CannotUndo(line, say(_NOTHING))


def _named(table: str, key: Key) -> str:
    return f"{table} {' '.join(str(part) for part in key if part is not None)}"


def _changed_since(state: State, changed: Record) -> Iterator[tuple[str, Key]]:
    """Rows that are no longer as the import left them."""
    codes = codes_of(state)
    for table, rows in changed.items():
        found = [coded(row, codes) for row in state[table].values()]
        now = {key_of(table, row): row for row in found}
        for each in rows:
            if not _is_as_left(each, now.get(each.key)):
                yield table, each.key


def _is_as_left(recorded: Recorded, row: dict[str, object] | None) -> bool:
    if recorded.after is None or row is None:
        return recorded.after is None and row is None
    email = recorded.before is not None and "email" in recorded.before
    return marked(row, email=email) == recorded.after


def _counted(
    changed: Record, details: Mapping[str, Any], endings: list[Concern], kept: list[str]
) -> UndoReport:
    catalogue = [details["counts"].get(name, {}) for name in ("axes", "items")]
    rows = [each for found in changed.values() for each in found]
    return UndoReport(
        restored=sum(r.before is not None and r.after is not None for r in rows),
        removed=sum(r.before is None for r in rows),
        returned=sum(r.after is None for r in rows),
        on=date.fromisoformat(details["on"]),
        endings=endings,
        kept=kept,
        catalogue=any(each.get("added") or each.get("changed") for each in catalogue),
    )

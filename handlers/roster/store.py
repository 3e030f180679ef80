"""Import a roster inside one transaction: check it against the database, then store it in bulk."""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from handlers.catalogue import known_axes
from handlers.roster.catalogue import store_catalogue
from handlers.roster.cells import lost_its_zero
from handlers.roster.changes import Plan
from handlers.roster.endings import EndsMuch, large_endings
from handlers.roster.plan import make_plan
from handlers.roster.read import Roster
from handlers.roster.record import as_json, record_of
from handlers.roster.report import Counts, ImportReport, counts_of, examples_of
from handlers.roster.terms import Terms, noon
from handlers.roster.write import rows_to_write, write_plan
from handlers.texts import Speech
from storage.queries.audit import record
from storage.queries.roster import StoredRoster, lock_roster, stored_roster
from storage.queries.roster_state import State, roster_state

Progress = Callable[[str, int, int], None]
ACTION = "roster.import"


def import_roster(
    session: Session,
    roster: Roster,
    timezone: ZoneInfo,
    say: Speech,
    *,
    on: date,
    now: datetime | None = None,
    complete: bool = False,
    may_end: bool = True,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Store a roster, or raise RosterMistakes with every mistake and store nothing.

    `on` is the first day its changes hold, `now` the moment (noon of that day if not given).
    `complete`: what a sheet leaves out ends. Unless `may_end`, EndsMuch is raised where more than
    a tenth of anything would end. `progress(step, done, total)` is called with the steps "check"
    (in tables) and "store" (in rows). May run again after a deadlock, as any work of
    storage.database.
    """
    report = progress or _no_progress
    terms = Terms(timezone, on, now or noon(on, timezone), complete)
    report("check", 0, 2)
    lock_roster(session)
    stored = replace(stored_roster(session), axes=known_axes(session))
    _keep_known_codes(roster, stored)
    report("check", 1, 2)
    plan = make_plan(roster, stored, terms, say)
    report("check", 2, 2)
    attempt = session.begin_nested()
    before, after = _stored(session, plan, report)
    endings = large_endings(before, after, terms.now)
    if endings and not may_end and not dry_run:
        raise EndsMuch(endings)
    counts = counts_of(plan, len(_with_role(before) - _with_role(after)))
    for name, tally in store_catalogue(session, roster, dry_run=False).items():
        counts[name] = Counts(**vars(tally))
    found = ImportReport(counts, dry_run, endings, examples_of(plan, stored))
    if dry_run:
        attempt.rollback()
        return found
    attempt.commit()
    return found if found.changes_nothing else _logged(session, found, terms, before, after)


def _no_progress(step: str, done: int, total: int) -> None:
    del step, done, total


def _keep_known_codes(roster: Roster, stored: StoredRoster) -> None:
    """Somebody whose telephone number was once stored without its zero stays that person."""
    for row in roster.people:
        row.code = _known(row.code, stored) if row.right("code") else row.code
    for duty in roster.duties:
        if duty.right("person_code"):
            duty.person_code = _known(duty.person_code, stored)


def _known(code: str, stored: StoredRoster) -> str:
    short = code.removeprefix("0")
    known = code not in stored.people and short in stored.people
    return short if known and lost_its_zero(short) else code


def _stored(session: Session, plan: Plan, report: Progress) -> tuple[State, State]:
    """Write what the plan says; the roster before and after."""
    before = roster_state(session)
    total, done = rows_to_write(plan), 0
    report("store", done, total)
    for count in write_plan(session, plan):
        done += count
        report("store", done, total)
    return before, roster_state(session) if total else before


def _with_role(state: State) -> set[int]:
    return {row["person_id"] for row in state["membership"].values()}


def _logged(
    session: Session, found: ImportReport, terms: Terms, before: State, after: State
) -> ImportReport:
    """The same report with the number of its entry in the audit log."""
    number = record(
        session,
        at=terms.now,
        action=ACTION,
        details={
            "on": terms.on.isoformat(),
            "complete": terms.complete,
            "counts": {name: asdict(each) for name, each in found.tables.items()},
            "undo": as_json(record_of(before, after)),
        },
    )
    return replace(found, number=number)

"""The pledge catalogue of a roster: checked with the rest, stored by handlers.catalogue."""

from sqlmodel import Session

from handlers.catalogue import (
    AxisEntry,
    ItemEntry,
    Tally,
    ensure_catalogue,
    store_axes,
    store_items,
)
from handlers.roster.crosschecks import Checking, refuse_double_codes
from handlers.roster.read import Roster


def check_catalogue(checking: Checking) -> None:
    """No code twice, and every item belongs to a responsibility that is there."""
    roster, say = checking.roster, checking.say
    refuse_double_codes(checking, [row for row in roster.axes if row.right("code")])
    refuse_double_codes(checking, [row for row in roster.catalogue if row.right("code")])
    known = checking.stored.axes | {row.code for row in roster.axes if row.right("code")}
    if "axes" in roster.incomplete:
        return
    for row in roster.catalogue:
        if row.right("axis") and row.axis not in known:
            if row.axis.casefold() in roster.unreadable_codes:
                continue
            reason = say(
                "There is no responsibility {code}; known are {known}.",
                code=row.axis,
                known=", ".join(sorted(known)),
            )
            checking.add(row, "axis", reason)


def store_catalogue(session: Session, roster: Roster, *, dry_run: bool) -> dict[str, Tally]:
    """Store axes and items of a roster without mistakes; counts by table, empty if it has none."""
    if not roster.axes and not roster.catalogue:
        return {}
    attempt = session.begin_nested()
    ensure_catalogue(session)
    tallies = {}
    if roster.axes:
        entries = [AxisEntry(row.code, row.label_vi, row.label_en) for row in roster.axes]
        tallies["axes"] = store_axes(session, entries)
    if roster.catalogue:
        items = [ItemEntry(**row.model_dump()) for row in roster.catalogue]
        tallies["items"] = store_items(session, items)
    if dry_run:
        attempt.rollback()
    else:
        attempt.commit()
    return tallies

"""Stores a catalogue: a new wording is a new row, so that past pledges keep what they said."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from storage.queries.catalogue import all_wordings, axes
from storage.tables import Axis, Item


@dataclass(frozen=True)
class AxisEntry:
    """One responsibility as a catalogue names it."""

    code: str
    label_vi: str
    label_en: str


@dataclass(frozen=True)
class ItemEntry:
    """One item as a catalogue words it; `axis` is a responsibility's code."""

    code: str
    axis: str
    label_vi: str
    label_en: str
    reference: str = ""


@dataclass
class Tally:
    """How many entries were new, changed (or are offered no more), and as before."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


def store_axes(session: Session, entries: Sequence[AxisEntry]) -> Tally:
    """Name the responsibilities, in this order; others that were there stay behind them."""
    stored, tally = {axis.code: axis for axis in axes(session)}, Tally()
    for position, entry in enumerate(entries):
        axis = stored.get(entry.code)
        wanted: dict[str, Any] = {
            "label_vi": entry.label_vi,
            "label_en": entry.label_en,
            "position": position,
        }
        if axis is None:
            tally.added += 1
            session.add(Axis(code=entry.code, **wanted))
        elif _set(axis, wanted):
            tally.changed += 1
        else:
            tally.unchanged += 1
    named = {entry.code for entry in entries}
    others = [axis for axis in stored.values() if axis.code not in named]
    for position, axis in enumerate(others, start=len(entries)):
        axis.position = position
    session.flush()
    return tally


def store_items(session: Session, entries: Sequence[ItemEntry]) -> Tally:
    """Offer exactly these items, in this order; the others are offered no more."""
    wordings: dict[str, list[Item]] = defaultdict(list)
    for item in all_wordings(session):
        wordings[item.code].append(item)
    tally = Tally()
    for position, entry in enumerate(entries):
        _offer(session, entry, position, wordings.pop(entry.code, []), tally)
    for item in (item for items in wordings.values() for item in items if item.current):
        item.current = False
        tally.changed += 1
    session.flush()
    return tally


def _offer(
    session: Session, entry: ItemEntry, position: int, wordings: Sequence[Item], tally: Tally
) -> None:
    """Make one wording of an item the current one: the same row if it had this wording before."""
    before = next((item for item in wordings if item.current), None)
    same = next((item for item in wordings if _says_the_same(item, entry)), None)
    if before is not None and before is not same:
        before.current = False
    details = {"reference": entry.reference, "position": position, "current": True}
    if same is None:
        session.add(Item(**vars(entry) | details))
        changed = True
    else:
        changed = _set(same, details)
    if before is None:
        tally.added += 1
    elif changed:
        tally.changed += 1
    else:
        tally.unchanged += 1


def _says_the_same(item: Item, entry: ItemEntry) -> bool:
    return (item.axis, item.label_vi, item.label_en) == (entry.axis, entry.label_vi, entry.label_en)


def _set(row: Axis | Item, wanted: dict[str, Any]) -> bool:
    """Change what differs; whether anything did."""
    changed = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)

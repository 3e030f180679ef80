"""The catalogue as members see it now; seeded on first use with the one of the founding document."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlmodel import Session

from handlers.catalogue.store import AxisEntry, ItemEntry, store_axes, store_items
from storage.queries.catalogue import axes, current_items
from storage.queries.roster import lock_roster
from storage.tables import Axis, Item


@dataclass(frozen=True)
class Catalogue:
    """The responsibilities that have items, and the items offered, both in order."""

    axes: tuple[Axis, ...]
    items: tuple[Item, ...]

    def item(self, code: str) -> Item | None:
        """The offered item of this code."""
        return next((item for item in self.items if item.code == code), None)

    def axis(self, code: str) -> Axis | None:
        """The responsibility of this code."""
        return next((axis for axis in self.axes if axis.code == code), None)

    def of_axis(self, code: str) -> tuple[Item, ...]:
        """The items of one responsibility."""
        return tuple(item for item in self.items if item.axis == code)


def label(entry: Axis | Item, language: str) -> str:
    """What a responsibility or an item is called."""
    return entry.label_en if language == "en" else entry.label_vi


def offered(session: Session) -> Catalogue:
    """What members choose from today."""
    ensure_catalogue(session)
    items = tuple(current_items(session))
    used = {item.axis for item in items}
    return Catalogue(tuple(axis for axis in axes(session) if axis.code in used), items)


def ensure_catalogue(session: Session) -> None:
    """Seed an installation that has no catalogue yet."""
    if axes(session):
        return
    lock_roster(session)
    if not axes(session):  # nobody else seeded it while we waited
        entries, items = _default()
        store_axes(session, entries)
        store_items(session, items)


def known_axes(session: Session) -> frozenset[str]:
    """The codes an imported item may name as its responsibility."""
    stored = frozenset(axis.code for axis in axes(session))
    return stored or frozenset(entry.code for entry in _default()[0])


@cache
def _default() -> tuple[tuple[AxisEntry, ...], tuple[ItemEntry, ...]]:
    file = Path(__file__).with_name("pledge_catalogue.json")
    content = json.loads(file.read_text(encoding="utf-8"))
    return (
        tuple(AxisEntry(**each) for each in content["axes"]),
        tuple(ItemEntry(**each) for each in content["items"]),
    )

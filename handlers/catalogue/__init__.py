"""The catalogue of the three responsibilities: data a province changes without touching the past."""

from handlers.catalogue.current import Catalogue, ensure_catalogue, known_axes, label, offered
from handlers.catalogue.store import AxisEntry, ItemEntry, Tally, store_axes, store_items

__all__ = [
    "AxisEntry",
    "Catalogue",
    "ItemEntry",
    "Tally",
    "ensure_catalogue",
    "known_axes",
    "label",
    "offered",
    "store_axes",
    "store_items",
]

"""Exports: what an operator takes out, as tables of the columns that others rely on."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session

from handlers.documents.spreadsheets import Table
from handlers.exports import people, pledges, ratings, units
from handlers.exports.wish import Wish
from handlers.texts import Speech


@dataclass(frozen=True)
class Export:
    """One thing to export; `dated` if a range of days applies to it.

    `table` raises Refused for an unknown unit. Its rows are read from the session while they are
    iterated, and may then raise Refused for what no configured secret opens.
    """

    table: Callable[[Session, Wish, Speech], Table]
    dated: bool = False


EXPORTS = {
    "ratings": Export(ratings.table, dated=True),
    "pledges": Export(pledges.table, dated=True),
    "units": Export(units.table),
    "people": Export(people.table),
}

__all__ = ["EXPORTS", "Export", "Wish"]

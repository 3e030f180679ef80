"""Exports: what an operator takes out, as tables of the columns that others rely on."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session

from handlers.documents.spreadsheets import Table
from handlers.exports import audit, desks, duties, people, pledges, ratings, units
from handlers.exports.wish import Wish
from handlers.texts import Speech


@dataclass(frozen=True)
class Export:
    """One thing to export.

    `table` raises Refused for an unknown unit. Its rows are read from the session while they are
    iterated, and may then raise Refused for what no configured secret opens.
    """

    table: Callable[[Session, Wish, Speech], Table]


EXPORTS = {
    "ratings": Export(ratings.table),
    "pledges": Export(pledges.table),
    "units": Export(units.table),
    "people": Export(people.table),
    "desks": Export(desks.table),
    "duties": Export(duties.table),
    "audit": Export(audit.table),
}

__all__ = ["EXPORTS", "Export", "Wish"]

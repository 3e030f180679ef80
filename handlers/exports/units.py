"""The export of units, in the columns of the roster: it can be imported again."""

from sqlmodel import Session

from handlers.documents.spreadsheets import Column, Table
from handlers.exports.wish import Wish, wanted_units
from handlers.texts import Speech
from storage.queries import export_roster

COLUMNS = (
    Column("code", 14),
    Column("name", 50),
    Column("kind", 20),
    Column("parent_code", 14),
    Column("pilot", 8),
    Column("from", 12),
    Column("to", 12),
    Column("merged_into", 14),
)


def table(session: Session, wish: Wish, say: Speech) -> Table:
    """Open units by code; or, where days are named, everything each was in those days."""
    units = wanted_units(session, wish, say)
    return Table("units", COLUMNS, export_roster.units(session, wish.days, units))

"""The export of desks, in the columns of the roster: it can be imported again."""

from sqlmodel import Session

from handlers.documents.spreadsheets import Column, Table
from handlers.exports.wish import Wish, wanted_units
from handlers.texts import Speech
from storage.queries import export_roster

COLUMNS = (
    Column("code", 14),
    Column("name", 50),
    Column("unit_code", 14),
    Column("multi_agency", 14),
    Column("to", 12),
)


def table(session: Session, wish: Wish, say: Speech) -> Table:
    """Open desks by code; where days are named, those open on any of them."""
    units = wanted_units(session, wish, say)
    return Table("desks", COLUMNS, export_roster.desks(session, wish.days, units))

"""The export of units, in the columns of the roster: it can be imported again."""

from sqlmodel import Session

from handlers.documents.spreadsheets import Column, Table
from handlers.exports.wish import Wish, wanted_unit
from handlers.texts import Speech
from storage.queries import export

COLUMNS = (
    Column("code", 14),
    Column("name", 50),
    Column("kind", 20),
    Column("parent_code", 14),
    Column("pilot", 8),
)


def table(session: Session, wish: Wish, say: Speech) -> Table:
    """Units by code."""
    unit = wanted_unit(session, wish.unit, say)
    rows = (
        (each.code, each.name, each.kind, each.parent_code, "yes" if each.pilot else "no")
        for each in export.units(session, unit)
    )
    return Table("units", COLUMNS, rows)

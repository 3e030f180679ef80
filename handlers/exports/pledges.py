"""The export of pledges: what members took on each day and how it went; never their notes."""

from sqlmodel import Session

from handlers.documents.spreadsheets import Column, Table
from handlers.exports.wish import Wish, wanted_unit
from handlers.texts import Speech
from storage.queries import export_pledges

COLUMNS = (
    Column("date", 12),
    Column("unit_code", 14),
    Column("person_code", 14),
    Column("item_code", 12),
    Column("status", 12),
    Column("late", 8),
)


def table(session: Session, wish: Wish, say: Speech) -> Table:
    """Pledges by day, unit, person and item. status: pledged, done, partly, not_done."""
    unit = wanted_unit(session, wish.unit, say)
    rows = (
        (*each[:5], "yes" if each.late else "no")
        for each in export_pledges.pledges(session, wish.since, wish.until, unit)
    )
    return Table("pledges", COLUMNS, rows)

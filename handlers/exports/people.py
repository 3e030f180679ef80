"""The export of people, in the columns of the roster: it can be imported again."""

from collections.abc import Iterator

from sqlmodel import Session

from handlers.documents.spreadsheets import Column, Table
from handlers.exports.wish import Wish, lost_secret, wanted_units
from handlers.texts import Speech
from storage.queries import export_roster

COLUMNS = (
    Column("code", 14),
    Column("full_name", 30),
    Column("unit_code", 14),
    Column("role", 12),
    Column("position", 30),
    Column("email", 34),
    Column("from", 12),
    Column("to", 12),
)


def table(session: Session, wish: Wish, say: Speech) -> Table:
    """One row for each place of a person, by code; where days are named, the places of those days."""
    units = wanted_units(session, wish, say)

    def rows() -> Iterator[export_roster.ExportedPerson]:
        try:
            yield from export_roster.people(session, wish.days, units)
        except ValueError as error:
            raise lost_secret(say) from error

    return Table("people", COLUMNS, rows())

"""The export of people, in the columns of the roster: it can be imported again."""

from collections.abc import Iterator

from sqlmodel import Session

from handlers.documents.spreadsheets import Column, Table
from handlers.exports.wish import Wish, lost_secret, wanted_unit
from handlers.texts import Speech
from storage.queries import export

COLUMNS = (
    Column("code", 14),
    Column("full_name", 30),
    Column("unit_code", 14),
    Column("role", 12),
    Column("position", 30),
    Column("email", 34),
)


def table(session: Session, wish: Wish, say: Speech) -> Table:
    """One row for each place of a person, by code."""
    unit = wanted_unit(session, wish.unit, say)

    def rows() -> Iterator[export.ExportedPerson]:
        try:
            yield from export.people(session, unit)
        except ValueError as error:
            raise lost_secret(say) from error

    return Table("people", COLUMNS, rows())

"""The export of ratings: no time of day, no receipt code, nothing of the citizen."""

from collections.abc import Iterator

from sqlmodel import Session

from handlers.documents.spreadsheets import Column, Table
from handlers.exports.wish import Wish, lost_secret, wanted_unit
from handlers.texts import Speech
from storage.queries import export

COLUMNS = (
    Column("id", 26),
    Column("date", 12),
    Column("unit_code", 14),
    Column("desk_code", 14),
    Column("person_code", 14),
    Column("level", 8),
    Column("reasons", 24),
    Column("comment", 60),
    Column("channel", 12),
    Column("status", 12),
)


def table(session: Session, wish: Wish, say: Speech) -> Table:
    """Ratings sorted by what they say."""
    unit = wanted_unit(session, wish.unit, say)

    def rows() -> Iterator[export.ExportedRating]:
        try:
            yield from export.ratings(session, wish.since, wish.until, unit)
        except ValueError as error:
            raise lost_secret(say) from error

    return Table("ratings", COLUMNS, rows())

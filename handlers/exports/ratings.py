"""The export of ratings: no time of day, no receipt code, nothing of the citizen."""

from collections.abc import Iterator

from sqlmodel import Session

from handlers.citizen.flagging import FLAGGED
from handlers.citizen.scheme import LEVELS, LOWEST_PRAISE, level_word
from handlers.documents.spreadsheets import Column, Table
from handlers.exports.summary import Summary
from handlers.exports.wish import Wish, lost_secret, wanted_units
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
    Column("comment", 60, wrap=True),
    Column("channel", 12),
    Column("status", 12),
)


def table(session: Session, wish: Wish, say: Speech) -> Table:
    """Ratings sorted by what they say; a hidden comment is empty. The summary counts what counts
    in every figure, and shows scores from k ratings on: a sheet is handed around."""
    units = wanted_units(session, wish, say)
    praise = frozenset(level for level in LEVELS if level >= LOWEST_PRAISE)
    summary = Summary(LEVELS, praise, fewest=wish.policy.k)

    def rows() -> Iterator[export.ExportedRating]:
        try:
            for row in export.ratings(session, wish.since, wish.until, units):
                if row.status == "active" and row.level is not None:
                    summary.note(row.unit_code, row.level)
                elif row.status == FLAGGED:
                    summary.leave_out(row.unit_code)
                yield row
        except ValueError as error:
            raise lost_secret(say) from error

    def after() -> list[Table]:
        names = [level_word(say, level) for level in LEVELS]
        title = say("Ratings by unit")
        return [summary.table(session, say, names, say("Ratings"), say("Satisfied share"), title)]

    return Table("ratings", COLUMNS, rows(), after=after)

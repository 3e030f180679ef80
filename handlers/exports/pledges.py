"""The export of pledges: what members took on each day and how it went; never their notes."""

from collections.abc import Iterator, Sequence

from sqlmodel import Session

from handlers.digest.figures import STATUSES
from handlers.documents.spreadsheets import Column, Table, Value
from handlers.exports.summary import Summary
from handlers.exports.wish import Wish, wanted_units
from handlers.texts import Speech
from storage.queries import export_pledges
from storage.queries.pledge import OPEN

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
    units = wanted_units(session, wish, say)
    summary = Summary((*STATUSES, OPEN), frozenset({"done"}))

    def rows() -> Iterator[Sequence[Value]]:
        for row in export_pledges.pledges(session, wish.since, wish.until, units):
            summary.note(row.unit_code, row.status)
            yield row

    def after() -> list[Table]:
        names = [say("Done that"), say("Partly"), say("Not done"), say("Not reported")]
        title = say("Pledges by unit")
        return [summary.table(session, say, names, say("Pledges"), say("Share done"), title)]

    return Table("pledges", COLUMNS, rows(), after=after)

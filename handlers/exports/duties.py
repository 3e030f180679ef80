"""The export of the roster's duties, in the columns of the roster: it can be imported again."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from handlers.documents.spreadsheets import Column, Table, Value
from handlers.exports.wish import Wish, wanted_units
from handlers.texts import Speech
from storage.queries import export_roster

COLUMNS = (
    Column("desk_code", 14),
    Column("person_code", 14),
    Column("from", 20),
    Column("to", 20),
)


def table(session: Session, wish: Wish, say: Speech) -> Table:
    """Duties by desk, in local time; a shift begun in chat is not the roster's. Where days are
    named, those that touch them."""
    units = wanted_units(session, wish, say)

    zone = wish.policy.timezone
    rows = (
        (each.desk_code, each.person_code, _begin(each.starts, zone), _end(each.ends, zone))
        for each in export_roster.duties(session, wish.first, wish.after, units)
    )
    return Table("duties", COLUMNS, rows)


def _begin(starts: datetime, zone: ZoneInfo) -> Value:
    """A local minute, or the day where it begins with one."""
    local = starts.astimezone(zone).replace(tzinfo=None)
    return local.date() if local.time() == time.min else local


def _end(ends: datetime | None, zone: ZoneInfo) -> Value:
    """A local minute, or the last day where it ends with one."""
    if ends is None:
        return None
    local = ends.astimezone(zone).replace(tzinfo=None)
    return local.date() - timedelta(days=1) if local.time() == time.min else local

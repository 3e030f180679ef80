"""Ratings past their time: erased a few at a time, their weeks counted in the same transaction."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from storage.queries.counted import LEFT_OUT
from storage.queries.roster import table_of
from storage.tables import Answer, Rating, WeekCount, WeekReason

AT_ONCE = 1000  # ratings in one transaction: whoever rates meanwhile waits for no more than these
_NAMES_AT_ONCE = 500

_RATING, _ANSWER = table_of(Rating), table_of(Answer)


def erase_ratings(session: Session, before: date, most: int = AT_ONCE) -> int:
    """Erase up to `most` ratings of the days before, the oldest first, and the answers to them; how
    many. What stays is how often each level and each reason was given, by unit and week, and how many
    were left out.

    Whoever deletes a rating counts it: two processes may do this at once.
    """
    oldest = select(_RATING.c.id).where(_RATING.c.day < before).order_by(_RATING.c.day).limit(most)
    names = ("id", "day", "unit_id", "level", "reasons", "status")
    gone = session.execute(
        delete(_RATING)
        .where(_RATING.c.id.in_(oldest))
        .returning(*(_RATING.c[name] for name in names))
    ).all()
    ids = [row.id for row in gone]
    for start in range(0, len(ids), _NAMES_AT_ONCE):
        some = ids[start : start + _NAMES_AT_ONCE]
        session.execute(delete(_ANSWER).where(_ANSWER.c.rating_id.in_(some)))
    levels: Counter[tuple[Any, ...]] = Counter()
    reasons: Counter[tuple[Any, ...]] = Counter()
    for row in gone:
        week = (row.day - timedelta(days=row.day.weekday()), row.unit_id)
        if row.status == "flagged":
            levels[(*week, LEFT_OUT)] += 1
        if row.status != "active":
            continue
        levels[(*week, row.level)] += 1
        reasons.update((*week, reason) for reason in row.reasons.split(";") if reason)
    _add(session, WeekCount, ("monday", "unit_id", "level"), levels)
    _add(session, WeekReason, ("monday", "unit_id", "reason"), reasons)
    return len(gone)


def _add(
    session: Session, table: type[Any], key: Sequence[str], counts: Mapping[tuple[Any, ...], int]
) -> None:
    """Add to what is counted already, in one order: two processes must not wait for each other."""
    dialect = session.get_bind().dialect.name
    rows = [{**dict(zip(key, each, strict=True)), "n": n} for each, n in sorted(counts.items())]
    if not rows:
        return
    insert = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table_of(table))
    adding = insert.on_conflict_do_update(
        index_elements=list(key), set_={"n": table_of(table).c.n + insert.excluded.n}
    )
    session.connection().execute(adding, rows)

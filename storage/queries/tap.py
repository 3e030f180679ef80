"""What a tap at a desk meets, in two questions: each waits for a server that may be far away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from storage.prepared import Question, Row, together
from storage.queries.day_key import keep_opened, reading
from storage.queries.desk import DeskWithUnit, Serving, by_code, serving, serving_at, with_unit
from storage.queries.rating import Encounter, by_encounter, lock_desk_day, name_of
from storage.tables import Rating


@dataclass(frozen=True)
class Met:
    """The desk, what the presser said of it in this encounter, who is on duty that day, the answer to
    what was asked along, and what the encounter is called, unless its day is yet to get a key."""

    desk: DeskWithUnit
    rating: Rating | None
    people: list[Serving]
    also: Sequence[Row] = ()
    name: str | None = None


def meet(
    session: Session,
    encounter: Encounter,
    start: datetime,
    end: datetime,
    also: Question | None = None,
) -> Met | None:
    """What there is, with desk and day locked; None if there is no such desk. The day of the
    encounter lasts from `start` to `end`. What is `also` to be asked is asked along with the rest."""
    questions = [] if also is None else [also]
    rows, keys, *others = together(
        session, by_code(encounter.desk), reading(encounter.day), *questions
    )
    if not rows.rows:
        return None
    desk = with_unit(rows.rows[0])
    lock_desk_day(session, desk.id, encounter.day)
    key = keep_opened(session, encounter.day, keys.rows)
    more = others[0].rows if others else ()
    asked = serving_at(desk.id, start, end)
    if key is None:
        (duties,) = together(session, asked)
        return Met(desk, None, serving(duties.rows), more)
    name = name_of(key, encounter)
    found, duties = together(session, by_encounter(name), asked)
    rating = session.get(Rating, found.rows[0][0]) if found.rows else None
    return Met(desk, rating, serving(duties.rows), more, name)

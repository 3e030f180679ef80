"""Storing a new rating: the one thing that happens a million times a day."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Executable, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from storage.database import keys_of
from storage.prepared import Prepared
from storage.queries.day_key import key_of_day
from storage.queries.rating import DERIVATIONS, Encounter, mix, name_of, receipt_code
from storage.queries.roster import table_of
from storage.tables import Rating
from storage.tables.columns import random_id

_ROWS = table_of(Rating)


@dataclass
class NewRating:
    """A rating as it is first stored; see storage.tables.Rating."""

    day: date
    desk_id: int
    unit_id: int
    member_id: int | None
    attribution: str
    level: int
    channel: str
    scheme: int
    notice: str
    status: str = "active"
    reasons: str = ""
    comment: None = None
    encounter: str | None = None
    receipt: str | None = None
    id: str = field(default_factory=random_id)


def _adding(dialect: str) -> Executable:
    insert = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(_ROWS)
    given: dict[str, Any] = {column.name: bindparam(column.name) for column in _ROWS.c}
    adding: Executable = insert.values(given).on_conflict_do_nothing(index_elements=["receipt"])
    return adding


_ADD = Prepared(_adding)


def add_rating(session: Session, encounter: Encounter, rating: NewRating) -> str:
    """Store a new rating under its encounter; the receipt code that goes with it."""
    key = key_of_day(session, encounter.day)
    rating.encounter = name_of(key, encounter)
    digits = keys_of(session).receipt_digits
    for derivation in range(DERIVATIONS):
        code = receipt_code(key, rating.id, derivation, digits)
        rating.receipt = keys_of(session).pseudonym("receipt", code)
        if _ADD.run(session, **vars(rating)):
            mix(session, rating.id, rating.desk_id, rating.day)
            return code
    raise RuntimeError("no free receipt code")

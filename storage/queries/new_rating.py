"""Storing a new rating: the one thing that happens a million times a day."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Executable, bindparam, text
from sqlalchemy.dialects import sqlite
from sqlmodel import Session

from storage.database import keys_of
from storage.prepared import Prepared
from storage.queries.day_key import key_of_day
from storage.queries.rating import DERIVATIONS, Encounter, name_of, receipt_code
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
    if dialect == "postgresql":
        return text(_ADD_MIXED).bindparams(
            *(bindparam(column.name, type_=column.type) for column in _ROWS.c)
        )
    given: dict[str, Any] = {column.name: bindparam(column.name) for column in _ROWS.c}
    adding: Executable = (
        sqlite.insert(_ROWS)
        .values(given)
        .on_conflict_do_nothing(index_elements=["receipt"])
        .returning(_ROWS.c.id)
    )
    return adding


# Added and mixed (see storage.queries.rating.mix) at once: what is new is written only once. A code
# that is taken keeps the new row out, never an old one that is being written anew.
_NAMES = [column.name for column in _ROWS.c]
_ADD_MIXED = f"""
    WITH others AS (
        SELECT ctid FROM rating WHERE desk_id = :desk_id AND day = :day ORDER BY random() LIMIT 63
    ), taken AS (
        DELETE FROM rating WHERE ctid = ANY(ARRAY(SELECT ctid FROM others))
        RETURNING {", ".join(_NAMES)}
    ), every AS (
        SELECT * FROM taken
        UNION ALL
        SELECT {", ".join(f":{name}" for name in _NAMES)}
        WHERE NOT EXISTS (SELECT FROM rating WHERE receipt = :receipt)
    ), added AS (
        INSERT INTO rating ({", ".join(_NAMES)}) SELECT * FROM every ORDER BY random()
        ON CONFLICT (receipt) DO NOTHING RETURNING id
    )
    SELECT id FROM added WHERE id = :id
    """  # noqa: S608 - the names are those of the table
_ADD = Prepared(_adding)


def add_rating(
    session: Session, encounter: Encounter, rating: NewRating, name: str | None = None
) -> str:
    """Store a new rating under its encounter; the receipt code that goes with it. `name` is what
    the encounter is called (see name_of), if the caller knows it."""
    key = key_of_day(session, encounter.day)
    rating.encounter = name or name_of(key, encounter)
    digits = keys_of(session).receipt_digits
    for derivation in range(DERIVATIONS):
        code = receipt_code(key, rating.id, derivation, digits)
        rating.receipt = keys_of(session).pseudonym("receipt", code)
        if _ADD.first(session, **vars(rating)):
            return code
    raise RuntimeError("no free receipt code")

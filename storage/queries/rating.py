"""Ratings: stored under the day's key, found again by their author's chat or by receipt code."""

import base64
import hmac
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

from sqlalchemy import bindparam, or_, text, update
from sqlmodel import Session, col, select

from storage.database import keys_of
from storage.keys import RECEIPT_DIGITS, keyed_hash
from storage.prepared import Prepared, Question, is_postgresql
from storage.queries.comments import forget_answer
from storage.queries.day_key import day_key, destroy_keys
from storage.queries.roster import table_of
from storage.queries.traffic import lock_name
from storage.tables import DayKey, Rating

DERIVATIONS = 20  # two of 9·10^9 codes meet rarely; the next derivation is then free

_ROWS = table_of(Rating)
_BY_ENCOUNTER = Prepared(select(_ROWS.c.id).where(_ROWS.c.encounter == bindparam("name")))


@dataclass(frozen=True)
class Encounter:
    """The nth encounter of one person with one desk on one day. Never stored, only hashed."""

    channel: str
    person: str
    desk: str
    day: date
    nth: int


def name_of(key: bytes, encounter: Encounter) -> str:
    """What a rating is stored under, that only the day's key leads to."""
    return keyed_hash(
        key, "encounter", encounter.channel, encounter.person, encounter.desk, encounter.nth
    )


def receipt_code(key: bytes, rating: str, derivation: int, digits: int = RECEIPT_DIGITS) -> str:
    """The receipt code of a rating by its id: the first derivation that was free."""
    # The digest itself: the letters that write it down have bits that are always the same.
    digest = base64.urlsafe_b64decode(keyed_hash(key, "receipt", rating, derivation) + "=")
    # No zero in front: a code is never mistaken for a Vietnamese phone number.
    lowest = 10 ** (digits - 1)
    return str(lowest + int.from_bytes(digest, "big") % (9 * lowest))


def find_mine(session: Session, encounter: Encounter, desk_id: int) -> Rating | None:
    """The rating of this encounter while the day's key lives; its desk and day are locked."""
    lock_desk_day(session, desk_id, encounter.day)
    key = day_key(session, encounter.day)
    if key is None:
        return None
    found = _BY_ENCOUNTER.first(session, name=name_of(key, encounter))
    return None if found is None else session.get(Rating, found[0])


def by_encounter(name: str) -> Question:
    """The question for the id of the rating under this name."""
    return _BY_ENCOUNTER, {"name": name}


def rated_encounters(session: Session, first: Encounter, most: int) -> list[int]:
    """Which encounters (1 to `most`) this person rated at this desk on this day."""
    key = day_key(session, first.day)
    if key is None:
        return []
    names = {
        name_of(key, Encounter(first.channel, first.person, first.desk, first.day, nth)): nth
        for nth in range(1, most + 1)
    }
    found = session.exec(select(Rating.encounter).where(col(Rating.encounter).in_(names)))
    return sorted(names[name] for name in found if name is not None)


def receipt_of(session: Session, rating: Rating) -> str | None:
    """The receipt code of a rating, derived again while its day's key lives; else None."""
    key = day_key(session, rating.day)
    if key is None or rating.receipt is None:
        return None
    keys = keys_of(session)
    lengths = dict.fromkeys((keys.receipt_digits, RECEIPT_DIGITS))
    for derivation, digits in product(range(DERIVATIONS), lengths):
        code = receipt_code(key, rating.id, derivation, digits)
        if any(
            hmac.compare_digest(name, rating.receipt) for name in keys.pseudonyms("receipt", code)
        ):
            return code
    return None


def find_by_receipt(session: Session, code: str) -> Rating | None:
    """The rating a receipt code belongs to; its desk and day are locked."""
    names = keys_of(session).pseudonyms("receipt", code)
    where = col(Rating.receipt).in_(names)
    place = session.exec(select(col(Rating.desk_id), col(Rating.day)).where(where)).one_or_none()
    if place is None:
        return None
    lock_desk_day(session, *place)
    return session.exec(select(Rating).where(where)).one_or_none()


def lock_rating(session: Session, rating_id: str) -> bool:
    """Keep a rating from being withdrawn in this transaction; False if it already is, or gone."""
    where = col(Rating.id) == rating_id
    place = session.exec(select(col(Rating.desk_id), col(Rating.day)).where(where)).one_or_none()
    if place is None:
        return False
    lock_desk_day(session, *place)
    status = session.exec(select(Rating.status).where(where)).one_or_none()
    return status not in {None, "withdrawn"}


def save(session: Session, rating: Rating) -> None:
    """Write a new or changed rating, leaving no trace of when among its neighbours."""
    session.add(rating)
    session.flush()
    mix(session, rating.id, rating.desk_id, rating.day)


def lock_desk_day(session: Session, desk_id: int, day: date) -> None:
    """PostgreSQL: one writer at a time per desk and day (SQLite has one writer anyway)."""
    lock_name(session, f"ratings/{desk_id}/{day}")


def mix(session: Session, rating_id: str, desk_id: int, day: date) -> None:
    """PostgreSQL keeps rows, and so dumps them, in the order of writing: shuffle the desk's day.

    The written row and up to 63 others of its desk and day are written anew, in one random order;
    a row alone has no order. SQLite keeps ratings in the order of their random ids (WITHOUT ROWID).
    """
    if is_postgresql(session):
        _MIX.later(session, id=rating_id, desk=desk_id, day=day)


_MIX = Prepared(
    text(
        """
    WITH others AS (
        SELECT ctid FROM rating WHERE desk_id = :desk AND day = :day AND id <> :id
        ORDER BY random() LIMIT 63
    ), taken AS (
        DELETE FROM rating WHERE ctid = ANY(ARRAY(  -- by place: never looks through the table
            SELECT ctid FROM others
            UNION ALL SELECT ctid FROM rating WHERE id = :id AND EXISTS (SELECT FROM others)
        )) RETURNING *
    )
    INSERT INTO rating SELECT * FROM taken ORDER BY random()
    """
    )
)


def comment_of(session: Session, rating: Rating) -> str:
    """The comment, opened; empty if there is none."""
    return "" if rating.comment is None else keys_of(session).open(rating.comment)


def set_comment(session: Session, rating: Rating, comment: str) -> None:
    """Keep a comment, sealed; an empty one removes it."""
    rating.comment = keys_of(session).seal(comment) if comment else None
    save(session, rating)


def withdraw(session: Session, rating: Rating) -> None:
    """Erase all a rating says and its answer; what stays is that one was withdrawn that day."""
    rating.status, rating.level = "withdrawn", None
    rating.reasons, rating.comment = "", None
    rating.member_id, rating.attribution, rating.encounter = None, "nobody", None
    save(session, rating)
    forget_answer(session, rating.id)


def forget_days(session: Session, before: date) -> int:
    """Destroy the keys of the days before, and the hashes made with them; how many days."""
    keyed = select(col(DayKey.day)).where(col(DayKey.day) < before)
    lately = col(Rating.day).between(before - timedelta(days=7), before - timedelta(days=1))
    session.execute(  # of these days alone: looking through years each time takes as long
        update(Rating)
        .where(or_(col(Rating.day).in_(keyed), lately), col(Rating.encounter).is_not(None))
        .values(encounter=None)
    )
    return destroy_keys(session, before)

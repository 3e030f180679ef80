"""Ratings: stored under the day's key, found again by their author's chat or by receipt code."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import CursorResult, delete, func, or_, text, update
from sqlmodel import Session, col, select

from storage.database import keys_of
from storage.keys import keyed_hash
from storage.queries.comments import forget_answer
from storage.queries.traffic import insert_new
from storage.tables import DayKey, Rating

RECEIPT_DIGITS = 10
_DERIVATIONS = 20  # two of 9·10^9 codes meet rarely; the next derivation is then free


@dataclass(frozen=True)
class Encounter:
    """The nth encounter of one person with one desk on one day. Never stored, only hashed."""

    channel: str
    person: str
    desk: str
    day: date
    nth: int


def _day_key(session: Session, day: date) -> bytes | None:
    row = session.get(DayKey, day)
    return None if row is None else bytes.fromhex(keys_of(session).open(row.key))


def _day_key_or_new(session: Session, day: date) -> bytes:
    if (key := _day_key(session, day)) is not None:
        return key
    sealed = keys_of(session).seal(secrets.token_hex(32))
    insert_new(session, DayKey, {"day": day, "key": sealed})
    key = _day_key(session, day)
    assert key is not None
    return key


def key_of_day(session: Session, day: date) -> bytes:
    """The key of a day, made if there is none yet: for what is to be forgotten with it."""
    return _day_key_or_new(session, day)


def _name(key: bytes, encounter: Encounter) -> str:
    return keyed_hash(
        key, "encounter", encounter.channel, encounter.person, encounter.desk, encounter.nth
    )


def _code(key: bytes, rating: str, derivation: int) -> str:
    digest = keyed_hash(key, "receipt", rating, derivation)
    # No zero in front: a code is never mistaken for a Vietnamese phone number.
    lowest = 10 ** (RECEIPT_DIGITS - 1)
    return str(lowest + int.from_bytes(digest.encode(), "big") % (9 * lowest))


def find_mine(session: Session, encounter: Encounter, desk_id: int) -> Rating | None:
    """The rating of this encounter while the day's key lives; its desk and day are locked."""
    lock_desk_day(session, desk_id, encounter.day)
    key = _day_key(session, encounter.day)
    if key is None:
        return None
    name = _name(key, encounter)
    return session.exec(select(Rating).where(Rating.encounter == name)).one_or_none()


def rated_encounters(session: Session, first: Encounter, most: int) -> list[int]:
    """Which encounters (1 to `most`) this person rated at this desk on this day."""
    key = _day_key(session, first.day)
    if key is None:
        return []
    names = {
        _name(key, Encounter(first.channel, first.person, first.desk, first.day, nth)): nth
        for nth in range(1, most + 1)
    }
    found = session.exec(select(Rating.encounter).where(col(Rating.encounter).in_(names)))
    return sorted(names[name] for name in found if name is not None)


def add_rating(session: Session, encounter: Encounter, rating: Rating) -> str:
    """Store a new rating under its encounter; the receipt code (ten digits) that goes with it."""
    key = _day_key_or_new(session, encounter.day)
    keys = keys_of(session)
    for derivation in range(_DERIVATIONS):
        code = _code(key, rating.id, derivation)
        receipt = keys.pseudonym("receipt", code)
        if session.exec(select(Rating.id).where(Rating.receipt == receipt)).first() is None:
            rating.encounter, rating.receipt = _name(key, encounter), receipt
            save(session, rating)
            return code
    raise RuntimeError("no free receipt code")


def receipt_of(session: Session, rating: Rating) -> str | None:
    """The receipt code of a rating, derived again while its day's key lives; else None."""
    key = _day_key(session, rating.day)
    if key is None or rating.receipt is None:
        return None
    keys = keys_of(session)
    for derivation in range(_DERIVATIONS):
        code = _code(key, rating.id, derivation)
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
    _mix(session, rating)


def lock_desk_day(session: Session, desk_id: int, day: date) -> None:
    """PostgreSQL: one writer at a time per desk and day (SQLite has one writer anyway)."""
    if session.get_bind().dialect.name == "postgresql":
        name = f"ratings/{desk_id}/{day}"
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def _mix(session: Session, rating: Rating) -> None:
    """PostgreSQL keeps rows, and so dumps them, in the order of writing: shuffle the desk's day.

    The written row and up to 63 others of its desk and day are written anew, in one random order.
    SQLite keeps ratings in the order of their random ids (WITHOUT ROWID).
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_MIX, {"id": rating.id, "desk": rating.desk_id, "day": rating.day})


_MIX = text(
    """
    WITH others AS (
        SELECT id FROM rating WHERE desk_id = :desk AND day = :day AND id <> :id
        ORDER BY random() LIMIT 63
    ), taken AS (
        DELETE FROM rating WHERE id = :id OR id IN (SELECT id FROM others) RETURNING *
    )
    INSERT INTO rating SELECT * FROM taken ORDER BY random()
    """
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
    return _count(session.execute(delete(DayKey).where(col(DayKey.day) < before)))


def _count(done: object) -> int:
    assert isinstance(done, CursorResult)
    return done.rowcount

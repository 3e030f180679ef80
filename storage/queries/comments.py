"""Citizens' comments and the unit's answers to them; an answer goes with its rating."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, delete, func, select, union_all
from sqlmodel import Session

from storage.database import keys_of
from storage.keys import Keys
from storage.queries.counted import counted_in, erased_in
from storage.queries.roster import table_of
from storage.queries.traffic import insert_new
from storage.tables import Answer, Rating

_RATING, _ANSWER = table_of(Rating), table_of(Answer)


@dataclass(frozen=True)
class StoredComment:
    """A comment, opened. `tag` names it in one unit's week without telling the rating's id.
    `hidden`: why it was hidden ("" = it was not), `words`: that reason as somebody wrote it."""

    rating_id: str
    tag: str
    text: str
    answered: bool
    hidden: str = ""
    words: str = ""


def ratings_by_day(session: Session, unit_id: int, until: date) -> list[tuple[date, int]]:
    """How many active ratings a unit got on each day it got any, up to `until`; of those that are
    erased the day is the Monday of their week."""
    kept = (
        select(_RATING.c.day, func.count())
        .where(*counted_in([unit_id]), _RATING.c.day <= until)
        .group_by(_RATING.c.day)
    )
    rows = session.execute(union_all(kept, erased_in(unit_id, date.min, until)))
    return [(row[0], row[1]) for row in rows]


def comments_between(
    session: Session,
    unit_id: int,
    week: str,
    since: date,
    until: date,
    *,
    hidden: bool = False,
) -> list[StoredComment]:
    """The comments of these days that are not hidden (or those that are), in the order of their
    tags. None once ratings of these days are erased, a day at a time: what is left would tell the
    day of what is gone.

    A tag is a keyed hash of unit, week and rating, so the order tells nothing of when. Comments
    that no configured secret opens are left out.
    """
    keys = keys_of(session)
    why = func.coalesce(_ANSWER.c.hidden, "")
    rows = session.execute(
        select(_RATING.c.id, _RATING.c.comment, func.coalesce(_ANSWER.c.text, ""), why)
        .outerjoin(_ANSWER, _ANSWER.c.rating_id == _RATING.c.id)
        .where(
            and_(
                *counted_in([unit_id]),
                _RATING.c.day.between(since, until),
                _RATING.c.comment.is_not(None),
                ~erased_in(unit_id, since, until).exists(),
                why != "" if hidden else why == "",
            )
        )
    )
    found = []
    for rating_id, sealed, answer, reason in rows:
        try:
            text = keys.open(sealed)
        except ValueError:
            continue
        tag = keys.pseudonym("comment", unit_id, week, rating_id)[:10]
        found.append(StoredComment(rating_id, tag, text, bool(answer), *_reason(keys, reason)))
    return sorted(found, key=lambda comment: comment.tag)


def _reason(keys: Keys, stored: str) -> tuple[str, str]:
    """The reason and its words; none where no configured secret opens them."""
    reason, _, sealed = stored.partition(":")
    try:
        return reason, keys.open(sealed) if sealed else ""
    except ValueError:
        return reason, ""


def answer_to(session: Session, rating_id: str) -> str:
    """What the unit answered to the comment of a rating, opened; empty if nothing."""
    row = session.get(Answer, rating_id)
    return "" if row is None or not row.text else keys_of(session).open(row.text)


def set_answer(session: Session, rating_id: str, text: str, day: date) -> None:
    """Keep an answer, sealed, in place of an earlier one."""
    row = _answer(session, rating_id, day)
    row.text, row.day = keys_of(session).seal(text), day
    session.flush()


def hide_comment(session: Session, rating_id: str, reason: str, day: date, words: str = "") -> None:
    """Take a comment out of every digest; the rating goes on counting. `reason` is one of the
    program's; what somebody wrote instead are its `words`, sealed."""
    row = _answer(session, rating_id, day)
    row.hidden = f"{reason}:{keys_of(session).seal(words)}" if words else reason
    session.flush()


def show_comment(session: Session, rating_id: str) -> None:
    """Bring a hidden comment back."""
    row = session.get(Answer, rating_id, with_for_update=True)
    if row is not None:
        row.hidden = ""
        session.flush()


def _answer(session: Session, rating_id: str, day: date) -> Answer:
    values = {"rating_id": rating_id, "text": "", "hidden": "", "day": day}
    insert_new(session, Answer, values)
    return session.get_one(Answer, rating_id, with_for_update=True)


def forget_answer(session: Session, rating_id: str) -> None:
    """The rating was withdrawn: what was answered to it may quote it."""
    session.execute(delete(Answer).where(_ANSWER.c.rating_id == rating_id))

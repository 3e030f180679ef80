"""What members pledge each day and how it went: one row per item, at most three a day."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CursorResult, delete, func, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from storage.database import keys_of
from storage.queries.traffic import insert_new
from storage.tables import Axis, DayNote, Item, Person, Pledge

OPEN = "pledged"
OUTCOMES = ("done", "partly", "not_done")


@dataclass(frozen=True)
class Pledged:
    """One item of one day, in the wording it was pledged in."""

    day: date
    code: str
    axis: str
    label_vi: str
    label_en: str
    status: str
    late: bool

    def label(self, language: str) -> str:
        """What the item was called."""
        return self.label_en if language == "en" else self.label_vi


@dataclass(frozen=True)
class Used:
    """How often a member pledged an item, and when last."""

    code: str
    times: int
    last: date


def lock_member(session: Session, person_id: int) -> None:
    """Until the end of the transaction nobody else pledges for this member (PostgreSQL)."""
    session.exec(select(Person).where(Person.id == person_id).with_for_update()).one()


def pledges_between(session: Session, person_id: int, first: date, last: date) -> Sequence[Pledged]:
    """A member's pledges of these days (both included), in the order of days and catalogue."""
    chosen = _wordings().where(Pledge.person_id == person_id, col(Pledge.day).between(first, last))
    return [_pledged(pledge, item) for pledge, item in session.exec(chosen)]


def pledges_on(
    session: Session, person_ids: Collection[int], day: date
) -> dict[int, list[Pledged]]:
    """What several members took on for one day, by member."""
    chosen = _wordings().where(col(Pledge.person_id).in_(person_ids), Pledge.day == day)
    found: dict[int, list[Pledged]] = {}
    for pledge, item in session.exec(chosen):
        found.setdefault(pledge.person_id, []).append(_pledged(pledge, item))
    return found


def _wordings() -> "Select[Pledge, Item]":
    return (
        select(Pledge, Item)
        .join(Item, col(Pledge.item_id) == col(Item.id))
        .join(Axis, col(Item.axis) == col(Axis.code))
        .order_by(col(Pledge.day), col(Axis.position), col(Item.position), Pledge.code)
    )


def _pledged(pledge: Pledge, item: Item) -> Pledged:
    return Pledged(
        pledge.day,
        pledge.code,
        item.axis,
        item.label_vi,
        item.label_en,
        pledge.status,
        pledge.late,
    )


def take(
    session: Session,
    person_id: int,
    unit_id: int,
    day: date,
    item: Item,
    *,
    late: bool,
    now: datetime,
) -> bool:
    """Pledge an item for a day; False if it was pledged already."""
    return insert_new(
        session,
        Pledge,
        {
            "person_id": person_id,
            "unit_id": unit_id,
            "day": day,
            "item_id": item.id,
            "code": item.code,
            "status": OPEN,
            "late": late,
            "changed": now,
        },
    )


def drop(session: Session, person_id: int, day: date, code: str, *, only_late: bool) -> bool:
    """Take a pledge back; False if there is none, or it was checked in already.

    `only_late`: the day is over, so what was taken on in time stays taken on.
    """
    in_time = [] if not only_late else [col(Pledge.late).is_(True)]
    done = session.execute(
        delete(Pledge).where(
            col(Pledge.person_id) == person_id,
            col(Pledge.day) == day,
            col(Pledge.code) == code,
            col(Pledge.status) == OPEN,
            *in_time,
        )
    )
    assert isinstance(done, CursorResult)
    return done.rowcount > 0


def check_in(
    session: Session,
    person_id: int,
    day: date,
    codes: Collection[str],
    status: str,
    *,
    late: bool,
    now: datetime,
) -> int:
    """Say how items of a day went; how many were changed. What was late once stays so."""
    values = {"status": status, "changed": now} | ({"late": True} if late else {})
    done = session.execute(
        update(Pledge)
        .where(
            col(Pledge.person_id) == person_id,
            col(Pledge.day) == day,
            col(Pledge.code).in_(codes),
            col(Pledge.status) != status,
        )
        .values(values)
    )
    assert isinstance(done, CursorResult)
    return done.rowcount


def checked_days(session: Session, person_id: int) -> set[date]:
    """Every day of which a member said how at least one item went."""
    days = session.exec(
        select(col(Pledge.day))
        .where(Pledge.person_id == person_id, Pledge.status != OPEN)
        .distinct()
    )
    return set(days)


def first_pledge_day(session: Session, person_id: int) -> date | None:
    """The day of a member's first pledge."""
    return session.exec(
        select(func.min(col(Pledge.day))).where(Pledge.person_id == person_id)
    ).one()


def used_items(
    session: Session, person_ids: Collection[int], since: date, before: date
) -> dict[int, list[Used]]:
    """What members pledged from `since` on and before a day, by member, most used first."""
    rows = session.exec(
        select(col(Pledge.person_id), col(Pledge.code), func.count(), func.max(col(Pledge.day)))
        .where(
            col(Pledge.person_id).in_(person_ids),
            col(Pledge.day) >= since,
            col(Pledge.day) < before,
        )
        .group_by(col(Pledge.person_id), col(Pledge.code))
    )
    found: dict[int, list[Used]] = {}
    for person_id, code, times, last in rows:
        found.setdefault(person_id, []).append(Used(code, times, last))
    for used in found.values():
        used.sort(key=lambda each: (-each.times, -each.last.toordinal(), each.code))
    return found


def note_of(session: Session, person_id: int, day: date) -> str:
    """A member's note to a day, "" for none. ValueError if no configured secret opens it."""
    note = session.get(DayNote, (person_id, day))
    return "" if note is None else keys_of(session).open(note.text)


def keep_note(session: Session, person_id: int, day: date, text: str) -> None:
    """Seal a note to a day; an empty one removes what was there."""
    if text:
        sealed = keys_of(session).seal(text)
        session.merge(DayNote(person_id=person_id, day=day, text=sealed))
    elif (note := session.get(DayNote, (person_id, day))) is not None:
        session.delete(note)
    session.flush()


def has_written(session: Session, person_id: int) -> bool:
    """Whether a member ever kept a note: then they were told who can read it."""
    found = session.exec(select(DayNote).where(DayNote.person_id == person_id).limit(1))
    return found.first() is not None


def forget_notes(session: Session, before: date) -> int:
    """Delete notes to days before that one; how many."""
    done = session.execute(delete(DayNote).where(col(DayNote.day) < before))
    assert isinstance(done, CursorResult)
    return done.rowcount

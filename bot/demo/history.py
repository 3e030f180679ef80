"""Two months of invented life in the demo's organisation, carried on until the demo's yesterday."""

from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from bot.demo.days import BEGAN, DAYS, LIVED, read_day, write_day
from bot.demo.habits import AWAY, NOT_JOINED
from bot.demo.pledging import Pledging
from bot.demo.rating import Rated
from bot.demo.roles import join_all
from handlers.policy import Policy
from handlers.workdays import days_between, is_working_day
from storage.queries.roster import insert_rows
from storage.queries.traffic import insert_new
from storage.tables import DayNote, Leave, Person, Pledge, Rating

_JOINED_BEFORE = 7  # days before the story sets in


def live(session: Session, now: datetime, policy: Policy) -> None:
    """Invent what happened since it was last told, up to yesterday; the first time two months.

    What visitors did themselves stays theirs: a day somebody pledged on is left alone.
    """
    today = now.astimezone(policy.timezone).date()
    began, yesterday = _began(session, today), today - timedelta(days=1)
    lived = read_day(session, LIVED)
    first = began - timedelta(days=DAYS) if lived is None else lived + timedelta(days=1)
    if first > yesterday:
        return
    days = [day for day in days_between(first, yesterday) if is_working_day(day, policy)]
    _tell_pledges(session, policy, began, days)
    told = Rated(session, policy, began)
    _ = [*insert_rows(session, Rating, [row for day in days for row in told.on(day)])]
    write_day(session, LIVED, yesterday)


def _began(session: Session, today: date) -> date:
    began = read_day(session, BEGAN)
    if began is None:
        began = today
        write_day(session, BEGAN, began)
        _go_away(session, began)
        join_all(session, NOT_JOINED, began - timedelta(days=DAYS + _JOINED_BEFORE))
    return began


def _go_away(session: Session, began: date) -> None:
    """Some were on leave or on a trip: nothing is asked of them then."""
    ids = {person.code: person.id or 0 for person in session.exec(select(Person))}
    for person, kind, first, last in AWAY:
        away = (began - timedelta(days=first), began - timedelta(days=last))
        session.add(Leave(person_id=ids[person], first=away[0], last=away[1], kind=kind))
    session.flush()


def _tell_pledges(session: Session, policy: Policy, began: date, days: list[date]) -> None:
    if not days:
        return
    days_taken = (col(Pledge.person_id), col(Pledge.day))
    taken = set(session.exec(select(*days_taken).where(col(Pledge.day) >= days[0]).distinct()))
    life, rows = Pledging(session, policy, began), []
    for member in life.members:
        for day in days:
            if (member.id, day) in taken or not (pledged := life.pledges(member, day)):
                continue
            rows += pledged
            if (note := life.note(member, day)) is not None:
                insert_new(session, DayNote, note)
    _ = [*insert_rows(session, Pledge, rows)]

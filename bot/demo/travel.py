"""Moving the demo in time: on to the next Monday morning, and back to today."""

from datetime import datetime, time, timedelta

from sqlalchemy import delete, or_
from sqlmodel import Session, col

from bot.demo.clock import DemoClock
from bot.demo.days import LIVED, read_day, write_day
from bot.demo.history import live
from handlers.policy import Policy
from handlers.weeks import week_of
from storage.database import Database
from storage.tables import Answer, Claim, DayNote, DigestSent, OwnScore, Pledge, Rating

MORNING = time(8)


def next_monday(now: datetime, policy: Policy) -> datetime:
    """The first Monday, eight in the morning, after that moment."""
    local = now.astimezone(policy.timezone)
    days = timedelta(days=-local.weekday() % 7)
    monday = datetime.combine(local.date() + days, MORNING, policy.timezone)
    return monday if monday > local else monday + timedelta(weeks=1)


async def bring_monday(database: Database, clock: DemoClock, policy: Policy) -> datetime:
    """Move to the next Monday morning; the days between are lived as the others were."""
    monday = next_monday(clock(), policy)

    def work(session: Session) -> timedelta:
        live(session, monday, policy)
        return clock.keep(session, monday)

    clock.set(await database.run(work))
    return monday


async def back_to_today(database: Database, clock: DemoClock, policy: Policy) -> None:
    """Tell the real time again; what the days ahead had brought is forgotten."""

    def work(session: Session) -> timedelta:
        forget_ahead(session, clock.real(), policy)
        live(session, clock.real(), policy)  # the demo may have stood in another time for days
        return clock.keep(session, clock.real())

    await database.run(work)
    clock.set(timedelta())


def forget_ahead(session: Session, now: datetime, policy: Policy) -> None:
    """Take back what was invented, done or sent after that moment."""
    today = now.astimezone(policy.timezone).date()
    week = week_of(today)
    for statement in (
        delete(Pledge).where(or_(col(Pledge.day) > today, col(Pledge.changed) > now)),
        delete(DayNote).where(col(DayNote.day) > today),
        # Today's own ratings carry a receipt; invented ones do not.
        delete(Rating).where(
            or_(
                col(Rating.day) > today,
                (col(Rating.day) == today) & col(Rating.receipt).is_(None),
            )
        ),
        delete(Answer).where(col(Answer.day) > today),
        delete(Claim).where(col(Claim.day) > today),
        delete(DigestSent).where(col(DigestSent.week) >= str(week)),
        delete(OwnScore).where(col(OwnScore.through) > today),
    ):
        session.execute(statement)
    lived, yesterday = read_day(session, LIVED), today - timedelta(days=1)
    if lived is not None and lived > yesterday:
        write_day(session, LIVED, yesterday)

"""How many working days in a row a member checked in. Days off freeze it: no break, no gain."""

from collections.abc import Callable, Collection
from datetime import date, datetime, time, timedelta

from sqlmodel import Session

from handlers.policy import Policy
from handlers.saturdays import is_saturday_at_work, policy_of_member
from handlers.workdays import Span, is_persons_working_day
from storage.queries.days_off import leaves
from storage.queries.pledge import checked_days

YESTERDAY_UNTIL = time(12)  # of the next day, local time


def open_days(local: datetime) -> tuple[date, ...]:
    """The days that can still be logged: today, and until noon yesterday."""
    today = local.date()
    if local.time() < YESTERDAY_UNTIL:
        return today, today - timedelta(days=1)
    return (today,)


def _never(_day: date) -> bool:
    return False


def streak(
    checked: Collection[date],
    works: Callable[[date], bool],
    open_: Collection[date],
    today: date,
    forgives: Callable[[date], bool] = _never,
) -> int:
    """Working days with a check-in, whatever its outcome, back from today to the first gap.

    `checked` are the days with a check-in, `works` tells this member's working days (days off are
    neither gap nor gain, even with a check-in), `open_` the days that can still be logged: they
    are no gap yet. `forgives` tells working days that count when reported and are no gap when not.
    """
    counted, first = 0, min(checked, default=today)
    day = today
    while day >= first:
        if works(day):
            if day in checked:
                counted += 1
            elif day not in open_ and not forgives(day):
                break
        day -= timedelta(days=1)
    return counted


def streak_of(session: Session, person_id: int, now: datetime, policy: Policy) -> int:
    """A member's streak as the database knows it at `now`."""
    local = now.astimezone(policy.timezone)
    off = days_off_of(session, person_id)
    policy = policy_of_member(session, person_id, policy)
    return streak(
        checked_days(session, person_id),
        lambda day: is_persons_working_day(day, policy, off),
        open_days(local),
        local.date(),
        # A unit may begin to work on Saturdays at any time: those before cost nobody a streak.
        forgives=lambda day: is_saturday_at_work(day, policy),
    )


def days_off_of(session: Session, person_id: int) -> list[Span]:
    """A member's leave and work trips."""
    return [Span(leave.first, leave.last) for leave in leaves(session, person_id)]

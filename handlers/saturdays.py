"""The policy as it holds for one unit or one person: whether their Saturdays are working days."""

from dataclasses import replace
from datetime import date

from sqlmodel import Session

from handlers.policy import Policy
from handlers.workdays import is_working_day
from storage.queries.saturdays import member_works_saturdays, unit_works_saturdays


def policy_of_unit(session: Session, unit_id: int, policy: Policy) -> Policy:
    """The policy with the unit's own word about Saturdays, or that of a unit above it."""
    return replace(policy, saturdays=unit_works_saturdays(session, unit_id))


def policy_of_member(session: Session, person_id: int, policy: Policy) -> Policy:
    """The same for a member: one unit of theirs that works on Saturdays is enough."""
    return replace(policy, saturdays=member_works_saturdays(session, person_id))


def is_saturday_at_work(day: date, policy: Policy) -> bool:
    """Whether that day is worked only because a unit works on Saturdays."""
    return is_working_day(day, policy) and not is_working_day(day, replace(policy, saturdays=False))

"""Asks members in the morning what they take on today."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlmodel import Session

from handlers.catalogue import offered
from handlers.jobs.job import Counts, Job
from handlers.jobs.reminding import Compose, Reminder, remind
from handlers.member.choosing import REMEMBERED, Morning, choose
from handlers.messages import Reply
from handlers.policy import Policy
from handlers.texts import Speech
from storage.queries.pledge import used_items
from storage.queries.reminders import Due

_MORNING_ENDS = time(11)
_GOOD_FOR = timedelta(days=1)


def _prepare(session: Session, members: Sequence[Due], local: datetime) -> Compose:
    day = local.date()
    catalogue = offered(session)
    used = used_items(session, [each.person_id for each in members], day - REMEMBERED, day)

    def compose(member: Due, say: Speech) -> Reply:
        morning = Morning(
            name=member.given_name,
            day=day,
            today=day,
            chosen=(),
            used=used.get(member.person_id, ()),
            catalogue=catalogue,
        )
        return choose(say, morning, greeting=local.time() < _MORNING_ENDS)

    return compose


def remind_pledge(session: Session, now: datetime, policy: Policy) -> Counts:
    """Queue the morning's question to everybody who is due."""
    reminder = Reminder("pledge", lambda policy: policy.pledge_at, _GOOD_FOR, _prepare)
    return remind(session, now, policy, reminder)


REMIND_PLEDGE = Job("remind_pledge", timedelta(minutes=1), remind_pledge)

"""Asks members in the evening how what they took on has gone."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from handlers.jobs.job import Counts, Job
from handlers.jobs.reminding import Compose, Reminder, remind
from handlers.member.reporting import Evening, ask
from handlers.member.streak import YESTERDAY_UNTIL
from handlers.messages import Reply
from handlers.policy import Policy
from handlers.texts import Speech
from storage.queries.pledge import pledges_on
from storage.queries.reminders import Due

_GOOD_FOR = timedelta(days=1, hours=YESTERDAY_UNTIL.hour)


def _prepare(session: Session, members: Sequence[Due], local: datetime) -> Compose:
    day = local.date()
    pledged = pledges_on(session, [each.person_id for each in members], day)

    def compose(member: Due, say: Speech) -> Reply:
        evening = Evening(member.given_name, day, day, pledged[member.person_id])
        return ask(say, evening, evening.open[0])

    return compose


def remind_checkin(session: Session, now: datetime, policy: Policy) -> Counts:
    """Queue the evening's question to everybody who is due."""
    reminder = Reminder("checkin", lambda policy: policy.checkin_at, _GOOD_FOR, _prepare)
    return remind(session, now, policy, reminder)


REMIND_CHECKIN = Job("remind_checkin", timedelta(minutes=1), remind_checkin)

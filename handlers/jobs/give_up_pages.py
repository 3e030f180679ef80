"""Gives up on messages that no page has fetched for a week: nobody opens that browser any more."""

from datetime import datetime, timedelta

from sqlmodel import Session

from handlers.jobs.job import Counts, Job
from handlers.policy import Policy
from storage.queries.claims import claim
from storage.queries.waiting import count_day

DAYS = 7
_CHANNEL = "web"


def give_up_pages(session: Session, now: datetime, policy: Policy) -> Counts:
    """Count a day, once a day. Days on which this program did not run do not count: what nobody
    could fetch is not given up."""
    today = now.astimezone(policy.timezone).date()
    if not claim(session, f"pages/{today}", today):
        return {"gave_up": 0}
    return {"gave_up": count_day(session, _CHANNEL, DAYS)}


GIVE_UP_PAGES = Job("give_up_pages", timedelta(hours=1), give_up_pages)

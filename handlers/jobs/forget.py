"""Forgets what was promised to be forgotten: day keys, chats, seen updates, old ratings and claims.

Of ratings past their time the counts of their weeks are kept; comments go with their rating, as the
privacy notice says. Both go a few at a time, until a run finds no more.
"""

from datetime import date, datetime, timedelta

from sqlmodel import Session

from handlers.jobs.job import Counts, Job
from handlers.policy import Policy
from storage.queries.claims import KEPT_DAYS, forget_claims
from storage.queries.dispute import forget_disputes
from storage.queries.pledge import forget_notes
from storage.queries.rating import forget_days
from storage.queries.reminders import forget_reminders
from storage.queries.retention import AT_ONCE, erase_ratings
from storage.queries.shared_files import forget_files
from storage.queries.tally import forget_tallies
from storage.queries.traffic import purge
from storage.queries.waiting import drop_expired

WINDOW = timedelta(hours=3)  # of a day's key after its midnight; the privacy notice says 3 o'clock


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier (the 28th for a 29th to 31st)."""
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, min(day.day, 28))


def forget(session: Session, now: datetime, policy: Policy) -> Counts:
    """Delete what is due, whoever asks and however late; counts by kind."""
    local = now.astimezone(policy.timezone)
    counts = purge(session, now, local.date())
    counts["tallies"] = forget_tallies(session, local.date())
    counts["messages"] = drop_expired(session, now)
    counts["files"] = forget_files(session, now)
    counts["day_keys"] = forget_days(session, (local - WINDOW).date())
    kept_from = months_before(local.date(), policy.retention_months)
    counts["ratings"] = erase_ratings(session, kept_from)
    counts["disputes"] = forget_disputes(session, kept_from)
    counts["notes"] = forget_notes(session, kept_from)
    counts["reminders"] = forget_reminders(session, local.date() - timedelta(days=7))
    counts["claims"] = forget_claims(session, local.date() - timedelta(days=KEPT_DAYS))
    return counts


def is_unfinished(counts: Counts) -> bool:
    """Whether a run erased as much as one transaction may: the next one looks for more."""
    return counts["ratings"] >= AT_ONCE


FORGET = Job("forget", timedelta(minutes=10), forget, is_unfinished)

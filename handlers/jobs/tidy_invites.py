"""Forgets requests to join and offers that nobody answered in time, and invitations long expired."""

from datetime import datetime, timedelta

from sqlmodel import Session

from handlers.jobs.job import Counts, Job
from handlers.policy import Policy
from storage.queries.joining import purge_joining
from storage.queries.role_offers import purge_offers


def tidy_invites(session: Session, now: datetime, policy: Policy) -> Counts:
    """Delete what is over; counts by kind."""
    del policy
    return {**purge_joining(session, now), "offers": purge_offers(session, now)}


TIDY_INVITES = Job("tidy_invites", timedelta(hours=1), tidy_invites)

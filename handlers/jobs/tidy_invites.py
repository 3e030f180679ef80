"""Forgets requests to join that nobody answered in time, and invitations long expired."""

from datetime import datetime, timedelta

from sqlmodel import Session

from handlers.jobs.job import Counts, Job
from handlers.policy import Policy
from storage.queries.joining import purge_joining


def tidy_invites(session: Session, now: datetime, policy: Policy) -> Counts:
    """Delete what is over; counts by kind."""
    del policy
    return purge_joining(session, now)


TIDY_INVITES = Job("tidy_invites", timedelta(hours=1), tidy_invites)

"""What a job is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from handlers.policy import Policy

Counts = dict[str, int]


@dataclass(frozen=True)
class Job:
    """`run(session, now, policy)` does what is due and returns counts; it may run twice, late, or
    in two processes without harm. `every` is how often the clock asks."""

    name: str
    every: timedelta
    run: Callable[[Session, datetime, Policy], Counts]

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
    in two processes without harm. `every` is how often the clock asks. `unfinished` says of a run's
    counts that there may be more: it is run again at once, in a transaction of its own."""

    name: str
    every: timedelta
    run: Callable[[Session, datetime, Policy], Counts]
    unfinished: Callable[[Counts], bool] = lambda _counts: False

"""The streak as somebody would count it who lives through every day once."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from handlers.policy import Policy
from handlers.workdays import Span, is_persons_working_day

START = date(2026, 1, 26)  # three weeks before Tết


def naive(checked: Collection[date], off: list[Span], now: datetime, policy: Policy) -> int:
    """Day by day forward: a check-in counts on, a missed day starts anew, a day off is skipped."""
    run, day = 0, START - timedelta(days=30)
    while day <= now.date():
        worked = is_persons_working_day(day, policy, off)
        age = (now.date() - day).days
        if worked and day in checked:
            run += 1
        elif worked and not (age == 0 or (age == 1 and now.hour < 12)):
            run = 0
        day += timedelta(days=1)
    return run

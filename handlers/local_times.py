"""Local times as they are written in settings and preferences: "08:00" and "mon 08:00"."""

import re
from datetime import time

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def read_time(text: str) -> time:
    """The time "8:00" or "08:00" means; ValueError for anything else."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise ValueError("not a time such as 08:00")
    return time(int(found[1]), int(found[2]))


def write_time(at: time) -> str:
    """A time as it is read: "08:00"."""
    return at.strftime("%H:%M")


def read_week_time(text: str) -> tuple[int, time]:
    """The weekday (0 is Monday) and time in "mon 08:00"; ValueError for anything else."""
    day, _, at = text.strip().lower().partition(" ")
    if day not in WEEKDAYS:
        raise ValueError("not a weekday such as mon")
    return WEEKDAYS.index(day), read_time(at)


def write_week_time(at: tuple[int, time]) -> str:
    """A weekday and time as they are read: "mon 08:00"."""
    return f"{WEEKDAYS[at[0]]} {write_time(at[1])}"

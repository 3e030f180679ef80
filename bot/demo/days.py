"""The days the demo's story knows of, kept in its database."""

from datetime import date

from sqlmodel import Session

from storage.tables import Meta

BEGAN = "demo began"  # the day of the first start
LIVED = "demo lived until"  # the last day something was invented for
DAYS = 60  # of history before it began


def read_day(session: Session, key: str) -> date | None:
    """A day that is kept, None until then."""
    row = session.get(Meta, key)
    return None if row is None else date.fromisoformat(row.value)


def write_day(session: Session, key: str, day: date) -> None:
    """Keep a day."""
    session.merge(Meta(key=key, value=day.isoformat()))
    session.flush()


def progress(day: date, began: date) -> float:
    """0 on the first day of the story, 1 from the day it began on."""
    return min(1.0, max(0.0, 1 - (began - day).days / DAYS))

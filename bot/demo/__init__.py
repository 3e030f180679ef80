"""The invented organisation of the demo, taken in by the same import an operator uses."""

from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from bot.demo.history import live
from handlers.policy import Policy
from handlers.roster import import_roster, read_files
from handlers.texts import Speaker
from storage.database import Database

FILES = [Path(__file__).with_name(f"{name}.csv") for name in ("units", "people", "desks", "duties")]


def furnish(database: Database, policy: Policy, now: datetime) -> None:
    """Take in the demo's roster and tell its story up to yesterday; at once again, nothing changes."""
    say = Speaker("en")
    roster = read_files(FILES, say)

    def work(session: Session) -> None:
        today = now.astimezone(policy.timezone).date()
        import_roster(session, roster, policy.timezone, say, on=today, now=now)
        live(session, now, policy)

    database.run_now(work)

"""The invented organisation of the demo, taken in by the same import an operator uses."""

from pathlib import Path

from sqlmodel import Session

from handlers.policy import Policy
from handlers.roster import import_roster, read_files
from handlers.texts import Speaker
from storage.database import Database

FILES = [
    Path(__file__).with_name(f"{name}.csv") for name in ("units", "people", "desks", "duties")
]


def furnish(database: Database, policy: Policy) -> None:
    """Take in the demo's roster; a second time it changes nothing."""
    say = Speaker("en")
    roster = read_files(FILES, say)

    def work(session: Session) -> None:
        import_roster(session, roster, policy.timezone, say)

    database.run_now(work)

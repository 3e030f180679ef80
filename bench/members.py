"""A unit with thousands of members, each of them linked to a chat on Telegram."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from sqlmodel import Session

from storage.database import Database
from storage.keys import Keys
from storage.queries.roster import insert_rows
from storage.queries.traffic import chat_name
from storage.schema import upgrade
from storage.tables import Desk, Link, Membership, Person, Unit

MEMBERS_FROM = 100_000  # the first one's chat


@contextmanager
def members_database(folder: Path, members: int) -> Iterator[Database]:
    """A database of its own with so many members and one desk."""
    url = f"sqlite:///{folder / 'broadcast.sqlite'}"
    upgrade(url)
    database = Database(url, Keys("a secret for the benchmark, long enough to be one"))
    database.run_now(lambda session: _furnish(session, database.keys, members))
    try:
        yield database
    finally:
        database.close()


def _furnish(session: Session, keys: Keys, members: int) -> None:
    session.add(Unit(id=1, code="C1", name="Chi đoàn", folded="chi doan"))
    session.flush()
    session.add(Desk(id=1, code="Q1", name="Quầy 1", folded="quay 1", unit_id=1))
    session.flush()
    numbers = range(1, members + 1)
    for table, rows in (
        (Person, [_person(n) for n in numbers]),
        (Membership, [{"person_id": n, "unit_id": 1, "role": "member"} for n in numbers]),
        (Link, [_link(keys, n) for n in numbers]),
    ):
        for _ in insert_rows(session, table, rows):
            pass


def _person(number: int) -> dict[str, object]:
    code = f"M{number}"
    return {"id": number, "code": code, "full_name": f"Lan {code}", "position": "", "email": ""}


def _link(keys: Keys, number: int) -> dict[str, object]:
    address = str(MEMBERS_FROM + number - 1)
    return {
        "person_id": number,
        "channel": "telegram",
        "chat": chat_name(keys, "telegram", address),
        "address": keys.seal(address),
        "language": "vi",
        "reminders": True,
        "unreachable": False,
        "notice": "bench",
        "since": date(2026, 11, 1),
    }

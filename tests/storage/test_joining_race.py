"""Two people at once with one link: in two threads or two processes, one wins."""

import asyncio
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlmodel import select

from storage.database import Database
from storage.keys import Keys
from storage.queries.joining import add_invite, find_invite, purge_joining, take
from storage.tables import Invite, JoinRequest, Person, Unit
from tests.conftest import SECRET, Clock

_TAKES = """
import sys
from datetime import datetime
from storage.database import Database
from storage.keys import Keys
from storage.queries.joining import find_invite, take
url, secret, token, person, now = sys.argv[1:]
database = Database(url, Keys(secret))
sys.stdin.readline()
moment = datetime.fromisoformat(now)
def work(session):
    return take(session, find_invite(session, token), int(person), moment)
print("in" if database.run_now(work) else "late", flush=True)
database.close()
"""


@pytest.fixture
def token(database: Database, clock: Clock) -> str:
    def make(session):  # type: ignore[no-untyped-def]
        unit = Unit(code="C1", name="Chi đoàn", folded="chi doan")
        session.add_all([unit, Person(code="P1", full_name="A"), Person(code="P2", full_name="B")])
        session.flush()
        return add_invite(
            session, unit_id=unit.id, role="member", expires=clock() + timedelta(days=14)
        )

    return database.run_now(make)


async def test_of_many_at_once_in_one_process_one_gets_in(
    database: Database, clock: Clock, token: str
) -> None:
    def work(person: int):  # type: ignore[no-untyped-def]
        def take_it(session):  # type: ignore[no-untyped-def]
            invite = find_invite(session, token)
            assert invite is not None
            return take(session, invite, person, clock())

        return take_it

    outcomes = await asyncio.gather(*(database.run(work(1 + n % 2)) for n in range(10)))
    assert sum(outcomes) == 1


def test_of_two_processes_at_once_one_gets_in(database: Database, clock: Clock, token: str) -> None:
    url = database.url.render_as_string(hide_password=False)
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", _TAKES, url, SECRET, token, str(person), clock().isoformat()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for person in (1, 2)
    ]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    said = sorted(racer.communicate(timeout=60)[0].strip() for racer in racers)
    assert said == ["in", "late"]
    (invite,) = database.run_now(lambda s: s.exec(select(Invite)).all())
    assert invite.used_by in (1, 2)


def test_what_is_over_is_forgotten_in_time(database: Database, clock: Clock, token: str) -> None:
    def ask(session):  # type: ignore[no-untyped-def]
        session.add(
            JoinRequest(
                unit_id=1,
                person_id=1,
                channel="telegram",
                chat="x",
                address=Keys(SECRET).seal("1"),
                expires=clock() + timedelta(days=7),
            )
        )

    database.run_now(ask)

    def purged() -> dict[str, int]:
        return database.run_now(lambda session: purge_joining(session, clock()))

    clock.move(days=6)
    assert purged() == {"requests": 0, "invites": 0}
    clock.move(days=1)
    assert purged() == {"requests": 1, "invites": 0}
    clock.move(days=36)
    assert purged() == {"requests": 0, "invites": 0}
    assert database.run_now(lambda s: find_invite(s, token)) is not None
    clock.move(days=1)
    assert purged() == {"requests": 0, "invites": 1}

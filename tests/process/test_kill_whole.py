"""kill -9 in the middle of a backup, a restore, a migration: all of it is there, or nothing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import insert, text
from sqlmodel import Session

from storage.database import Database, open_engine
from storage.keys import Keys
from storage.schema import newest, revision, upgrade
from storage.tables import METADATA
from tests.bot.backup_rows import fill
from tests.conftest import SECRET
from tests.everything import often
from tests.process.program import ROOT

RATINGS = often(6_000, 60_000)
BEFORE = "0004"


def furnished(url: str, at: str = "head") -> str:
    """A database with enough ratings that its work takes a while."""
    upgrade(url, at)
    database = Database(url, Keys(SECRET))

    def work(session: Session) -> None:
        fill(session)
        rating = METADATA.tables["rating"]
        usual = {
            "desk_id": 1, "unit_id": 1, "attribution": "nobody", "level": 5, "reasons": "",
            "channel": "web", "scheme": 1, "notice": "1", "status": "active",
        }  # fmt: skip
        rows = [
            usual
            | {"id": f"r{n}", "day": date(2026, 1, 1) + timedelta(days=n % 300), "receipt": f"{n}"}
            for n in range(RATINGS)
        ]
        session.connection().execute(insert(rating), rows)

    database.run_now(work)
    database.close()
    return url


class Command:
    """A command in a process of its own, killed as soon as something can be seen."""

    def __init__(self, folder: Path, url: str, *arguments: str) -> None:
        environment = {
            k: v for k, v in os.environ.items() if not k.startswith(("BOT_", "COVERAGE_"))
        }
        environment |= {
            "BOT_DATABASE__URL": url, "BOT_PRIVACY__SECRET": SECRET, "BOT_OPERATOR__LANGUAGE": "en",
            "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", *arguments],
            cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def ends(self) -> str:
        said, _ = self.process.communicate(timeout=120)
        assert self.process.returncode == 0, said
        return said

    def killed_when(self, seen: Callable[[], bool]) -> None:
        """kill -9 the moment it is seen; it must not have ended before."""
        deadline = time.monotonic() + 60
        while not seen():
            assert self.process.poll() is None, self.process.communicate()[0]
            assert time.monotonic() < deadline
            time.sleep(0.001)
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()
        assert self.process.returncode == -signal.SIGKILL


def other_backends(url: str, what: str) -> bool:
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND query LIKE %s AND pid <> pg_backend_pid()",
            [f"%{what}%"],
        ).fetchone()
    return bool(found and found[0])


def nobody_is_left(url: str) -> None:
    """Until PostgreSQL noticed that the killed one is gone."""
    deadline = time.monotonic() + 30
    while other_backends(url, ""):
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.process
def test_a_killed_backup_is_none_and_a_killed_restore_leaves_nothing(tmp_path: Path) -> None:
    url, other = furnished(f"sqlite:///{tmp_path / 'bot.sqlite'}"), tmp_path / "other.sqlite"
    safe, unfinished = tmp_path / "safe.backup", tmp_path / ".other.sqlite.restoring"
    writing = Command(tmp_path, url, "backup", "safe.backup")
    writing.killed_when(lambda: any(tmp_path.glob(".safe.backup.*")))
    assert not safe.exists()
    Command(tmp_path, url, "backup", "safe.backup").ends()
    for size in often((300_000,), (1, 300_000)):  # its tables; some of its rows
        restoring = Command(tmp_path, f"sqlite:///{other}", "restore", "safe.backup")
        restoring.killed_when(lambda: unfinished.exists() and unfinished.stat().st_size > size)  # noqa: B023
        assert not other.exists()
    Command(tmp_path, f"sqlite:///{other}", "restore", "safe.backup").ends()
    assert not unfinished.exists()
    assert counted(f"sqlite:///{other}") == RATINGS + 2


@pytest.mark.process
@pytest.mark.everything
def test_a_killed_restore_leaves_a_server_as_empty_as_it_was(
    tmp_path: Path, empty_postgres_url: str
) -> None:
    url = furnished(f"sqlite:///{tmp_path / 'bot.sqlite'}")
    Command(tmp_path, url, "backup", "safe.backup").ends()
    restoring = Command(tmp_path, empty_postgres_url, "restore", "safe.backup")
    restoring.killed_when(lambda: other_backends(empty_postgres_url, 'COPY "rating"'))
    nobody_is_left(empty_postgres_url)
    assert revision(empty_postgres_url) is None
    Command(tmp_path, empty_postgres_url, "restore", "safe.backup").ends()
    assert counted(empty_postgres_url) == RATINGS + 2


@pytest.fixture(params=["sqlite", "postgresql"])
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of the release before, in use."""
    if request.param == "sqlite":
        yield furnished(f"sqlite:///{tmp_path / 'bot.sqlite'}", BEFORE)
    else:
        yield furnished(request.getfixturevalue("empty_postgres_url"), BEFORE)


def counted(url: str) -> int:
    return int(asked(url, "SELECT count(*) FROM rating"))


def asked(url: str, question: str) -> Any:
    engine = open_engine(url)
    with engine.connect() as connection:
        found = connection.execute(text(question)).scalar_one()
    engine.dispose()
    return found


@pytest.mark.process
@pytest.mark.everything
def test_a_killed_migration_leaves_the_schema_that_was_there(tmp_path: Path, older: str) -> None:
    """Killed again and again, a little later each time, until one came to its end."""
    kills = 0
    for wait in (0.0, *often((), (0.01, 0.03, 0.06, 0.1, 0.2, 0.4))):
        with nullcontext() if wait else kept_from_its_end(older):
            migrating = Command(tmp_path, older, "migrate")
            begun = _begun(older, tmp_path)
            deadline = time.monotonic() + 60
            while not begun() and migrating.process.poll() is None:
                assert time.monotonic() < deadline
                time.sleep(0.001)
            time.sleep(wait)
            migrating.process.kill()
            migrating.process.communicate()
        kills += migrating.process.returncode == -signal.SIGKILL
        if not older.startswith("sqlite"):
            nobody_is_left(older)
        assert revision(older) in {BEFORE, newest()}
        assert counted(older) == RATINGS + 2
        if revision(older) == newest():
            break
    assert kills >= 1
    said = Command(tmp_path, older, "migrate").ends()
    assert "now" in said or "already" in said or "went from" in said
    assert revision(older) == newest()
    assert counted(older) == RATINGS + 2
    if older.startswith("sqlite"):
        assert asked(older, "PRAGMA integrity_check") == "ok"


@contextmanager
def kept_from_its_end(url: str) -> Iterator[None]:
    """On PostgreSQL somebody writes meanwhile, so that no index is made before it is killed."""
    if url.startswith("sqlite"):
        yield
        return
    with psycopg.connect(url) as writing:
        writing.execute("LOCK TABLE rating IN ROW EXCLUSIVE MODE")
        yield


def _begun(url: str, folder: Path) -> Callable[[], bool]:
    """Whether the schema is being changed."""
    if not url.startswith("sqlite"):
        return lambda: other_backends(url, "CREATE")
    log = folder / "bot.sqlite-wal"
    return lambda: log.exists() and log.stat().st_size > 0

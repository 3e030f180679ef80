"""Fixtures of the running bot: a strict Telegram server and a database on a file."""

import contextlib
import io
import logging
from collections.abc import Callable, Iterator

import pytest
import structlog

from bot.observability import set_up_logs
from storage.keys import Keys
from tests.bot.running import FlakyDatabase
from tests.databases import migrated
from tests.fakes.telegram import FakeTelegram
from tests.fakes.zalo_oa import FakeZaloOa


@pytest.fixture(scope="session", autouse=True)
def _listeners_end_soon() -> Iterator[None]:
    """So often the listener of a delivery on PostgreSQL sees whether it is to end: it is waited for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.delivery.outbox_signal._LOOKS_UP_EVERY_S", 0.1)
        yield


@pytest.fixture
def server() -> Iterator[FakeTelegram]:
    with FakeTelegram() as fake:
        yield fake


@pytest.fixture
def oa() -> Iterator[FakeZaloOa]:
    with FakeZaloOa() as fake:
        yield fake


@pytest.fixture
def file_database(sqlite_url: str, keys: Keys) -> Iterator[FlakyDatabase]:
    opened = FlakyDatabase(migrated(sqlite_url), keys)
    yield opened
    opened.close()


@pytest.fixture
def logged() -> Iterator[Callable[[], str]]:
    """Logs as in production; returns everything logged so far."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    with contextlib.redirect_stderr(stream):
        set_up_logs()
    yield stream.getvalue
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)

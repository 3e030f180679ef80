"""A furnished place with a bot in it, for dialogues: held once with buttons and once by typing."""

import os
from collections.abc import Iterator
from zlib import crc32

import pytest

from storage.database import Database
from tests.conftest import Clock
from tests.people import Place, furnish, hold_by_typing

_BY_TYPING = "by_typing"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every dialogue twice; one that is about buttons themselves is marked so, with the reason."""
    if "place" in metafunc.fixturenames:
        about_buttons = metafunc.definition.get_closest_marker("about_buttons")
        typed = [] if about_buttons else [pytest.param(True, id=_BY_TYPING)]
        ways = [pytest.param(False, id=pytest.HIDDEN_PARAM), *typed]
        metafunc.parametrize("_way_of_talking", ways, indirect=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """By typing on SQLite only: one in four, or each with EVERYTHING=1."""
    left_out = {item for item in items if _is_typed(item) and not _is_held(item)}
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]


def _is_typed(item: pytest.Item) -> bool:
    return isinstance(item, pytest.Function) and _BY_TYPING in item.name


def _is_held(item: pytest.Item) -> bool:
    chosen = os.environ.get("EVERYTHING") or crc32(item.nodeid.encode()) % 4 == 0
    return bool(chosen) and "postgresql" not in item.name


@pytest.fixture(autouse=True)
def _way_of_talking(request: pytest.FixtureRequest) -> Iterator[None]:
    hold_by_typing(getattr(request, "param", False))
    yield
    hold_by_typing(False)


@pytest.fixture
def place(database: Database, clock: Clock) -> Place:
    database.run_now(lambda session: furnish(session, clock()))
    return Place(database, clock)

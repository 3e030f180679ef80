"""A furnished place with a bot in it, for dialogues."""

import pytest

from storage.database import Database
from tests.conftest import Clock
from tests.people import Place, furnish


@pytest.fixture
def place(database: Database, clock: Clock) -> Place:
    database.run_now(lambda session: furnish(session, clock()))
    return Place(database, clock)

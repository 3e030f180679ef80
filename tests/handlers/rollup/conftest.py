"""A province to write history into."""

import pytest

from storage.database import Database
from tests.conftest import Clock
from tests.handlers.rollup.province import Province


@pytest.fixture
def province(database: Database, clock: Clock) -> Province:
    return Province(database, clock)

"""A branch to write history into."""

import pytest

from storage.database import Database
from tests.conftest import Clock
from tests.handlers.digest.branch import Branch


@pytest.fixture
def branch(database: Database, clock: Clock) -> Branch:
    return Branch(database, clock)

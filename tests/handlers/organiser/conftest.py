"""The furnished place with its officials, and everything that is logged."""

import pytest

from tests.bot.conftest import logged
from tests.officials import furnish_officials, with_url
from tests.people import Place

__all__ = ["logged"]


@pytest.fixture
def staffed(place: Place) -> Place:
    place.database.run_now(lambda session: furnish_officials(session, place.clock()))
    return with_url(place)

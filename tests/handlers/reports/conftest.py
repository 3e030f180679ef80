"""The office whose reports are written."""

import pytest

from tests.conftest import Clock
from tests.handlers.reports.office import Office
from tests.people import Place


@pytest.fixture
def office(place: Place, clock: Clock) -> Office:
    return Office.of(place, clock)

"""Grounds of this process are let go of at its end."""

from collections.abc import Iterator

import pytest

from tests.fuzz.ground import close_all


@pytest.fixture(scope="session", autouse=True)
def _closed_at_the_end() -> Iterator[None]:
    yield
    close_all()

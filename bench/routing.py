"""Building and matching actions, beside one compiled pattern formatted and matched by hand."""

import re
from collections.abc import Iterator
from datetime import date

from bench.side_by_side import Row, compare
from handlers.citizen.actions import RATE
from handlers.references import Mine
from handlers.routes import router

TIMES = 20_000
_BY_HAND = re.compile(r"rate/([A-Za-z][A-Za-z0-9_-]{0,15})/(\d{6})/([1-9])/([1-5])")


def rows() -> Iterator[Row]:
    """A tap's action: built for the button, matched among all routes when it comes back."""
    yield compare("build and match an action", _ours, "f-string and one re.fullmatch", _by_hand)


def _ours() -> int:
    routes, of = router(), Mine("Q1", date(2026, 11, 16), 1)
    for number in range(TIMES):
        assert routes.match(RATE.build(of=of, level=number % 5 + 1)) is not None
    return TIMES


def _by_hand() -> int:
    day = f"{date(2026, 11, 16):%y%m%d}"
    for number in range(TIMES):
        found = _BY_HAND.fullmatch(f"rate/Q1/{day}/1/{number % 5 + 1}")
        assert found is not None
        assert int(found[4]) == number % 5 + 1
    return TIMES

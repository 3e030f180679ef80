"""Action strings: any at all, and those of every route with every parameter, as any person."""

from functools import cache
from random import Random

from handlers.routes import router
from handlers.routing import LONGEST_ACTION
from storage.database import Database
from tests.fuzz.given import ODD_TEXTS, Given
from tests.fuzz.ground import Ground, ground
from tests.fuzz.people import does
from tests.fuzz.watching import Finding
from tests.handlers.access.actions import Actions

_ROUTER = router()
_PIECES = (
    "0",
    "1",
    "999999999",
    "261123",
    "2026-W47",
    "2026-10",
    "c/1234567890",
    "QC11",
    "x" * 22,
    "/",
)
SEEDS = [bytes([0, number, number, 1, 2, 3, 4]) for number in range(0, 250, 10)] + [
    b"\xff\xffrate/QC11/261123/1/5",
    b"\xff\xffstaff/QC11/abcdefghij234567/begin",
]


@cache
def _actions(here: Ground, _database: Database) -> Actions:
    return Actions(_ROUTER, here.made, here.database.keys)


def run(data: bytes) -> None:
    """Try one action."""
    given = Given(data)
    action = _arbitrary(given) if given.yes(64) else _forged(given)
    matched = _ROUTER.match(action)
    if matched is not None and len(action.encode()) > LONGEST_ACTION:
        raise Finding("an action is too long and matches", action)
    text = given.text() if given.yes(40) else None
    does(ground(), given, action=action, text=text)


def _arbitrary(given: Given) -> str:
    return (
        given.pick(ODD_TEXTS) if given.yes(64) else given.rest().decode("utf-8", "surrogateescape")
    )


def _forged(given: Given) -> str:
    """An action as a button has it, perhaps with a piece of it exchanged."""
    route = _ROUTER.routes[given.number(len(_ROUTER.routes))]
    action = _actions(ground(), ground().database).any_of(
        route, Random(given.number(256))
    )  # the same for the same bytes
    if given.yes(64):
        pieces = action.split("/")
        pieces[given.number(len(pieces))] = given.pick((*_PIECES, given.text(20)))
        action = "/".join(pieces)
    return action

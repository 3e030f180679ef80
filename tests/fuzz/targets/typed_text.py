"""Free text, typed by anybody in any chat, also where a question waits for it."""

from functools import cache

from handlers.typed_commands import COMMANDS
from tests.fuzz.given import ODD_TEXTS, Given
from tests.fuzz.ground import ground
from tests.fuzz.people import does
from tests.fuzz.watching import PERSONAL

_OPENING = (  # what leads to a question that waits for words
    "comment/QC11/261123/1",
    "rate/QC11/261123/1/2",
    "find",
    "code",
    "chats/add",
    "leave",
    "pledge",
    "home",
    "daysoff",
)
_DICTIONARY = (
    "QC11", "quầy QC11", "5", "1 2 3", "12345 67890", "1234567890", "i-", "s-QC11-abcdefghij234567",
    "https://x.vn/q/QC11?kiosk#a", "20/11 - 23/11", "mai", "7h30", "22h-6h", "không", "xong", "/start q-QC11",
    "thứ hai", "W47", "hôm nay", "nghỉ", "AAAA BBBB", "123 456 789",
)  # fmt: skip
SEEDS = [each.encode() for each in _DICTIONARY] + [b"\x00" * 4 + bytes([n]) for n in range(20)]


@cache
def _commands() -> tuple[str, ...]:
    return tuple(f"/{name}" for name in COMMANDS)


def run(data: bytes) -> None:
    """Type something; first a button that asks for it may be pressed."""
    given, here = Given(data), ground()
    chats = ("telegram", "zalo_bot", "zalo_oa")
    if given.yes(64):
        does(here, given, action=given.pick(_OPENING), channels=chats)
    does(here, given, text=_typed(given), channels=chats)


def _typed(given: Given) -> str:
    kind = given.number(8)
    if kind == 0:
        return given.pick(ODD_TEXTS)
    if kind == 1:
        return f"{given.pick(_commands())} {given.text()}"
    if kind == 2:
        return " ".join(given.pick((*_DICTIONARY, given.text(12))) for _ in range(given.number(40)))
    if kind == 3:
        return given.pick(_DICTIONARY) * given.number(300)
    if kind == 4:
        return PERSONAL["typed text"] + given.text()
    return given.rest().decode(given.pick(("utf-8", "latin-1")), "replace")

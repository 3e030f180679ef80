"""How long it takes to guess a code: how many there are, how many lead somewhere, how often one may try.

`python -m bench.guessing` measures how many guesses a second this machine would answer if nothing
limited them, and prints the table that docs/threat-model.md quotes.
"""

import asyncio
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from bot.channels.base import Capabilities
from bot.dispatch import Dispatch
from bot.web.limits import CODES_PER_ADDRESS, POSTS_PER_ADDRESS
from handlers.guesses import MOST_MISSES
from handlers.messages import Incoming
from handlers.official.link_code import LINK_CODE_LIVES
from handlers.policy import Policy
from handlers.routes import router
from storage.database import Database
from storage.keys import Keys
from storage.schema import upgrade

HOURS_A_YEAR = 24 * 365.25
_NOW = datetime(2026, 11, 16, 3, 0, tzinfo=UTC)
_GUESSES = 1000
_BOTNET = 1000  # addresses, or accounts of a messenger
_HEADS = (
    *("what", "guesses until one hits", "without limits, as fast as this machine answers"),
    *("one account of a messenger", "one address on the web", "a thousand addresses"),
)
_OFFICIALS_LINKING = 20  # who link another chat in the same quarter of an hour


@dataclass(frozen=True)
class Secret:
    """Something that could be guessed: `live` of `space` values lead somewhere.

    Tries an hour of one `chat` of a messenger, of one `address` on the web, where ids cost nothing,
    and of a thousand addresses together (`many`).
    """

    name: str
    space: float
    live: float
    try_: str = ""  # the action that tries one, with a number in it
    chat: float = POSTS_PER_ADDRESS * 60.0
    address: float = POSTS_PER_ADDRESS * 60.0

    @property
    def many(self) -> float:
        """A thousand addresses: past what all may miss, each new browser still has one try."""
        return self.address * _BOTNET

    @property
    def guesses(self) -> float:
        """How many until one leads somewhere, on average."""
        return self.space / self.live

    def years(self, tries_an_hour: float) -> float:
        """How long that takes."""
        return self.guesses / tries_an_hour / HOURS_A_YEAR


def _typed(name: str, space: float, live: float, try_: str) -> Secret:
    """A code that people type: wrong ones are counted."""
    return Secret(name, space, live, try_, chat=MOST_MISSES, address=CODES_PER_ADDRESS)


def receipts(live: int, digits: int) -> Secret:
    """Receipt codes; none begins with a zero."""
    name = (
        f"any of {live:,} receipt codes of {digits} digits"
        if live > 1
        else f"one given receipt code of {digits} digits"
    )
    return _typed(name, 9 * 10.0 ** (digits - 1), live, "see/c/{number}")


def linking() -> Secret:
    """Codes that link a chat to an official."""
    minutes = LINK_CODE_LIVES.seconds // 60
    name = f"a code for linking a chat ({minutes} minutes, {_OFFICIALS_LINKING} at a time)"
    return _typed(name, 1e9, _OFFICIALS_LINKING, "join/0{number}")


def secrets() -> list[Secret]:
    """Everything that opens something by being known."""
    return [
        receipts(1, 10),
        receipts(100_000, 10),
        receipts(1_500_000, 10),
        receipts(1_500_000, 14),
        receipts(730_000_000, 16),
        linking(),
        Secret("an invitation (128 bits, 5,000 open)", 2.0**128, 5000, "join/guess-{number}"),
        Secret("a desk's staff QR (80 bits)", 2.0**80, 1, "staff/Q1/{letters}"),
        Secret("a form, cookie or file address (signed, 160 bits)", 2.0**160, 1),
    ]


async def measured(database: Database, action: str) -> float:
    """Guesses a second that this machine answers, each from a chat of its own."""
    dispatch = Dispatch(database, router(), Policy(), lambda: _NOW, lambda _channel: None)

    async def guess(number: int) -> None:
        letters = "".join(chr(ord("a") + int(digit)) for digit in f"{number:016d}")
        done = action.format(number=100_000_000 + number, letters=letters)
        if done.startswith("see/c/"):
            done = f"see/c/{9_000_000_000 + number}"
        chat = f"{action} {number}"
        await dispatch.handle(Incoming("web", chat, chat, "", action=done), Capabilities())

    started = perf_counter()
    await asyncio.gather(*(guess(number) for number in range(_GUESSES)))
    return _GUESSES / (perf_counter() - started)


def table(rates: dict[str, float]) -> Iterator[str]:
    """As Markdown; `rates` are guesses a second, by what is tried."""
    yield "| " + " | ".join(_HEADS) + " |"
    yield "|" + "---|" * len(_HEADS)
    for each in secrets():
        rate = rates.get(each.try_, 0.0)
        cells = [
            each.name,
            _number(each.guesses),
            f"{_long(each.years(rate * 3600))} ({rate:,.0f} a second)" if rate else "–",
            _long(each.years(each.chat)),
            _long(each.years(each.address)),
            _long(each.years(each.many)),
        ]
        yield "| " + " | ".join(cells) + " |"


def _number(n: float) -> str:
    return f"{n:,.0f}" if n < 1e12 else f"{n:.0e}"


def _long(years: float) -> str:
    if years >= 1e6:
        return f"{years:.0e} years"
    for unit, n in (("years", years), ("days", years * 365.25), ("hours", years * HOURS_A_YEAR)):
        if n >= 2:
            return f"{n:,.0f} {unit}"
    return f"{years * HOURS_A_YEAR * 60:,.0f} minutes"


def main() -> int:
    """Measure and print."""
    rates: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'guessing.sqlite'}"
        upgrade(url)
        database = Database(url, Keys("a secret for the benchmark, long enough to be one"))
        try:
            for each in secrets():
                if each.try_ and each.try_ not in rates:
                    rates[each.try_] = asyncio.run(measured(database, each.try_))
        finally:
            database.close()
    print(*table(rates), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

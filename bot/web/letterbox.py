"""Tells the pages that are open right now when a message waits for the person behind them."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

import structlog

from bot.observability import where
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.queries.waiting import chats_waiting

log = structlog.get_logger("web")

CHANNEL = "web"
_LOOKS_EVERY_S = 1.0
_PAGES_OF_ONE = 8  # tabs
_PAGES = 5000


class Letterbox:
    """One look at the outbox serves all open pages of this process; no row is claimed by it: a
    message is gone when a page says that it has it, whichever process holds that page."""

    def __init__(self, database: Database, *, looks_every: float = _LOOKS_EVERY_S) -> None:
        self.database, self._looks_every = database, looks_every
        self._pages: dict[str, set[asyncio.Event]] = {}
        self._told: dict[str, tuple[int, int]] = {}
        self._wake = asyncio.Event()
        self.closed = False

    def wake(self) -> None:
        """Something was queued: look now. Call it in the event loop."""
        self._wake.set()

    def close(self) -> None:
        """Let every open page go: the program ends."""
        self.closed = True
        for event in self._events(list(self._pages)):
            event.set()

    def full(self, visitor: str) -> bool:
        """Whether no further page can listen."""
        pages = self._pages.get(self._name(visitor), set())
        return self.closed or len(pages) >= _PAGES_OF_ONE or len(self._pages) >= _PAGES

    @contextmanager
    def listening(self, visitor: str) -> Iterator[asyncio.Event]:
        """While a page is open: an event that is set when something may wait for its visitor."""
        name, event = self._name(visitor), asyncio.Event()
        self._pages.setdefault(name, set()).add(event)
        try:
            yield event
        finally:
            self._pages[name].discard(event)
            if not self._pages[name]:
                del self._pages[name]
                self._told.pop(name, None)

    async def run(self) -> None:
        """Look until cancelled; without open pages nothing is asked of the database."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._looks_every):  # wait_for may swallow a stop
                    await self._wake.wait()
            self._wake.clear()
            if self._pages:
                await self._look()

    async def _look(self) -> None:
        chats = list(self._pages)
        try:
            found = await self.database.run(lambda session: chats_waiting(session, CHANNEL, chats))
        except DatabaseUnavailable:
            return
        except Exception as error:  # noqa: BLE001 - one bad look must not end all of them
            log.error("cannot look for messages", **where(error))  # noqa: TRY400 - may quote a row
            return
        news = [name for name, waits in found.items() if self._told.get(name) != waits]
        self._told = found
        for event in self._events(news):
            event.set()

    def _events(self, names: Iterable[str]) -> list[asyncio.Event]:
        return [event for name in names for event in self._pages.get(name, ())]

    def _name(self, visitor: str) -> str:
        return self.database.keys.pseudonym("chat", CHANNEL, visitor)

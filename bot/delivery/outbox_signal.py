"""PostgreSQL tells this process at once that another one queued a message (LISTEN)."""

import asyncio
import threading
from collections.abc import Callable

import psycopg
import structlog

from storage.queries.traffic import LISTEN

log = structlog.get_logger("delivery")

_LOOKS_UP_EVERY_S = 0.5
_RECONNECTS_AFTER_S = 2.0


class OutboxSignal:
    """Calls `wake(channel)` in the event loop for every notification, `wake("")` after a gap.

    psycopg's asynchronous connections do not work with the event loop of Windows: a thread does.
    """

    def __init__(self, conninfo: str, wake: Callable[[str], None]) -> None:
        self._conninfo, self._wake = conninfo, wake
        self._stop = threading.Event()
        self._told = False

    async def run(self) -> None:
        """Listen until cancelled, over as many connections as it takes."""
        loop = asyncio.get_running_loop()
        thread = threading.Thread(target=self._serve, args=(loop,), name="listen", daemon=True)
        thread.start()
        try:
            await asyncio.Event().wait()
        finally:
            self._stop.set()
            await asyncio.to_thread(thread.join, 2 * _LOOKS_UP_EVERY_S)

    def _serve(self, loop: asyncio.AbstractEventLoop) -> None:
        while not self._stop.is_set():
            try:
                self._listen(loop)
            except psycopg.Error as error:
                if not self._told:
                    log.warning("not listening, looking once a second", error=type(error).__name__)
                self._told = True
                self._stop.wait(_RECONNECTS_AFTER_S)

    def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        with psycopg.connect(self._conninfo, autocommit=True) as connection:
            connection.execute(LISTEN)
            self._told = False
            self._tell(loop, "")
            while not self._stop.is_set():
                for notification in connection.notifies(timeout=_LOOKS_UP_EVERY_S):
                    self._tell(loop, notification.payload)

    def _tell(self, loop: asyncio.AbstractEventLoop, channel: str) -> None:
        if not self._stop.is_set():
            loop.call_soon_threadsafe(self._wake, channel)

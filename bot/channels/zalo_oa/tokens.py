"""The account's access token, kept fresh: renewed at half life, or when Zalo refuses it."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from bot.channels.zalo_oa.api import TokenRefused, Unreachable
from bot.channels.zalo_oa.renewing import Busy, Renewal
from bot.channels.zalo_oa.waits import Waits
from bot.observability import where
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.queries.oa_token import Tokens, keep_to_v2, read_tokens

log = structlog.get_logger("zalo_oa")


class NoToken(Exception):
    """There is no access token that works right now."""


@dataclass(frozen=True)
class Health:
    """`until`: when the access token expires, None without one. `lost`: Zalo refuses the refresh
    token. `trouble`: why renewing fails otherwise, "" if it does not."""

    until: datetime | None = None
    lost: bool = False
    trouble: str = ""


class TokenKeeper:
    """What several senders share in one process; the database is what processes share.
    `changed(health)` is told after every look."""

    def __init__(
        self,
        database: Database,
        app: str,
        renewal: Renewal,
        clock: Callable[[], datetime],
        waits: Waits,
        changed: Callable[[Health], None],
    ) -> None:
        self._database, self._app, self._renewal = database, app, renewal
        self._clock, self._waits, self._changed = clock, waits, changed
        self._tokens: Tokens | None = None
        self._one_look, self._looking = asyncio.Lock(), set[asyncio.Task[None]]()
        self._failures, self._not_before, self._trouble = 0, 0.0, ""

    # For sending.

    @property
    def version(self) -> str:
        """The version of the interface that takes our messages."""
        return self._tokens.api if self._tokens is not None else "v3"

    async def access(self) -> str:
        """An access token that should work. Raises NoToken, DatabaseUnavailable."""
        if not self._valid():
            await self._look()
        return self._usable("")

    async def instead_of(self, refused: str) -> str:
        """Another one than this, which Zalo refused. Raises NoToken, DatabaseUnavailable."""
        if self._tokens is None or self._tokens.access == refused:
            await self._look(refused)
        return self._usable(refused)

    async def keep_to_v2(self) -> None:
        """This account is served by the older interface, for good."""
        await self._database.run(lambda session: keep_to_v2(session, self._app))
        if self._tokens is not None:
            self._tokens = replace(self._tokens, api="v2")
        log.info("this account is served by v2 of the interface, from now on")

    def _usable(self, refused: str) -> str:
        if self._tokens is None or not self._valid() or self._tokens.access == refused:
            raise NoToken
        return self._tokens.access

    def _valid(self) -> bool:
        tokens = self._tokens
        if tokens is None or not tokens.access:
            return False
        return tokens.expires is None or self._clock() < tokens.expires

    # Looking after it.

    async def keep(self) -> None:
        """Until cancelled: look, renew when it is due, tell how it is."""
        while True:
            try:
                await self._look()
            except DatabaseUnavailable:
                if self._tokens is None:
                    self._changed(Health(trouble="the database is unavailable"))
            except Exception as error:  # noqa: BLE001 - the next look may do
                log.error("tokens not looked at", **where(error))  # noqa: TRY400 - never the text
            rest = self._not_before - time.monotonic()
            await asyncio.sleep(min(self._waits.look, rest) if rest > 0 else self._waits.look)

    async def close(self, at_most: float) -> None:
        """Wait for a renewal under way: what Zalo answers it must be stored."""
        if not self._looking:
            return
        _, late = await asyncio.wait(set(self._looking), timeout=at_most)
        if late:
            log.error("ended while tokens were renewed: the next start tells if they are lost")
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _look(self, refused: str = "") -> None:
        """In a task of its own: whoever waits may be cancelled, a renewal under way must not."""
        task = asyncio.create_task(self._attend(refused), name="zalo tokens")
        self._looking.add(task)
        task.add_done_callback(self._looked)
        await asyncio.shield(task)

    def _looked(self, task: "asyncio.Task[None]") -> None:
        self._looking.discard(task)
        if not task.cancelled():
            task.exception()  # whoever waited has it; if nobody did any more, it is no news

    async def _attend(self, refused: str) -> None:
        async with self._one_look:
            await self._read()  # another process may have renewed them
            if self._renewal.due(self._tokens, refused) and time.monotonic() >= self._not_before:
                await self._renew(refused)
                await self._read()
            tokens = self._tokens
            until = tokens.expires if tokens is not None and tokens.access else None
            lost = tokens is not None and tokens.refused is not None
            self._changed(Health(until, lost, self._trouble))

    async def _read(self) -> None:
        self._tokens = await self._database.run(lambda session: read_tokens(session, self._app))

    async def _renew(self, refused: str) -> None:
        try:
            await self._renewal.run(refused)
        except TokenRefused:
            self._failed("", self._waits.refused)
        except Busy:
            self._failed("another process has been renewing the tokens for too long")
        except Unreachable as error:
            self._failed(f"Zalo cannot be reached to renew the access token ({error})")
        else:
            self._failures, self._not_before, self._trouble = 0, 0.0, ""

    def _failed(self, why: str, wait: float | None = None) -> None:
        """Never tried again at once: neither by the next look nor by the next message."""
        self._failures, self._trouble = self._failures + 1, why
        pause = self._waits.after(self._failures) if wait is None else wait
        self._not_before = time.monotonic() + pause

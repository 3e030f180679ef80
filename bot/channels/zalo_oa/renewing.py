"""One renewal of the account's tokens: alone, noted before Zalo is asked, stored before it is used."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from bot.channels.zalo_oa.api import Api, Granted, TokenRefused
from bot.channels.zalo_oa.waits import Waits
from bot.config import ZaloOaSettings
from bot.lock_holders import Holder
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.queries.oa_token import (
    Tokens,
    begin_refresh,
    grew_from,
    note_refusal,
    plant,
    read_tokens,
    store_tokens,
)

log = structlog.get_logger("zalo_oa")


class Busy(Exception):
    """Another process has been renewing for too long."""


class Renewal:
    """Renews under a lock between processes (`holder`). Whoever comes second finds it done."""

    def __init__(
        self,
        database: Database,
        settings: ZaloOaSettings,
        api: Api,
        holder: Holder,
        clock: Callable[[], datetime],
        waits: Waits,
    ) -> None:
        self._database, self._api, self._holder = database, api, holder
        self._app, self._configured = settings.app_id, settings.refresh_token.get_secret_value()
        self._clock, self._waits = clock, waits
        self._planted = self._asked = False

    def due(self, tokens: Tokens | None, refused: str) -> bool:
        """Whether there is something to do. The first time there is: the settings may have a new
        refresh token."""
        return tokens is None or not self._planted or not self._fresh(tokens, refused)

    def _fresh(self, tokens: Tokens, refused: str) -> bool:
        """Nothing to renew yet. A renewal that was begun and not ended is tried again at once."""
        if tokens.begun is not None or tokens.access in {"", refused}:
            return False
        if tokens.obtained is None or tokens.expires is None:
            return False
        return self._clock() < tokens.obtained + (tokens.expires - tokens.obtained) / 2

    async def run(self, refused: str) -> None:
        """Renew, unless somebody just did. Busy, Unreachable, TokenRefused, DatabaseUnavailable."""
        async with self._alone():
            refresh = await self._database.run(lambda session: self._begin(session, refused))
            self._planted = True
            if refresh:
                self._asked = True
                await self._store(await self._ask(refresh))

    def _begin(self, session: Session, refused: str) -> str:
        """What to renew with, "" if nothing is to do; noted before Zalo is asked."""
        tokens = read_tokens(session, self._app)
        if tokens is None or not (self._planted or grew_from(session, self._app, self._configured)):
            plant(session, self._app, self._configured)
            tokens = read_tokens(session, self._app)
        assert tokens is not None
        if self._fresh(tokens, refused):
            return ""
        if tokens.begun is not None and not self._asked:
            log.warning("a renewal of the tokens was broken off, its answer may be lost: trying")
        begin_refresh(session, self._app, self._clock())
        return tokens.refresh

    async def _ask(self, refresh: str) -> Granted:
        try:
            return await self._api.renew(refresh)
        except TokenRefused as refusal:
            log.warning("Zalo refuses to renew the tokens", code=refusal.code)
            now = self._clock()
            await self._database.run(lambda s: note_refusal(s, self._app, refresh, now))
            raise

    async def _store(self, granted: Granted) -> None:
        """As often as it takes: nobody else in the world knows the new refresh token."""
        now, told = self._clock(), False
        expires = now + timedelta(seconds=granted.seconds)

        def work(session: Session) -> None:
            new = (granted.access, granted.refresh)
            store_tokens(session, self._app, self._configured, *new, now, expires)

        while True:
            try:
                await self._database.run(work)
                break
            except DatabaseUnavailable:
                if not told:
                    log.error("new tokens wait for the database: do not end the program")  # noqa: TRY400
                told = True
                await asyncio.sleep(self._waits.database)
        log.info("tokens renewed")

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        deadline = time.monotonic() + self._waits.patience
        while not await self._take():
            if time.monotonic() >= deadline:
                raise Busy
            await asyncio.sleep(self._waits.lock)
        try:
            yield
        finally:
            self._holder.release()

    async def _take(self) -> bool:
        # Shielded: a lock taken after the cancellation must be known, or it is never let go.
        taking = asyncio.ensure_future(asyncio.to_thread(self._holder.take))
        try:
            return await asyncio.shield(taking)
        except asyncio.CancelledError:
            if await taking:
                self._holder.release()
            raise

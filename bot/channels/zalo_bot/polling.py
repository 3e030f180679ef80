"""Asking Zalo for updates: one at a time, none acknowledged, at most one poll a second."""

import asyncio
from collections.abc import Sequence

import structlog

from bot.channels.zalo_bot.api import Api, CallFailed
from bot.channels.zalo_bot.errors import is_final
from bot.channels.zalo_bot.receive import Receiver
from bot.channels.zalo_bot.waits import Waits
from storage.errors import DatabaseUnavailable

log = structlog.get_logger("zalo_bot")


class Poller:
    """The loop over getUpdates. What Zalo has handed over it need not hand over again, so an
    update is kept here until it is stored; a kill before that loses it."""

    def __init__(self, api: Api, receiver: Receiver, waits: Waits) -> None:
        self._api, self._receiver, self._waits = api, receiver, waits
        self.troubled = False
        self._hurried = False
        self._webhook_deleted = False

    async def prepare(self) -> None:
        """Take a webhook away, once: one that is set later is another program's."""
        if self._webhook_deleted:
            return
        if await self._api.webhook():
            await self._api.delete_webhook()
            log.info("the webhook was taken away: mode is polling")
        self._webhook_deleted = True

    def failed(self, error: CallFailed) -> None:
        """Make the next poll a short one, which tells soon that all is well; but where Zalo
        refuses to be polled only one that lasts tells that it does so no more."""
        self.troubled, self._hurried = True, not is_final(error)

    async def once(self) -> None:
        """One poll, what it brought, and the pause after it. Raises CallFailed; on cancellation
        finishes what it brought."""
        wait = self._waits.hurried if self._hurried else self._waits.poll
        found = await self._api.updates(wait)
        self.troubled = self._hurried = False
        pause = asyncio.get_running_loop().time() + self._waits.between
        if found:
            await self._keep(found)
        await asyncio.sleep(pause - asyncio.get_running_loop().time())

    async def _keep(self, found: Sequence[object]) -> None:
        storing = asyncio.create_task(self._store(found), name="store updates")
        try:
            await asyncio.shield(storing)
        except asyncio.CancelledError:
            await asyncio.wait({storing}, timeout=self._waits.grace)
            if not storing.done():
                log.error("stopped before a message was stored: the database does not answer")  # noqa: TRY400 - nothing is wrong here
            storing.cancel()
            await asyncio.gather(storing, return_exceptions=True)
            raise

    async def _store(self, found: Sequence[object]) -> None:
        for raw in found:
            failures = 0
            while True:
                try:
                    await self._receiver.take(raw)
                    break
                except DatabaseUnavailable:
                    failures += 1
                    if failures == 1:
                        log.error("database unavailable, a message waits in memory")  # noqa: TRY400 - said once
                    await asyncio.sleep(self._waits.after_database_failure(failures))
            if failures:
                log.info("database available again")

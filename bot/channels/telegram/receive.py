"""Receiving: each update is handled and committed before Telegram is told that it arrived."""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from telegram import Update
from telegram.error import Conflict, TelegramError

from bot.channels.base import Capabilities
from bot.channels.posted import Forget, Handle
from bot.channels.telegram.api import Api
from bot.channels.telegram.incoming import Left, Reader, Received
from bot.channels.telegram.usual import Usual, usual
from bot.channels.telegram.waits import Waits
from bot.observability import where
from storage.errors import DatabaseUnavailable

log = structlog.get_logger("telegram")

CAN = Capabilities(buttons=True)
_REMEMBERED_QUERIES = 4096


class Receiver:
    """Takes raw updates, from a poll or from a webhook. Raises DatabaseUnavailable when an update
    was not stored; whatever else is wrong with it is logged, without content, and passed over."""

    def __init__(self, api: Api, reader: Reader, handle: Handle, forget: Forget) -> None:
        self._api, self.reader = api, reader
        self._handle, self._forget = handle, forget
        self._answering: set[asyncio.Task[None]] = set()
        self._answered: OrderedDict[str, None] = OrderedDict()

    def parse(self, raw: object) -> Update | Usual | None:
        """The update, None if it is none that the library knows."""
        plain = usual(raw)
        if plain is not None:
            return plain
        try:
            if not isinstance(raw, dict):
                raise TypeError("not an object")
            return Update.de_json(raw, self._api)
        except Exception as error:  # noqa: BLE001 - whatever a foreign payload does to the parser
            log.warning("update cannot be read, passed over", **where(error))
            return None

    def _read(self, raw: object) -> Received | Left | None:
        update = self.parse(raw)
        try:
            return None if update is None else self.reader.read(update)
        except (AttributeError, TypeError, ValueError) as error:  # the library checks no types
            log.warning("update cannot be read, passed over", **where(error))
            return None

    async def take_all(self, raws: Sequence[object]) -> None:
        """Handle a batch: several chats at once, the updates of one chat in order."""
        chats: dict[str, list[Received | Left]] = {}
        for raw in raws:
            read = self._read(raw)
            if read is not None:
                chats.setdefault(read.chat, []).append(read)
        if len(chats) == 1:  # as every post is
            await self._take_in_order(*chats.values())
            return
        results = await asyncio.gather(
            *map(self._take_in_order, chats.values()), return_exceptions=True
        )
        for failure in results:
            if isinstance(failure, BaseException):
                raise failure

    async def _take_in_order(self, updates: Sequence[Received | Left]) -> None:
        for update in updates:
            await self.take(update)

    async def take(self, update: Received | Left) -> None:
        """Handle one update; returns after the commit."""
        try:
            await self._take(update)
        except DatabaseUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - it would come again for ever
            log.error("update failed, passed over", update=update.key, **where(error))  # noqa: TRY400 - the text may quote a person

    async def _take(self, update: Received | Left) -> None:
        if isinstance(update, Left):
            await self._forget(update.chat, update.key)
            return
        await self._handle(update.incoming, CAN)
        if update.query is not None:
            self._answer(update.query)

    def _answer(self, query: str) -> None:
        """Stop the wait shown on the pressed button: best effort, and nothing waits for it."""
        if query in self._answered:
            return
        self._answered[query] = None
        if len(self._answered) > _REMEMBERED_QUERIES:
            self._answered.popitem(last=False)
        task = asyncio.create_task(self._send_answer(query), name="answer callback")
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _send_answer(self, query: str) -> None:
        try:
            await self._api.call("answerCallbackQuery", {"callback_query_id": query})
        except TelegramError as error:
            log.debug("callback not answered", error=type(error).__name__)

    async def close(self, at_most: float) -> None:
        """Wait for the answers under way, at most so many seconds."""
        if self._answering:
            _, late = await asyncio.wait(set(self._answering), timeout=at_most)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


class Poller:
    """The loop over getUpdates. The offset moves only when a whole batch is committed."""

    def __init__(self, api: Api, receiver: Receiver, waits: Waits) -> None:
        self._api, self._receiver, self._waits = api, receiver, waits
        self._offset: int | None = None
        self._confirmed = True
        self._hurried = True

    def hurry(self) -> None:
        """Let the next poll be a short one, which tells soon that all is well."""
        self._hurried = True

    def failed(self, error: TelegramError) -> None:
        """After 409 only a poll that lasts tells that the other poller is gone."""
        self._hurried = not isinstance(error, Conflict)

    async def once(self) -> None:
        """One poll and its batch. Raises TelegramError; on cancellation finishes the batch."""
        raws = await self._api.raw_updates(self._offset, 0 if self._hurried else self._waits.poll)
        self._hurried, self._confirmed = False, True
        if not raws:
            return
        batch = asyncio.create_task(self._commit(raws), name="commit updates")
        try:
            await asyncio.shield(batch)
        except asyncio.CancelledError:
            await asyncio.wait({batch}, timeout=self._waits.grace)
            batch.cancel()
            await asyncio.gather(batch, return_exceptions=True)
            raise

    async def _commit(self, raws: Sequence[Mapping[str, Any]]) -> None:
        failures = 0
        while True:
            try:
                await self._receiver.take_all(raws)
                break
            except DatabaseUnavailable:
                failures += 1
                if failures == 1:
                    log.error("database unavailable, updates wait")  # noqa: TRY400 - said once
                await asyncio.sleep(self._waits.after_database_failure(failures))
        if failures:
            log.info("database available again")
        numbers = [raw["update_id"] for raw in raws if isinstance(raw.get("update_id"), int)]
        if numbers:
            self._offset = max(numbers) + 1
            self._confirmed = False

    async def confirm(self) -> None:
        """Tell Telegram now, best effort, how far we came: what is committed comes no more."""
        if self._confirmed or self._offset is None:
            return
        with contextlib.suppress(TelegramError, TimeoutError):
            async with asyncio.timeout(self._waits.grace / 2):
                await self._api.raw_updates(self._offset, 0, limit=1)
                self._confirmed = True

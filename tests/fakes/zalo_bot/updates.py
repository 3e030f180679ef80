"""What people did, on its way to the bot: handed to a poll, or posted to the webhook."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Literal

import httpx

from .records import JSON, Refusal

Form = Literal["envelope", "bare", "list"]
IDLE = Refusal(408, "Request timeout")


def formed(form: Form, updates: Sequence[JSON]) -> object:
    """The body of a poll's answer or of a post, in one of the forms that were seen."""
    if form == "bare":
        return updates[0]
    return {"ok": True, "result": list(updates) if form == "list" else updates[0]}


class Updates:
    """`replays`: consumed updates come back whenever nothing new is there. `posts` retries after
    each of `backoff` while the bot does not answer 2xx."""

    backoff: Sequence[float] = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.pending: deque[JSON] = deque()
        self.consumed: list[JSON] = []
        self.handed_out: list[str] = []  # message ids, once per poll or post
        self.posts: list[int] = []  # what the bot answered; 0 for no answer
        self.replays = False
        self.form: Form = "envelope"
        self.webhook: JSON | None = None
        self.secret = ""
        self.polling = 0
        self._turn = itertools.count()
        self._new: asyncio.Event | None = None
        self._posting: asyncio.Task[None] | None = None
        self._call_soon: Callable[[Callable[[], None]], None] = lambda _: None

    def open(self, call_soon: Callable[[Callable[[], None]], None]) -> None:
        """On the server's loop."""
        self._new, self._call_soon = asyncio.Event(), call_soon
        self._posting = asyncio.create_task(self._post_all())

    async def close(self) -> None:
        if self._posting is not None:
            self._posting.cancel()
            await asyncio.gather(self._posting, return_exceptions=True)

    def add(self, update: JSON) -> None:
        with self.lock:
            self.pending.append(update)
        self.wake()

    def wake(self) -> None:
        self._call_soon(lambda: self._new.set() if self._new is not None else None)

    # Polling.

    async def poll(self, seconds: float) -> object:
        """The body of the answer; Refusal 408 if nothing comes in time."""
        with self.lock:
            if self.webhook is not None:
                raise Refusal(400, "Bad Request: cannot use getUpdates while a webhook is set")
            if self.polling:
                raise Refusal(409, "Conflict: another getUpdates is running")
            self.polling += 1
        assert self._new is not None
        try:
            async with asyncio.timeout(seconds):
                while (found := self._next()) is None:
                    self._new.clear()
                    await self._new.wait()
            return formed(self.form, found)
        except TimeoutError:
            raise IDLE from None
        finally:
            self.polling -= 1

    def _next(self) -> list[JSON] | None:
        with self.lock:
            if self.pending:
                self.consumed.append(self.pending.popleft())
                found = self.consumed[-1:]
            elif self.replays and self.consumed:
                found = [self.consumed[next(self._turn) % len(self.consumed)]]
            else:
                return None
            if self.form == "list" and self.replays:
                found = [*self.consumed[-3:-1], *found]
            self._note(found)
            return found

    def _note(self, updates: Sequence[JSON]) -> None:
        for each in updates:
            message = each.get("message")
            self.handed_out.append(str(message["message_id"] if message else ""))

    # Webhook.

    async def post(self, body: object, *, timeout: float = 10.0) -> int:
        """What the bot answers to a post; 0 for nothing."""
        assert self.webhook is not None
        return await posted(self.webhook["url"], self.secret, body, timeout=timeout)

    async def _post_all(self) -> None:
        assert self._new is not None
        while True:
            with self.lock:
                update = self.pending[0] if self.pending and self.webhook else None
            if update is None:
                self._new.clear()
                await self._new.wait()
                continue
            await self._post_until_taken(update)
            with self.lock:
                self.consumed.append(self.pending.popleft())

    async def _post_until_taken(self, update: JSON) -> None:
        for wait in (*self.backoff, None):
            if self.webhook is None:
                return
            self._note([update])
            status = await self.post(formed(self.form, [update]))
            self.posts.append(status)
            if status // 100 == 2 or wait is None:
                return
            await asyncio.sleep(wait)


async def posted(url: str, secret: str, body: object, *, timeout: float) -> int:
    """One post as the service makes it."""
    headers = {"X-Bot-Api-Secret-Token": secret}
    async with httpx.AsyncClient(timeout=timeout, trust_env=False) as client:
        try:
            return (await client.post(url, json=body, headers=headers)).status_code
        except httpx.HTTPError:
            return 0

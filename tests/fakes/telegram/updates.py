"""The queue of updates: numbering, allowed kinds, long polling, confirmation, redelivery."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .errors import OTHER_POLL, ApiError, conflict
from .parameters import JSON, Params, words
from .world import World

KINDS = words(
    "message edited_message channel_post edited_channel_post inline_query chosen_inline_result"
    " callback_query shipping_query pre_checkout_query poll poll_answer my_chat_member chat_member"
    " chat_join_request message_reaction message_reaction_count chat_boost removed_chat_boost"
    " business_connection business_message edited_business_message deleted_business_messages"
    " purchased_paid_media",
)
DEFAULT_KINDS = KINDS - {"chat_member", "message_reaction", "message_reaction_count"}


@dataclass
class Pending:
    """An update not yet confirmed. again: it ignores the offset until it was handed out once."""

    raw: JSON
    again: bool = False

    @property
    def update_id(self) -> int:
        return int(self.raw["update_id"])

    @property
    def chat(self) -> int:
        """The chat whose order it keeps."""
        body: JSON = next((v for k, v in self.raw.items() if k in KINDS), {})
        inner = body.get("message", body)
        return int(inner.get("chat", body.get("from", {})).get("id", 0))


@dataclass
class _Poll:
    woken: asyncio.Event
    ended_by: ApiError | None = None


class UpdateQueue:
    def __init__(self, world: World, first_id: int) -> None:
        self._world = world
        self._next_id = first_id
        self._pending: dict[int, Pending] = {}
        self._history: dict[int, JSON] = {}
        self._allowed = DEFAULT_KINDS
        self._poll: _Poll | None = None
        self._fresh: list[Pending] = []
        self.wake: Callable[[], None] = lambda: None

    # Called by tests and people, from any thread.

    def add(self, kind: str, body: JSON) -> int | None:
        """Queues an update; None when allowed_updates keeps it away from the bot."""
        with self._world.lock:
            if kind not in self._allowed:
                return None
            return self.push({kind: body})

    def push(self, raw: JSON) -> int:
        """Queues an update as it is; it gets an update_id when it has none."""
        with self._world.lock:
            update_id = int(raw.get("update_id", self._next_id))
            self._next_id = max(self._next_id, update_id + 1)
            whole = {"update_id": update_id, **raw}
            self._history[update_id] = whole
            self._enqueue(Pending(whole))
            return update_id

    def redeliver(self, update_id: int) -> None:
        with self._world.lock:
            if update_id not in self._history:
                raise AssertionError(f"update {update_id} was never sent")
            if update_id in self._pending:
                raise AssertionError(f"update {update_id} is not confirmed, it comes again anyway")
            self._enqueue(Pending(self._history[update_id], again=True))

    def unconfirmed(self) -> list[JSON]:
        with self._world.lock:
            return [pending.raw for pending in self.in_order()]

    def _enqueue(self, pending: Pending) -> None:
        self._pending[pending.update_id] = pending
        self._fresh.append(pending)
        self._world.touch()
        self.wake()

    # Called on the server's loop.

    def in_order(self) -> list[Pending]:
        return sorted(self._pending.values(), key=lambda pending: pending.update_id)

    def take_fresh(self) -> list[Pending]:
        """Those queued since the last call that are still pending."""
        with self._world.lock:
            fresh, self._fresh = self._fresh, []
            return [pending for pending in fresh if pending.update_id in self._pending]

    def acknowledge(self, update_id: int) -> None:
        with self._world.lock:
            self._pending.pop(update_id, None)
            self._world.touch()

    def drop_all(self) -> None:
        with self._world.lock:
            self._pending.clear()
            self._world.touch()

    def allow(self, kinds: Any) -> None:
        """Remembered until told otherwise; None keeps, an empty list means the default."""
        if isinstance(kinds, list):
            self._allowed = frozenset(kinds) & KINDS if kinds else DEFAULT_KINDS

    @property
    def allowed(self) -> list[str] | None:
        return None if self._allowed == DEFAULT_KINDS else sorted(self._allowed)

    def notify_poll(self) -> None:
        if self._poll is not None:
            self._poll.woken.set()

    def end_poll(self, error: ApiError) -> None:
        if self._poll is not None:
            self._poll.ended_by = error
            self._poll.woken.set()
            self._poll = None

    async def poll(self, params: Params) -> list[JSON]:
        """getUpdates: confirms what lies before offset, waits, hands out the rest."""
        with self._world.lock:
            self.end_poll(conflict(OTHER_POLL))
            poll = self._poll = _Poll(asyncio.Event())
            self.allow(params.json("allowed_updates"))
            self._confirm(params.integer("offset"))
        limit = min(100, max(1, params.integer("limit", 100)))
        deadline = time.monotonic() + min(50, max(0, params.integer("timeout")))
        try:
            return await self._wait_for_batch(poll, limit, deadline)
        finally:
            if self._poll is poll:
                self._poll = None

    async def _wait_for_batch(self, poll: _Poll, limit: int, deadline: float) -> list[JSON]:
        while True:
            poll.woken.clear()
            if poll.ended_by is not None:
                raise poll.ended_by
            batch = self._batch(limit)
            left = deadline - time.monotonic()
            if batch or left <= 0:
                return batch
            try:
                await asyncio.wait_for(poll.woken.wait(), left)
            except TimeoutError:
                continue

    def _batch(self, limit: int) -> list[JSON]:
        with self._world.lock:
            batch = self.in_order()[:limit]
            for pending in batch:
                pending.again = False
            return [pending.raw for pending in batch]

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            kept = {pending.update_id for pending in self.in_order()[offset:]}
        else:
            kept = {p.update_id for p in self._pending.values() if p.again or p.update_id >= offset}
        if len(kept) < len(self._pending):
            self._pending = {key: self._pending[key] for key in self._pending if key in kept}
            self._world.touch()

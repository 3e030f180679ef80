"""Drains the outbox: a courier per channel; retry, pace, give up, forget who is gone."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType
from typing import Any, TypeVar

import structlog
from sqlmodel import Session

from bot.channels.base import Channel
from bot.delivery.courier import Courier
from bot.delivery.ledger import Terms
from bot.delivery.month import read_month, show_month
from bot.delivery.outbox_signal import OutboxSignal
from bot.delivery.restraint import Tuning
from bot.delivery.written import OnGone, drop
from bot.locks import SenderLock, conninfo
from bot.observability import SENDS, WAITING
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.queries.doors import Windows
from storage.queries.moving import MOVED
from storage.queries.outbox import HELD, Unsent, outbox_depth
from storage.queries.traffic import ANSWER, PROACTIVE, chat_name, mark_seen

__all__ = ["Delivery", "OnGone", "Tuning"]

log = structlog.get_logger("delivery")

T = TypeVar("T")

_LANES = {ANSWER: "answer", PROACTIVE: "proactive", HELD: "held"}
_ALWAYS_OPEN: Windows = MappingProxyType({})
_COUNTS_EVERY_S = 5.0
_DRAIN_LOOKS_EVERY_S = 0.1


class Delivery:
    """Sends what the outbox holds. `channels` may be given now or with `serve`.

    `on_gone(session, channel, chat)` is told, inside the transaction that forgets a chat
    (pseudonym), that nothing reaches it any more. `windows`: see storage.queries.doors; `timezone`:
    where the months of the messengers' plans begin.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        channels: Iterable[Channel] = (),
        *,
        locks: Mapping[str, SenderLock] | None = None,
        on_gone: OnGone | None = None,
        windows: Windows = _ALWAYS_OPEN,
        timezone: tzinfo = UTC,
        tuning: Tuning | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database, self._clock, self._on_gone = database, clock, on_gone
        self._tuning, self._monotonic = tuning, monotonic
        self._terms = Terms(windows, timezone, on_gone, on_moved=lambda: self.wake(""))
        self._locks: dict[str, SenderLock] = {}
        self._couriers: dict[str, Courier] = {}
        self._fetching: dict[str, Callable[[], None]] = {}
        self._metered: dict[str, Channel] = {}
        for channel in channels:
            self.serve(channel, (locks or {}).get(channel.name))

    def serve(self, channel: Channel, lock: SenderLock | None = None) -> None:
        """Send for this channel too; with a lock only while this process holds it."""
        if lock is not None:
            self._locks[channel.name] = lock
        if channel.can.monthly:
            self._metered[channel.name] = channel
        self._couriers[channel.name] = Courier(
            self._database,
            channel,
            self._clock,
            self._terms,
            lock=lock,
            tuning=self._tuning,
            monotonic=self._monotonic,
        )

    def tell(self, channel: str, wake: Callable[[], None]) -> None:
        """Call `wake` when something is queued for a channel that fetches its messages itself."""
        self._fetching[channel] = wake

    def wake(self, channel: str) -> None:
        """Something was queued for this channel ("": for any). Call it in the event loop."""
        for name, courier in self._couriers.items():
            if channel in {"", name}:
                courier.wake()
        for name, wake in self._fetching.items():
            if channel in {"", name}:
                wake()

    def expect(self, channel: str, chat: str) -> bool:
        """See bot.handing.Sends; a channel without a courier has its answers fetched."""
        courier = self._couriers.get(channel)
        return courier is not None and courier.expect(chat)

    def hand_over(self, channel: str, chat: str, rows: Sequence[Unsent]) -> None:
        """See bot.handing.Sends. Call it in the event loop."""
        self._couriers[channel].hand_over(chat, rows)

    async def forget(self, channel: str, address: str, key: str) -> None:
        """A person blocked the bot, which update `key` told: what is queued for them goes to their
        next chat or is dropped.

        Raises DatabaseUnavailable when nothing was stored: then acknowledge nothing.
        """
        chat = chat_name(self._database.keys, channel, address)
        now, courier = self._clock(), self._couriers.get(channel)
        day = now.date() if courier is None else courier.can.counted_from(now.date())

        def work(session: Session) -> int:
            if not mark_seen(session, channel, key, day):
                return 0
            return drop(session, channel, chat, self._on_gone, now, self._terms.windows)

        if moved := await self._database.run(work):
            SENDS.labels(channel, MOVED).inc(moved)
            self.wake("")
        if courier is not None:
            courier.forget(chat)

    async def run(self) -> None:
        """Send until cancelled; then finish what is under way, write it down, free the locks."""
        keeping = [_task(lock.keep(), f"lock {name}") for name, lock in self._locks.items()]
        carrying = [_task(each.run(), f"deliver {each.name}") for each in self._couriers.values()]
        aside = [_task(self._count(), "count outbox"), _task(self.listen(), "listen")]
        try:
            # Not gather: cancelled, it would cancel those that keep the locks before the others end.
            ended, _ = await asyncio.wait(
                [*keeping, *carrying, *aside], return_when=asyncio.FIRST_COMPLETED
            )
            for each in ended:
                await each  # none ends by itself: this raises what went wrong
        finally:
            await _end([*carrying, *aside])
            await _end(keeping)  # last: who takes over must find everything written down

    async def listen(self) -> None:
        """Until cancelled: hear what other processes queue. By itself this sends nothing: it is
        for one that shows messages (`tell`) while another sends."""
        if self._database.is_sqlite:  # there is no other process
            await asyncio.Event().wait()
        await OutboxSignal(conninfo(self._database), self.wake).run()

    async def drain(self, *, patience: float = 10.0) -> dict[str, dict[str, int]]:
        """Send what is due until the outbox is empty; for a program that then ends.

        Where another process holds the lock it sends, and this waits for it. Returns counts by
        channel and result, and what is left as "left". Stops when nothing has moved for
        `patience` seconds: what was put off stays for the next time. What is held, and what waits
        for a channel whose plan is used up, is not waited for.
        """
        before = {name: Counter(each.counts) for name, each in self._couriers.items()}
        sending = _task(self.run(), "drain")
        left: Mapping[tuple[str, int], int] = {}
        try:
            last, moved_at = -1, self._monotonic()
            while self._monotonic() - moved_at < patience and not sending.done():
                left = await self._depth()
                waiting = sum(n for (name, _), n in left.items() if not self._couriers[name].spent)
                if waiting == 0 and all(each.idle for each in self._couriers.values()):
                    break
                if waiting != last:
                    last, moved_at = waiting, self._monotonic()
                await asyncio.sleep(_DRAIN_LOOKS_EVERY_S)
            if sending.done():
                await sending  # it never ends by itself: this raises what went wrong
        finally:
            await _end([sending])
        result = {}
        for name, each in self._couriers.items():
            counts = {str(what): n for what, n in (each.counts - before[name]).items()}
            waiting = sum(n for (channel, _), n in left.items() if channel == name)
            result[name] = counts | ({"left": waiting} if waiting else {})
        return result

    async def _depth(self) -> dict[tuple[str, int], int]:
        """What waits to be sent, but for what is fetched and what is held."""
        depth = await self._database.run(outbox_depth)
        return {
            (name, lane): count
            for (name, lane), count in depth.items()
            if name in self._couriers and lane != HELD
        }

    async def _count(self) -> None:
        while True:
            try:
                depth = await self._database.run(outbox_depth)
                await self._database.run(self._show_months)
            except DatabaseUnavailable:
                log.debug("outbox not counted, the database is unavailable")
            else:
                for name in (*self._couriers, *self._fetching):
                    for lane, label in _LANES.items():
                        WAITING.labels(name, label).set(depth.get((name, lane), 0))
            await asyncio.sleep(_COUNTS_EVERY_S)

    def _show_months(self, session: Session) -> None:
        now = self._clock()
        for channel in self._metered.values():
            show_month(channel, read_month(session, channel, now, self._terms.timezone))


def _task(work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
    return asyncio.create_task(work, name=name)


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        if not task.cancelling():  # once: a second time would cut short how it ends
            task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

"""Carries one channel's outbox: answers at once, proactive messages at a pace, a chat in order."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import structlog
from sqlmodel import Session

from bot.channels.base import Capabilities, Channel
from bot.delivery.attempt import Outcome, Result, attempt
from bot.delivery.ledger import Ledger, Terms
from bot.delivery.pace import Pace
from bot.delivery.page import Page
from bot.delivery.preparing import limits, prepare
from bot.delivery.reading import Reading
from bot.delivery.restraint import Restraint, Tuning
from bot.delivery.room import Room
from bot.locks import SenderLock
from bot.observability import where
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.queries.outbox import Unsent, next_proactive, waiting_answers
from storage.queries.traffic import PROACTIVE

log = structlog.get_logger("delivery")

_READ_AHEAD, _READ_AGAIN_BELOW = 60, 15  # proactive rows opened before their turn
_PAUSE_S, _SOON_S = 0.1, 0.01


class Courier:
    """Sends one channel's messages while it holds the lock. Nothing confirmed is sent again:
    what was sent is written down before anything more is read, in the same transaction; what this
    process has just queued is handed over (see Reading)."""

    def __init__(
        self,
        database: Database,
        channel: Channel,
        clock: Callable[[], datetime],
        terms: Terms,
        *,
        lock: SenderLock | None = None,
        tuning: Tuning | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database, self._channel, self._clock = database, channel, clock
        self._lock, self._terms, self._monotonic = lock, terms, monotonic
        self._ledger = Ledger(database, channel, clock, terms, monotonic)
        self._prepares = limits(channel)
        self._tuning = tuning or Tuning()
        self._restraint = Restraint(self._tuning, monotonic)
        self._room = Room(self._restraint, self._tuning, lock)
        self._pace = Pace(channel, self._tuning.at_once)
        self._reading, self._runs = Reading(), False
        self._wake, self._queued = asyncio.Event(), asyncio.Event()
        self._looking: asyncio.Task[None] | None = None
        self._ahead: dict[str, Unsent] = {}  # proactive rows that were read but not begun

    @property
    def name(self) -> str:
        """The channel this courier serves."""
        return self._channel.name

    @property
    def can(self) -> Capabilities:
        """What its channel can do."""
        return self._channel.can

    @property
    def idle(self) -> bool:
        """Nothing is being sent and everything sent is written down."""
        return not (self._room.busy or self._reading.awaited) and self._ledger.empty

    @property
    def spent(self) -> bool:
        """What its plan allows is used up: it may be long until it sends again."""
        return self._restraint.spent

    @property
    def counts(self) -> Counter[str]:
        """How many messages had which result since the start."""
        return self._ledger.counts

    def wake(self) -> None:
        """Look at the outbox now."""
        self._reading.news()
        self._wake.set()

    def expect(self, chat: str) -> bool:
        """Whether the answer that is about to be queued for this chat may be handed over, and need
        not be read; True obliges to call `hand_over`, whatever happens."""
        room = self._room.for_answers(self._reading.awaited) if self._room.may_send() else 0
        if not (self._runs and room) or chat in {*self._room.busy, *self._restraint.resting()}:
            return False
        self._reading.wait_for(chat)
        return True

    def hand_over(self, chat: str, rows: Sequence[Unsent]) -> None:
        """These rows were committed and all that waits for this chat; none: it was otherwise."""
        self._reading.came(chat)
        if rows and chat not in self._room.busy and self._room.may_send():
            self._begin(chat, rows, handed=True)
        else:
            self.wake()

    def forget(self, chat: str) -> None:
        """Send nothing more of what was read ahead for this chat (pseudonym)."""
        self._ahead.pop(chat, None)

    async def run(self) -> None:
        """Send until cancelled; then finish what is under way and write it down."""
        pacing = asyncio.create_task(self._pace_proactive(), name=f"pace {self.name}")
        self._runs = True
        try:
            while True:
                if self._lock is not None and not self._lock.held:
                    self._ahead.clear()
                    if self.idle:  # else it is written down first: who sends now must know of it
                        await self._lock.wait_held()
                    self._reading.news()
                self._looking = asyncio.create_task(self._look(), name=f"look {self.name}")
                await asyncio.shield(self._looking)
                try:
                    # Not wait_for: until Python 3.12 it may swallow a cancellation.
                    async with asyncio.timeout(self._restraint.next_end(self._tuning.looks_every)):
                        await self._wake.wait()
                except TimeoutError:
                    self._reading.news()
        finally:
            await self._finish(pacing)

    async def _look(self) -> None:
        self._wake.clear()
        reads = self._reading.begin()
        if not reads and self._ledger.empty:
            return
        try:
            room = self._room.for_answers(self._reading.awaited)
            page = await self._write_down_and_read(room, reads=reads)
        except DatabaseUnavailable:
            await self._look_later()
            return
        except Exception as error:  # noqa: BLE001 - one bad look must not end all sending
            log.error("cannot read the outbox", channel=self.name, **where(error))  # noqa: TRY400 - the text may quote a row
            await self._look_later()
            return
        found = page.answers_by_chat()
        if reads and len(found) >= room:
            self._reading.news()  # more may wait than there was room for
        for chat, rows in found.items():
            if self._reading.is_new(chat):
                self._begin(chat, rows)
        self._ahead |= {row.chat: row for row in page.proactive if self._reading.is_new(row.chat)}
        if self._ahead:
            self._queued.set()

    async def _look_later(self) -> None:
        self._reading.news()
        await asyncio.sleep(self._tuning.database_wait)
        self._wake.set()

    async def _write_down_and_read(self, chats: int, *, reads: bool) -> Page:
        now = self._clock()
        ahead = _READ_AHEAD if len(self._ahead) < _READ_AGAIN_BELOW else 0
        busy = {*self._room.busy, *self._reading.awaited, *self._restraint.resting()}
        begun = {*busy, *self._ahead}
        if not (reads and self._room.may_send()):
            chats = ahead = 0
        if reads:
            self._reading.leave_alone(begun)

        def read(session: Session) -> Page:
            page = Page()
            if chats:
                page.answers = waiting_answers(session, self.name, now, chats=chats, skip=busy)
            if ahead:
                page.proactive = next_proactive(session, self.name, now, most=ahead, skip=begun)
            return page

        return await self._ledger.write_down(
            read, sends=self._room.holds_lock(), busy=set(self._room.busy)
        )

    def _begin(
        self, chat: str, rows: Sequence[Unsent], *, paced: bool = False, handed: bool = False
    ) -> None:
        self._reading.touch(chat)
        self._ahead.pop(chat, None)
        work = self._carry(chat, rows, handed=handed)
        self._room.take(chat, asyncio.create_task(work, name=f"send {self.name}"), paced=paced)

    async def _carry(self, chat: str, rows: Sequence[Unsent], *, handed: bool) -> None:
        read_again = True
        try:
            for each in rows:
                row = await self._prepared(each)
                if row is None:
                    continue
                paced = row.lane == PROACTIVE
                await self._pace.place(paced=paced)
                if not self._room.may_send():  # that may have been long: it is read again
                    return
                began = self._clock()
                with self._pace.passing(paced=paced):
                    outcome = await attempt(self._channel, row, self._tuning.send_takes_at_most)
                self._settle(replace(outcome, began=began))
                if not (outcome.done and self._room.may_send()):
                    return
                self._wake.set()  # written down while the next is sent: a kill repeats one
            read_again = not handed
        except DatabaseUnavailable:
            log.debug("not sent, the database is unavailable", channel=self.name)
        finally:
            self._room.leave(chat)
            self._reading.over(chat, read_again=read_again)
            self._wake.set()

    async def _prepared(self, row: Unsent) -> Unsent | None:
        """The message as it can be sent now; None if it cannot, or is worth nothing any more."""
        now = self._clock()
        if row.until is not None and row.until <= now:
            return None
        if row.lane != PROACTIVE:
            return row
        channel, windows, limited = self._channel, self._terms.windows, self._prepares
        try:
            ready = await self._database.run(
                lambda session: prepare(session, channel, row, now, windows, limited=limited)
            )
        except DatabaseUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - a bug must neither lose it nor block the rest
            log.error("cannot prepare a message", channel=self.name, **where(error))  # noqa: TRY400 - the text may quote it
            self._settle(Outcome(row, Result.AGAIN))
            return None
        self._ledger.count(ready.counts)
        return ready.row

    def _settle(self, outcome: Outcome) -> None:
        self._restraint.learn(outcome)
        if outcome.result is Result.AGAIN:
            outcome = self._tuning.put_off(outcome, self._clock())
        if outcome.result is Result.GAVE_UP:
            log.error("gave up on a message", channel=self.name, attempts=outcome.row.attempts + 1)
        if outcome.quota:  # what was read ahead may go another way
            self._prepares = True
            self._ahead.clear()
        self._ledger.note(outcome, paused=self._restraint.paused)

    async def _pace_proactive(self) -> None:
        """Begin one proactive message a turn, until cancelled."""
        while True:
            await self._queued.wait()
            await self._pace.turn()
            while not self._room.for_proactive():  # noqa: ASYNC110 - depends on time as well
                await asyncio.sleep(_PAUSE_S)
            row = self._next_ahead()
            if row is not None:
                self._begin(row.chat, [row], paced=True)
                self._pace.take()
            if len(self._ahead) < _READ_AGAIN_BELOW:
                self.wake()

    def _next_ahead(self) -> Unsent | None:
        taken = {*self._room.busy, *self._reading.awaited, *self._restraint.resting()}
        for chat, row in self._ahead.items():
            if chat not in taken:
                return row
        self._queued.clear()
        return None

    async def _finish(self, pacing: asyncio.Task[None]) -> None:
        self._runs = False
        pacing.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._tuning.grace):
                await self._last_look()
        under_way = {pacing, *self._room.busy.values()}
        _, late = await asyncio.wait(under_way, timeout=self._tuning.grace)
        for task in late:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        await self._ledger.write_down_all(self._room.holds_lock, self._tuning.grace)

    async def _last_look(self) -> None:
        """An answer queued just before the end still goes."""
        while self._reading.awaited:  # noqa: ASYNC110 - a transaction's end, milliseconds
            await asyncio.sleep(_SOON_S)
        if self._looking is not None:
            await self._looking
        if self._wake.is_set():
            await self._look()

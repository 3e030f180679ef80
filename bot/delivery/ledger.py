"""What was sent and is not yet written down; written down in one transaction with the next look."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TypeVar

import structlog
from sqlmodel import Session

from bot.channels.base import Channel
from bot.delivery.attempt import Outcome, Result
from bot.delivery.month import count_month, show_month, warn_once
from bot.delivery.numbering import take_back_unseen
from bot.delivery.preparing import limits
from bot.delivery.written import OnGone, write_down
from bot.observability import SENDS, where
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.queries.doors import Windows
from storage.queries.moving import MOVED
from storage.queries.shut_channel import tend_door
from storage.queries.waiting import drop_expired

log = structlog.get_logger("delivery")

T = TypeVar("T")

_EXPIRED_EVERY_S = 60.0
_PAUSE_S = 0.1


@dataclass(frozen=True)
class Terms:
    """What delivery knows beside the channels. `windows`: how long after a person's message a
    channel takes ours; `timezone`: where the months of its plan begin; `on_gone`: see Delivery;
    `on_moved` is told after the commit that messages went to other channels."""

    windows: Windows
    timezone: tzinfo
    on_gone: OnGone | None = None
    on_moved: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class _Taken:
    outcomes: list[Outcome]
    messages: int
    works: bool
    expires: bool


class Ledger:
    """Of one channel. Nothing leaves it before the transaction that has it is committed."""

    def __init__(
        self,
        database: Database,
        channel: Channel,
        clock: Callable[[], datetime],
        terms: Terms,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database, self._channel, self._clock = database, channel, clock
        self._terms, self._monotonic = terms, monotonic
        self._unwritten: list[Outcome] = []
        self._counted = channel.calls
        self._tends, self._numbers = limits(channel), not channel.can.buttons
        self._works = False  # something got through since the door was last looked at
        self._expired_at = -_EXPIRED_EVERY_S
        self.counts: Counter[str] = Counter()

    @property
    def empty(self) -> bool:
        """Everything that was sent is written down."""
        return not (self._unwritten or self._uncounted())

    def note(self, outcome: Outcome, *, paused: bool) -> None:
        """One attempt was made. What gets through while all `paused` began before: it is no sign."""
        if outcome.quota:
            self._tends, self._works = True, False
        elif outcome.result is Result.SENT and not paused:
            self._works = True
        if outcome.result is not Result.SHUT:  # counted by what becomes of the messages
            self.count({outcome.result: 1})
        nothing_new = outcome.result is Result.THROTTLED and not (outcome.rest or outcome.quota)
        if self._numbers or not nothing_new:
            self._unwritten.append(outcome)

    def count(self, counts: Mapping[str, int]) -> None:
        """So many messages had these results; of those that were moved their couriers hear."""
        for result, number in counts.items():
            self.counts[result] += number
            SENDS.labels(self._channel.name, result).inc(number)
        if counts.get(MOVED):
            self._terms.on_moved()

    async def write_down(
        self, look: Callable[[Session], T], *, sends: bool, busy: Collection[str] = ()
    ) -> T:
        """Write down what came of the attempts and `look` at what is next, in one transaction.

        `sends`: this process is the one that sends for the channel now, `busy` to these chats.
        Raises what the database raises; then nothing was written down.
        """
        taken = self._take()

        def work(session: Session) -> tuple[Counter[str], int | None, T]:
            now = self._clock()
            counts = self._write(session, taken, now)
            if sends and self._tends:
                counts += tend_door(
                    session,
                    self._channel.name,
                    now,
                    self._terms.windows,
                    works=taken.works,
                    skip=busy,
                )
            month = count_month(session, self._channel, now, self._terms.timezone, taken.messages)
            return counts, month, look(session)

        try:
            counts, month, seen = await self._database.run(work)
        except BaseException:
            self._give_back(taken)
            raise
        self._written(taken, counts, month)
        return seen

    async def write_down_all(self, sends: Callable[[], bool], patience: float) -> None:
        """At the end: everything, however often the database has to be asked for `patience` s."""
        deadline, name = self._monotonic() + patience, self._channel.name
        while not self.empty:
            try:
                await self.write_down(lambda _: None, sends=sends())
            except DatabaseUnavailable as error:
                if self._monotonic() >= deadline:
                    log.error("sent but not written down", channel=name, **where(error))  # noqa: TRY400 - place is enough
                    return
                await asyncio.sleep(_PAUSE_S)

    def _take(self) -> _Taken:
        expires = self._monotonic() - self._expired_at >= _EXPIRED_EVERY_S
        taken = _Taken(self._unwritten, self._uncounted(), self._works, expires)
        self._unwritten, self._counted = [], self._counted + taken.messages
        return taken

    def _give_back(self, taken: _Taken) -> None:
        self._unwritten[:0] = taken.outcomes
        self._counted -= taken.messages

    def _write(self, session: Session, taken: _Taken, now: datetime) -> Counter[str]:
        name, terms = self._channel.name, self._terms
        if self._numbers:
            take_back_unseen(session, taken.outcomes, now)
        if taken.expires:
            drop_expired(session, now, name)
        return write_down(session, name, taken.outcomes, terms.on_gone, now, terms.windows)

    def _written(self, taken: _Taken, counts: Counter[str], month: int | None) -> None:
        self.count(counts)
        self._works = self._works and not taken.works
        if taken.expires:
            self._expired_at = self._monotonic()
        if month is not None:
            show_month(self._channel, month)
            warn_once(self._channel, month - taken.messages, month)

    def _uncounted(self) -> int:
        return self._channel.calls - self._counted if self._channel.can.monthly else 0

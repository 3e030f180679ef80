"""The pace of proactive messages: even, and answers take turns of it too."""

import asyncio
import math
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil, floor

from aiolimiter import AsyncLimiter

from bot.channels.base import Channel

# Turns that came late, as timers and busy machines make them, are made up for: so many at most.
_LATE = 3.0
# Of a turn lies between two, also then: an answer's place comes soon wherever it is needed.
_EVEN = 0.9
_ANSWER_WAITS_S = 0.1  # at most, for the messenger's count of the last second
_FORGETS = 0.0005  # of how quick the messenger was, with each message
_UNSURE_S = 0.003  # of that: there and back were not at their quickest in one message
_LEFT_AT_FIRST, _MOST_LEFT = 2.0, 4.0  # places for answers in a second
_LEAVES_LESS = 0.01  # of these, with each turn


@dataclass(slots=True)
class _Passing:
    """One message on its way to the messenger; seconds of a clock that only goes forward."""

    began: float
    paced: bool
    ended: float | None = None


class Pace:
    """One turn every 1/rate seconds: no bursts, which draw 429s, and none of it holds an answer.

    What else goes out (answers, the second message of a long one) takes turns of this lane, a
    second's worth at most, so that all of it together keeps the messenger's pace. `most_ahead`:
    how many messages may be under way that the channel has not counted yet.

    Whatever went late or was long under way: in no second of the messenger's own there are more
    than it takes. An answer meets that only while proactive messages go out, and for a moment;
    they leave it as many places as answers lately took in a second.
    """

    def __init__(self, channel: Channel, most_ahead: int) -> None:
        self._channel, self._most_ahead = channel, most_ahead
        self._rate = channel.proactive_per_second
        self._limiter = AsyncLimiter(1 + _LATE, (1 + _LATE) / self._rate)
        self._paid = channel.calls
        self._last: deque[_Passing] = deque(maxlen=floor(self._rate) + 1)
        self._quickest = math.inf  # seconds a message took, there and back
        self._turned_at = self._paced_at = -math.inf
        self._answers_waiting = 0
        self._left = 0.0  # places in a second, for answers

    async def turn(self) -> None:
        """Wait for the next turn; what went out beside this lane pays its own first."""
        if time.monotonic() - self._turned_at > (1 + _LATE) / self._rate:
            await self._limiter.acquire(_LATE)  # nobody waited: there is nothing to make up for,
            self._paid = self._channel.calls  # nor to pay that the messenger still counts
            self._left = _LEFT_AT_FIRST
        await self._limiter.acquire()
        await asyncio.sleep(self._turned_at + _EVEN / self._rate - time.monotonic())
        self._turned_at = time.monotonic()
        made = self._channel.calls
        self._paid = min(max(self._paid, made - ceil(self._rate)), made + self._most_ahead)
        while self._channel.calls > self._paid:
            self._paid += 1
            await self._limiter.acquire()

    def take(self) -> None:
        """This turn is taken by one message."""
        self._paid += 1

    async def place(self, *, paced: bool) -> None:
        """Wait until the messenger takes one more in this second."""
        if paced:
            self._left = max(0.0, self._left - _LEAVES_LESS)
            while self._answers_waiting or self._full_for(ceil(self._left)) > 0:  # noqa: ASYNC110 - time decides
                await asyncio.sleep(max(0.001, self._full_for(ceil(self._left))))
            self._paced_at = time.monotonic()
        elif time.monotonic() - self._paced_at < 1:
            await self._wait_as_an_answer()

    @contextmanager
    def passing(self, *, paced: bool) -> Iterator[None]:
        """Around sending one message, for which there was a `place` just now."""
        passing = _Passing(time.monotonic(), paced)
        self._last.append(passing)
        try:
            yield
        finally:
            passing.ended = time.monotonic()
            took = passing.ended - passing.began
            quickest = min(took, self._quickest)
            self._quickest = quickest + (took - quickest) * _FORGETS

    async def _wait_as_an_answer(self) -> None:
        until = time.monotonic() + _ANSWER_WAITS_S
        self._answers_waiting += 1
        try:
            while 0 < (wait := self._full_for(0)) <= until - time.monotonic():  # noqa: ASYNC110 - time decides
                await asyncio.sleep(wait)
        finally:
            self._answers_waiting -= 1
        lately = sum(not each.paced for each in self._counted(time.monotonic()))
        self._left = min(max(self._left, lately + 1.0), _MOST_LEFT)

    def _full_for(self, left: int) -> float:
        """Seconds until the messenger surely counts fewer in the last second than it takes, so many
        places `left` for answers that may come."""
        now = time.monotonic()
        counted = self._counted(now)
        answers = sum(not each.paced for each in counted)
        over = len(counted) + max(0, left - answers) - (self._last.maxlen or 0)
        return 0 if over < 0 or not counted else self._counts_until(counted[0], now) - now

    def _counted(self, now: float) -> list[_Passing]:
        return [each for each in self._last if self._counts_until(each, now) > now]

    def _counts_until(self, passing: _Passing, now: float) -> float:
        """When the messenger surely counts it no more.

        When it counted a message lies between the two ends of its way; what all of them need for
        that way does not count, as the next one needs it too.
        """
        if passing.ended is None:  # one that is answered so late was counted long ago
            return min(now, passing.began + 1) + 1
        return passing.ended - max(0.0, self._quickest - _UNSURE_S) + 1

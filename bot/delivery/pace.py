"""The pace of proactive messages: even, and answers take turns of it too."""

from math import ceil

from aiolimiter import AsyncLimiter

from bot.channels.base import Channel

# A turn that wakes late, as timers do by a millisecond, is made up for by the next, by this part of
# a turn at most: 15 ms at 29.5 a second, which leaves 30 in any second whole.
_LATE = 0.44


class Pace:
    """One turn every 1/rate seconds: no bursts, which draw 429s, and none of it holds an answer.

    What else goes out (answers, the second message of a long one) takes turns of this lane, a
    second's worth at most, so that all of it together keeps the messenger's pace. `most_ahead`:
    how many messages may be under way that the channel has not counted yet.
    """

    def __init__(self, channel: Channel, most_ahead: int) -> None:
        self._channel, self._most_ahead = channel, most_ahead
        self._rate = channel.proactive_per_second
        self._limiter = AsyncLimiter(1 + _LATE, (1 + _LATE) / self._rate)
        self._paid = channel.calls

    async def turn(self) -> None:
        """Wait for the next turn; what went out beside this lane pays its own first."""
        await self._limiter.acquire()
        made = self._channel.calls
        self._paid = min(max(self._paid, made - ceil(self._rate)), made + self._most_ahead)
        while self._channel.calls > self._paid:
            self._paid += 1
            await self._limiter.acquire()

    def take(self) -> None:
        """This turn is taken by one message."""
        self._paid += 1

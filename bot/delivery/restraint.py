"""When not to send: what the server asked for, what failing teaches, and for how long."""

import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.delivery.attempt import Outcome, Result
from storage.queries.traffic import PROACTIVE

_jitter = random.SystemRandom()


@dataclass(frozen=True)
class Tuning:
    """How delivery behaves; waits and times in seconds.

    `at_once`: chats sent to at the same time, for answers and for proactive messages each.
    `gives_up_after` attempts is a day of them: 511 s of doubling, then one every five minutes.
    `probes_after` failures in a row one message at a time is tried. `all_pause_after` chats
    throttled in a row the whole token pauses.
    """

    at_once: int = 64
    looks_every: float = 1.0
    first_wait: float = 1.0
    longest_wait: float = 300.0
    gives_up_after: int = 295
    probes_after: int = 8
    all_pause_after: int = 5
    send_takes_at_most: float = 60.0
    grace: float = 10.0
    database_wait: float = 1.0

    def wait_after(self, attempts: int) -> timedelta:
        """How long to wait after so many failed attempts, never twice the same."""
        longest = min(self.longest_wait, self.first_wait * 2.0 ** min(attempts, 20))
        return timedelta(seconds=longest * _jitter.uniform(0.75, 1.25))

    def put_off(self, failed: Outcome, now: datetime) -> Outcome:
        """The attempt that failed with when the next is due; GAVE_UP if there is none."""
        attempts = failed.row.attempts
        if attempts + 1 >= self.gives_up_after:
            return replace(failed, result=Result.GAVE_UP, rest=None)
        return replace(failed, put_off_until=now + self.wait_after(attempts))


class Restraint:
    """Kept in memory: after a restart the server says again what it wants."""

    def __init__(self, tuning: Tuning, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._tuning, self._monotonic = tuning, monotonic
        self._resting: dict[str, float] = {}
        self._paused_until = self._spent_until = 0.0
        self._failures = 0
        self._throttled: set[str] = set()

    @property
    def probing(self) -> bool:
        """Nothing gets through: only one message at a time is worth trying."""
        return self._failures >= self._tuning.probes_after

    @property
    def paused(self) -> bool:
        """The whole token is to be quiet."""
        return self._monotonic() < self._paused_until

    @property
    def spent(self) -> bool:
        """What the plan allows is used up."""
        return self._monotonic() < self._spent_until

    def resting(self) -> set[str]:
        """The chats (pseudonyms) that are to be left alone."""
        now = self._monotonic()
        self._resting = {chat: until for chat, until in self._resting.items() if until > now}
        return set(self._resting)

    def next_end(self, at_most: float) -> float:
        """Seconds until the next rest or pause ends."""
        now = self._monotonic()
        ends: Iterable[float] = (*self._resting.values(), self._paused_until)
        return max(0.01, min([at_most, *(until - now for until in ends if until > now)]))

    def learn(self, outcome: Outcome) -> None:
        """Draw the conclusions from one attempt.

        Telegram's 429 does not say whether it is about the chat or the token: what comes for a
        proactive message, or for several chats in a row, is about the token.
        """
        if outcome.result is Result.SENT:
            self._failures = 0
            self._throttled.clear()
        elif outcome.result is Result.AGAIN:
            self._failures += 1
        elif outcome.result is Result.THROTTLED:
            until = self._monotonic() + outcome.seconds
            self._resting[outcome.row.chat] = until
            self._throttled.add(outcome.row.chat)
            if (
                outcome.everyone
                or outcome.row.lane == PROACTIVE
                or len(self._throttled) >= self._tuning.all_pause_after
            ):
                self._paused_until = max(self._paused_until, until)
            if outcome.quota:
                self._spent_until = max(self._spent_until, until)

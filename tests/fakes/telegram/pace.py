"""Telegram's own rate limits: the whole bot (counted in one of three ways), one chat, one group."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Literal, Protocol

from .parameters import words

# Which calls Telegram counts; edits and deletions are messages to the chat as well.
COUNTED = words(
    "sendMessage sendPhoto sendDocument editMessageText editMessageCaption editMessageMedia"
    " editMessageReplyMarkup",
)


@dataclass(frozen=True)
class Pace:
    """https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this

    Which of the three kinds limits a bot is not told; `burst` is the size of a bucket.
    """

    kind: Literal["bucket", "sliding", "fixed"] = "bucket"
    per_second: float = 30.0
    burst: float = 30.0
    chat_per_second: float = 1.0
    chat_burst: float = 5.0
    group_per_minute: float = 20.0


@dataclass
class _Bucket:
    rate: float
    size: float
    level: float
    at: float

    def wait(self, now: float) -> float:
        """Seconds until one token is there, 0 when it is."""
        self.level = min(self.size, self.level + (now - self.at) * self.rate)
        self.at = now
        return 0.0 if self.level >= 1.0 else (1.0 - self.level) / self.rate

    def take(self, _now: float) -> None:
        self.level -= 1.0


@dataclass
class _Sliding:
    """So many in any second."""

    most: float
    taken: deque[float] = field(default_factory=deque)

    def wait(self, now: float) -> float:
        while self.taken and self.taken[0] <= now - 1.0:
            self.taken.popleft()
        return 0.0 if len(self.taken) < self.most else self.taken[0] + 1.0 - now

    def take(self, now: float) -> None:
        self.taken.append(now)


@dataclass
class _Fixed:
    """So many in each second of the clock."""

    most: float
    second: int = 0
    taken: int = 0

    def wait(self, now: float) -> float:
        if math.floor(now) != self.second:
            self.second, self.taken = math.floor(now), 0
        return 0.0 if self.taken < self.most else self.second + 1.0 - now

    def take(self, _now: float) -> None:
        self.taken += 1


class _Limit(Protocol):
    def wait(self, now: float) -> float: ...

    def take(self, now: float) -> None: ...


@dataclass
class RateLimiter:
    pace: Pace
    buckets: dict[int | None, _Limit] = field(default_factory=dict)

    def take(self, chat: int | None, now: float) -> int | None:
        """None when the call may pass, else retry_after in whole seconds; a refusal costs none."""
        buckets = [self._bucket(None, now)]
        if chat is not None:
            buckets.append(self._bucket(chat, now))
        wait = max(bucket.wait(now) for bucket in buckets)
        if wait > 0:
            return max(1, math.ceil(wait))
        for bucket in buckets:
            bucket.take(now)
        return None

    def _bucket(self, chat: int | None, now: float) -> _Limit:
        if chat is None and chat not in self.buckets and self.pace.kind != "bucket":
            window = _Sliding if self.pace.kind == "sliding" else _Fixed
            self.buckets[chat] = window(self.pace.per_second)
        if chat not in self.buckets:
            rate, size = self._shape(chat)
            self.buckets[chat] = _Bucket(rate, size, size, now)
        return self.buckets[chat]

    def _shape(self, chat: int | None) -> tuple[float, float]:
        if chat is None:
            return self.pace.per_second, self.pace.burst
        if chat < 0:
            return self.pace.group_per_minute / 60.0, self.pace.group_per_minute
        return self.pace.chat_per_second, self.pace.chat_burst

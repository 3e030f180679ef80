"""Waiting, as every messenger's door does it: longer after each failure, and only while we hold the lock."""

import asyncio
import random
from collections.abc import Coroutine
from typing import Any

from bot.locks import SenderLock

_jitter = random.SystemRandom()


def growing(first: float, longest: float, failures: int) -> float:
    """Seconds to wait after the nth failure in a row: doubled each time, never twice the same."""
    return jittered(min(longest, first * 2.0 ** min(failures - 1, 10)))


def jittered(seconds: float, least: float = 0.75, most: float = 1.25) -> float:
    """About so many seconds, so that several programs do not come all at once."""
    return seconds * _jitter.uniform(least, most)


async def unless_lost(lock: SenderLock | None, poll: Coroutine[Any, Any, None]) -> bool:
    """Poll; False if the lock was lost meanwhile: the process that has it now polls."""
    polling = asyncio.create_task(poll, name="poll")
    waiting = {polling}
    if lock is not None:
        waiting.add(asyncio.create_task(lock.wait_lost(), name="lock lost"))
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        over = polling.done()
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    if over:
        polling.result()
    return over

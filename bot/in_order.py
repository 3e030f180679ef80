"""One after the other for each chat, several chats at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class _Place:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0


class InOrder:
    """Whoever asks first is served first; remembers only chats that somebody waits for."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], _Place] = {}

    @asynccontextmanager
    async def turn_of(self, channel: str, chat: str) -> AsyncIterator[None]:
        """Wait for this chat's earlier updates; asyncio.Lock serves in the order of asking."""
        place = self._places.setdefault((channel, chat), _Place())
        place.waiting += 1
        try:
            async with place.lock:
                yield
        finally:
            place.waiting -= 1
            if place.waiting == 0:
                del self._places[channel, chat]

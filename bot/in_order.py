"""One after the other for each chat, several chats at once."""

import asyncio
from dataclasses import dataclass, field


@dataclass
class _Place:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0


class InOrder:
    """Whoever asks first is served first; remembers only chats that somebody waits for."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], _Place] = {}

    def turn_of(self, channel: str, chat: str) -> "_Turn":
        """To be entered: waits for this chat's earlier updates."""
        return _Turn(self._places, (channel, chat))


class _Turn:
    """Held while one update of a chat is handled; asyncio.Lock serves in the order of asking."""

    __slots__ = ("_chat", "_place", "_places")

    def __init__(self, places: dict[tuple[str, str], _Place], chat: tuple[str, str]) -> None:
        self._places, self._chat = places, chat

    async def __aenter__(self) -> None:
        self._place = self._places.get(self._chat) or self._places.setdefault(self._chat, _Place())
        self._place.waiting += 1
        try:
            await self._place.lock.acquire()
        except BaseException:
            self._leave()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._place.lock.release()
        self._leave()

    def _leave(self) -> None:
        self._place.waiting -= 1
        if self._place.waiting == 0:
            del self._places[self._chat]

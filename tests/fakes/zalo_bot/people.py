"""People: they write, send what has no words, and read what the bot sent."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable

from .records import JSON, Shown
from .updates import Updates

_NUMBERS = itertools.count(0x2D758CB5)


class Person:
    """One person with a private chat, whose id is the person's. Methods work from any thread."""

    def __init__(self, updates: Updates, shown: list[Shown], person_id: str, name: str) -> None:
        self._updates, self._shown = updates, shown
        self.id, self.name = person_id, name

    def says(self, text: str) -> str:
        """Write; returns the message's id."""
        return self.does("message.text.received", text=text)

    def sends(self, kind: str, **content: object) -> str:
        """Send an "image", "sticker", "voice" or something "unsupported"."""
        return self.does(f"message.{kind}.received", **content)

    def does(self, event: str, *, chat_type: str = "PRIVATE", **content: object) -> str:
        """Any event of this person."""
        name = f"{next(_NUMBERS):020x}"
        sender = {"id": self.id, "display_name": self.name, "is_bot": False}
        message: JSON = {
            "from": sender,
            "chat": {"id": self.id, "chat_type": chat_type},
            **content,
            "message_id": name,
            "date": int(time.time() * 1000),
        }
        self._updates.add({"event_name": event, "message": message})
        return name

    @property
    def messages(self) -> list[Shown]:
        """What the bot sent, oldest first."""
        with self._updates.lock:
            return list(self._shown)

    def texts(self) -> list[str]:
        return [each.text for each in self.messages]

    async def reads(self, words: str, *, timeout: float = 5.0) -> Shown:
        """Wait for a message with these words; the newest that has them."""
        deadline = time.monotonic() + timeout
        while (found := self._with(words)) is None:
            assert time.monotonic() < deadline, f"{words!r} is not in {self.texts()}"
            await asyncio.sleep(0.005)
        return found

    def waits_for(self, words: str, *, timeout: float = 10.0) -> Shown:
        """The same for a test without a loop."""
        return asyncio.run(self.reads(words, timeout=timeout))

    def _with(self, words: str) -> Shown | None:
        return next((each for each in reversed(self.messages) if words in each.text), None)


async def until(condition: Callable[[], object], timeout: float = 5.0) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, f"not true within {timeout} s"
        await asyncio.sleep(0.005)

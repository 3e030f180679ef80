"""People on Zalo: they follow, type, press, send pictures, read, leave."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .world import OA_ID, Account, Button, Message

if TYPE_CHECKING:
    from .server import FakeZaloOa


class User:
    """One person; what they do is posted to the bot's webhook."""

    def __init__(self, server: FakeZaloOa, account: Account) -> None:
        self._server, self._account = server, account

    @property
    def id(self) -> str:
        return self._account.id

    # Doing.

    def send(self, text: str) -> None:
        """Type a message."""
        self._say("user_send_text", {"text": text})

    def press(self, label: str) -> None:
        """Press the newest button whose title contains this; its payload is what is sent."""
        self._say("user_send_text", {"text": self.button(label).payload})

    def send_other(self, kind: str) -> None:
        """Send a picture, a sticker, a place, …"""
        self._say(f"user_send_{kind}", {"attachments": [{"type": kind, "payload": {"id": "1"}}]})

    def follow(self) -> None:
        with self._server.world.lock:
            self._account.follows = True
            self._account.heard = self._server.world.now()
        self._follower("follow")

    def unfollow(self) -> None:
        with self._server.world.lock:
            self._account.follows = False
        self._follower("unfollow")

    def block(self) -> None:
        """Refuse the account's messages; Zalo tells nobody."""
        with self._server.world.lock:
            self._account.blocked = True

    def read(self) -> None:
        """Look at the newest message, which Zalo tells the bot."""
        seen = {"msg_ids": [self.messages[-1].message_id]}
        self._event("user_seen_message", sender={"id": self.id}, message=seen)

    def _say(self, name: str, message: dict[str, object]) -> None:
        world = self._server.world
        with world.lock:
            self._account.heard = world.now()
            message["msg_id"] = world.number("in-")
        self._event(name, sender={"id": self.id}, message=message)

    def _event(self, name: str, **content: object) -> None:
        raw = {"recipient": {"id": OA_ID}, "event_name": name, "user_id_by_app": "552", **content}
        self._server.post(raw, lane=self.id)

    def _follower(self, name: str) -> None:
        raw = {"oa_id": OA_ID, "follower": {"id": self.id}, "event_name": name, "source": "oa"}
        self._server.post(raw, lane=self.id)

    # Seeing.

    @property
    def messages(self) -> list[Message]:
        with self._server.world.lock:
            return list(self._account.inbox)

    def text(self) -> str:
        """Everything that was read, oldest first."""
        return "\n".join(message.text for message in self.messages)

    def titles(self) -> list[str]:
        """The buttons of the newest message."""
        return [button.title for button in self.messages[-1].buttons] if self.messages else []

    def button(self, label: str) -> Button:
        for message in reversed(self.messages):
            for button in message.buttons:
                if label in button.title:
                    return button
        raise AssertionError(f"no button {label!r} in {self.messages[-1:]}")

    async def sees(self, words: str, *, since: int = 0, timeout: float = 5.0) -> Message:
        """The first message, after `since` others, that has these words; waits for it."""
        await self._server.until(lambda: self._found(words, since), timeout, self._told(words))
        found = self._found(words, since)
        assert found is not None
        return found

    def waits_for(self, words: str, *, since: int = 0, timeout: float = 10.0) -> Message:
        """`sees` for a test without a loop."""
        self._server.wait_until(lambda: self._found(words, since), timeout, self._told(words))
        found = self._found(words, since)
        assert found is not None
        return found

    def _found(self, words: str, since: int) -> Message | None:
        return next((each for each in self.messages[since:] if words in each.text), None)

    def _told(self, words: str) -> Callable[[], str]:
        return lambda: f"{words!r} was not said: {self.messages}"

"""People and groups: they write, tap, forge, forward, block, and look at what is shown."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from .entities import found_entities
from .parameters import JSON, Upload
from .reading import describe, find_button, newest_from_bot
from .records import Button, Shown, Toast
from .updates import UpdateQueue
from .world import Account, Room, World, shown

Wanted = str | Callable[[Shown], bool]


class Group:
    """A group the bot belongs to; reads_all=False is the bot's usual privacy mode."""

    def __init__(self, world: World, updates: UpdateQueue, room: Room) -> None:
        self._world = world
        self._updates = updates
        self._room = room
        self.id = int(room.chat["id"])

    def remove_bot(self, by: User) -> None:
        """my_chat_member; from now on sends answer 403."""
        with self._world.lock:
            self._room.bot_inside = False
            body = membership(self._world, self._room.chat, by.profile, "member", "left")
            self._updates.add("my_chat_member", body)

    def messages(self) -> list[Shown]:
        with self._world.lock:
            return [shown(stored) for stored in self._room.messages.values()]


def membership(world: World, chat: JSON, by: JSON, old: str, new: str) -> JSON:
    """The body of my_chat_member; until_date belongs to "kicked" only."""

    def member(status: str) -> JSON:
        until = {"until_date": 0} if status == "kicked" else {}
        return {"user": world.bot, "status": status, **until}

    return {
        "chat": chat,
        "from": by,
        "date": world.now(),
        "old_chat_member": member(old),
        "new_chat_member": member(new),
    }


class User:
    """One person with a private chat to the bot. Methods may be called from any thread."""

    def __init__(self, world: World, updates: UpdateQueue, account: Account, room: Room) -> None:
        self._world = world
        self._updates = updates
        self._account = account
        self._room = room
        self.profile = account.profile
        self.id = int(account.profile["id"])

    # Writing. Each returns the new message's id.

    def send(self, text: str, *, reply_to: int | None = None) -> int:
        """Commands, links, mentions and hashtags get their entities."""
        entities = found_entities(text)
        return self._say(self._room, {"text": text, "entities": entities}, reply_to)

    def send_in(self, group: Group, text: str, *, reply_to: int | None = None) -> int:
        """In a group; the bot in privacy mode sees commands, mentions and replies to it only."""
        with self._world.lock:
            room = self._world.rooms[group.id]
            if self.id not in room.members:
                raise AssertionError(f"{self.profile['first_name']} is not in the group")
            body = {"text": text, "entities": found_entities(text)}
            return self._say(room, body, reply_to, visible=self._visible(room, text, reply_to))

    def send_sticker(self, emoji: str = "👍") -> int:
        sticker = {"type": "regular", "width": 512, "height": 512, "is_animated": False}
        body = {**sticker, "is_video": False, "emoji": emoji, "set_name": "HotCherry"}
        return self._send_file("sticker", body)

    def send_photo(self, caption: str = "", content: bytes = b"\x89PNG\r\n\x1a\n") -> int:
        with self._world.lock:
            file_id = self._world.keep_file(Upload("photo.png", content))
            size = {"width": 1280, "height": 720, "file_size": len(content)}
            photo = [{"file_id": file_id, "file_unique_id": file_id[-8:], **size}]
            entities = found_entities(caption)
            body = {"photo": photo, "caption": caption, "caption_entities": entities}
            return self._say(self._room, body)

    def send_voice(self, seconds: int = 3) -> int:
        return self._send_file("voice", {"duration": seconds, "mime_type": "audio/ogg"})

    def send_location(self, latitude: float = 21.0285, longitude: float = 105.8542) -> int:
        return self._say(self._room, {"location": {"latitude": latitude, "longitude": longitude}})

    def send_contact(self, phone: str = "84901234567") -> int:
        name = self.profile["first_name"]
        contact = {"phone_number": phone, "first_name": name, "user_id": self.id}
        return self._say(self._room, {"contact": contact})

    def forward(self, message: Shown | int) -> int:
        """Forwards a message of this chat (or of any, as Shown) to the bot."""
        with self._world.lock:
            room, wanted = self._room, message
            if isinstance(wanted, Shown):
                room, wanted = self._world.rooms[wanted.chat_id], wanted.message_id
            raw = room.messages[wanted].raw
            skip = (
                "message_id",
                "from",
                "chat",
                "date",
                "edit_date",
                "reply_to_message",
                "reply_markup",
            )
            body = {key: value for key, value in raw.items() if key not in skip}
            origin = {"type": "user", "sender_user": raw["from"], "date": raw["date"]}
            return self._say(self._room, {"forward_origin": origin, **body})

    def edit(self, message_id: int, text: str) -> None:
        """Edits an own message: edited_message."""
        with self._world.lock:
            stored = self._room.messages[message_id]
            if stored.by_bot:
                raise AssertionError("a person edits own messages only")
            self._world.change(stored, {"text": text, "entities": found_entities(text)})
            self._updates.add("edited_message", stored.raw)

    # Tapping. Each returns the callback query's id.

    def tap(self, label: str, *, group: Group | None = None) -> str:
        """Taps the button whose text contains label, on the newest message that has one.

        A label that is equal, or equal but for an icon, wins over one that merely contains it.
        """
        with self._world.lock:
            room = self._world.rooms[group.id] if group else self._room
            button = find_button([shown(s) for s in room.messages.values()], label)
            return self.press(button)

    def tap_data(self, data: str, message_id: int | None = None) -> str:
        """A forged press: any data, on the newest message of the bot or on any id."""
        with self._world.lock:
            if message_id is None:
                newest = newest_from_bot(self.messages())
                message_id = newest.message_id if newest else 0
            return self._press(self._room, message_id, data)

    def press(self, button: Button) -> str:
        """Presses a button seen earlier, even if it is gone by now."""
        if button.data is None:
            raise AssertionError(f"{button.text!r} opens {button.raw}; the bot hears nothing of it")
        with self._world.lock:
            room = self._world.rooms[button.chat_id]
            return self._press(room, button.message_id, button.data)

    def _press(self, room: Room, message_id: int, data: str) -> str:
        if room is self._room and self._account.blocked:
            raise AssertionError(f"{self.profile['first_name']} has blocked the bot")
        stored = room.messages.get(message_id)
        gone = {"chat": room.chat, "message_id": message_id, "date": 0}
        press_id = self._world.new_press(self._account)
        body = {
            "id": press_id,
            "from": self.profile,
            "message": stored.raw if stored else gone,
            "chat_instance": str(-7_000_000_000_000_000_000 - room.chat["id"]),
            "data": data,
        }
        self._updates.add("callback_query", body)
        return press_id

    # Coming and going.

    def block(self) -> None:
        self._member("member", "kicked")

    def unblock(self) -> None:
        self._member("kicked", "member")

    def deactivate(self) -> None:
        """Deletes the account: sends answer 403, no update is sent."""
        with self._world.lock:
            self._account.deactivated = True

    def _member(self, old: str, new: str) -> None:
        with self._world.lock:
            self._account.blocked = new == "kicked"
            body = membership(self._world, self._room.chat, self.profile, old, new)
            self._updates.add("my_chat_member", body)

    # Looking.

    @property
    def toasts(self) -> list[Toast]:
        """Answers to this person's taps, oldest first."""
        with self._world.lock:
            return list(self._account.toasts)

    def messages(self) -> list[Shown]:
        with self._world.lock:
            return [shown(stored) for stored in self._room.messages.values()]

    def newest(self) -> Shown | None:
        return newest_from_bot(self.messages())

    def see(self) -> str:
        """The newest text (or caption) from the bot, "" when there is none."""
        newest = self.newest()
        return newest.text if newest else ""

    def buttons(self) -> list[str]:
        """Labels on the newest message from the bot."""
        newest = self.newest()
        return newest.labels if newest else []

    def wait_for(self, wanted: Wanted, timeout: float = 5.0) -> Shown:
        """The newest message from the bot with this text (or for which wanted is true)."""
        deadline = time.monotonic() + timeout
        with self._world.changed:
            while (found := self._matching(wanted)) is None:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise self._never(wanted, timeout)
                self._world.changed.wait(left)
            return found

    async def seen(self, wanted: Wanted, timeout: float = 5.0) -> Shown:
        """wait_for without blocking the test's loop."""
        deadline = time.monotonic() + timeout
        version = -1
        while time.monotonic() < deadline:
            if version != self._world.version:
                version = self._world.version
                found = self._matching(wanted)
                if found is not None:
                    return found
            await asyncio.sleep(0.01)
        raise self._never(wanted, timeout)

    def _matching(self, wanted: Wanted) -> Shown | None:
        def fits(message: Shown) -> bool:
            return wanted in message.text if isinstance(wanted, str) else wanted(message)

        candidates: Sequence[Shown] = self.messages()[::-1]
        return next((message for message in candidates if message.from_bot and fits(message)), None)

    def _never(self, wanted: Wanted, timeout: float) -> AssertionError:
        name = self.profile["first_name"]
        what = repr(wanted) if isinstance(wanted, str) else "what the predicate wants"
        return AssertionError(
            f"{name} did not see {what} within {timeout} s\n{describe(self.messages())}",
        )

    def _send_file(self, kind: str, body: JSON) -> int:
        with self._world.lock:
            file_id = self._world.keep_file(Upload(kind, kind.encode()))
            ids = {"file_id": file_id, "file_unique_id": file_id[-8:], "file_size": len(kind)}
            return self._say(self._room, {kind: {**ids, **body}})

    def _visible(self, room: Room, text: str, reply_to: int | None) -> bool:
        name = f"@{self._world.bot['username']}".lower()
        words = text.split(maxsplit=1)
        command = words[0].lower() if words and words[0].startswith("/") else ""
        for_bot = bool(command) and ("@" not in command or command.endswith(name))
        replied = room.messages.get(reply_to or 0)
        to_bot = replied is not None and replied.by_bot
        return room.bot_reads_all or for_bot or to_bot or name in text.lower()

    def _say(
        self, room: Room, body: JSON, reply_to: int | None = None, *, visible: bool = True
    ) -> int:
        with self._world.lock:
            private = room is self._room
            if private and self._account.blocked:
                raise AssertionError(f"{self.profile['first_name']} has blocked the bot")
            self._account.started = self._account.started or private
            if reply_to is not None:
                body = {"reply_to_message": room.messages[reply_to].raw, **body}
            stored = self._world.post(room, self.profile, body)
            if visible and room.bot_inside:
                self._updates.add("message", stored.raw)
            return int(stored.raw["message_id"])

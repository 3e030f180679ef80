"""Who and what there is: people, chats, messages, pressed buttons. One lock guards all of it."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .entities import to_html
from .errors import bad_request, forbidden
from .parameters import JSON, Params, Upload
from .records import Button, Shown, Toast

KINDS = ("photo", "document", "sticker", "voice", "location", "contact")


@dataclass
class Account:
    """A person on Telegram and how they stand with the bot."""

    profile: JSON
    started: bool = False
    blocked: bool = False
    deactivated: bool = False
    toasts: list[Toast] = field(default_factory=list)


@dataclass
class Room:
    """A private chat or a group. chat is the Bot API's Chat object."""

    chat: JSON
    bot_inside: bool = True
    bot_reads_all: bool = True
    members: set[int] = field(default_factory=set)
    messages: dict[int, Stored] = field(default_factory=dict)


@dataclass
class Stored:
    """One message: its Bot API form now (replaced, never changed in place) and its history."""

    raw: JSON
    by_bot: bool
    edited: int = 0
    file: Upload | None = None


@dataclass
class Press:
    """A callback query waiting for its answer."""

    account: Account
    at: float
    answered: bool = False


class World:
    def __init__(self, bot: JSON, clock: Callable[[], float]) -> None:
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.version = 0
        self.bot = bot
        self.clock = clock
        self.accounts: dict[int, Account] = {}
        self.rooms: dict[int, Room] = {}
        self.presses: dict[str, Press] = {}
        self.files: dict[str, Upload] = {}
        self._message_ids = itertools.count(1)
        self._supergroup_ids: dict[int, itertools.count[int]] = {}
        self._press_ids = itertools.count(4_000_000_000_000_001)
        self._file_ids = itertools.count(1)

    def touch(self) -> None:
        """Tells waiting tests that something has changed; called with the lock held."""
        self.version += 1
        self.changed.notify_all()

    def now(self) -> int:
        return int(self.clock())

    def new_press(self, account: Account) -> str:
        press_id = str(next(self._press_ids))
        self.presses[press_id] = Press(account, time.monotonic())
        return press_id

    def keep_file(self, upload: Upload) -> str:
        file_id = f"AgACAgUAAxkBAAIB{next(self._file_ids):08d}"
        self.files[file_id] = upload
        return file_id

    def room(self, chat_id: str) -> Room:
        """The chat a call names; 400 when the bot knows no such chat."""
        if not chat_id:
            raise bad_request("chat_id is empty")
        try:
            return self.rooms[int(chat_id)]
        except (ValueError, KeyError):
            raise bad_request("chat not found") from None

    def writable_room(self, chat_id: str) -> Room:
        """Likewise, and 403 when the bot may not write there."""
        room = self.room(chat_id)
        kind = room.chat["type"]
        if kind != "private":
            if not room.bot_inside:
                raise forbidden(f"bot was kicked from the {kind} chat")
            return room
        account = self.accounts[room.chat["id"]]
        if account.deactivated:
            raise forbidden("user is deactivated")
        if account.blocked:
            raise forbidden("bot was blocked by the user")
        if not account.started:
            raise forbidden("bot can't initiate conversation with a user")
        return room

    def post(self, room: Room, sender: JSON, body: JSON, file: Upload | None = None) -> Stored:
        """Puts a new message into a chat."""
        by_bot = sender["id"] == self.bot["id"]
        raw = {
            "message_id": self._next_message_id(room),
            "from": sender,
            "chat": room.chat,
            "date": self.now(),
            **{key: value for key, value in body.items() if value not in (None, [], "")},
        }
        stored = Stored(raw, by_bot, file=file)
        room.messages[raw["message_id"]] = stored
        self.touch()
        return stored

    def _next_message_id(self, room: Room) -> int:
        # Private chats and basic groups of one bot share a counter; every supergroup has its own.
        if room.chat["type"] != "supergroup":
            return next(self._message_ids)
        return next(self._supergroup_ids.setdefault(room.chat["id"], itertools.count(1)))

    def change(self, stored: Stored, body: JSON) -> None:
        """Replaces content: keys with None (or empty) go, others are set."""
        raw = {**stored.raw, **body, "edit_date": self.now()}
        stored.raw = {key: value for key, value in raw.items() if value not in (None, [], "")}
        stored.edited += 1
        self.touch()

    def reply_target(self, room: Room, params: Params) -> JSON | None:
        reply: Any = params.json("reply_parameters")
        if not reply:
            return None
        found = room.messages.get(int(reply.get("message_id", 0)))
        if found is None:
            if reply.get("allow_sending_without_reply"):
                return None
            raise bad_request("message to be replied not found")
        return {key: value for key, value in found.raw.items() if key != "reply_to_message"}


def shown(stored: Stored) -> Shown:
    raw = stored.raw
    text: str = raw.get("text") or raw.get("caption") or ""
    entities: list[JSON] = raw.get("entities") or raw.get("caption_entities") or []
    return Shown(
        message_id=raw["message_id"],
        chat_id=raw["chat"]["id"],
        from_bot=stored.by_bot,
        kind=next((kind for kind in KINDS if kind in raw), "text"),
        text=text,
        html=to_html(text, entities),
        keyboard=_keyboard(raw),
        edited=stored.edited,
        file=stored.file,
        raw=raw,
    )


def _keyboard(raw: JSON) -> tuple[tuple[Button, ...], ...]:
    rows = raw.get("reply_markup", {}).get("inline_keyboard", [])
    return tuple(tuple(_button(button, raw) for button in row) for row in rows)


def _button(button: JSON, raw: JSON) -> Button:
    return Button(
        text=button["text"],
        data=button.get("callback_data"),
        url=button.get("url"),
        chat_id=raw["chat"]["id"],
        message_id=raw["message_id"],
        raw=button,
    )

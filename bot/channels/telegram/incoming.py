"""From an Update to an Incoming: what a person did, in Telegram's words."""

import re
from dataclasses import dataclass

from telegram import (
    CallbackQuery,
    ChatMember,
    ChatMemberUpdated,
    MaybeInaccessibleMessage,
    Message,
    Update,
    User,
)
from telegram.constants import ChatType

from bot.channels.telegram.usual import Usual
from handlers.messages import Incoming

NAME = "telegram"

# The order matters: an animation is a document as well, a venue a location.
_KINDS = (
    "animation", "audio", "checklist", "contact", "dice", "document", "game", "giveaway",
    "invoice", "paid_media", "photo", "poll", "sticker", "story", "venue", "location", "video",
    "video_note", "voice",
)  # fmt: skip
_COMMAND = re.compile(r"/(\w+)@(\w+)(?=\s|$)", re.ASCII)


_FILE = "f"  # marks the name of a message that shows a picture or a file


def message_name(message: MaybeInaccessibleMessage) -> str:
    """What a message is called in Incoming.pressed."""
    shows_file = isinstance(message, Message) and (message.photo or message.document)
    return f"{message.message_id}{_FILE if shows_file else ''}"


def named_message(name: str) -> tuple[int, bool]:
    """The number of a message, and whether it shows a picture or a file, whose text is none."""
    return int(name.removesuffix(_FILE)), name.endswith(_FILE)


@dataclass(frozen=True)
class Received:
    """Something to handle; `query` is the pressed button that waits for an answer."""

    incoming: Incoming
    query: str | None = None

    @property
    def chat(self) -> str:
        """The chat whose order it keeps."""
        return self.incoming.chat

    @property
    def key(self) -> str:
        """As in Incoming."""
        return self.incoming.key


@dataclass(frozen=True)
class Left:
    """The bot was blocked, or removed from a group; `key` as in Incoming."""

    chat: str
    key: str


@dataclass(frozen=True)
class Reader:
    """Reads updates for one bot; `username` is "" until it is known."""

    bot_id: int
    username: str = ""

    def read(self, update: Update | Usual) -> Received | Left | None:
        """What an update means; None for one that asks for nothing."""
        if isinstance(update, Usual):
            return self._usual(update)
        key = f"{self.bot_id}:{update.update_id}"
        if update.callback_query is not None:
            return self._pressed(key, update.callback_query)
        if update.my_chat_member is not None:
            return _left(key, update.my_chat_member)
        if update.edited_message is not None:
            return self._edited(key, update.edited_message)
        if update.message is not None:
            return self._written(key, update.message)
        return None

    def _usual(self, usual: Usual) -> Received:
        group = not usual.private  # whatever an action shows, the whole group would read it
        mark = _FILE if usual.shows_file else ""
        incoming = Incoming(
            channel=NAME,
            chat=str(usual.chat),
            person=str(usual.person),
            key=f"{self.bot_id}:{usual.update}",
            action=None if group else usual.action,
            text=None if usual.text is None else self._without_our_name(usual.text),
            other="group" if group else None,
            pressed=None if usual.message is None else f"{usual.message}{mark}",
            language=usual.language,
        )
        return Received(incoming, usual.query)

    def _pressed(self, key: str, query: CallbackQuery) -> Received | None:
        if query.from_user.is_bot or query.data is None:
            return None
        message = query.message
        chat = str(query.from_user.id if message is None else message.chat.id)
        pressed = None
        if message is not None and message.is_accessible:
            pressed = message_name(message)
        if message is not None and message.chat.type != ChatType.PRIVATE:
            # Whatever the action shows, the whole group would read it.
            incoming = self._incoming(key, chat, query.from_user, other="group", pressed=pressed)
        else:
            incoming = self._incoming(
                key, chat, query.from_user, action=query.data, pressed=pressed
            )
        return Received(incoming, str(query.id))

    def _edited(self, key: str, message: Message) -> Received | None:
        person = message.from_user
        if message.chat.type != ChatType.PRIVATE or person is None or person.is_bot:
            return None
        if message.location is not None:  # a live location moves every few seconds
            return None
        return Received(self._incoming(key, str(message.chat.id), person, other="edited"))

    def _written(self, key: str, message: Message) -> Received | None:
        person = message.from_user
        if person is None or person.is_bot:
            return None
        chat = str(message.chat.id)
        if message.chat.type != ChatType.PRIVATE:
            if not self._addressed(message):
                return None
            return Received(self._incoming(key, chat, person, other="group"))
        if message.text is not None:
            text = self._without_our_name(message.text)
            return Received(self._incoming(key, chat, person, text=text))
        kind = _kind(message)
        return None if kind is None else Received(self._incoming(key, chat, person, other=kind))

    def _addressed(self, message: Message) -> bool:
        """Whether a group message names this bot, in a command or a mention."""
        text = message.text or message.caption or ""
        if self.username:
            command = _COMMAND.match(text)
            if command is not None:
                return self._is_us(command[2])
            if re.search(rf"(?<!\w)@{re.escape(self.username)}(?!\w)", text, re.IGNORECASE):
                return True
        entities = (*message.entities, *message.caption_entities)
        return any(each.user is not None and each.user.id == self.bot_id for each in entities)

    def _without_our_name(self, text: str) -> str:
        command = _COMMAND.match(text)
        if command is None or not self._is_us(command[2]):
            return text
        return f"/{command[1]}{text[command.end() :]}"

    def _is_us(self, name: str) -> bool:
        return bool(self.username) and name.casefold() == self.username.casefold()

    @staticmethod
    def _incoming(
        key: str,
        chat: str,
        person: User,
        *,
        action: str | None = None,
        text: str | None = None,
        other: str | None = None,
        pressed: str | None = None,
    ) -> Incoming:
        return Incoming(
            channel=NAME,
            chat=chat,
            person=str(person.id),
            key=key,
            action=action,
            text=text,
            other=other,
            pressed=pressed,
            language=person.language_code if isinstance(person.language_code, str) else None,
        )


def _kind(message: Message) -> str | None:
    """What a message without text is; None for a service message, which nobody wrote."""
    for kind in _KINDS:
        if getattr(message, kind, None):
            return kind
    return "unknown" if message.api_kwargs else None


def _left(key: str, change: ChatMemberUpdated) -> Left | None:
    if change.new_chat_member.status in {ChatMember.BANNED, ChatMember.LEFT}:
        return Left(str(change.chat.id), key)
    return None

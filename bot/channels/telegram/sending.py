"""Sending one reply: edit or send, in pieces where it is long, with every fallback."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from telegram import InlineKeyboardMarkup, InputMediaPhoto
from telegram.constants import ParseMode
from telegram.error import BadRequest, TelegramError

from bot.channels.telegram.api import Api, number_of
from bot.channels.telegram.errors import (
    bad_entities,
    cannot_edit,
    not_modified,
    send_error,
    shows_a_file,
)
from bot.channels.telegram.incoming import named_message
from bot.channels.telegram.messages import Message, messages
from bot.drawing import Drawing
from bot.locks import SenderLock
from handlers.messages import Reply

log = structlog.get_logger("telegram")

_NO_PREVIEW = {"is_disabled": True}
_REMEMBERED_MESSAGES = 8192


@dataclass(frozen=True)
class _Shown:
    """What a message shows: a hash, and whether it is a picture or a file."""

    digest: bytes
    shows_file: bool


class Sender:
    """Remembers, as hashes and in memory only, what messages show: a second tap on the same
    button would otherwise be an edit that Telegram refuses as changing nothing."""

    def __init__(self, api: Api, lock: SenderLock | None, drawing: Drawing) -> None:
        self._api, self._lock, self._drawing = api, lock, drawing
        self._generation = 0
        self.calls = 0
        self._shown: OrderedDict[tuple[int, int], _Shown] = OrderedDict()

    async def send(self, address: str, answer: Reply, edit: str | None) -> None:
        """Send a reply to a chat, its first message in place of `edit`; raises a SendError."""
        if self._lock is not None and self._lock.generation != self._generation:
            self._shown.clear()  # while another process sent, it may have edited
            self._generation = self._lock.generation
        chat = int(address)
        sending = messages(*await self._drawing.of(answer))
        pressed, replaced = self._pressed(chat, edit, sending)
        outlived = not replaced and (sending[0].file is None or sending[0].is_picture)
        for index, message in enumerate(sending):
            try:
                in_place_of = pressed if index == 0 and replaced else None
                outlived = await self._one(chat, message, in_place_of) or outlived
            except TelegramError as error:
                failure = send_error(error)
                failure.rest = message.left if index else None
                raise failure from None
        if outlived and pressed is not None:
            await self._take_buttons(chat, pressed)

    def _pressed(
        self, chat: int, edit: str | None, sending: Sequence[Message]
    ) -> tuple[int | None, bool]:
        """The message to replace, and whether the first of these can take its place."""
        if edit is None:
            return None, False
        number, shows_file = named_message(edit)
        before = self._shown.get((chat, number))
        shows_file = before.shows_file if before is not None else shows_file
        return number, _can_replace(sending, shows_file=shows_file)

    async def _one(self, chat: int, message: Message, edit: int | None) -> bool:
        """Send one message; whether the message it was to replace is still there, outlived."""
        try:
            return await self._edit_or_send(chat, message, edit, ParseMode.HTML)
        except BadRequest as error:
            if not bad_entities(error):
                raise
            return await self._edit_or_send(chat, message, edit, None)

    async def _edit_or_send(
        self, chat: int, message: Message, edit: int | None, mode: ParseMode | None
    ) -> bool:
        outlived = False
        if edit is not None:
            try:
                await self._edit(chat, edit, message, mode)
            except BadRequest as error:
                if not cannot_edit(error):
                    raise
                outlived = shows_a_file(error)
            else:
                return False
        self._remember(chat, await self._send(chat, message, mode), message)
        return outlived

    async def _send(self, chat: int, message: Message, mode: ParseMode | None) -> int:
        """Send it as a new one; its number."""
        self.calls += 1
        if message.file is None:
            return number_of(await self._api.call("sendMessage", _words(chat, message, mode)))
        send = self._api.send_photo if message.is_picture else self._api.send_document
        sent = await send(
            chat,
            message.file.content,
            caption=_text(message, mode) or None,
            parse_mode=mode,
            reply_markup=_markup(message),
            filename=_file_name(message),
        )
        return sent.message_id

    async def _edit(self, chat: int, number: int, message: Message, mode: ParseMode | None) -> None:
        before = self._shown.pop((chat, number), None)
        if before is not None and before.digest == message.digest:
            self._remember(chat, number, message)
            return
        self.calls += 1
        try:
            if message.file is None:
                words = _words(chat, message, mode)
                await self._api.call("editMessageText", {**words, "message_id": number})
            else:
                picture = InputMediaPhoto(
                    message.file.content,
                    caption=_text(message, mode) or None,
                    parse_mode=mode,
                    filename=_file_name(message),
                )
                await self._api.edit_message_media(
                    picture, chat, number, reply_markup=_markup(message)
                )
        except BadRequest as error:
            if not not_modified(error):
                raise
        self._remember(chat, number, message)

    async def _take_buttons(self, chat: int, number: int) -> None:
        """Off a message that newer ones replace, best effort: its buttons would still work."""
        self._shown.pop((chat, number), None)
        self.calls += 1
        try:
            await self._api.edit_message_reply_markup(chat, number, reply_markup=None)
        except TelegramError as error:
            log.debug("old buttons stay", error=type(error).__name__)

    def _remember(self, chat: int, number: int, message: Message) -> None:
        self._shown[chat, number] = _Shown(message.digest, message.file is not None)
        while len(self._shown) > _REMEMBERED_MESSAGES:
            self._shown.popitem(last=False)


def _can_replace(sending: Sequence[Message], *, shows_file: bool) -> bool:
    """Words take the place of words, one picture that of words or a picture. A file to keep never
    does: what it was asked from stays."""
    first = sending[0]
    if first.file is None:
        return not shows_file
    return first.is_picture and len(sending) == 1


def _words(chat: int, message: Message, mode: ParseMode | None) -> dict[str, Any]:
    """A message without a file, as the Bot API takes it; without a keyboard an edit removes the
    one that is there."""
    words = {
        "chat_id": chat,
        "text": _text(message, mode),
        "parse_mode": mode and mode.value,
        "link_preview_options": _NO_PREVIEW,
        "reply_markup": message.words.keyboard,
    }
    return {name: value for name, value in words.items() if value is not None}


def _text(message: Message, mode: ParseMode | None) -> str:
    return message.words.html if mode else message.words.plain


def _markup(message: Message) -> InlineKeyboardMarkup | None:
    keyboard = message.words.keyboard
    return None if keyboard is None else InlineKeyboardMarkup.de_json(dict(keyboard), None)


def _file_name(message: Message) -> str:
    assert message.file is not None
    part = message.file.part
    return part.name if part.kind == "document" else f"{part.recipe}.png"

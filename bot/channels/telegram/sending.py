"""Sending one reply: edit or send, in pieces where it is long, with every fallback."""

import hashlib
from collections import OrderedDict

from telegram import LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import BadRequest, TelegramError

from bot.channels.telegram.api import Api
from bot.channels.telegram.errors import bad_entities, cannot_edit, not_modified, send_error
from bot.channels.telegram.render import Rendered, joined, render, split
from bot.locks import SenderLock
from handlers.messages import Reply

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_REMEMBERED_MESSAGES = 8192


class Sender:
    """Remembers, as hashes and in memory only, what messages show: a second tap on the same
    button would otherwise be an edit that Telegram refuses as changing nothing."""

    def __init__(self, api: Api, lock: SenderLock | None) -> None:
        self._api, self._lock = api, lock
        self._generation = 0
        self._shown: OrderedDict[tuple[int, int], bytes] = OrderedDict()

    async def send(self, address: str, answer: Reply, edit: str | None) -> None:
        """Send a reply to a chat, its first message in place of `edit`; raises a SendError."""
        if self._lock is not None and self._lock.generation != self._generation:
            self._shown.clear()  # while another process sent, it may have edited
            self._generation = self._lock.generation
        pages = split(answer)
        for index, page in enumerate(pages):
            try:
                await self._one(int(address), render(page), edit if index == 0 else None)
            except TelegramError as error:
                failure = send_error(error)
                failure.rest = joined(pages[index:]) if index else None
                raise failure from None

    async def _one(self, chat: int, message: Rendered, edit: str | None) -> None:
        try:
            await self._edit_or_send(chat, message, edit, ParseMode.HTML)
        except BadRequest as error:
            if not bad_entities(error):
                raise
            await self._edit_or_send(chat, message, edit, None)

    async def _edit_or_send(
        self, chat: int, message: Rendered, edit: str | None, mode: ParseMode | None
    ) -> None:
        if edit is not None:
            try:
                await self._edit(chat, int(edit), message, mode)
            except BadRequest as error:
                if not cannot_edit(error):
                    raise
            else:
                return
        sent = await self._api.send_message(
            chat,
            message.html if mode else message.plain,
            parse_mode=mode,
            link_preview_options=_NO_PREVIEW,
            reply_markup=message.keyboard,
        )
        self._remember(chat, sent.message_id, message)

    async def _edit(
        self, chat: int, number: int, message: Rendered, mode: ParseMode | None
    ) -> None:
        if self._shown.pop((chat, number), None) == _digest(message):
            self._remember(chat, number, message)
            return
        try:
            await self._api.edit_message_text(
                message.html if mode else message.plain,
                chat,
                number,
                parse_mode=mode,
                link_preview_options=_NO_PREVIEW,
                reply_markup=message.keyboard,  # None removes the one that is there
            )
        except BadRequest as error:
            if not not_modified(error):
                raise
        self._remember(chat, number, message)

    def _remember(self, chat: int, number: int, message: Rendered) -> None:
        self._shown[chat, number] = _digest(message)
        while len(self._shown) > _REMEMBERED_MESSAGES:
            self._shown.popitem(last=False)


def _digest(message: Rendered) -> bytes:
    keyboard = message.keyboard.to_json() if message.keyboard is not None else ""
    whole = f"{message.html}\0{keyboard}"
    return hashlib.blake2b(whole.encode(), digest_size=16).digest()

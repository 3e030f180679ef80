"""Sending one reply: pictures by their address, then the words, in as few messages as it takes."""

from collections.abc import Sequence

from bot.channels.base import SendError, TryAgain
from bot.channels.fetched import Address, with_addresses
from bot.channels.lengths import cut, units
from bot.channels.numbered import plain_texts
from bot.channels.status import Status
from bot.channels.zalo_bot.api import Api, CallFailed
from bot.channels.zalo_bot.errors import (
    QUOTA,
    is_about_the_picture,
    is_quota,
    is_token,
    send_error,
    trouble,
)
from handlers.messages import Picture, Reply, Text
from storage.errors import DatabaseUnavailable

LONGEST_TEXT = 2000  # UTF-16 code units
LONGEST_CAPTION = 1000  # no limit is documented: well below that of a text
_QUOTA_NOTE = "quota"


class Sender:
    """Sends replies. `shows_pictures`: whether Zalo can fetch pictures from our address."""

    def __init__(self, api: Api, status: Status, address: Address, *, shows_pictures: bool) -> None:
        self._api, self._status, self._address = api, status, address
        self._shows_pictures = shows_pictures
        self.calls = 0

    async def send(self, chat: str, answer: Reply) -> None:
        """Send a reply to a chat; raises a SendError."""
        left: Reply = answer
        try:
            for picture in [part for part in answer.parts if isinstance(part, Picture)]:
                if self._shows_pictures and await self._show(chat, picture, left):
                    left = _without(left, picture)
            if not left.parts and answer.parts:
                return
            texts = plain_texts(await with_addresses(left, self._address), most=LONGEST_TEXT)
            for index, text in enumerate(texts):
                if index:
                    left = _as_sent(texts[index:])
                await self._api.send_message(chat, text)
                self._sent()
        except (CallFailed, DatabaseUnavailable) as error:
            failure = self._failure(error)
            failure.rest = None if left is answer else left
            raise failure from None

    async def _show(self, chat: str, picture: Picture, left: Reply) -> bool:
        """Send a picture; False if Zalo does not take it: its words go out instead."""
        address = await self._address(picture)
        try:
            await self._api.send_photo(chat, address, _caption(picture, left))
        except CallFailed as error:
            if is_about_the_picture(error):
                return False
            raise
        self._sent()
        return True

    def _sent(self) -> None:
        self.calls += 1
        self._status.settled(_QUOTA_NOTE)

    def _failure(self, error: CallFailed | DatabaseUnavailable) -> SendError:
        if isinstance(error, DatabaseUnavailable):
            return TryAgain("no address without the database")
        if is_quota(error):
            self._status.note(_QUOTA_NOTE, QUOTA)
        elif is_token(error):
            self._status.down(trouble(error))
        return send_error(error)


def _without(answer: Reply, picture: Picture) -> Reply:
    kept = tuple(part for part in answer.parts if part is not picture)
    return answer.model_copy(update={"parts": kept})


def _caption(picture: Picture, left: Reply) -> str:
    """The picture in words; with the way to the menu where nothing else follows that tells it."""
    if left.parts == (picture,):
        texts = plain_texts(left, most=LONGEST_TEXT)
        if len(texts) == 1 and units(texts[0]) <= LONGEST_CAPTION:
            return texts[0]
    return next(cut(picture.alt, LONGEST_CAPTION), "")


def _as_sent(texts: Sequence[str]) -> Reply:
    """A reply that makes these messages again: the way to the menu is added once more at its end."""
    *first, last = texts
    (menu,) = plain_texts(Reply(parts=()), most=LONGEST_TEXT)
    kept = [*first, last.removesuffix(menu).rstrip()]
    return Reply(parts=tuple(Text(text=text) for text in kept if text))

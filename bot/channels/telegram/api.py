"""The Bot API client: PTB's ExtBot, quiet in the log, with updates as they came."""

from collections.abc import Mapping
from typing import Any

from telegram.error import NetworkError, TelegramError
from telegram.ext import ExtBot
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.channels.telegram.request import STRANGE, Request
from bot.config import TelegramSettings

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")


class Api(ExtBot[None]):
    """ExtBot, plus `raw_updates` and `call`."""

    def __init__(self, settings: TelegramSettings, calls: Request, polls: Request) -> None:
        super().__init__(
            settings.token.get_secret_value(),
            base_url=settings.api_base,
            request=calls,
            get_updates_request=polls,
        )
        self._requests = (calls, polls)

    async def call(self, method: str, parameters: Mapping[str, Any]) -> Any:
        """Call a method with values that are JSON already; its result as it came. For what is
        called with every tap: the library's own methods build and read objects nobody looks at."""
        data = RequestData([RequestParameter(*each, None) for each in parameters.items()])
        return await self.request.post(f"{self.base_url}/{method}", data)

    async def shutdown(self) -> None:
        """Let go of the connections, also of those that calls opened before `initialize`."""
        await super().shutdown()
        for each in self._requests:
            await each.shutdown()

    async def raw_updates(
        self, offset: int | None, wait: float, *, limit: int = 100
    ) -> list[dict[str, Any]]:
        """getUpdates without parsing: one update that cannot be read must not hide the others.

        `get_updates` parses all or nothing and logs what it could not read. The server answers
        within `wait` seconds, at once when there is something.
        """
        data = {
            "offset": offset,
            "limit": limit,
            "timeout": int(wait),
            "allowed_updates": list(ALLOWED_UPDATES),
        }
        answer_within = wait + 10
        updates: object = await self._post(
            "getUpdates", data, read_timeout=answer_within, pool_timeout=answer_within
        )
        if not isinstance(updates, list):
            raise TelegramError(STRANGE)
        return [each for each in updates if isinstance(each, dict)]

    async def _send_message(self, *arguments: Any, **named: Any) -> Any:
        """Every send and edit of the library. It reads the message that comes back as if only
        Telegram could answer: what cannot be read may have been sent or not."""
        try:
            sent = await super()._send_message(*arguments, **named)
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
            raise NetworkError(STRANGE) from None
        if sent is True and str(arguments[0]).startswith("send"):
            raise NetworkError(STRANGE)
        return sent


def number_of(sent: object) -> int:
    """The number of a message that was sent. Of what no Telegram would answer it is not known
    whether it arrived."""
    number = sent.get("message_id") if isinstance(sent, dict) else None
    if type(number) is not int:
        raise NetworkError(STRANGE)
    return number


def open_api(settings: TelegramSettings, *, connections: int = 256) -> Api:
    """A client for these settings; it connects with its first call."""
    return Api(settings, Request(connections=connections), Request(connections=2))

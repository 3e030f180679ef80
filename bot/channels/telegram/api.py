"""The Bot API client: PTB's ExtBot, quiet in the log, with updates as they came."""

import json
from typing import Any

from telegram.error import TelegramError
from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from bot.config import TelegramSettings

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")


class _QuietRequest(HTTPXRequest):
    """The library logs answers that are no JSON with their content, at every retry."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        try:
            parsed: dict[str, Any] = json.loads(payload.decode("utf-8", "replace"))
        except ValueError:
            raise TelegramError("Invalid server response") from None
        return parsed


class Api(ExtBot[None]):
    """ExtBot, plus `raw_updates`."""

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
        updates: list[dict[str, Any]] = await self._post(
            "getUpdates", data, read_timeout=answer_within, pool_timeout=answer_within
        )
        return updates


def open_api(settings: TelegramSettings, *, connections: int = 128) -> Api:
    """A client for these settings; it connects with its first call."""
    return Api(
        settings.token.get_secret_value(),
        base_url=settings.api_base,
        request=_QuietRequest(
            connection_pool_size=connections,
            connect_timeout=10,
            read_timeout=20,
            write_timeout=20,
            pool_timeout=10,
        ),
        get_updates_request=_QuietRequest(connection_pool_size=2, connect_timeout=10),
    )

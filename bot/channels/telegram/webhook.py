"""Updates that Telegram posts: setting the webhook, looking after it, taking one post."""

import asyncio
import json
from http import HTTPStatus

import structlog
from telegram.error import BadRequest

from bot.channels.posted import LARGEST_BODY, missing_setting, repeats
from bot.channels.status import Status
from bot.channels.telegram.api import ALLOWED_UPDATES, Api
from bot.channels.telegram.receive import Receiver
from bot.channels.telegram.waits import Waits
from bot.config import TelegramSettings
from bot.observability import redacted
from storage.errors import DatabaseUnavailable

log = structlog.get_logger("telegram")

WEBHOOK_PATH = "/hooks/telegram"
_CONNECTIONS = 40


class Webhook:
    """The way in for mode = "webhook"."""

    def __init__(
        self,
        api: Api,
        settings: TelegramSettings,
        public_url: str,
        receiver: Receiver,
        status: Status,
        waits: Waits,
    ) -> None:
        self._api, self._receiver = api, receiver
        self._status, self._waits = status, waits
        self._on = settings.mode == "webhook"
        self._secret = settings.webhook_secret.get_secret_value()
        self._public_url = public_url.rstrip("/")

    @property
    def missing(self) -> str:
        """The setting that is missing for this mode, in one line; "" if none is."""
        return missing_setting("telegram", self._public_url, self._secret)

    async def keep(self) -> None:
        """Set the webhook, then look after it; returns when it has to be set again."""
        url = self._public_url + WEBHOOK_PATH
        try:
            await self._api.set_webhook(
                url,
                max_connections=_CONNECTIONS,
                allowed_updates=ALLOWED_UPDATES,
                secret_token=self._secret,
            )
        except BadRequest as error:
            self._status.down(f"Telegram refuses the webhook: {redacted(error.message)}")
            await asyncio.sleep(self._waits.refused)
            return
        self._status.up()
        last_error = None
        while True:
            await asyncio.sleep(self._waits.check)
            info = await self._api.get_webhook_info()
            if info.url != url:
                self._status.down("another program took the webhook away; setting it again")
                return
            if not info.pending_update_count:
                self._status.up()
            elif info.last_error_date is not None and info.last_error_date != last_error:
                why = redacted(info.last_error_message or "unknown error")
                self._status.down(f"Telegram cannot deliver to the webhook: {why}")
            last_error = info.last_error_date

    async def take(self, secret: str | None, body: bytes) -> int:
        """One post: the HTTP status to answer, 200 only after the commit."""
        if not self._on:
            return HTTPStatus.NOT_FOUND
        if not repeats(secret, self._secret):
            return HTTPStatus.FORBIDDEN
        if len(body) > LARGEST_BODY:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        try:
            raw = json.loads(body)
        except (ValueError, RecursionError):
            log.warning("posted update is no JSON, passed over")
            return HTTPStatus.OK
        try:
            await self._receiver.take_all([raw])
        except DatabaseUnavailable:
            return HTTPStatus.SERVICE_UNAVAILABLE
        return HTTPStatus.OK

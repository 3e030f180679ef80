"""Updates that Zalo posts: setting the webhook, looking after it, taking one post."""

import asyncio
import json
from http import HTTPStatus

import structlog

from bot.channels.posted import LARGEST_BODY, missing_setting, repeats
from bot.channels.status import Status
from bot.channels.zalo_bot.api import Api, Refused, Verification, updates_in
from bot.channels.zalo_bot.errors import is_final, reason
from bot.channels.zalo_bot.receive import Receiver
from bot.channels.zalo_bot.waits import Waits
from bot.config import ZaloBotSettings
from bot.observability import redacted
from storage.errors import DatabaseUnavailable

log = structlog.get_logger("zalo_bot")

HOOK = "zalo-bot"
WEBHOOK_PATH = f"/hooks/{HOOK}"


class Webhook:
    """The way in for mode = "webhook"."""

    def __init__(
        self,
        api: Api,
        settings: ZaloBotSettings,
        public_url: str,
        receiver: Receiver,
        status: Status,
        waits: Waits,
    ) -> None:
        self._api, self._receiver = api, receiver
        self._status, self._waits = status, waits
        self._on = settings.mode == "webhook"
        self._secret = settings.webhook_secret.get_secret_value()
        self._url = f"{public_url.rstrip('/')}{WEBHOOK_PATH}" if public_url else ""

    @property
    def missing(self) -> str:
        """The setting that is missing for this mode, in one line; "" if none is."""
        return missing_setting("zalo_bot", self._url, self._secret)

    async def keep(self) -> None:
        """Set the webhook, then look after it; returns when it has to be set again."""
        if why := await self._set():
            self._status.down(why)
            await asyncio.sleep(self._waits.refused)
            return
        self._status.up()
        while True:
            await asyncio.sleep(self._waits.check)
            if await self._api.webhook() != self._url:
                self._status.down("another program took the webhook away; setting it again")
                return
            self._status.up()

    async def _set(self) -> str:
        """Set it; what is wrong in one line, or ""."""
        try:
            check = await self._api.set_webhook(self._url, self._secret)
        except Refused as error:
            if not is_final(error):
                raise
            return f"Zalo refuses the webhook: {redacted(reason(error))}"
        return "" if check.ok else _unverified(check)

    async def take(self, secret: str | None, body: bytes) -> int:
        """One post: the HTTP status to answer, 200 only after the commit. Zalo tries a new webhook
        with a body it does not document, so whatever carries the secret is welcome."""
        if not self._on:
            return HTTPStatus.NOT_FOUND
        if not repeats(secret, self._secret):
            return HTTPStatus.FORBIDDEN
        if len(body) > LARGEST_BODY:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        try:
            updates = list(updates_in(json.loads(body)))
        except (ValueError, RecursionError):
            log.info("posted body is no JSON, passed over")
            return HTTPStatus.OK
        try:
            for raw in updates:
                await self._receiver.take(raw)
        except DatabaseUnavailable:
            return HTTPStatus.SERVICE_UNAVAILABLE
        return HTTPStatus.OK


def _unverified(check: Verification) -> str:
    found = ", ".join(each for each in (check.status, check.outcome) if each)
    return (
        f"Zalo tried the webhook and did not get through ({redacted(found)[:60] or 'no reason'}): "
        "check that [web] public_url is reachable from the internet, with a valid certificate"
    )

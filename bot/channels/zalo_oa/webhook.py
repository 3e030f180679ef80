"""Events that Zalo posts: the signature, the answer within two seconds, what is acknowledged."""

import asyncio
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus

import structlog
from pydantic import ValidationError

from bot.channels.base import Capabilities
from bot.channels.posted import LARGEST_BODY, Forget, Handle
from bot.channels.zalo_oa.incoming import Event, Left, Unknown, read
from bot.channels.zalo_oa.waits import Waits
from bot.config import ZaloOaSettings
from bot.observability import where
from storage.errors import DatabaseUnavailable

log = structlog.get_logger("zalo_oa")

SIGNATURE = "x-zevent-signature"
COMES_BACK_DAYS = 7


def capabilities(settings: ZaloOaSettings) -> Capabilities:
    """Up to five choices are buttons, but everything works typed: numbers are kept for all."""
    return Capabilities(
        buttons=False,
        comes_back_days=COMES_BACK_DAYS,
        window=timedelta(hours=settings.window_hours),
    )


class Webhook:
    """Takes posts. What is not committed is not acknowledged; Zalo posts it again, up to an hour
    later, and what was handled meanwhile is known by its number."""

    def __init__(
        self, settings: ZaloOaSettings, handle: Handle, forget: Forget, waits: Waits
    ) -> None:
        self._app_id = settings.app_id
        self._secrets = _secrets(settings)
        self._can = capabilities(settings)
        self._handle, self._forget, self._waits = handle, forget, waits
        self._handling: set[asyncio.Task[HTTPStatus]] = set()
        self._told = False

    async def take(self, headers: Mapping[str, str], body: bytes) -> int:
        """One post: the HTTP status to answer, 200 only after the commit."""
        if len(body) > LARGEST_BODY:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        raw = self._signed(headers.get(SIGNATURE, ""), body)
        if raw is None:
            if not self._told:  # not for each: anybody can post
                log.warning(
                    "a post with a wrong signature or app is refused: if it was Zalo's, check "
                    "zalo_oa.app_id, oa_secret, app_secret and signed_with"
                )
            self._told = True
            return HTTPStatus.FORBIDDEN
        self._told = False
        task = asyncio.create_task(self._take(raw), name="zalo event")
        self._handling.add(task)
        task.add_done_callback(self._handling.discard)
        done, _ = await asyncio.wait({task}, timeout=self._waits.answer)
        return task.result() if done else HTTPStatus.SERVICE_UNAVAILABLE

    async def close(self, at_most: float) -> None:
        """Wait for what is being handled, at most so many seconds."""
        if self._handling:
            _, late = await asyncio.wait(set(self._handling), timeout=at_most)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _signed(self, header: str, body: bytes) -> dict[str, object] | None:
        """The event, if Zalo signed it for our app: a hash (no HMAC) over app, raw body, time and
        secret."""
        try:
            raw = json.loads(body)
        except (ValueError, RecursionError):
            return None
        if not isinstance(raw, dict) or str(raw.get("app_id", "")) != self._app_id:
            return None
        given, time = header.strip().removeprefix("mac=").lower(), str(raw.get("timestamp", ""))
        right = False
        for secret in self._secrets:
            signed = self._app_id.encode() + body + time.encode(errors="replace") + secret
            ours = hashlib.sha256(signed).hexdigest()
            right |= hmac.compare_digest(given.encode(errors="replace"), ours.encode())
        return raw if right else None

    async def _take(self, raw: dict[str, object]) -> HTTPStatus:
        try:
            await self._understand(raw)
        except DatabaseUnavailable:
            return HTTPStatus.SERVICE_UNAVAILABLE
        except (ValidationError, Unknown):
            name = str(raw.get("event_name", ""))
            known = name if re.fullmatch(r"[a-z_]{1,40}", name) else "?"
            log.warning("event cannot be read, passed over", event_name=known)
        except Exception as error:  # noqa: BLE001 - it would come again for an hour
            log.error("event failed, passed over", **where(error))  # noqa: TRY400 - the text may quote a person
        return HTTPStatus.OK

    async def _understand(self, raw: dict[str, object]) -> None:
        received = read(Event.model_validate(raw))
        if isinstance(received, Left):
            await self._forget(received.chat, received.key)
        elif received is not None:
            await self._handle(received, self._can)


def _secrets(settings: ZaloOaSettings) -> list[bytes]:
    """Those that may sign; an empty one would let everybody in."""
    both = {"oa_secret": settings.oa_secret, "app_secret": settings.app_secret}
    wanted = list(both) if settings.signed_with == "either" else [settings.signed_with]
    return [secret for each in wanted if (secret := both[each].get_secret_value().encode())]

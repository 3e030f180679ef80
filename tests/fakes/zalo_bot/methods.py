"""The methods, as strict as may be: unknown fields, wrong types and long texts are refused."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from .records import JSON, Refusal, Shown
from .updates import Updates, posted

LONGEST = 2000
PROBE = {"kind": "probe", "result": {"message": 1, "event_name": None}, "ts": [1, 2]}
_FIELDS: Mapping[str, tuple[set[str], set[str]]] = {  # required, optional
    "getMe": (set(), set()),
    "getUpdates": (set(), {"timeout"}),
    "setWebhook": ({"url", "secret_token"}, set()),
    "deleteWebhook": (set(), set()),
    "getWebhookInfo": (set(), set()),
    "sendMessage": ({"chat_id", "text"}, {"parse_mode"}),
    "sendPhoto": ({"chat_id", "photo"}, {"caption"}),
    "sendChatAction": ({"chat_id", "action"}, set()),
}


@dataclass
class Methods:
    """`quota`: messages it takes until 429, None for any number. `longest_poll`: seconds, so that
    tests need not wait. `fetches`: pictures are fetched, and refused where that fails. `probes`:
    whether setWebhook tries the address; `probe_delay`: how slowly."""

    updates: Updates
    bot: JSON
    chats: dict[str, list[Shown]] = field(default_factory=dict)
    quota: int | None = None
    sent: int = 0
    longest_poll: float = 0.3
    fetches: bool = True
    probes: bool = True
    probe_delay: float = 0.0

    async def call(self, method: str, body: JSON) -> object:
        """The whole answer of a call that is well; raises Refusal."""
        if method not in _FIELDS:
            raise Refusal(404, "Not Found: method not found")
        required, optional = _FIELDS[method]
        if missing := required - body.keys():
            raise Refusal(400, f"Bad Request: {sorted(missing)[0]} is required")
        if unknown := body.keys() - required - optional:
            raise Refusal(400, f"Bad Request: unknown field {sorted(unknown)[0]}")
        if any(not isinstance(value, str) for name, value in body.items() if name != "timeout"):
            raise Refusal(400, "Bad Request: wrong type")
        if method == "getUpdates":
            return await self.updates.poll(self._seconds(body.get("timeout", "30")))
        result = await getattr(self, f"_{method}")(body)
        return {"ok": True, "error_code": 0} | ({} if result is None else {"result": result})

    def _seconds(self, timeout: object) -> float:
        """Typed as a string in the documents; a number is taken as well."""
        if isinstance(timeout, bool) or not str(timeout).isdecimal():
            raise Refusal(400, "Bad Request: timeout must be a number of seconds")
        return min(float(str(timeout)), self.longest_poll)

    async def _getMe(self, body: JSON) -> JSON:
        return self.bot

    # Webhook.

    async def _setWebhook(self, body: JSON) -> JSON:
        url, secret = body["url"], body["secret_token"]
        if not url.startswith(("http://", "https://")):
            raise Refusal(400, "Bad Request: bad webhook")
        if not 8 <= len(secret) <= 256:
            raise Refusal(400, "Bad Request: secret_token must have 8 to 256 characters")
        if self.updates.polling:
            raise Refusal(409, "Conflict: getUpdates is running")
        status = 200
        if self.probes:
            await asyncio.sleep(self.probe_delay)
            status = await posted(url, secret, PROBE, timeout=5)
        well = status // 100 == 2
        result = {"url": url, "updated_at": int(time.time() * 1000)}
        if well:
            self.updates.webhook, self.updates.secret = result, secret
            self.updates.wake()
        outcome = "SUCCESS" if well else "UNREACHABLE" if status == 0 else "BAD_STATUS"
        return {
            **result,
            "verification": {"ok": well, "status_code": status, "outcome": outcome},
        }

    async def _deleteWebhook(self, body: JSON) -> JSON:
        self.updates.webhook = None
        return {"url": "", "updated_at": int(time.time() * 1000)}

    async def _getWebhookInfo(self, body: JSON) -> JSON:
        if self.updates.webhook is None:
            raise Refusal(404, "Not Found")
        return self.updates.webhook

    # Sending.

    async def _sendMessage(self, body: JSON) -> JSON:
        if not 1 <= _units(body["text"]) <= LONGEST:
            raise Refusal(400, "Bad Request: text must have 1 to 2000 characters")
        if body.get("parse_mode", "html") not in {"html", "markdown"}:
            raise Refusal(400, "Bad Request: unknown parse_mode")
        return self._show(body["chat_id"], body["text"])

    async def _sendPhoto(self, body: JSON) -> JSON:
        if _units(body.get("caption", "")) > LONGEST:
            raise Refusal(400, "Bad Request: caption is too long")
        self._may_send(body["chat_id"])
        picture = await self._fetched(body["photo"]) if self.fetches else b""
        return self._show(body["chat_id"], body.get("caption", ""), body["photo"], picture)

    async def _sendChatAction(self, body: JSON) -> None:
        if body["action"] != "typing":
            raise Refusal(400, "Bad Request: unknown action")

    async def _fetched(self, url: str) -> bytes:
        try:
            async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
                found = await client.get(url)
        except (httpx.HTTPError, httpx.InvalidURL):
            raise Refusal(400, "Bad Request: photo cannot be fetched") from None
        if found.status_code != 200 or not found.headers["content-type"].startswith("image/"):
            raise Refusal(400, "Bad Request: photo is no picture")
        return found.content

    def _may_send(self, chat: str) -> None:
        if chat not in self.chats:
            raise Refusal(400, "Bad Request: chat not found")
        if self.quota is not None and self.sent >= self.quota:
            raise Refusal(429, "Quota exceeded")

    def _show(self, chat: str, text: str, photo: str = "", picture: bytes = b"") -> JSON:
        self._may_send(chat)
        self.sent += 1
        name = f"{self.sent:020x}"
        with self.updates.lock:
            self.chats[chat].append(Shown(name, text, photo, picture))
        return {"message_id": name, "date": int(time.time() * 1000)}


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2

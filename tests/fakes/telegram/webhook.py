"""Webhook mode: every update is POSTed, in order per chat, until the bot answers 2xx."""

from __future__ import annotations

import asyncio
import http
import re
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from .errors import bad_request, conflict
from .parameters import JSON, Params
from .updates import Pending, UpdateQueue


@dataclass(frozen=True)
class WebhookRules:
    """Short by default so that tests are; the real server waits longer."""

    timeout: float = 10.0
    backoff: Sequence[float] = (0.05, 0.1, 0.2, 0.5)
    https_only: bool = False


class Webhook:
    """Lives on the server's loop; one lane (a task) per chat with something to deliver."""

    def __init__(self, queue: UpdateQueue, rules: WebhookRules) -> None:
        self._queue = queue
        self._rules = rules
        self._lanes: dict[int, deque[Pending]] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._client: httpx.AsyncClient | None = None
        self._secret = ""
        self._max_connections = 40
        self._places = asyncio.Semaphore(40)
        self._last_error: JSON = {}
        self.url = ""

    def set(self, params: Params) -> str:
        """setWebhook; returns the description the real server gives."""
        url, secret = params.text("url"), params.text("secret_token")
        if url and (not re.match(r"https://." if self._rules.https_only else r"https?://.", url)):
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret):
            raise bad_request("secret token contains unallowed characters")
        if params.boolean("drop_pending_updates"):
            self._queue.drop_all()
        self._queue.allow(params.json("allowed_updates"))
        old, self.url = self.url, url
        if not url:
            self._stop_lanes()
            return "Webhook was deleted" if old else "Webhook is already deleted"
        self._queue.end_poll(conflict("terminated by setWebhook request"))
        self._max_connections = min(100, max(1, params.integer("max_connections", 40)))
        self._secret = secret
        self._last_error = {}
        self._stop_lanes()
        self.resume()
        return "Webhook is already set" if old == url else "Webhook was set"

    def info(self) -> JSON:
        """getWebhookInfo."""
        waiting = len(self._queue.unconfirmed())
        info: JSON = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": waiting,
        }
        if self.url:
            info |= {"max_connections": self._max_connections, "ip_address": "127.0.0.1"}
            info |= self._last_error
        if self._queue.allowed is not None:
            info["allowed_updates"] = self._queue.allowed
        return info

    def schedule(self) -> None:
        """Puts new updates into their chats' lanes."""
        if self.url:
            self._assign(self._queue.take_fresh())

    def _assign(self, updates: list[Pending]) -> None:
        for pending in updates:
            self._lane(pending.chat).append(pending)

    def _lane(self, chat: int) -> deque[Pending]:
        if chat not in self._lanes:
            self._lanes[chat] = deque()
            self._tasks[chat] = asyncio.create_task(self._drain(chat))
        return self._lanes[chat]

    async def _drain(self, chat: int) -> None:
        lane = self._lanes[chat]
        while lane:
            pending = lane.popleft()
            await self._deliver(pending)
            self._queue.acknowledge(pending.update_id)
        del self._lanes[chat], self._tasks[chat]

    async def _deliver(self, pending: Pending) -> None:
        attempt = 0
        while True:
            async with self._places:
                problem = await self._post(pending.raw)
            if problem is None:
                return
            self._last_error = {
                "last_error_date": int(time.time()),
                "last_error_message": problem,
            }
            await asyncio.sleep(self._rules.backoff[min(attempt, len(self._rules.backoff) - 1)])
            attempt += 1

    async def _post(self, raw: JSON) -> str | None:
        """None when accepted, else the problem as getWebhookInfo words it."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": self._secret} if self._secret else {}
        try:
            response = await self._http().post(self.url, json=raw, headers=headers)
        except httpx.ConnectError:
            return "Connection refused"
        except httpx.TimeoutException:
            return "Read timeout expired"
        except httpx.HTTPError:
            return "Connection closed"
        if response.is_success:
            return None
        known = response.status_code in http.HTTPStatus._value2member_map_
        phrase = http.HTTPStatus(response.status_code).phrase if known else ""
        return f"Wrong response from the webhook: {response.status_code} {phrase}".rstrip()

    def _http(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(
                verify=False,  # self-signed certificates on loopback
                trust_env=False,
                timeout=self._rules.timeout,
                limits=httpx.Limits(max_connections=100),
            )
        return self._client

    def _stop_lanes(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        self._lanes, self._tasks = {}, {}

    def resume(self) -> None:
        """After the server's start: what is pending goes out again on the new loop."""
        self._places = asyncio.Semaphore(self._max_connections)
        self._queue.take_fresh()
        if self.url:
            self._assign(self._queue.in_order())

    async def close(self) -> None:
        tasks = list(self._tasks.values())
        self._stop_lanes()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()
            self._client = None

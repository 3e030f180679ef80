"""Events, signed and posted to the bot's webhook; posted again until the bot answers 200 in time."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

from .world import APP_ID, JSON, OA_SECRET, World

RETRIES = (30.0, 300.0, 900.0, 1800.0, 3600.0)  # seconds
ANSWER_WITHIN_S = 2.0


@dataclass
class Event:
    """One event as it is posted: always the same bytes. `statuses`: what was answered, 0 for
    nothing in time."""

    name: str
    body: bytes
    mac: str
    statuses: list[int] = field(default_factory=list)
    given_up: bool = False

    @property
    def accepted(self) -> bool:
        return 200 in self.statuses


class Poster:
    """Lives on the server's loop. `pace` compresses the pauses between retries."""

    def __init__(self, world: World, pace: float) -> None:
        self._world, self._pace = world, pace
        self.url, self.secret = "", OA_SECRET
        self.events: list[Event] = []
        self._last: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._http: httpx.AsyncClient | None = None

    def event(self, raw: JSON) -> Event:
        """Sign an event; app and time are put in where they are missing."""
        now = str(int(self._world.now() * 1000))
        raw = {"app_id": APP_ID, **raw, "timestamp": raw.get("timestamp", now)}
        body = json.dumps(raw, ensure_ascii=False, separators=(",", ":")).encode()
        return Event(str(raw.get("event_name")), body, self.mac(body, str(raw["timestamp"])))

    def mac(self, body: bytes, timestamp: str) -> str:
        signed = APP_ID.encode() + body + timestamp.encode() + self.secret.encode()
        return f"mac={hashlib.sha256(signed).hexdigest()}"

    def deliver(self, event: Event, lane: str) -> None:
        """On the loop: after this person's earlier events had their first try."""
        self.events.append(event)
        before = self._last.get(lane)
        task = asyncio.create_task(self._first(event, before))
        self._last[lane] = task
        self._keep(task)

    def again(self, event: Event) -> None:
        """Post an event once more, whatever became of it."""
        self._keep(asyncio.create_task(self._post(event)))

    def waiting(self) -> Sequence[Event]:
        return [each for each in self.events if not each.accepted and not each.given_up]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def _first(self, event: Event, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait({before})
        if not await self._post(event):
            self._keep(asyncio.create_task(self._retry(event)))

    async def _retry(self, event: Event) -> None:
        for pause in RETRIES:
            await asyncio.sleep(pause * self._pace)
            if await self._post(event):
                return
        event.given_up = True

    async def _post(self, event: Event) -> bool:
        if self._http is None:
            self._http = httpx.AsyncClient(trust_env=False, timeout=ANSWER_WITHIN_S)
        headers = {"X-ZEvent-Signature": event.mac, "Content-Type": "application/json"}
        try:
            answer = await self._http.post(self.url, content=event.body, headers=headers)
            event.statuses.append(answer.status_code)
        except (httpx.HTTPError, httpx.InvalidURL):
            event.statuses.append(0)
        return event.statuses[-1] == httpx.codes.OK

    def _keep(self, task: asyncio.Task[None] | asyncio.Task[bool]) -> None:
        self._tasks.add(task)  # type: ignore[arg-type]
        task.add_done_callback(self._tasks.discard)  # type: ignore[arg-type]

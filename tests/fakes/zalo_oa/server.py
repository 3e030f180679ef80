"""FakeZaloOa: the server in its own thread, and everything a test does with it."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from tests.fakes.serving import Server

from .door import Door
from .faults import Fault, Script
from .people import User
from .poster import Event, Poster
from .world import APP_ID, APP_SECRET, FIRST_REFRESH, JSON, OA_SECRET, Account, World


class FakeZaloOa:
    """The OAuth and the API server of one Official Account on 127.0.0.1, and the poster of its
    events. `pace` compresses the pauses of Zalo's retries; `government`: v3 answers -235."""

    def __init__(
        self, *, government: bool = False, pace: float = 0.001, echoes: bool = True
    ) -> None:
        self.world = World(government=government)
        self.poster = Poster(self.world, pace)
        self._script, self._echoes = Script(), echoes
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: Server | None = None
        self._thread: threading.Thread | None = None
        self.port = 0

    # Life.

    def __enter__(self) -> Self:
        listener = socket.create_server(("127.0.0.1", self.port), backlog=512)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port = listener.getsockname()[1]
        door = Door(self.world, self._script, self.poster, echoes=self._echoes)
        app = Starlette(routes=[Route("/{path:path}", door)])
        self._server = Server(
            uvicorn.Config(
                app, log_config=None, access_log=False, lifespan="off", ws="none",
                timeout_graceful_shutdown=1,
            )
        )  # fmt: skip
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(listener)), name="fake-zalo-oa", daemon=True
        )
        self._thread.start()
        self.wait_until(lambda: self._server is not None and self._server.started)
        return self

    async def _serve(self, listener: socket.socket) -> None:
        assert self._server is not None
        self._loop = asyncio.get_running_loop()
        try:
            await self._server.serve(sockets=[listener])
        finally:
            self._loop = None
            await self.poster.close()

    def __exit__(self, *_: object) -> None:
        assert self._server is not None
        assert self._thread is not None
        for _kind, fault, _times in self._script.planned:
            if fault.gate is not None:
                fault.gate.set()
        self._server.should_exit = True
        self._thread.join(10)

    @property
    def url(self) -> str:
        """What api_base and oauth_base are set to."""
        return f"http://127.0.0.1:{self.port}"

    def settings(self, **more: object) -> dict[str, object]:
        """[zalo_oa] for this account."""
        return {
            "app_id": APP_ID,
            "app_secret": APP_SECRET,
            "oa_secret": OA_SECRET,
            "refresh_token": FIRST_REFRESH,
            "api_base": self.url,
            "oauth_base": self.url,
            **more,
        }

    # People, trouble, time.

    def user(self, number: int = 1, *, follows: bool = True) -> User:
        """A person; the same number gives the same person."""
        name = f"{2512523625412515000 + number}"
        with self.world.lock:
            account = self.world.people.setdefault(name, Account(name, follows))
        return User(self, account)

    def fault(self, kind: str, fault: Fault, *, times: int | None = 1) -> Fault:
        """Plans trouble for "send" or "token", in the order planned; times None: for good."""
        with self.world.lock:
            self._script.planned.append((kind, fault, times))
        return fault

    def clear_faults(self) -> None:
        with self.world.lock:
            self._script.planned.clear()

    def move(self, **by: float) -> None:
        """Move Zalo's clock: hours, minutes, days."""
        seconds = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
        with self.world.lock:
            self.world.offset += sum(seconds[unit] * n for unit, n in by.items())

    def expire_access(self) -> None:
        """No access token given so far works any more."""
        with self.world.lock:
            self.world.access.clear()

    def give_tokens(self) -> tuple[str, str]:
        """A pair as the API Explorer gives it: access, refresh. The refresh token before is void."""
        with self.world.lock:
            self.world.refresh = self.world.number("explorer-")
            return self.world.new_access(), self.world.refresh

    @property
    def renewals(self) -> int:
        """How many refresh tokens were used up."""
        with self.world.lock:
            return self.world.renewals

    def calls(self, kind: str) -> list[JSON]:
        """What was asked of "token", "v2" or "v3"."""
        with self.world.lock:
            return [body for name, body in self.world.calls if name == kind]

    @property
    def refusals(self) -> list[str]:
        with self.world.lock:
            return [f"{each.code} {each.why}" for each in self.world.refusals]

    # Events.

    def post(self, raw: JSON, *, lane: str = "") -> Event:
        """Post any event to the webhook, signed, until the bot takes it."""
        with self.world.lock:
            event = self.poster.event(raw)
        self._soon(lambda: self.poster.deliver(event, lane))
        return event

    def replay(self, times: int = 1) -> None:
        """Post everything that was ever posted again, in order, so many times."""
        for _ in range(times):
            for event in list(self.poster.events):
                answered = len(event.statuses)
                self._soon(lambda event=event: self.poster.again(event))  # type: ignore[misc]
                self.wait_until(lambda e=event, n=answered: len(e.statuses) > n)  # type: ignore[misc]

    def undelivered(self) -> list[Event]:
        return list(self.poster.waiting())

    def _soon(self, what: Callable[[], None]) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(what)

    # Waiting.

    def wait_until(
        self, condition: Callable[[], Any], timeout: float = 5.0, why: Callable[[], str] = str
    ) -> None:
        """AssertionError when it does not become true in time."""
        deadline = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(why() or f"not true within {timeout} s")
            time.sleep(0.005)

    async def until(
        self, condition: Callable[[], Any], timeout: float = 5.0, why: Callable[[], str] = str
    ) -> None:
        """wait_until without blocking the test's loop."""
        deadline = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(why() or f"not true within {timeout} s")
            await asyncio.sleep(0.005)

"""FakeZaloBot: the server in its own thread, and everything a test does with it."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tests.fakes.serving import Server

from .faults import Fault, FaultScript
from .methods import Methods
from .people import Person
from .people import until as become_true
from .records import JSON, Call, Refusal, Shown
from .updates import Updates

TOKEN = "12345678912345:AbCdEfGhIjKlMnOpQrStUvWxYz-0123"
BOT = {"id": "9ab1", "account_name": "bot.gopy", "account_type": "BASIC", "can_join_groups": False}


class FakeZaloBot:
    """A strict Bot Platform on 127.0.0.1. A context manager, or start() and stop().

    `updates` and `methods` hold its switches. `errors_with_200`: refusals come with HTTP 200.
    """

    def __init__(self, token: str = TOKEN) -> None:
        self.token, self.port = token, 0
        self.updates = Updates()
        self.methods = Methods(self.updates, dict(BOT))
        self.errors_with_200 = False
        self.all_calls: list[Call] = []
        self._script = FaultScript()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: Server | None = None
        self._thread: threading.Thread | None = None

    # Life.

    def start(self) -> Self:
        listener = socket.create_server(("127.0.0.1", self.port), backlog=256)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port = listener.getsockname()[1]
        app = Starlette(routes=[Route("/{path:path}", _Door(self))])
        config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", ws="none",
            timeout_graceful_shutdown=1,
        )  # fmt: skip
        self._server = Server(config)
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(listener)), name="fake-zalo-bot", daemon=True
        )
        self._thread.start()
        deadline = time.monotonic() + 5
        while not self._server.started:
            assert time.monotonic() < deadline
            time.sleep(0.002)
        return self

    async def _serve(self, listener: socket.socket) -> None:
        assert self._server is not None
        self._loop = asyncio.get_running_loop()
        self.updates.open(self._call_soon)
        try:
            await self._server.serve(sockets=[listener])
        finally:
            self._loop = None
            await self.updates.close()

    def _call_soon(self, what: Callable[[], None]) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(what)

    def stop(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(10)
            self._server = self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def api_base(self) -> str:
        """The token is appended directly: http://127.0.0.1:<port>/bot"""
        return f"http://127.0.0.1:{self.port}/bot"

    # What a test does and reads.

    def person(self, person_id: str = "6ede9afa66b88fe6d6a9", name: str = "Ted") -> Person:
        """A person who has written to the bot; the same id gives the same chat."""
        with self.updates.lock:
            shown: list[Shown] = self.methods.chats.setdefault(person_id, [])
        return Person(self.updates, shown, person_id, name)

    def fault(
        self, method: str, fault: Fault, *, times: int | None = 1, chat: str | None = None
    ) -> None:
        """Plan trouble, used in the order planned; times None: for good."""
        self._script.plan(method, fault, times, chat)

    def clear_faults(self) -> None:
        self._script.planned.clear()

    def calls(self, method: str) -> list[Call]:
        return [each for each in self.all_calls if each.method == method]

    @property
    def refusals(self) -> list[str]:
        """What the service itself refused, but for idle polls and a webhook that is not set."""
        usual = {("getUpdates", 408), ("getWebhookInfo", 404)}
        return [
            f"{each.method}: {each.description}"
            for each in self.all_calls
            if each.code and not each.scripted and (each.method, each.code) not in usual
        ]

    async def until(self, condition: Callable[[], Any], timeout: float = 5.0) -> None:
        await become_true(condition, timeout)

    # Calls.

    async def answer(self, method: str, body: JSON) -> Fault:
        """What goes back: an answer of the service, or a fault."""
        call = Call(method, body, time.monotonic())
        self.all_calls.append(call)
        fault = self._script.take(method, body)
        call.scripted = fault is not None and fault.body is not None
        made = Fault()
        if fault is None or fault.executed:
            made = await self._carry_out(call)
        if fault is not None:
            body_there = fault.body is not None
            status, said = (fault.status, fault.body) if body_there else (made.status, made.body)
            made = Fault(status, said, fault.media_type, fault.delay, cut=fault.cut)
            call.unheard = fault.cut
        await asyncio.sleep(made.delay)
        call.ended = time.monotonic()
        return made

    async def _carry_out(self, call: Call) -> Fault:
        try:
            said = await self.methods.call(call.method, call.body)
        except Refusal as refusal:
            call.code, call.description = refusal.code, refusal.description
            status = 200 if self.errors_with_200 else refusal.status
            return Fault(status, json.dumps(refusal.body).encode())
        call.code = 0
        return Fault(200, json.dumps(said, ensure_ascii=False).encode())


class _Door:
    """An ASGI endpoint, so that it can cut the connection."""

    def __init__(self, fake: FakeZaloBot) -> None:
        self._fake = fake

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        made = await self._answer(request)
        if made.cut:
            receive.__self__.transport.abort()  # type: ignore[attr-defined]
            return
        response = Response(made.body or b"", made.status, media_type=made.media_type)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Fault:
        token, _, method = request.path_params["path"].removeprefix("bot").partition("/")
        if token != self._fake.token:
            return Fault.refusal(401, "Unauthorized")
        if request.method != "POST" or "json" not in request.headers.get("content-type", ""):
            return Fault.refusal(400, "Bad Request: POST with JSON expected")
        try:
            body = json.loads(await request.body())
        except ValueError:
            body = None
        if not isinstance(body, dict):
            return Fault.refusal(400, "Bad Request: an object expected")
        calling = asyncio.create_task(self._fake.answer(method, body))
        leaving = asyncio.create_task(_left(request))
        await asyncio.wait({calling, leaving}, return_when=asyncio.FIRST_COMPLETED)
        leaving.cancel()
        if not calling.done():  # who polls is gone: the poll ends, and takes nothing with it
            if method == "getUpdates":
                calling.cancel()
            await asyncio.wait({calling})
            return Fault(cut=True)
        return calling.result()


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        continue

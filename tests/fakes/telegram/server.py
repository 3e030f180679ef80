"""FakeTelegram: the server in its own thread, and everything a test does with it."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, Self

import uvicorn

from tests.fakes.serving import Server

from .calls import CallDesk
from .door import Answer, Door
from .faults import Fault, FaultScript, Predicate
from .message_methods import MessageMethods
from .pace import Pace, RateLimiter
from .parameters import JSON, Params
from .people import Group, User
from .profile_methods import Profile, ProfileMethods
from .records import Call, Refusal, Shown
from .updates import UpdateQueue
from .webhook import Webhook, WebhookRules
from .world import Account, Room, World, shown

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"


class FakeTelegram:
    """A strict Bot API server on 127.0.0.1. A context manager, or start() and stop().

    pace: None for no rate limits. strict: parameters a method does not have become refusals,
    except the ignorable ones. callback_lifetime: seconds in which a tap can be answered.
    clock: seconds since 1970 for message dates.
    """

    def __init__(
        self,
        token: str = TOKEN,
        *,
        username: str = "gop_y_bot",
        first_name: str = "Góp ý",
        pace: Pace | None = None,
        strict: bool = True,
        ignorable: Iterable[str] = (),
        callback_lifetime: float = 15.0,
        webhook: WebhookRules | None = None,
        clock: Callable[[], float] = time.time,
        first_update_id: int = 100_000_001,
    ) -> None:
        self.token = token
        bot = {"id": int(token.partition(":")[0]), "is_bot": True}
        self._world = World({**bot, "first_name": first_name, "username": username}, clock)
        self._updates = UpdateQueue(self._world, first_update_id)
        self._updates.wake = self._wake
        self._webhook = Webhook(self._updates, webhook or WebhookRules())
        self._script = FaultScript()
        self.profile = Profile()
        self._desk = CallDesk(
            self._world,
            self._updates,
            self._webhook,
            self._script,
            ProfileMethods(self._world, self.profile),
            MessageMethods(self._world, callback_lifetime),
            RateLimiter(pace) if pace else None,
            frozenset(ignorable) if strict else None,
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: Server | None = None
        self._thread: threading.Thread | None = None
        self.port = 0

    # Life.

    def start(self) -> Self:
        listener = socket.create_server(("127.0.0.1", self.port), backlog=512)
        # asyncio leaves Nagle's delay (40 ms a call) on sockets made this way; children inherit it.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port = listener.getsockname()[1]
        config = uvicorn.Config(
            Door(self.token, self._handle).app(),
            log_config=None,
            log_level="critical",
            access_log=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=1,
            timeout_keep_alive=60,
        )
        self._server = Server(config)
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(listener)),
            name="fake-telegram",
            daemon=True,
        )
        self._thread.start()
        self.wait_until(lambda: self._server is not None and self._server.started)
        return self

    async def _serve(self, listener: socket.socket) -> None:
        assert self._server is not None
        self._loop = asyncio.get_running_loop()
        self._webhook.resume()
        try:
            await self._server.serve(sockets=[listener])
        finally:
            self._loop = None
            await self._webhook.close()

    def stop(self) -> None:
        """Ends running polls with an answer and frees the port; start() takes the same again."""
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        self._call_soon(self._desk.close)
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

    def _wake(self) -> None:
        self._call_soon(self._desk.wake)

    def _call_soon(self, what: Callable[[], None]) -> None:
        loop = self._loop
        if loop is not None:
            try:
                loop.call_soon_threadsafe(what)
            except RuntimeError:  # the loop was closed in between
                self._loop = None

    async def _handle(self, method: str, params: Params) -> Answer:
        return await self._desk.handle(method, params)

    # People and chats.

    def user(
        self,
        user_id: int,
        *,
        first_name: str = "Anna",
        language_code: str | None = "vi",
        started: bool = False,
        last_name: str = "",
        username: str = "",
    ) -> User:
        """A person; the same id gives the same person. started: has written to the bot before."""
        names = {"first_name": first_name, "last_name": last_name, "username": username}
        names = {key: value for key, value in names.items() if value}
        language = {"language_code": language_code} if language_code else {}
        profile: JSON = {"id": user_id, "is_bot": False, **names, **language}
        with self._world.lock:
            account = self._world.accounts.setdefault(user_id, Account(profile))
            account.started = account.started or started
            chat = {"id": user_id, **names, "type": "private"}
            room = self._world.rooms.setdefault(user_id, Room(chat))
            return User(self._world, self._updates, account, room)

    def group(
        self,
        group_id: int,
        *,
        title: str = "Nhóm",
        members: Iterable[User] = (),
        kind: str = "supergroup",
        reads_all: bool = False,
    ) -> Group:
        """A group with the bot inside; only members may write in it."""
        with self._world.lock:
            chat = {"id": group_id, "title": title, "type": kind}
            room = self._world.rooms.setdefault(group_id, Room(chat, bot_reads_all=reads_all))
            room.members.update(member.id for member in members)
            return Group(self._world, self._updates, room)

    def messages(self, chat_id: int) -> list[Shown]:
        """What the chat shows now, oldest first."""
        with self._world.lock:
            room = self._world.rooms.get(chat_id)
            return [shown(stored) for stored in room.messages.values()] if room else []

    # Trouble and records.

    def fault(
        self,
        method: str | None,
        fault: Fault,
        *,
        times: int | None = 1,
        chat: int | None = None,
        when: Predicate | None = None,
    ) -> None:
        """Plans trouble, used in the order planned. method None: any. times None: for good."""
        with self._world.lock:
            self._script.plan(method, fault, times, chat, when)

    def clear_faults(self) -> None:
        with self._world.lock:
            self._script.planned.clear()

    @property
    def faults_left(self) -> int:
        with self._world.lock:
            return len(self._script.planned)

    @property
    def calls(self) -> list[Call]:
        with self._world.lock:
            return list(self._desk.calls)

    def calls_of(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    @property
    def refusals(self) -> list[Refusal]:
        """Every 4xx but scripted ones, 401 and 409; and, when strict, unknown parameters."""
        with self._world.lock:
            return list(self._desk.refusals)

    def forget_refusals(self) -> None:
        with self._world.lock:
            self._desk.refusals.clear()

    # Updates.

    def unconfirmed(self) -> list[JSON]:
        """Updates the bot has not confirmed (polling) or accepted (webhook)."""
        return self._updates.unconfirmed()

    def redeliver(self, update_id: int) -> None:
        """Sends an already confirmed update once more, with its old update_id."""
        self._updates.redeliver(update_id)

    def push(self, raw: JSON) -> int:
        """Sends any update; returns its update_id."""
        return self._updates.push(raw)

    @property
    def webhook_info(self) -> JSON:
        with self._world.lock:
            return self._webhook.info()

    # Waiting.

    def wait_until(self, condition: Callable[[], Any], timeout: float = 5.0) -> None:
        """AssertionError when it does not become true in time."""
        deadline = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"not true within {timeout} s")
            time.sleep(0.005)

    async def until(self, condition: Callable[[], Any], timeout: float = 5.0) -> None:
        """wait_until without blocking the test's loop."""
        deadline = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"not true within {timeout} s")
            await asyncio.sleep(0.005)

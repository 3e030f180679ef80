"""Telegram: polling or webhook in, inline keyboards out."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace

import structlog
from telegram.error import BadRequest, TelegramError

from bot.channels.base import Door, DoorState, Hook
from bot.channels.posted import Forget, Handle
from bot.channels.status import Status
from bot.channels.telegram.api import open_api
from bot.channels.telegram.errors import trouble
from bot.channels.telegram.incoming import NAME, Reader
from bot.channels.telegram.receive import CAN, Poller, Receiver
from bot.channels.telegram.sending import Sender
from bot.channels.telegram.waits import Waits
from bot.channels.telegram.webhook import WEBHOOK_PATH, Webhook
from bot.channels.waiting import unless_lost
from bot.config import TelegramSettings
from bot.drawing import Drawing
from bot.locks import SenderLock
from handlers.messages import Reply
from handlers.texts import DEFAULT

__all__ = ["CAN", "NAME", "WEBHOOK_PATH", "TelegramChannel", "Waits"]

log = structlog.get_logger("telegram")

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - a name
Commands = Mapping[str, Sequence[tuple[str, str]]]


class TelegramChannel:
    """Implements bot.channels.base.Channel.

    `handle` is Dispatch.handle; `forget(address, key)` drops what is queued for a chat that is
    gone; `commands` are the menu by language, as (command, what it does). With a lock only its
    holder polls; `polls_under` is another one for polling, which is kept here. Without `receives`
    another process receives, and this one only knows the way and sends.
    """

    name = NAME
    can = CAN

    def __init__(
        self,
        settings: TelegramSettings,
        public_url: str,
        handle: Handle,
        *,
        forget: Forget,
        commands: Commands,
        lock: SenderLock | None = None,
        polls_under: SenderLock | None = None,
        receives: bool = True,
        waits: Waits | None = None,
        drawing: Drawing | None = None,
    ) -> None:
        self.proactive_per_second = settings.proactive_per_second
        self._settings = settings
        self._commands, self._receives = commands, receives
        self._own_lock, self._lock = polls_under, polls_under or lock
        self._waits = waits or Waits()
        self._status = Status(NAME)
        self._api = open_api(settings)
        number = settings.token.get_secret_value().partition(":")[0]
        reader = Reader(int(number) if number.isdecimal() else 0)
        self._receiver = Receiver(self._api, reader, handle, forget)
        self._sender = Sender(self._api, lock, drawing or Drawing())
        self._webhook = Webhook(
            self._api, settings, public_url, self._receiver, self._status, self._waits
        )
        self._webhook_deleted = False

    @property
    def hooks(self) -> Mapping[str, Hook]:
        """What it takes at /hooks/<name>, by that name."""
        return {NAME: self._posted}

    async def _posted(self, headers: Mapping[str, str], body: bytes) -> int:
        return await self.webhook(headers.get(SECRET_HEADER), body)

    @property
    def calls(self) -> int:
        """How many messages were sent or edited since the start."""
        return self._sender.calls

    @property
    def state(self) -> DoorState:
        """How it is doing right now."""
        return self._status.state

    def door(self, desk: str) -> Door | None:
        """The deep link that opens a desk, while this door works."""
        return self._deep_link(f"q-{desk}")

    def invite_door(self, token: str) -> Door | None:
        """The deep link that opens an invitation, while this door works."""
        return self._deep_link(f"i-{token}")

    def staff_door(self, payload: str) -> Door | None:
        """The deep link that begins a shift, while this door works."""
        return self._deep_link(f"s-{payload}")

    def _deep_link(self, payload: str) -> Door | None:
        username = self._receiver.reader.username
        if not username or not self.state.up:
            return None
        return Door(NAME, f"https://t.me/{username}?start={payload}")

    async def send(self, address: str, answer: Reply, edit: str | None) -> None:
        """Send one reply, in place of message `edit` where that works; raises a SendError."""
        await self._sender.send(address, answer, edit)

    async def close(self) -> None:
        """Let go of connections."""
        await self._receiver.close(self._waits.grace)
        await self._api.shutdown()

    async def run(self) -> None:
        """Set up, then receive until cancelled; what goes wrong is said in `state` and retried."""
        webhook = self._settings.mode == "webhook"
        if webhook and self._webhook.missing:
            self._status.down(self._webhook.missing)
            await asyncio.Event().wait()
        poller = Poller(self._api, self._receiver, self._waits)
        alone = None if webhook or not self._receives else self._own_lock
        async with alone.kept() if alone is not None else nullcontext():
            try:
                await self._run(poller, webhook=webhook)
            finally:
                await poller.confirm()

    async def _run(self, poller: Poller, *, webhook: bool) -> None:
        failures = 0
        while True:
            try:
                await self._introduce()
                failures = 0
                if not self._receives:
                    await self._stay_in_touch()
                await (self._webhook.keep() if webhook else self._poll(poller))
            except TelegramError as error:
                failures += 1
                self._status.down(trouble(error))
                poller.failed(error)
                await asyncio.sleep(self._waits.after(error, failures))

    async def _stay_in_touch(self) -> None:
        """Until it fails: another process receives, this one only has to reach Telegram."""
        while True:
            self._status.up("another process receives")
            await asyncio.sleep(self._waits.check)
            await self._api.get_me()

    async def _introduce(self) -> None:
        """Learn our own name and set the menus, once."""
        if self._receiver.reader.username:
            return
        await self._api.initialize()  # calls getMe
        for language, commands in self._commands.items():
            try:
                await self._api.set_my_commands(
                    list(commands), language_code=None if language == DEFAULT else language
                )
            except BadRequest as error:
                log.warning("the command menu was refused", why=trouble(error), language=language)
        self._receiver.reader = replace(self._receiver.reader, username=self._api.username)

    # Polling.

    async def _poll(self, poller: Poller) -> None:
        if self._lock is not None and not self._lock.held:
            self._status.up("standing by: another process receives")
            await self._lock.wait_held()
            poller.hurry()
        if not self._webhook_deleted:  # once: one that is set later is another program's
            await self._api.delete_webhook()
            self._webhook_deleted = True
        while self._lock is None or self._lock.held:
            if await unless_lost(self._lock, poller.once()):
                self._status.up()

    async def webhook(self, secret: str | None, body: bytes) -> int:
        """Take one posted update; returns the HTTP status to answer, 200 only after the commit."""
        return await self._webhook.take(secret, body)

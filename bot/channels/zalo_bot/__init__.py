"""A bot of Zalo's Bot Platform: polling or webhook in, numbered text out."""

import asyncio
from collections.abc import Mapping
from contextlib import nullcontext
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

import structlog

from bot.channels.base import Capabilities, Door, DoorState, Hook
from bot.channels.fetched import Address
from bot.channels.posted import Handle
from bot.channels.status import Status
from bot.channels.waiting import unless_lost
from bot.channels.zalo_bot.api import Api, CallFailed, Myself
from bot.channels.zalo_bot.errors import trouble
from bot.channels.zalo_bot.incoming import NAME
from bot.channels.zalo_bot.polling import Poller
from bot.channels.zalo_bot.receive import Receiver
from bot.channels.zalo_bot.sending import Sender
from bot.channels.zalo_bot.waits import Waits
from bot.channels.zalo_bot.webhook import HOOK, WEBHOOK_PATH, Webhook
from bot.config import ZaloBotSettings
from bot.locks import SenderLock
from handlers.messages import Reply

__all__ = ["HOOK", "NAME", "WEBHOOK_PATH", "Waits", "ZaloBotChannel", "out_of_reach"]

log = structlog.get_logger("zalo_bot")

SECRET_HEADER = "x-bot-api-secret-token"  # noqa: S105 - a name
COMES_BACK_DAYS = 60  # consumed updates have been seen again; nobody knows for how long


class ZaloBotChannel:
    """Implements bot.channels.base.Channel.

    `handle` is Dispatch.handle; `address` tells where a picture or file can be fetched. With a
    lock only its holder polls; `polls_under` is one that is kept here. Without `receives` another
    process receives, and this one only knows the way and sends.
    """

    name = NAME

    def __init__(
        self,
        settings: ZaloBotSettings,
        public_url: str,
        handle: Handle,
        *,
        address: Address,
        lock: SenderLock | None = None,
        polls_under: SenderLock | None = None,
        receives: bool = True,
        waits: Waits | None = None,
    ) -> None:
        self.can = Capabilities(
            buttons=False, comes_back_days=COMES_BACK_DAYS, monthly=settings.monthly_messages
        )
        self.proactive_per_second = settings.proactive_per_second
        self._settings, self._receives = settings, receives
        self._own_lock, self._lock = polls_under, polls_under or lock
        self._waits = waits or Waits()
        self._status = Status(NAME)
        self._me: Myself | None = None
        self._api = Api(settings)
        receiver = Receiver(handle, self.can)
        self._poller = Poller(self._api, receiver, self._waits)
        self._webhook = Webhook(
            self._api, settings, public_url, receiver, self._status, self._waits
        )
        reachable = not out_of_reach(public_url, settings.api_base)
        self._sender = Sender(self._api, self._status, address, shows_pictures=reachable)

    @property
    def hooks(self) -> Mapping[str, Hook]:
        """What it takes at /hooks/<name>, by that name."""
        return {HOOK: self._posted}

    async def _posted(self, headers: Mapping[str, str], body: bytes) -> int:
        return await self._webhook.take(headers.get(SECRET_HEADER), body)

    @property
    def calls(self) -> int:
        """How many messages Zalo has taken since the start: each one counts for the plan."""
        return self._sender.calls

    @property
    def state(self) -> DoorState:
        """How it is doing right now."""
        return self._status.state

    def door(self, desk: str) -> Door | None:
        """The link that opens the bot, if citizens are to come in here; the code is then typed."""
        del desk
        return self._link() if self._settings.for_citizens else None

    def invite_door(self, token: str) -> Door | None:
        """The link that opens the bot, while it works; what opens the invitation is then typed."""
        del token
        return self._link()

    def staff_door(self, payload: str) -> Door | None:
        """The link that opens the bot, while it works; what begins the shift is then typed."""
        del payload
        return self._link()

    def _link(self) -> Door | None:
        if self._me is None or not self.state.up:
            return None
        return Door(NAME, f"https://zalo.me/{quote(self._me.id, safe='')}")

    async def send(self, address: str, answer: Reply, edit: str | None) -> None:
        """Send one reply; nothing can be edited here. Raises a SendError."""
        del edit
        await self._sender.send(address, answer)

    async def close(self) -> None:
        """Let go of connections."""
        await self._api.close()

    async def run(self) -> None:
        """Set up, then receive until cancelled; what goes wrong is said in `state` and retried."""
        webhook = self._settings.mode == "webhook"
        if webhook and self._webhook.missing:
            self._status.down(self._webhook.missing)
            await asyncio.Event().wait()
        alone = None if webhook or not self._receives else self._own_lock
        if self._receives and not webhook:
            log.info(
                "polling: what Zalo has handed over is lost if the program is killed before it is "
                "stored; mode = webhook loses nothing"
            )
        async with alone.kept() if alone is not None else nullcontext():
            await self._run(webhook=webhook)

    async def _run(self, *, webhook: bool) -> None:
        failures = 0
        while True:
            try:
                await self._introduce()
                if not self._receives:
                    await self._stay_in_touch()
                await (self._webhook.keep() if webhook else self._poll())
            except CallFailed as error:
                failures = 1 if self.state.up else failures + 1
                self._status.down(trouble(error))
                self._poller.failed(error)
                await asyncio.sleep(self._waits.after(error, failures))

    async def _stay_in_touch(self) -> None:
        """Until it fails: another process receives, this one only has to reach Zalo."""
        while True:
            self._status.up("another process receives")
            await asyncio.sleep(self._waits.check)
            await self._api.get_me()

    async def _introduce(self) -> None:
        """Learn who we are, once: that the token works and what link opens the bot."""
        if self._me is None:
            self._me = await self._api.get_me()
            log.info("this is the bot", id=self._me.id, plan=self._me.plan)

    async def _poll(self) -> None:
        if self._lock is not None and not self._lock.held:
            self._status.up("standing by: another process receives")
            await self._lock.wait_held()
        await self._poller.prepare()
        if not self._poller.troubled:
            self._status.up()
        while self._lock is None or self._lock.held:
            if await unless_lost(self._lock, self._poller.once()):
                self._status.up()


def out_of_reach(public_url: str, api_base: str) -> bool:
    """Whether Zalo cannot fetch pictures from our address: it means this machine or network
    alone, and Zalo is outside."""
    return _is_local(public_url) and not _is_local(api_base)


def _is_local(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith((".local", ".localhost", ".internal", ".lan"))

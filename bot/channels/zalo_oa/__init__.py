"""Zalo Official Account: webhook in, numbered text with up to five buttons out."""

from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.channels.base import Door, DoorState, Hook
from bot.channels.fetched import Address
from bot.channels.posted import Forget, Handle
from bot.channels.status import Status
from bot.channels.zalo_oa.api import Api
from bot.channels.zalo_oa.incoming import NAME
from bot.channels.zalo_oa.renewing import Renewal
from bot.channels.zalo_oa.sending import Sender
from bot.channels.zalo_oa.tokens import Health, TokenKeeper
from bot.channels.zalo_oa.waits import Waits
from bot.channels.zalo_oa.webhook import Webhook, capabilities
from bot.config import ZaloOaSettings
from bot.lock_holders import Holder
from bot.observability import ZALO_OA_TOKEN
from handlers.messages import Reply
from storage.database import Database

__all__ = ["HOOK", "NAME", "Waits", "ZaloOaChannel"]

HOOK = "zalo-oa"
_CURE = (
    "check zalo_oa.app_id and app_secret, get a new refresh token from Zalo's API Explorer, put it "
    "into zalo_oa.refresh_token and restart"
)


class ZaloOaChannel:
    """Implements bot.channels.base.Channel.

    `handle` is Dispatch.handle; `forget(address, key)` drops what is queued for somebody who no
    longer follows; `address` tells where a picture or file can be fetched; `holder` is the lock
    under which tokens are renewed; `url` is where people find the account, "" if nobody said.
    """

    name = NAME

    def __init__(
        self,
        settings: ZaloOaSettings,
        url: str,
        database: Database,
        handle: Handle,
        *,
        forget: Forget,
        address: Address,
        holder: Holder,
        clock: Callable[[], datetime],
        timezone: ZoneInfo,
        waits: Waits | None = None,
    ) -> None:
        self.can = capabilities(settings)
        self.proactive_per_second = settings.proactive_per_second
        self._url, self._clock, self._timezone = url, clock, timezone
        self._waits = waits or Waits()
        self._status = Status(NAME)
        self._api = Api(settings)
        renewal = Renewal(database, settings, self._api, holder, clock, self._waits)
        self._tokens = TokenKeeper(
            database, settings.app_id, renewal, clock, self._waits, self._changed
        )
        self._sender = Sender(self._api, self._tokens, address, self._waits, self._status)
        self._webhook = Webhook(settings, handle, forget, self._waits)

    @property
    def hooks(self) -> Mapping[str, Hook]:
        """What it takes at /hooks/<name>, by that name."""
        return {HOOK: self._webhook.take}

    @property
    def calls(self) -> int:
        """How many messages were sent since the start."""
        return self._sender.calls

    @property
    def state(self) -> DoorState:
        """How it is doing right now."""
        return self._status.state

    def door(self, desk: str) -> Door | None:
        """Where people find the account, while this door works. No link says what they scanned:
        they type the desk's code."""
        del desk
        return self._open_door()

    def invite_door(self, token: str) -> Door | None:
        """Likewise; the invitation's code is typed."""
        del token
        return self._open_door()

    def staff_door(self, payload: str) -> Door | None:
        """Likewise; the code of the shift is typed."""
        del payload
        return self._open_door()

    def _open_door(self) -> Door | None:
        return Door(NAME, self._url) if self._url and self.state.up else None

    async def run(self) -> None:
        """Keep the tokens fresh until cancelled; events come by the webhook."""
        await self._tokens.keep()

    async def send(self, address: str, answer: Reply, edit: str | None) -> None:
        """Send one reply, as a new message; raises a SendError."""
        del edit  # Zalo knows no editing
        await self._sender.send(address, answer)

    async def close(self) -> None:
        """Finish what is under way, let go of connections."""
        await self._webhook.close(self._waits.grace)
        await self._tokens.close(self._waits.grace)
        await self._api.close()

    def _changed(self, health: Health) -> None:
        """How the tokens are: the door is open as long as the access token works."""
        now = self._clock()
        left = (health.until - now).total_seconds() if health.until is not None else 0.0
        ZALO_OA_TOKEN.set(max(0.0, left))
        if health.lost:
            works = f"works until {self._local(health.until)}" if left > 0 else "works no more"
            self._status.note(
                "tokens", f"the refresh token is lost, the access token {works}: {_CURE}"
            )
        else:
            self._status.settled("tokens")
        if left > 0:
            self._status.up(health.trouble)
        elif health.lost:
            self._status.down(f"no access token, and the refresh token is lost: {_CURE}")
        else:
            self._status.down(health.trouble or "no access token yet")

    def _local(self, moment: datetime | None) -> str:
        return "" if moment is None else f"{moment.astimezone(self._timezone):%Y-%m-%d %H:%M}"

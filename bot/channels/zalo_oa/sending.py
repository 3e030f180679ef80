"""Sending one reply: in pieces where it is long, with a token renewed or the older interface."""

from typing import Any

from bot.channels.base import Throttled, TryAgain
from bot.channels.fetched import Address, with_addresses
from bot.channels.status import Status
from bot.channels.zalo_oa.api import Api, Unreachable
from bot.channels.zalo_oa.errors import OLDER_INTERFACE, PACKAGE, TOKEN, send_error
from bot.channels.zalo_oa.render import messages
from bot.channels.zalo_oa.tokens import NoToken, TokenKeeper
from bot.channels.zalo_oa.waits import Waits
from handlers.messages import Reply
from storage.errors import DatabaseUnavailable

_HIGHER_PACKAGE = (
    "Zalo refuses messages (-224): the Official Account's package does not allow them; "
    "buy a higher one on oa.zalo.me"
)
_NO_PERMISSION = (
    "Zalo refuses access tokens that are new (-216): see that the app is active, linked to the "
    "Official Account and allowed to send messages"
)


class Sender:
    """Sends to one person at a time; several at once are fine."""

    def __init__(
        self, api: Api, tokens: TokenKeeper, address: Address, waits: Waits, status: Status
    ) -> None:
        self._api, self._tokens, self._address = api, tokens, address
        self._waits, self._status = waits, status
        self.calls = 0

    async def send(self, user: str, answer: Reply) -> None:
        """Send a reply; raises a SendError. Nothing can be sent in place of another message."""
        left: Reply | None = None
        try:
            words = await with_addresses(answer, self._address, pictures=True)
            for index, message in enumerate(messages(words)):
                left = message.left if index else None
                await self._one(user, message.body())
        except (Unreachable, DatabaseUnavailable) as error:
            failure = TryAgain(type(error).__name__)
            failure.rest = left
            raise failure from None
        except NoToken:  # the operator's to mend: what is queued waits, and counts no attempts
            pause = Throttled(self._waits.no_token, everyone=True)
            pause.rest = left
            raise pause from None
        except _Refused as refusal:
            said = send_error(refusal.code)
            said.rest = left
            raise said from None

    async def _one(self, user: str, body: dict[str, Any]) -> None:
        access, renewed = await self._tokens.access(), False
        while True:
            version = self._tokens.version
            self.calls += 1
            code = await self._api.send(access, version, user, body)
            if code in TOKEN and not renewed:
                access, renewed = await self._tokens.instead_of(access), True
            elif code == OLDER_INTERFACE and version != "v2":
                await self._tokens.keep_to_v2()
            else:
                break
        self._tell(code)
        if code:
            raise _Refused(code)

    def _tell(self, code: int) -> None:
        """What only the operator can mend is said once, and taken back when a message goes out."""
        if code == PACKAGE:
            self._status.note("package", _HIGHER_PACKAGE)
        elif code in TOKEN:
            self._status.note("permission", _NO_PERMISSION)
        elif code == 0:
            self._status.settled("package")
            self._status.settled("permission")


class _Refused(Exception):
    """Zalo's error code for one message."""

    def __init__(self, code: int) -> None:
        super().__init__(f"error {code}")
        self.code = code

"""The web as a channel: answers are the responses themselves; open pages fetch what else waits."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.channels.base import Broken, Capabilities, Door, DoorState, Hook
from bot.web.letterbox import CHANNEL, Letterbox
from handlers.messages import Reply

NAME = CHANNEL
CAN = Capabilities(buttons=True, in_response=True)


class WebChannel:
    """The door that is open as long as this program runs; bot.web serves it."""

    name = NAME
    can = CAN
    proactive_per_second = 1000.0
    calls = 0  # nobody counts

    hooks: Mapping[str, Hook] = MappingProxyType({})  # pages are not posted by a messenger

    def __init__(self, public_url: str, letterbox: Letterbox) -> None:
        self._public_url, self._letterbox = public_url.rstrip("/"), letterbox

    @property
    def state(self) -> DoorState:
        """Up: a program that answers this question also answers pages."""
        return DoorState(up=True)

    def door(self, desk: str) -> Door | None:
        """The address behind the desk's QR."""
        return Door(NAME, f"{self._public_url}/q/{desk}")

    def invite_door(self, token: str) -> Door | None:
        """The address of an invitation."""
        return Door(NAME, f"{self._public_url}/i/{token}")

    def staff_door(self, payload: str) -> Door | None:
        """The address behind a desk's staff QR."""
        return Door(NAME, f"{self._public_url}/s/{payload}")

    async def run(self) -> None:
        """Tell open pages what waits for them; receiving is done by bot.web.app.server."""
        await self._letterbox.run()

    async def send(self, address: str, answer: Reply, edit: str | None) -> None:
        """Never called: a page fetches its messages from the outbox itself (bot.web.inbox), in
        whichever process it is open; says so if it is."""
        del address, answer, edit
        raise Broken("a web page fetches its messages, nothing is sent to it")

    async def close(self) -> None:
        """Nothing is held."""

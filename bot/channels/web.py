"""The web as a channel: its answers are the responses themselves, so nothing is ever sent."""

import asyncio

from bot.channels.base import Broken, Capabilities, Door, DoorState
from handlers.messages import Reply

NAME = "web"
CAN = Capabilities(buttons=True, in_response=True)


class WebChannel:
    """The door that is open as long as this program runs; bot.web serves it."""

    name = NAME
    can = CAN
    proactive_per_second = 1000.0

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url.rstrip("/")

    @property
    def state(self) -> DoorState:
        """Up: a program that answers this question also answers pages."""
        return DoorState(up=True)

    def door(self, desk: str) -> Door | None:
        """The address behind the desk's QR."""
        return Door(NAME, f"{self._public_url}/q/{desk}")

    async def run(self) -> None:
        """Nothing to receive here: bot.web.app.server does."""
        await asyncio.Event().wait()

    async def send(self, address: str, answer: Reply, edit: str | None) -> None:
        """Never called while replies to the web stay out of the outbox; says so if it is."""
        del address, answer, edit
        raise Broken("a web page is answered in its response, not sent to")

    async def close(self) -> None:
        """Nothing is held."""

"""What every channel is: capabilities, how it sends, the closed set of send errors, its state."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from handlers.messages import Reply
from storage.queries.traffic import KEY_LIVES


@dataclass(frozen=True)
class Capabilities:
    """`buttons`: choices are tapped, not typed. `in_response`: the answer to an update is the
    response itself (the web), so replies never stand in the outbox. `comes_back_days`: for how
    long the messenger may hand over the same update again. `window`: how long after a person's
    message the messenger takes ours, None for always. `monthly`: messages a month its plan
    allows, 0 for any number."""

    buttons: bool = True
    in_response: bool = False
    comes_back_days: int = 2
    window: timedelta | None = None
    monthly: int = 0

    def counted_from(self, today: date) -> date:
        """The day an update is remembered from: later where a messenger hands updates over again
        for longer than a key is usually kept."""
        return today + timedelta(days=max(0, self.comes_back_days - KEY_LIVES.days))


class SendError(Exception):
    """Base of what can go wrong with one send; exactly one of the five below is raised.

    `rest` is what is left to send when a long reply went out in part, None when all of it is.
    """

    rest: Reply | None = None


class TryAgain(SendError):
    """Temporary: the network, a 5xx, a time-out. It may or may not have arrived."""


class Throttled(SendError):
    """Too fast: wait `seconds`; `everyone` if the whole token is told to pause. `quota`: what the
    plan allows is used up, for everyone; whoever can be reached elsewhere is written to there."""

    def __init__(self, seconds: float, *, everyone: bool = False, quota: bool = False) -> None:
        super().__init__(f"retry after {seconds} s")
        self.seconds, self.everyone, self.quota = seconds, everyone or quota, quota


class Gone(SendError):
    """The person blocked the bot or left: nothing will reach them."""


class Shut(SendError):
    """The messenger takes nothing for this person before they write again: a reply window."""


class Broken(SendError):
    """Our mistake: the messenger will never take this message."""


@dataclass(frozen=True)
class DoorState:
    """How a channel is doing: `up`, and one clear line saying why not (or since when)."""

    up: bool
    why: str = ""


@dataclass(frozen=True)
class Door:
    """A way in that a page can offer: `channel` names it, `url` opens it at a desk or invitation."""

    channel: str
    url: str


Hook = Callable[[Mapping[str, str], bytes], Awaitable[int]]
"""Takes what a messenger posts: the headers (names in lower case) and the raw body; returns the
HTTP status to answer."""


class Channel(Protocol):
    """A messenger. Created by bot.app; `run` receives until cancelled, `send` sends one reply.

    `calls` counts what it has sent so far, as the messenger counts for its pace: a long reply is
    several, an edit is one.
    """

    name: str
    can: Capabilities
    proactive_per_second: float

    @property
    def hooks(self) -> Mapping[str, Hook]:
        """What it takes at /hooks/<name>, by that name."""
        ...

    @property
    def calls(self) -> int:
        """How many messages were sent or edited since the start."""
        ...

    @property
    def state(self) -> DoorState:
        """How it is doing right now."""
        ...

    def door(self, desk: str) -> Door | None:
        """The link that opens a rating of this desk here, if people can come in this way."""
        ...

    def invite_door(self, token: str) -> Door | None:
        """The link that opens an invitation here, if people can come in this way."""
        ...

    def staff_door(self, payload: str) -> Door | None:
        """The link that begins a shift here (`<desk>-<token>`), if people can come in this way."""
        ...

    async def run(self) -> None:
        """Set up, then receive until cancelled. A channel that cannot work says so in `state`."""
        ...

    async def send(self, address: str, answer: Reply, edit: str | None) -> None:
        """Send one reply, in place of message `edit` where that works; raises a SendError."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...

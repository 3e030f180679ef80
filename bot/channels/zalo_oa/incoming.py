"""From an event to an Incoming: what a person did, in Zalo's words."""

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from bot.channels.zalo_oa.render import MARK
from handlers.citizen.actions import START
from handlers.messages import Incoming

NAME = "zalo_oa"
_SAID = "user_send_"
_KINDS = (
    "image", "sticker", "gif", "audio", "video", "file", "location", "link", "business_card",
)  # fmt: skip
_NOBODY_ASKS = ("oa_", "user_seen_", "user_received_", "user_reacted_", "anonymous_")


class _Shape(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True, hide_input_in_errors=True, frozen=True)


class Somebody(_Shape):
    """A person, or the account itself."""

    id: str


class Said(_Shape):
    """What was sent. `attachments` are of many shapes; of a link's one the address is read."""

    msg_id: str
    text: str | None = None
    attachments: Any = None

    @property
    def link(self) -> str | None:
        """A pasted link as a chat shows it: it comes as an event of its own."""
        match self.attachments:
            case [{"payload": {"url": str(address)}}, *_] if not self.text:
                return address
        return self.text or None


class Event(_Shape):
    """One post of Zalo's; what a kind of event does not have is None."""

    app_id: str
    event_name: str
    timestamp: str
    sender: Somebody | None = None
    follower: Somebody | None = None
    message: Said | None = None


@dataclass(frozen=True)
class Left:
    """A person no longer follows the account; `key` as in Incoming."""

    chat: str
    key: str


class Unknown(Exception):
    """An event of a kind or shape that is not known; its name alone is told."""


def read(event: Event) -> Incoming | Left | None:
    """What an event means; None for one that asks for nothing. Raises Unknown."""
    name = event.event_name
    if name in {"follow", "unfollow"}:
        return _followed(event)
    if name.startswith(_NOBODY_ASKS):
        return None
    if not name.startswith(_SAID) or event.sender is None or event.message is None:
        raise Unknown
    kind, said = name.removeprefix(_SAID), event.message
    if kind == "link" and said.link:
        return _incoming(event, event.sender, said.msg_id, text=said.link)
    if kind in _KINDS:
        return _incoming(event, event.sender, said.msg_id, other=kind)
    if kind != "text" or said.text is None:
        raise Unknown
    return _typed(event, event.sender, said.msg_id, said.text)


def _typed(event: Event, who: Somebody, number: str, text: str) -> Incoming:
    if text.startswith(MARK):
        return _incoming(event, who, number, action=text.removeprefix(MARK))
    if not text.strip():
        return _incoming(event, who, number, other="unknown")
    return _incoming(event, who, number, text=text)


def _followed(event: Event) -> Incoming | Left:
    """Whoever follows is greeted; whoever does no longer is not written to."""
    who = event.follower or event.sender
    if who is None:
        raise Unknown
    number = f"{event.event_name}:{who.id}:{event.timestamp}"
    if event.event_name == "unfollow":
        return Left(who.id, f"{event.app_id}:{number}")
    return _incoming(event, who, number, action=START.build())


def _incoming(
    event: Event,
    who: Somebody,
    number: str,
    *,
    action: str | None = None,
    text: str | None = None,
    other: str | None = None,
) -> Incoming:
    key = f"{event.app_id}:{number}"
    return Incoming(NAME, who.id, who.id, key, action=action, text=text, other=other)

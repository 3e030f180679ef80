"""From an update to an Incoming: what a person did, in Zalo's words."""

import re
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from handlers.messages import Incoming

NAME = "zalo_bot"
TEXT = "message.text.received"
# A picture's address comes as `photo` or `photo_url`; it is never looked at.
KINDS = {
    "message.image.received": "photo",
    "message.sticker.received": "sticker",
    "message.voice.received": "voice",
    "message.unsupported.received": "unknown",
}
_EVENT = re.compile(r"[a-z_.]{1,60}")

_Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class _Foreign(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)


class _Person(_Foreign):
    id: _Id
    is_bot: Annotated[bool, BeforeValidator(bool)] = False


class _Chat(_Foreign):
    id: _Id
    chat_type: str


class _Message(_Foreign):
    person: _Person = Field(alias="from")
    chat: _Chat
    message_id: _Id
    text: str | None = None


def event_of(raw: object) -> str:
    """The name of an update's event, "" where it has none that could be one."""
    name = raw.get("event_name") if isinstance(raw, dict) else None
    return name if isinstance(name, str) and _EVENT.fullmatch(name) else ""


def read(raw: dict[str, Any]) -> Incoming | None:
    """What an update of a known event means; None for one that asks for nothing. Raises
    pydantic's ValidationError for an unknown shape."""
    message = _Message.model_validate(raw.get("message"))
    if message.person.is_bot or message.chat.chat_type.upper() != "PRIVATE":
        return None
    typed = message.text if event_of(raw) == TEXT else None
    text = typed if typed and typed.strip() else None
    return Incoming(
        channel=NAME,
        chat=message.chat.id,
        person=message.person.id,
        key=message.message_id,
        text=text,
        other=None if text else KINDS.get(event_of(raw), "unknown"),
    )

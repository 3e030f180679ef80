"""What a test reads back: calls, refusals, and messages as a person sees them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from .parameters import JSON, Upload

Outcome = Literal["running", "ok", "refused", "fault", "dropped"]


@dataclass
class Call:
    """One request of the bot.

    ok: answered 200 · refused: ok=false by the server's own rules · fault: a scripted error, not
    executed · dropped: executed, but its answer was never sent (or the caller had gone).
    """

    method: str
    params: JSON
    files: dict[str, Upload]
    chat: int | None
    at: float
    outcome: Outcome = "running"
    code: int | None = None
    description: str = ""
    message_id: int | None = None


@dataclass(frozen=True)
class Refusal:
    """A call that the real server would refuse, or (code 200) one with parameters unknown to it."""

    method: str
    params: JSON
    code: int
    description: str


@dataclass(frozen=True)
class Button:
    """One inline button where it stands; data is None for links and the like."""

    text: str
    data: str | None
    url: str | None
    chat_id: int
    message_id: int
    raw: JSON = field(repr=False, compare=False)


@dataclass(frozen=True)
class Shown:
    """A message as it stands in the chat now. edited counts edits since it was sent."""

    message_id: int
    chat_id: int
    from_bot: bool
    kind: str
    text: str
    html: str
    keyboard: tuple[tuple[Button, ...], ...]
    edited: int
    file: Upload | None
    raw: JSON = field(repr=False, compare=False)

    @property
    def buttons(self) -> list[Button]:
        return [button for row in self.keyboard for button in row]

    @property
    def labels(self) -> list[str]:
        return [button.text for button in self.buttons]


@dataclass(frozen=True)
class Toast:
    """What answerCallbackQuery showed to the person; text is empty when it only stopped a wait."""

    text: str
    alert: bool

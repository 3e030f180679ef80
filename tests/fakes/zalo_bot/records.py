"""What a test reads back, and how the interface says no."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

JSON = dict[str, Any]


class Refusal(Exception):
    """ok=false; `status` is the HTTP status, its error_code unless told otherwise."""

    def __init__(self, code: int, description: str, status: int | None = None) -> None:
        super().__init__(description)
        self.code, self.description = code, description
        self.status = code if status is None else status

    @property
    def body(self) -> JSON:
        return {"ok": False, "description": self.description, "error_code": self.code}


@dataclass
class Call:
    """One request of the bot. `code` is 0 for an answer with ok=true, None while it runs; `began`
    and `ended` in seconds of a monotonic clock. `scripted`: a fault answered, not the service.
    `unheard`: its answer never reached who called."""

    method: str
    body: JSON
    began: float
    ended: float = 0.0
    code: int | None = None
    description: str = ""
    scripted: bool = False
    unheard: bool = False


@dataclass(frozen=True)
class Shown:
    """A message of the bot as a person sees it; `picture` is what its address held."""

    message_id: str
    text: str
    photo: str = ""
    picture: bytes = b""

"""What Zalo knows: the account, its tokens, its people, and what was sent to them."""

from __future__ import annotations

import itertools
import threading
import time
from dataclasses import dataclass, field
from typing import Any

APP_ID = "1234567890123456789"
OA_ID = "9876543210987654321"
APP_SECRET = "app-secret-of-the-tests"
OA_SECRET = "oa-secret-of-the-tests"
FIRST_REFRESH = "first-refresh-token-from-the-api-explorer"
ACCESS_LIVES_S = 25 * 3600
FREE_S, WINDOW_S = 48 * 3600, 7 * 24 * 3600

JSON = dict[str, Any]


@dataclass(frozen=True)
class Button:
    """A button as a person sees it, and what pressing it sends."""

    title: str
    payload: str
    hidden: bool = True


@dataclass(frozen=True)
class Message:
    """What the account sent to a person; `version` is the interface it came by."""

    message_id: str
    text: str
    buttons: tuple[Button, ...] = ()
    version: str = "v3"
    billed: bool = False


@dataclass(frozen=True)
class Refusal:
    """A call that broke a rule of the interface: the bot's mistake."""

    code: int
    why: str


@dataclass
class Account:
    """A person as Zalo sees them; `heard` is when they last did something that opens the window."""

    id: str
    follows: bool = True
    blocked: bool = False
    heard: float | None = None
    inbox: list[Message] = field(default_factory=list)


@dataclass
class World:
    """Everything behind one lock: the server's thread and the test's share it."""

    government: bool = False
    package: bool = True
    offset: float = 0.0
    refresh: str = FIRST_REFRESH
    used: set[str] = field(default_factory=set)
    access: dict[str, float] = field(default_factory=dict)
    renewals: int = 0
    people: dict[str, Account] = field(default_factory=dict)
    calls: list[tuple[str, JSON]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def now(self) -> float:
        """Seconds since 1970, moved by `offset`."""
        return time.time() + self.offset

    def number(self, prefix: str) -> str:
        return f"{prefix}{next(self.numbers):08x}"

    def refuse(self, code: int, why: str) -> JSON:
        """Zalo's answer to a mistake; it is remembered, so that a test can complain."""
        self.refusals.append(Refusal(code, why))
        return {"error": code, "message": why}

    # Tokens.

    def renew(self, secret: str, fields: dict[str, str]) -> JSON:
        """POST /v4/oa/access_token: a new pair for a refresh token that was never used."""
        if secret != APP_SECRET:
            return self._oauth_error(-14002, "Invalid secret key")
        if set(fields) != {"app_id", "grant_type", "refresh_token"}:
            return self.refuse(-14001, f"fields {sorted(fields)}")
        if fields["app_id"] != APP_ID or fields["grant_type"] != "refresh_token":
            return self._oauth_error(-14003, "Invalid app id or grant type")
        if fields["refresh_token"] != self.refresh:
            return self._oauth_error(-14014, "Invalid refresh token")
        self.used.add(self.refresh)
        self.refresh = self.number("refresh-")
        self.renewals += 1
        return {
            "access_token": self.new_access(),
            "refresh_token": self.refresh,
            "expires_in": str(ACCESS_LIVES_S),
        }

    def new_access(self) -> str:
        """An access token that works for 25 hours; the earlier ones go on until theirs are over."""
        token = self.number("access-")
        self.access[token] = self.now() + ACCESS_LIVES_S
        return token

    @staticmethod
    def _oauth_error(code: int, name: str) -> JSON:
        return {"error": code, "error_name": name, "error_description": name, "error_reason": name}

    def token_error(self, token: str | None) -> int:
        if token is None or token not in self.access:
            return -216
        return -220 if self.access[token] <= self.now() else 0

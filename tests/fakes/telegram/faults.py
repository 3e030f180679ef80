"""Scripted trouble: errors, broken gateways, hangs, dropped answers, reset connections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from .errors import ApiError, bad_request, forbidden, too_many_requests
from .parameters import JSON

FaultKind = Literal["error", "html", "hang", "drop", "reset"]
Predicate = Callable[[str, JSON], bool]

_GATEWAY_PAGE = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    "<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.18.0</center>\r\n"
    "</body>\r\n</html>\r\n"
)


@dataclass(frozen=True)
class Fault:
    """One way in which a call goes wrong. Only hang (by default) and drop execute the call."""

    kind: FaultKind
    error: ApiError = field(default_factory=lambda: ApiError(500, "Internal Server Error"))
    seconds: float = 0.0
    executed: bool = False
    page: str = ""

    @staticmethod
    def api_error(code: int, description: str, **parameters: Any) -> Fault:
        """Any ok=false answer, e.g. 400 with migrate_to_chat_id."""
        return Fault("error", ApiError(code, description, **parameters))

    @staticmethod
    def too_many_requests(seconds: int) -> Fault:
        return Fault("error", too_many_requests(seconds))

    @staticmethod
    def blocked() -> Fault:
        return Fault("error", forbidden("bot was blocked by the user"))

    @staticmethod
    def deactivated() -> Fault:
        return Fault("error", forbidden("user is deactivated"))

    @staticmethod
    def never_started() -> Fault:
        return Fault("error", forbidden("bot can't initiate conversation with a user"))

    @staticmethod
    def chat_not_found() -> Fault:
        return Fault("error", bad_request("chat not found"))

    @staticmethod
    def unauthorized() -> Fault:
        return Fault("error", ApiError(401, "Unauthorized"))

    @staticmethod
    def server_error() -> Fault:
        return Fault("error", ApiError(500, "Internal Server Error"))

    @staticmethod
    def bad_gateway() -> Fault:
        """502 with the HTML page of the proxy in front of the real server."""
        return Fault("html", ApiError(502, "Bad Gateway"), page=_GATEWAY_PAGE)

    @staticmethod
    def hang(seconds: float, *, executed: bool = True) -> Fault:
        """Executed at once and answered late; or, not executed, cut after the wait."""
        return Fault("hang", seconds=seconds, executed=executed)

    @staticmethod
    def drop() -> Fault:
        """The call is executed, then the connection is cut without a response."""
        return Fault("drop", executed=True)

    @staticmethod
    def reset() -> Fault:
        """The connection is reset before anything is executed."""
        return Fault("reset")


@dataclass
class _Planned:
    method: str | None
    fault: Fault
    times: int | None
    chat: int | None
    when: Predicate | None

    def fits(self, method: str, chat: int | None, params: JSON) -> bool:
        return (
            (self.method is None or self.method.lower() == method.lower())
            and (self.chat is None or self.chat == chat)
            and (self.when is None or self.when(method, params))
        )


@dataclass
class FaultScript:
    """Faults in the order they were planned; a used one is gone. The server's lock guards it."""

    planned: list[_Planned] = field(default_factory=list)

    def plan(
        self,
        method: str | None,
        fault: Fault,
        times: int | None,
        chat: int | None,
        when: Predicate | None,
    ) -> None:
        self.planned.append(_Planned(method, fault, times, chat, when))

    def take(self, method: str, chat: int | None, params: JSON) -> Fault | None:
        for entry in self.planned:
            if entry.fits(method, chat, params):
                self._use(entry)
                return entry.fault
        return None

    def _use(self, entry: _Planned) -> None:
        if entry.times is not None:
            entry.times -= 1
            if entry.times <= 0:
                self.planned.remove(entry)

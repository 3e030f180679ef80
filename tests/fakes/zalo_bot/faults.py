"""Scripted trouble: refusals, pages of proxies, nothing, lateness, cut connections."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from .records import JSON


@dataclass(frozen=True)
class Fault:
    """What is answered instead, after `delay` seconds. `executed`: the call is carried out all the
    same. `cut`: the connection breaks without an answer. Without a body the service answers."""

    status: int = 200
    body: bytes | None = None
    media_type: str = "application/json"
    delay: float = 0.0
    executed: bool = False
    cut: bool = False

    @staticmethod
    def refusal(code: int, description: str, *, status: int | None = None) -> Fault:
        """ok=false with this code; status=200 for one that comes with HTTP 200."""
        body: JSON = {"ok": False, "description": description, "error_code": code}
        return Fault(code if status is None else status, json.dumps(body).encode())

    @staticmethod
    def page(status: int = 502) -> Fault:
        """The page of a proxy."""
        return Fault(status, b"<html><h1>Bad Gateway</h1></html>", "text/html")

    @staticmethod
    def nothing(status: int = 200) -> Fault:
        """An empty body."""
        return Fault(status, b"")

    @staticmethod
    def late(seconds: float) -> Fault:
        """The right answer, late."""
        return Fault(delay=seconds, executed=True)

    @staticmethod
    def dropped(*, executed: bool = True) -> Fault:
        """No answer: the connection is cut."""
        return Fault(executed=executed, cut=True)


@dataclass
class _Planned:
    method: str
    fault: Fault
    times: int | None
    chat: str | None


@dataclass
class FaultScript:
    """Faults in the order they were planned; times None: for good."""

    planned: list[_Planned] = field(default_factory=list)

    def plan(self, method: str, fault: Fault, times: int | None, chat: str | None) -> None:
        self.planned.append(_Planned(method, fault, times, chat))

    def take(self, method: str, body: JSON) -> Fault | None:
        for entry in self.planned:
            if entry.method == method and entry.chat in (None, body.get("chat_id")):
                if entry.times is not None:
                    entry.times -= 1
                    if entry.times <= 0:
                        self.planned.remove(entry)
                return entry.fault
        return None

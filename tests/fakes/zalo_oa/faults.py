"""Scripted trouble: error codes, gateways, delays, cut connections, answers that get lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Event


@dataclass(frozen=True)
class Fault:
    """One way in which a call goes wrong. `executed`: the call is carried out all the same, and
    only its answer goes wrong. `gate`: the answer waits until it is opened."""

    code: int = 0
    status: int = 200
    cut: bool = False
    seconds: float = 0.0
    executed: bool = False
    html: bool = False
    gate: Event | None = None

    @staticmethod
    def error(code: int) -> Fault:
        """An error code, with HTTP 200 as Zalo has it."""
        return Fault(code=code)

    @staticmethod
    def server_error(status: int = 503) -> Fault:
        return Fault(status=status, html=True)

    @staticmethod
    def page() -> Fault:
        """HTTP 200 and no JSON, as a captive portal answers."""
        return Fault(html=True)

    @staticmethod
    def refuse_connection() -> Fault:
        """Cut before anything happens."""
        return Fault(cut=True)

    @staticmethod
    def drop_answer() -> Fault:
        """Carried out; the answer is cut."""
        return Fault(cut=True, executed=True)

    @staticmethod
    def late(seconds: float) -> Fault:
        """Carried out; the answer takes its time."""
        return Fault(seconds=seconds, executed=True)

    @staticmethod
    def held() -> Fault:
        """Carried out; the answer waits for `gate.set()`."""
        return Fault(executed=True, gate=Event())


@dataclass
class Script:
    """What is planned, in order, for calls of "send" and of "token"."""

    planned: list[tuple[str, Fault, int | None]] = field(default_factory=list)

    def next(self, kind: str) -> Fault | None:
        for index, (wanted, fault, times) in enumerate(self.planned):
            if wanted != kind:
                continue
            if times is not None and times > 1:
                self.planned[index] = (wanted, fault, times - 1)
            elif times == 1:
                del self.planned[index]
            return fault
        return None

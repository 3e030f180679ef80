"""Programs that are started, killed and started again, as a service manager would."""

import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.chaos.forking import Forked, fork_server
from tests.process.program import Program

_STARTS_AGAIN_AFTER_S = 0.1
ENDS_WITHIN_S = 30.0  # what a service manager is told to wait


@dataclass
class Supervised:
    """One program. `ended_by_itself` says so of a program that had been ready."""

    program: Program
    cold: bool = False  # the interpreter and all imports anew, which takes a second
    process: "Forked | subprocess.Popen[bytes] | None" = None
    wanted: bool = False
    ready: bool = False
    paused: bool = False
    starts: int = 0
    kills: list[float] = field(default_factory=list)
    stops: list[float] = field(default_factory=list)
    ended_by_itself: list[str] = field(default_factory=list)
    _next_start: float = 0.0
    _asked_at: float = 0.0
    _told_at: float = 0.0
    _was_ready: bool = False

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def look(self) -> None:
        """Start it if it is wanted and down; see whether it is ready."""
        now = time.monotonic()
        if not self.wanted:
            return
        if not self.alive:
            if self.ready:
                code = None if self.process is None else self.process.returncode
                self.ended_by_itself.append(f"ended by itself with {code}: {self.last_words()}")
            self.ready = False
            if now >= self._next_start:
                self._start()
                self.starts += 1
                self._next_start = now + _STARTS_AGAIN_AFTER_S * 3 * self.starts
        elif not self.ready and not self.paused and now - self._asked_at > 0.05:
            self._asked_at = now
            self.ready = self._answers()

    def _start(self) -> None:
        if self.cold:
            self.program.start(wait=False)
            self.process = self.program.process
            return
        module, *before = self.program.module
        arguments = (*before, "run", "--config", str(self.program.config))
        self.process = fork_server().start(module, *arguments, log=self.program.log)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.program.url}/healthz", timeout=1).status_code == 200
        except httpx.HTTPError:
            return False

    def kill(self) -> None:
        """kill -9, whatever it is doing."""
        if self.alive and self.process is not None:
            self.kills.append(time.monotonic())
            self.ready = False
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def terminate(self) -> None:
        """SIGTERM; it is not started again before `said`."""
        self.wanted = False
        if self.alive and self.process is not None:
            self._was_ready, self._told_at = self.ready and not self.paused, time.monotonic()
            self.process.terminate()
        self.ready = False

    @property
    def ended(self) -> bool:
        """Whether it has, or has taken too long."""
        return not self.alive or time.monotonic() - self._told_at > ENDS_WITHIN_S

    def said(self) -> str:
        """What is wrong with how it ended, or nothing."""
        if self.alive:
            self.kill()
            return f"did not end within {ENDS_WITHIN_S:.0f} s of SIGTERM: {self.last_words()}"
        if not self._was_ready or self.process is None:
            return ""
        self.stops.append(time.monotonic() - self._told_at)
        self._was_ready = False
        if self.process.returncode in {0, -signal.SIGKILL}:  # another fault was quicker
            return ""
        return f"ended with {self.process.returncode} at SIGTERM: {self.last_words()}"

    def pause(self) -> None:
        if self.alive and self.process is not None:
            self.paused = True
            os.kill(self.process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        if self.paused and self.alive and self.process is not None:
            os.kill(self.process.pid, signal.SIGCONT)
        self.paused = False

    def last_words(self) -> str:
        """The end of its log."""
        log: Path = self.program.log
        return log.read_text(encoding="utf-8")[-600:] if log.exists() else ""

    def end(self) -> None:
        self.wanted = False
        self.go_on()
        self.kill()

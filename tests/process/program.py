"""A real `python -m bot run` in a process of its own, that may be killed and started again."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from tests.everything import often

if TYPE_CHECKING:
    from tests.chaos.forking import Forked

ROOT = Path(__file__).parents[2]
WARM = often(True, False)  # one start in test_whole_job.py is cold in every run


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Program:
    """Starts, kills and restarts the program with one configuration file and `environment`.
    `module`: what Python runs, and what stands before the command. `warm`: forked from a process
    that has imported everything, which saves each start a second (tests/chaos/forking.py)."""

    folder: Path
    settings: dict[str, dict[str, object]]
    port: int = field(default_factory=free_port)
    environment: dict[str, str] = field(default_factory=dict)
    module: tuple[str, ...] = ("bot",)
    arguments: tuple[str, ...] = ()  # of run
    warm: bool = False
    process: "Forked | subprocess.Popen[bytes] | None" = None

    def __post_init__(self) -> None:
        self.settings.setdefault("web", {})["port"] = self.port
        self.config = self.folder / "config.toml"
        self.log = self.folder / "log.txt"
        lines = []
        for section, values in self.settings.items():
            lines.append(f"[{section}]")
            lines += [f"{key} = {_toml(value)}" for key, value in values.items()]
        self.config.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.config.chmod(0o600)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self, *arguments: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        """Run another command of the program to its end."""
        if self.warm:
            return self._warm_command(*arguments, check=check)
        return subprocess.run(
            [sys.executable, "-m", *self.module, *arguments, "--config", str(self.config)],
            cwd=ROOT, env=environment() | self.environment, capture_output=True, text=True, check=check, timeout=120,
        )  # fmt: skip

    def _warm_command(self, *arguments: str, check: bool) -> "subprocess.CompletedProcess[str]":
        said, errors = self.folder / "said.txt", self.folder / "errors.txt"
        for file in (said, errors):
            file.write_text("")
        code = self._forked(*arguments, log=said, errors=errors).wait(120)
        assert code is not None
        ended = subprocess.CompletedProcess(
            arguments, code, said.read_text(encoding="utf-8"), errors.read_text(encoding="utf-8")
        )
        if check:
            ended.check_returncode()
        return ended

    def _forked(self, *arguments: str, log: Path, errors: Path | None = None) -> "Forked":
        from tests.chaos.forking import fork_server

        module, *before = self.module
        return fork_server().start(
            module, *before, *arguments, "--config", str(self.config),
            log=log, errors=errors, more=self.environment,
        )  # fmt: skip

    def start(self, *, wait: bool = True) -> None:
        if self.warm:
            self.process = self._forked("run", *self.arguments, log=self.log)
        else:
            self._start_cold()
        if wait:
            self.wait_ready()

    def _start_cold(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *self.module, "run", *self.arguments, "--config", str(self.config)],
                cwd=ROOT, env=environment() | self.environment, stdout=log, stderr=log,
            )  # fmt: skip

    def wait_ready(self, within: float = 30) -> None:
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            assert self.process is not None
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
            try:
                if httpx.get(f"{self.url}/healthz", timeout=1).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError(f"not ready: {self.log.read_text(encoding='utf-8')}")

    def kill(self) -> None:
        """kill -9: no handler runs, nothing is flushed."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """Ask it to end, as systemd does; its exit code."""
        assert self.process is not None
        self.process.terminate()
        code = self.process.wait(timeout=30)
        assert code is not None
        return code


def environment() -> dict[str, str]:
    """No settings from outside; not measured: coverage slows each start, and others cover the code."""
    return {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("BOT_", "COVERAGE_", "PYTHONDONTWRITE"))
    }


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else f'"{value}"'

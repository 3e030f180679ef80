"""Programs to measure, each in a process of its own: ours as an operator runs it, and others."""

import asyncio
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from storage.database import Database
from storage.keys import Keys
from storage.queries.mark import mark_or_check
from storage.schema import upgrade
from storage.tables import Desk, Unit

ROOT = Path(__file__).parents[1]
PEERS = ROOT / "bench" / "peers"
PEERS_PYTHON = ROOT / ".venv" / "peers" / "bin" / "python"
SECRET = "a-secret-for-webhooks"
TOKEN = "7:our-token-of-the-benchmark-aaaaaaaaaa"
PRIVACY = "a secret for the benchmark, long enough to be one"
_READY_WITHIN_S = 30.0


@dataclass
class Running:
    """A program that was started, and the port it takes posts at."""

    process: "subprocess.Popen[bytes]"
    port: int
    log: Path

    async def ready(self) -> None:
        """Until it takes connections; what it wrote, if it ends instead."""
        async with asyncio.timeout(_READY_WITHIN_S):
            while True:
                if self.process.poll() is not None:
                    raise RuntimeError(self.log.read_text(encoding="utf-8"))
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                except OSError:
                    await asyncio.sleep(0.05)
                    continue
                writer.close()
                return

    def cpu(self) -> float:
        """Seconds of processor time it has used since it began."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        """End it, however."""
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start(folder: Path, name: str, port: int, *command: str) -> Running:
    """Start a program; what it writes goes to a file in the folder."""
    log = folder / f"{name}.log"
    kept = {key: value for key, value in os.environ.items() if not key.startswith("BOT_")}
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=kept, stdout=output, stderr=output)
    return Running(process, port, log)


def ours(folder: Path, base: str, *, name: str = "ours", module: str = "bot") -> Running:
    """`python -m bot run` with a desk Q1; with `base` a Telegram webhook whose calls go there."""
    port = free_port()
    url = f"sqlite:///{folder / f'{name}.sqlite'}"
    _furnish(url)
    lines = [
        f'[database]\nurl = "{url}"',
        f'[privacy]\nsecret = "{PRIVACY}"',
        f"[web]\nport = {port}",
    ]
    if base:
        lines.append(
            f'[telegram]\ntoken = "{TOKEN}"\napi_base = "{base}/bot"\n'
            f'mode = "webhook"\nwebhook_secret = "{SECRET}"'
        )
    config = folder / f"{name}.toml"
    config.write_text("\n".join(lines) + "\n", encoding="utf-8")
    config.chmod(0o600)
    return start(folder, name, port, sys.executable, "-m", module, "run", "--config", str(config))


def peer(folder: Path, name: str, base: str) -> Running:
    """One of bench/peers, in the environment that has what they need."""
    if not PEERS_PYTHON.exists():
        raise RuntimeError("the programs to compare with need .venv/peers: run `make bench`")
    port = free_port()
    script, file = str(PEERS / f"{name}.py"), str(folder / f"{name}.sqlite")
    return start(folder, name, port, str(PEERS_PYTHON), script, file, base, str(port), SECRET)


def _furnish(url: str) -> None:
    upgrade(url)
    database = Database(url, Keys(PRIVACY))

    def furnished(session: Session) -> None:
        mark_or_check(session, demo=False)
        unit = Unit(code="C1", name="Chi đoàn", folded="chi doan")
        session.add(unit)
        session.flush()
        assert unit.id is not None
        session.add(Desk(code="Q1", name="Quầy 1", folded="quay 1", unit_id=unit.id))

    database.run_now(furnished)
    database.close()

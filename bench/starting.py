"""From the start to the first answer, and memory at rest, beside a process that only imports what the
program has imported by then: its own modules and those of others."""

import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from time import perf_counter, sleep
from typing import Any
from urllib.error import URLError

from bench.programs import PRIVACY, ROOT, free_port
from bench.side_by_side import Row
from storage.schema import upgrade

ROUNDS = 7
_READY_WITHIN_S = 60.0
_REST_S = 2.0  # after which nothing of the start is going on any more
_LATE = {"alembic", "matplotlib", "typst", "docxtpl", "xlsxwriter"}  # when somebody needs them
_IMPORT = """
import sys
from importlib import import_module
for name in sys.stdin.readline().split():
    try:
        import_module(name)
    except ImportError:
        pass
print("ready", flush=True)
sys.stdin.read()
"""
Child = subprocess.Popen[str]
Started = AbstractContextManager[tuple[Child, float]]


def rows() -> Iterator[Row]:
    """Both in turns, each in a new process."""
    Path("var").mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="bench", dir="var") as name:
        config, port = _configured(Path(name))
        names = _imported(config, port)
        early = {each.split(".")[0] for each in names} & _LATE
        if early:
            raise RuntimeError(f"imported before anybody needs it: {', '.join(sorted(early))}")
        rounds = []
        for _ in range(ROUNDS + 1):
            rounds.append((_measured(_program(config, port)), _measured(_imports(names))))
    del rounds[0]  # it warmed the disk
    for which, what, bar, unit in (
        (0, "start to ready", 1.5, "s"),
        (1, "memory at rest", 1.25, "MB"),
    ):
        pairs = [(ours[which], theirs[which]) for ours, theirs in rounds]
        ours, theirs = (sorted(each)[len(pairs) // 2] for each in zip(*pairs, strict=True))
        yield Row(
            what,
            "importing the same modules",
            [mine / other for mine, other in pairs],
            bar,
            at_most=True,
            figures=f"{ours:.3g} {unit} beside {theirs:.3g} {unit}",
        )


def _configured(folder: Path) -> tuple[Path, int]:
    """A configuration on a database that is there, as at every start but the first."""
    url, port = f"sqlite:///{(folder / 'bot.sqlite').absolute()}", free_port()
    upgrade(url)
    config = folder / "config.toml"
    config.write_text(
        f'[privacy]\nsecret = "{PRIVACY}"\n[database]\nurl = "{url}"\n[web]\nport = {port}\n',
        encoding="utf-8",
    )
    config.chmod(0o600)
    return config, port


def _imported(config: Path, port: int) -> list[str]:
    """Every module the program has imported when it is ready, in its order."""
    program = ("-X", "importtime", "-m", "bot", "run", "--config", str(config))
    with TemporaryFile("w+", encoding="utf-8") as told:
        with _run(program, told) as process:
            _until_ready(process, port)
        told.seek(0)
        return re.findall(r"^import time: +\d+ \| +\d+ \| +(\S+)$", told.read(), re.MULTILINE)


def _measured(started: Started) -> tuple[float, float]:
    """Seconds it took to start, megabytes in memory when it is at rest."""
    with started as (process, seconds):
        sleep(_REST_S)
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    found = re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
    assert found is not None
    return seconds, int(found[1]) / 1000


@contextmanager
def _program(config: Path, port: int) -> Iterator[tuple[Child, float]]:
    began = perf_counter()
    with _run(("-m", "bot", "run", "--config", str(config))) as process:
        _until_ready(process, port)
        yield process, perf_counter() - began


@contextmanager
def _imports(names: Sequence[str]) -> Iterator[tuple[Child, float]]:
    began = perf_counter()
    with _run(("-c", _IMPORT)) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(" ".join(names) + "\n")
        process.stdin.flush()
        assert process.stdout.readline() == "ready\n"
        yield process, perf_counter() - began


@contextmanager
def _run(arguments: Sequence[str], errors: Any = subprocess.DEVNULL) -> Iterator[Child]:
    pipe = subprocess.PIPE
    command = [sys.executable, *arguments]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=errors, text=True
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.communicate(timeout=30)


def _until_ready(process: Child, port: int) -> None:
    until = perf_counter() + _READY_WITHIN_S
    while perf_counter() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the program ended by itself: {process.returncode}")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
        except (URLError, ConnectionError):
            sleep(0.005)
        else:
            return
    raise TimeoutError

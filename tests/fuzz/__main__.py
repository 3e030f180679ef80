"""Fuzz the entries, guided by coverage: `python -m tests.fuzz --seconds N [TARGET …]`.

Each target runs in a process of its own, two at a time. What it has learned is kept under
var/fuzz/<target>/corpus, an input that broke something beside it.
"""

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from tests.fuzz.targets import ALL

_ROOT = Path(__file__).parents[2]
_AT_ONCE = 2
_STATUS = re.compile(r"^#(\d+)\s+\w+\s+cov: (\d+) ft: (\d+)")
_DONE = re.compile(r"^Done (\d+) runs in (\d+) second")
_ENDED = re.compile(r"ERROR: libFuzzer: (.*)|memory allocation of .* failed|panicked at")


@dataclass
class Run:
    """One target while it runs, and what came of it."""

    name: str
    seconds: int
    executions: int = 0
    edges: int = 0
    features: int = 0
    fuzzed: int = 0  # seconds, without what it takes to start
    took: float = 0.0
    findings: list[str] = field(default_factory=list)
    _process: "subprocess.Popen[str] | None" = None
    _before: int = 0
    _fuzzed_before: int = 0
    _began: float = field(default_factory=time.monotonic)

    def start(self) -> "Run":
        """Begin, or go on after libFuzzer ended the process."""
        left = max(1, round(self.seconds - (time.monotonic() - self._began)))
        command = [sys.executable, "-m", "tests.fuzz.one", self.name, f"-max_total_time={left}"]
        self._log = _folder(self.name) / "log"
        self._before, self._fuzzed_before = self.executions, self.fuzzed
        with self._log.open("w") as log:
            self._process = subprocess.Popen(command, cwd=_ROOT, stdout=log, stderr=log, text=True)
        return self

    def look(self) -> bool:
        """Read how far it is; whether it is done with."""
        assert self._process is not None
        ended = self._process.poll()
        self._read()
        self.took = time.monotonic() - self._began
        if ended is None:
            return False
        if ended != 0 and self.took < self.seconds - 1 and len(self.findings) < 20:
            self.start()
            return False
        return True

    def _read(self) -> None:
        for line in self._log.read_text(errors="replace").splitlines():
            if found := _STATUS.match(line):
                self.executions = self._before + int(found[1])
                self.edges, self.features = int(found[2]), int(found[3])
            elif found := _DONE.match(line):
                self.executions = self._before + int(found[1])
                self.fuzzed = self._fuzzed_before + int(found[2])
            elif line.startswith(("FOUND", "      python")) or _ENDED.search(line):
                self._note(line)
            elif "Test unit written to" in line:
                self._note(
                    "      python -m tests.fuzz --again " + f"{self.name} {line.split()[-1]}"
                )

    def _note(self, line: str) -> None:
        if line not in self.findings:
            self.findings.append(line)
            print(line, flush=True)

    @property
    def found(self) -> int:
        """How many faults."""
        return sum(not each.startswith("      ") for each in self.findings)


def _folder(name: str) -> Path:
    folder = _ROOT / "var" / "fuzz" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _fuzz(names: list[str], seconds: int) -> Iterator[Run]:
    waiting, running = [Run(name, seconds) for name in names], list[Run]()
    told = 0.0
    while waiting or running:
        while waiting and len(running) < _AT_ONCE:
            run = waiting.pop(0)
            run._began = time.monotonic()
            running.append(run.start())
        time.sleep(0.5)
        done = [each for each in running if each.look()]
        running = [each for each in running if each not in done]
        yield from done
        if time.monotonic() - told > 10:
            told = time.monotonic()
            now = " · ".join(
                f"{each.name} {each.executions:,} runs, {each.edges:,} edges" for each in running
            )
            print(f"{len(waiting)} wait · {now}", flush=True)


def _table(runs: list[Run]) -> str:
    lines = [
        f"{'target':20} {'executions':>11} {'seconds':>8} {'per s':>8} {'edges':>7} {'features':>9} {'found':>6}"
    ]
    for each in runs:
        pace = each.executions / max(1, each.fuzzed)
        lines.append(
            f"{each.name:20} {each.executions:11,} {each.fuzzed:8} {pace:8.0f}"
            f" {each.edges:7,} {each.features:9,} {each.found:6}"
        )
    total = sum(each.executions for each in runs)
    lines.append(f"{'all':20} {total:11,} {sum(each.fuzzed for each in runs):8}")
    return "\n".join(lines)


def main() -> int:
    """Fuzz what is named, or everything; the table, and 1 if something was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--again", nargs=2, metavar=("TARGET", "FILE"), help="try one input again")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(ALL))
    asked = parser.parse_args()
    if asked.again:
        name, file = asked.again
        import_module(f"tests.fuzz.targets.{name}").run(Path(file).read_bytes())
        print("nothing is wrong with it")
        return 0
    if unknown := set(asked.targets) - set(ALL):
        parser.error(f"no such target: {', '.join(sorted(unknown))}; there are {', '.join(ALL)}")
    runs = list(_fuzz(asked.targets or list(ALL), asked.seconds))
    print(_table(runs))
    return 1 if any(each.found for each in runs) else 0


if __name__ == "__main__":
    sys.exit(main())

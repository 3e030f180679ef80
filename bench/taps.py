"""A rating tap from Telegram's post to the answered call, beside stock programs doing the same job.

All programs run from the start; in each round they take turns. `python -m bench taps`.
"""

import asyncio
import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from bench.crowd import AT_ONCE, Answers, Crowd
from bench.programs import SECRET, Running, ours, peer
from bench.side_by_side import ROUNDS, Row

TAPS = 1000
SLOW_S = 0.03  # what a call to Telegram takes from afar
_PEERS = ("ptb", "aiogram_bot")
_THEIRS = "rate:Q1:5"


@dataclass
class Rounds:
    """The answers of each program, round by round."""

    of: dict[str, list[Answers]] = field(default_factory=dict)

    def note(self, name: str, answers: Answers) -> None:
        """One more round of this program."""
        self.of.setdefault(name, []).append(answers)

    def row(
        self, what: str, reference: str, mine: str, other: str, bar: float, most: str = ""
    ) -> Row:
        """How many times as many taps a second; `most`: what so many people allow at all."""
        pairs = list(zip(self.of[mine], self.of[other], strict=True))
        return Row(
            what,
            reference,
            [ours.rate / theirs.rate for ours, theirs in pairs],
            bar,
            figures=f"{self._rate(mine):,.0f}/s beside {self._rate(other):,.0f}/s; "
            f"CPU {self._cpu(mine):.2f} ms a tap beside {self._cpu(other):.2f} ms{most}",
        )

    def spread(self, mine: str, bar: float) -> Row:
        """How long the slowest hundredth waits."""
        rounds = self.of[mine]
        half = statistics.median(each.at(0.5) for each in rounds) * 1000
        late = statistics.median(each.at(0.99) for each in rounds) * 1000
        return Row(
            "99th percentile of answer times",
            "their median",
            [each.at(0.99) / each.at(0.5) for each in rounds],
            bar,
            at_most=True,
            figures=f"{late:.0f} ms beside {half:.0f} ms",
        )

    def _rate(self, name: str) -> float:
        return statistics.median(each.rate for each in self.of[name])

    def _cpu(self, name: str) -> float:
        return statistics.median(each.cpu / each.taps for each in self.of[name]) * 1000


def rows() -> Iterator[Row]:
    """The five bars of a tap."""
    import uvloop

    found = uvloop.run(measure(("ours", "silent", *_PEERS), taps=TAPS, rounds=ROUNDS))
    what = "taps stored and answered"
    yield found.row(what, "stock python-telegram-bot", "ours", "ptb", 4)
    side_by_side, in_turn = AT_ONCE / SLOW_S, AT_ONCE / SLOW_S / 2
    yield found.row(
        f"{what}, calls taking 30 ms",
        "stock python-telegram-bot",
        "ours slow",
        "ptb slow",
        10,
        most=f"; {AT_ONCE} people allow {side_by_side:,.0f}/s with both calls at once, as ours, "
        f"{in_turn:,.0f}/s with one after the other",
    )
    yield found.row(what, "aiogram 3, SQLAlchemy async", "ours", "aiogram_bot", 1.5)
    yield found.row(what, "ours with sends switched off", "ours", "silent", 0.5)
    yield found.spread("ours", 3)


async def measure(names: Sequence[str], *, taps: int, rounds: int) -> Rounds:
    """Start these programs, then let them take turns; the first turn only warms up."""
    crowd, found = Crowd(), Rounds()
    await crowd.stub.open()
    running: dict[str, Running] = {}
    with _folder() as folder:
        try:
            for name in names:
                running[name] = _start(folder, name, crowd.stub.base)
            for program in running.values():
                await program.ready()
            await asyncio.sleep(1)  # whoever sets a webhook late has set it now
            for number in range(rounds + 1):
                for name, program in running.items():
                    await _turn(crowd, name, program, found, taps, warming_up=number == 0)
        finally:
            for program in running.values():
                program.stop()
            crowd.stub.close()
    return found


@contextmanager
def _folder() -> Iterator[Path]:
    Path("var").mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="taps", dir="var") as name:  # a real disk: /tmp may be memory
        yield Path(name).resolve()


def _start(folder: Path, name: str, base: str) -> Running:
    if name == "ours":
        return ours(folder, base)
    if name == "silent":
        return ours(folder, base, name="silent", module="bench.silent")
    return peer(folder, name, base)


async def _turn(
    crowd: Crowd, name: str, program: Running, found: Rounds, taps: int, *, warming_up: bool
) -> None:
    day = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh"))
    action = _THEIRS if name in _PEERS else f"rate/Q1/{day:%y%m%d}/1/5"
    for kind, takes in (("", 0.0), (" slow", SLOW_S)):
        if kind and name not in {"ours", "ptb"}:
            continue
        crowd.stub.takes = takes
        before = program.cpu()
        answers = await crowd.tap(
            program.port,
            SECRET,
            action,
            taps=taps // 4 if warming_up else taps,
            calls=name != "silent",
        )
        answers.cpu = program.cpu() - before
        if not warming_up:
            found.note(name + kind, answers)


def main(names: Sequence[str]) -> None:
    """Some of the programs, quickly, with plain figures."""
    import uvloop

    found = uvloop.run(measure(names or ["ours"], taps=300, rounds=3))
    for name, rounds in found.of.items():
        rates = ", ".join(f"{each.rate:,.0f}" for each in rounds)
        late = statistics.median(each.at(0.99) / each.at(0.5) for each in rounds)
        half = statistics.median(each.at(0.5) for each in rounds)
        cpu = statistics.median(each.cpu / each.taps for each in rounds) * 1000
        print(
            f"{name:12} {rates} /s; {cpu:.2f} ms of CPU a tap; median {half * 1000:.0f} ms, 99th {late:.1f} times that"
        )


if __name__ == "__main__":
    main(sys.argv[1:])

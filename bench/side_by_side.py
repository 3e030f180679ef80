"""Two ways of doing something, measured in turns so that both meet the same machine."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

ROUNDS = 5

Timed = Callable[[], int]  # does the work, returns how many times it did it


@dataclass(frozen=True)
class Result:
    """Times per second of ours and of the yardstick; the ratio is the median of the rounds'."""

    name: str
    yardstick: str
    ours: float
    theirs: float
    ratio: float


def compare(name: str, ours: Timed, yardstick: str, theirs: Timed) -> Result:
    """Measure both in turns; a first round warms up and is thrown away."""
    rounds = [(_rate(ours), _rate(theirs)) for _ in range(ROUNDS + 1)][1:]
    return Result(
        name,
        yardstick,
        statistics.median(mine for mine, _ in rounds),
        statistics.median(other for _, other in rounds),
        statistics.median(mine / other for mine, other in rounds),
    )


def _rate(work: Timed) -> float:
    started = perf_counter()
    done = work()
    return done / (perf_counter() - started)

"""Two ways of doing something, measured in turns so that both meet the same machine."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter

ROUNDS = 5

Timed = Callable[[], int]  # does the work, returns how many times it did it


@dataclass(frozen=True)
class Row:
    """One line of the table: a ratio of ours to a reference, measured in the same call.

    `rounds` are the ratios of the single rounds; what counts is their median. `bar` is what it is
    held against: reached from there on, or (`at_most`) up to there; None where there is no bar.
    `figures` says in a few words what the ratio was made of (such as "812/s beside 310/s"), which
    means little on another machine.
    """

    what: str
    reference: str
    rounds: Sequence[float]
    bar: float | None = None
    at_most: bool = False
    figures: str = ""

    @property
    def ratio(self) -> float:
        """The median of the rounds."""
        return statistics.median(self.rounds)

    @property
    def met(self) -> bool | None:
        """Whether the bar is met; None where there is none."""
        if self.bar is None:
            return None
        return self.ratio <= self.bar if self.at_most else self.ratio >= self.bar


@dataclass
class _Measured:
    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)


def compare(
    what: str,
    ours: Timed,
    reference: str,
    theirs: Timed,
    *,
    bar: float | None = None,
    at_most: bool = False,
    rounds: int = ROUNDS,
) -> Row:
    """Times a second of ours to the reference's, in turns; a first round only warms up.

    With `at_most` the ratio is of durations: how many times as long ours takes.
    """
    measured = _Measured()
    for _ in range(rounds + 1):
        measured.ours.append(_rate(ours))
        measured.theirs.append(_rate(theirs))
    pairs = list(zip(measured.ours, measured.theirs, strict=True))[1:]
    return Row(
        what,
        reference,
        [other / mine if at_most else mine / other for mine, other in pairs],
        bar,
        at_most,
        f"{_median(pairs, 0):,.0f}/s beside {_median(pairs, 1):,.0f}/s",
    )


def _median(pairs: Sequence[tuple[float, float]], which: int) -> float:
    return statistics.median(pair[which] for pair in pairs)


def _rate(work: Timed) -> float:
    started = perf_counter()
    done = work()
    return done / (perf_counter() - started)

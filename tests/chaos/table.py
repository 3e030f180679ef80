"""What came of the runs, as a table and as the story of one that went wrong."""

from collections import Counter
from collections.abc import Sequence

from rich.table import Table

from tests.chaos.once import Outcome
from tests.chaos.plan import KINDS

_COLUMNS = (
    "kind", "runs", "faults", "acknowledged", "applied", "lost", "stored twice", "repeated",
    "SIGTERMs", "longest", "wrong",
)  # fmt: skip

_OTHERS = ("digests twice", "tokens lost", "answered 503")


def table(outcomes: Sequence[Outcome]) -> Table:
    """A line per kind, and one of all; the faults by kind below."""
    faults: Counter[str] = sum((each.injected for each in outcomes), Counter())
    said = ", ".join(f"{what} {number}" for what, number in faults.most_common())
    counts: Counter[str] = sum((each.counts for each in outcomes), Counter())
    others = ", ".join(f"{name} {counts[name]}" for name in _OTHERS)
    printed = Table(title="chaos", caption=f"faults: {said}\n{others}")
    for column in _COLUMNS:
        printed.add_column(column, justify="left" if column == "kind" else "right")
    for kind in KINDS:
        if some := [each for each in outcomes if each.plan.kind == kind]:
            printed.add_row(*_line(kind, some))
    printed.add_section()
    printed.add_row(*_line("all", outcomes))
    return printed


def _line(kind: str, outcomes: Sequence[Outcome]) -> list[str]:
    counts: Counter[str] = sum((each.counts for each in outcomes), Counter())
    stops = [seconds for each in outcomes for seconds in each.stops]
    return [
        kind,
        str(len(outcomes)),
        str(sum(each.injected.total() for each in outcomes)),
        *(str(counts[name]) for name in ("acknowledged", "applied", "lost", "twice", "repeated")),
        str(len(stops)),
        f"{max(stops, default=0):.1f} s",
        str(sum(bool(each.violations) for each in outcomes)),
    ]


def told(outcome: Outcome) -> str:
    """The whole story of a run, and how to have it again."""
    lines = [
        f"{'WRONG' if outcome.violations else 'right'} after {outcome.seconds:.1f} s: {outcome.plan}",
        *(f"    {each}" for each in outcome.events),
        f"  again: {outcome.plan.again}",
    ]
    return "\n".join(lines)

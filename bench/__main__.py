"""`make bench`: one table of ratios, also written to bench/RESULTS.md.

`python -m bench NAME…` runs only those modules of `ALL` (`python -m bench dispatching`), and prints.
"""

import os
import platform
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from time import perf_counter

from rich.console import Console
from rich.table import Table

from bench.side_by_side import Row

# Each module has `rows() -> Iterator[Row]`; in this order they stand in the table.
ALL = (
    "taps",
    "web_taps",
    "dispatching",
    "weekly",
    "broadcast",
    "digests",
    "starting",
    "routing",
    "import_roster",
)
RESULTS = Path(__file__).with_name("RESULTS.md")
_ALL_IN_S = 25 * 60


def main(names: Sequence[str]) -> int:
    """Run every benchmark, or those named; 1 if a bar was missed or one could not be measured."""
    unknown = [name for name in names if name not in ALL]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; there are {', '.join(ALL)}", file=sys.stderr)
        return 2
    console, began = Console(stderr=True), perf_counter()
    rows: list[Row] = []
    failed: list[str] = []
    for name in names or ALL:
        since = perf_counter()
        console.print(f"[dim]{name} …[/dim]")
        try:
            for row in import_module(f"bench.{name}").rows():
                console.print(f"  {row.what}: {row.ratio:.2f}  ({row.reference}; {row.figures})")
                rows.append(row)
        except Exception as error:  # noqa: BLE001 - the others are measured, and this one is named
            traceback.print_exc()
            failed.append(f"{name}: {type(error).__name__}: {error}")
        console.print(f"[dim]{name}: {perf_counter() - since:.0f} s[/dim]")
    took = perf_counter() - began
    Console(width=180).print(_table(rows))
    told = _summary(rows, failed, took)
    print("\n".join(told))
    if not names:
        RESULTS.write_text(_document(rows, told), encoding="utf-8")
    return 1 if failed or any(row.met is False for row in rows) else 0


def _summary(rows: Sequence[Row], failed: Sequence[str], took: float) -> list[str]:
    """What came of it all, a sentence each."""
    with_bar = [row for row in rows if row.met is not None]
    missed = [row for row in with_bar if not row.met]
    told = [
        f"{len(with_bar) - len(missed)} of {len(with_bar)} bars met, in {took / 60:.0f} minutes."
    ]
    if took > _ALL_IN_S:
        told.append(f"That is more than {_ALL_IN_S // 60} minutes.")
    told += [f"Missed: {row.what}, beside {row.reference}." for row in missed]
    return told + [f"NOT MEASURED: {each}" for each in failed]


def _bar(row: Row) -> str:
    return "" if row.bar is None else f"{'≤' if row.at_most else '≥'} {row.bar:g}"


def _met(row: Row) -> str:
    return {True: "yes", False: "NO", None: ""}[row.met]


def _cells(row: Row) -> tuple[str, ...]:
    spread = f"{min(row.rounds):.2f}-{max(row.rounds):.2f}"
    return (row.what, row.reference, f"{row.ratio:.2f}", spread, _bar(row), _met(row), row.figures)


_HEADS = ("what", "beside", "ratio", "rounds", "bar", "met", "figures")


def _table(rows: Sequence[Row]) -> Table:
    table = Table(*_HEADS)
    for row in rows:
        table.add_row(*_cells(row))
    return table


def _document(rows: Sequence[Row], told: Sequence[str]) -> str:
    lines = ["| " + " | ".join(cells) + " |" for cells in (_HEADS, *map(_cells, rows))]
    lines.insert(1, "|" + "---|" * len(_HEADS))
    return "\n".join(
        [
            "# What `make bench` measured",
            "",
            "Each ratio is the median of several rounds in which ours and the reference took turns in",
            "one call; `rounds` is the lowest and the highest. Figures a second mean little elsewhere.",
            "With ≤ the ratio is how many times as long (or as much) ours takes; with ≥ how many times",
            "as fast it is.",
            "",
            (
                f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, "
                f"{platform.system()}, {os.cpu_count()} cores."
            ),
            "",
            *lines,
            "",
            *(f"- {each}" for each in told),
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

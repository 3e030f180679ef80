"""`make bench`: one table of ratios, also written to bench/RESULTS.md.

`python -m bench NAME…` runs only those modules of `ALL` (`python -m bench writing`), and prints.
"""

import os
import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.side_by_side import Row

# Each module has `rows() -> Iterator[Row]`; in this order they stand in the table.
ALL = ("writing", "routing", "import_roster", "broadcast")
RESULTS = Path(__file__).with_name("RESULTS.md")


def main(names: Sequence[str]) -> int:
    """Run every benchmark, or those named; 1 if a bar was missed."""
    unknown = [name for name in names if name not in ALL]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; there are {', '.join(ALL)}", file=sys.stderr)
        return 2
    rows: list[Row] = []
    console = Console(stderr=True)
    for name in names or ALL:
        console.print(f"[dim]{name} …[/dim]")
        for row in import_module(f"bench.{name}").rows():
            console.print(f"  {row.what}: {row.ratio:.2f}  ({row.reference}; {row.figures})")
            rows.append(row)
    Console(width=160).print(_table(rows))
    if not names:
        RESULTS.write_text(_document(rows), encoding="utf-8")
    return 1 if any(row.met is False for row in rows) else 0


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


def _document(rows: Sequence[Row]) -> str:
    lines = ["| " + " | ".join(cells) + " |" for cells in (_HEADS, *map(_cells, rows))]
    lines.insert(1, "|" + "---|" * len(_HEADS))
    return "\n".join(
        [
            "# What `make bench` measured",
            "",
            "Each ratio is the median of several rounds in which ours and the reference took turns in",
            "one call; `rounds` is the lowest and the highest. Figures a second mean little elsewhere.",
            "",
            (
                f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, "
                f"{platform.system()}, {os.cpu_count()} cores."
            ),
            "",
            *lines,
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`make bench`: a table of ratios. Figures per second depend on the machine; ratios much less."""

from collections.abc import Callable, Iterator

from rich.console import Console
from rich.table import Table

from bench import broadcast, import_roster, routing, writing
from bench.side_by_side import Result

ALL: tuple[Callable[[], Iterator[Result]], ...] = (
    writing.results,
    routing.results,
    import_roster.results,
)


def main() -> None:
    """Run every benchmark; the broadcast, last, takes two and a half minutes."""
    table = Table("what", "a second", "beside", "a second", "ratio")
    for results in ALL:
        for each in results():
            table.add_row(
                each.name,
                f"{each.ours:,.0f}",
                each.yardstick,
                f"{each.theirs:,.0f}",
                f"{each.ratio:.2f}",
            )
    Console(width=120).print(table)
    broadcast.main()


if __name__ == "__main__":
    main()

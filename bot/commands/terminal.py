"""Where the command line speaks: results to standard output, everything else to standard error."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from handlers.texts import Speaker


def _errors() -> Console:
    return Console(stderr=True, highlight=False, soft_wrap=True, markup=False)


@dataclass
class Terminal:
    """The operator's terminal; `say` speaks the operator's language."""

    say: Speaker
    errors: Console = field(default_factory=_errors)

    def result(self, line: str) -> None:
        """A line another program may read."""
        sys.stdout.write(f"{line}\n")

    def tell(self, line: str) -> None:
        """A line for the person at the terminal."""
        self.errors.print(line)

    def can_ask(self) -> bool:
        """Whether a person sits at both ends."""
        return self.errors.is_terminal and sys.stdin.isatty()

    def asked(self, question: str) -> bool:
        """Ask the person; only yes is yes."""
        self.tell(question)
        return sys.stdin.readline().strip().casefold() in {"yes", "y", "có", "co"}

    @contextmanager
    def progress(self, task: str) -> Iterator["Bar"]:
        """A progress bar while something long runs; shown on a terminal only."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:.0f}%"),
        )
        shown = self.errors.is_terminal
        with Progress(*columns, console=self.errors, transient=True, disable=not shown) as drawn:
            yield Bar(drawn, task)


class Bar:
    """One progress bar, fed with how much of how much is done."""

    def __init__(self, drawn: Progress, task: str) -> None:
        self._drawn = drawn
        self._task = drawn.add_task(task, total=None)

    def __call__(self, done: int, total: int | None) -> None:
        """`done` of `total`; None where nobody knows yet how much there is."""
        self._drawn.update(self._task, completed=done, total=total)

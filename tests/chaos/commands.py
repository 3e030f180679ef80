"""A command of the program beside it, such as `import`: begun again until it has said it is done."""

import os
import signal
import time
from collections.abc import Callable

from tests.chaos.databases import SqliteFile
from tests.chaos.forking import Forked, fork_server
from tests.chaos.run import Fault, Person, Run
from tests.process.program import Program

_MOST_TRIES = 30


class Command(Person):
    """`killed` is called after each kill: whatever it had begun must be all there, or not at all."""

    def __init__(
        self, run: Run, program: Program, *arguments: str, killed: Callable[[], None] = lambda: None
    ) -> None:
        self._run, self._program, self._arguments, self._killed = run, program, arguments, killed
        self._tries, self._was_killed = 0, False
        self._log = program.folder / f"{arguments[0]}.txt"
        self.process: Forked | None = None

    def __str__(self) -> str:
        return f"{self._arguments[0]} after {self._tries} tries"

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def acts(self) -> None:
        if self.alive or self.done or self._run.starts_none:
            return
        if self.process is not None and self._over(self.process):
            return
        self._tries += 1
        self._log.write_text("")
        module, *before = self._program.module
        self.process = fork_server().start(
            module, *before, *self._arguments, "--config", str(self._program.config), log=self._log
        )

    def _over(self, process: Forked) -> bool:
        """Whether nothing is left to do after it has ended."""
        said = self._log.read_text(encoding="utf-8")
        if self._was_killed:
            self._was_killed = False
            self._killed()
            return False
        self.done = process.returncode == 0 or self._tries >= _MOST_TRIES
        self._run.note(f"{self._arguments[0]} ended with {process.returncode}")
        if self.done and process.returncode != 0:
            self._run.wrong(f"{self} ended with {process.returncode}: {said[-500:]}")
        if "Traceback" in said:
            self._run.wrong(f"{self}: {said[-800:]}")
        return self.done

    def kill(self) -> None:
        """kill -9."""
        if self.alive and self.process is not None:
            self._was_killed = True
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()


def kill_command(run: Run) -> Fault:
    """kill -9 of what runs beside the program, at a random moment of its work."""
    commands = [each for each in run.people if isinstance(each, Command)]
    for _ in range(run.chance.choice((1, 2, 3))):
        yield from _kill_one(run, run.chance.choice(commands))


def _kill_one(run: Run, command: Command) -> Fault:
    yield lambda: command.alive or command.done
    begun, until = time.monotonic(), run.chance.uniform(0, 0.6)
    at_write, before = run.chance.random() < 0.5, _written(run)
    yield (
        lambda: (
            command.done
            or time.monotonic() - begun > until
            or (at_write and _written(run) != before)
        )
    )
    if command.alive:
        run.struck("kill -9 of a command")
        command.kill()


def _written(run: Run) -> int:
    return run.place.written if isinstance(run.place, SqliteFile) else 0

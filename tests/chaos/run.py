"""One run: the parts it is made of, and the loop in which people act and faults strike."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from tests.chaos.databases import PostgresBehindProxy, SqliteFile, opened
from tests.chaos.plan import Plan
from tests.chaos.supervised import Supervised
from tests.conftest import SECRET
from tests.fakes.telegram import FakeTelegram
from tests.fakes.zalo_bot import TOKEN, FakeZaloBot
from tests.fakes.zalo_oa import FakeZaloOa
from tests.process.program import Program

# A step of a fault: seconds to wait, or what to wait for. The fault goes on afterwards.
Step = float | Callable[[], bool]
Fault = Iterator[Step]

SETTLES_WITHIN_S = 75.0
_WAITS_FOR_AT_MOST_S = 15.0


class Person:
    """Somebody in the run. `acts` does what they do next, if anything; `done`: nothing is left."""

    done = False
    looks_on = False  # acts although nothing of theirs is left to do

    def acts(self) -> None:
        raise NotImplementedError


@dataclass
class Run:
    """Everything of one run. `violations` are what must not have happened."""

    plan: Plan
    folder: Path
    telegram: FakeTelegram
    oa: FakeZaloOa
    zalo_bot: FakeZaloBot
    place: SqliteFile | PostgresBehindProxy
    clock: Path | None = None
    programs: list[Supervised] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    injected: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    events: list[str] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)  # when what was sent may not have been noted
    begun: float = field(default_factory=time.monotonic)
    ends: list[Callable[[], None]] = field(default_factory=list)
    also_settled: Callable[[], bool] = lambda: True
    afterwards: Callable[[], None] | None = None
    token_at_risk: bool = False  # a fault struck while the Official Account's were renewed
    starts_none: bool = False  # while its file is away, a new program would make a new one
    secret = SECRET

    def __post_init__(self) -> None:
        self.chance: random.Random = self.plan.chance

    def add_program(self, **sections: dict[str, object]) -> Supervised:
        """One more, on this run's database; not started."""
        folder = self.folder / f"program{len(self.programs)}"
        folder.mkdir()
        module = ("bot",) if self.clock is None else ("tests.chaos.moved", str(self.clock))
        program = Program(
            folder,
            {
                "database": {"url": self.place.url},
                "privacy": {"secret": SECRET},
                "web": {"public_url": self.programs[0].program.url} if self.programs else {},
                **sections,
            },
            module=module,
        )
        self.programs.append(Supervised(program, cold=self.plan.cold))
        return self.programs[-1]

    def set_clock(self, to: datetime) -> None:
        """From now on programs that are added have this time, and it can be moved."""
        self.clock = self.folder / "ahead"
        self.clock.write_text(str(to.timestamp() - time.time()))

    def telegram_settings(self) -> dict[str, object]:
        found: dict[str, object] = {
            "token": self.telegram.token,
            "api_base": self.telegram.api_base,
            "mode": self.plan.mode,
        }
        if self.plan.mode == "webhook":
            found["webhook_secret"] = "a-secret-for-webhooks"
        return found

    def zalo_bot_settings(self) -> dict[str, object]:
        """By webhook: what a poll has handed out is gone when who asked for it dies."""
        return {
            "token": TOKEN,
            "api_base": self.zalo_bot.api_base,
            "mode": "webhook",
            "webhook_secret": "a-secret-for-webhooks",
        }

    def note(self, what: str) -> None:
        """Tell what happened, for whoever reads why a run failed."""
        self.events.append(f"{time.monotonic() - self.begun:6.2f} {what}")

    def struck(self, what: str) -> None:
        """A fault was injected."""
        self.injected[what] += 1
        self.note(what)

    def wrong(self, what: str) -> None:
        """Something happened that must not; told once."""
        if what not in self.violations:
            self.violations.append(what)
            self.note(f"WRONG: {what}")

    def any_program(self) -> Supervised:
        return self.chance.choice(self.programs)

    # The loop.

    def live(self, faults: list[Fault]) -> None:
        """Until the faults are over, everybody is done and nothing is left to send."""
        within = SETTLES_WITHIN_S * max(1, self.plan.stretch / 5)
        deadline = time.monotonic() + within
        waiting = [_Waiting(each) for each in faults]
        for each in self.programs:
            each.wanted = True
        while time.monotonic() < deadline:
            self._look_after_programs()
            waiting = [each for each in waiting if each.goes_on()]
            for person in self.people:
                if (person.looks_on or not person.done) and self.chance.random() < 0.2:
                    person.acts()
            if not waiting and self._all_well() and self.also_settled():
                return
            time.sleep(0.01)
        undone = [str(each) for each in self.people if not each.done]
        self.wrong(f"did not settle within {within:.0f} s: {undone} {self._state()}")

    def _look_after_programs(self) -> None:
        for each in self.programs:
            if each.alive or not self.starts_none:
                each.look()
            for words in each.ended_by_itself:
                self.wrong(words)
            each.ended_by_itself.clear()

    def _all_well(self) -> bool:
        if not all(each.ready for each in self.programs) or not all(p.done for p in self.people):
            return False
        waiting = self.telegram.unconfirmed() or self.oa.undelivered()
        return not (waiting or self.zalo_bot.updates.pending or self.unsent())

    def unsent(self) -> int:
        """How many messages wait in the outbox."""
        with opened(self.place.own_url) as database:
            statement = text("SELECT count(*) FROM outbox WHERE NOT held")
            return int(database.read_now(lambda session: session.execute(statement).scalar_one()))

    def _state(self) -> str:
        return (
            f"{len(self.telegram.unconfirmed())} updates not taken, {self.unsent()} messages not "
            f"sent; {[each.last_words()[-300:] for each in self.programs]}"
        )

    def stop_all(self) -> None:
        """SIGTERM to every program at the end; each must end well."""
        for each in self.programs:
            each.terminate()
        while not all(each.ended for each in self.programs):
            time.sleep(0.005)
        for each in self.programs:
            if said := each.said():
                self.wrong(said)

    def close(self) -> None:
        for each in self.programs:
            each.end()
        for end in self.ends:
            end()
        self.place.close()


class _Waiting:
    """A fault between two of its steps."""

    def __init__(self, fault: Fault) -> None:
        self._fault = fault
        self._since = time.monotonic()
        self._step: Step = 0.0

    def goes_on(self) -> bool:
        """Take as many steps as are due; False once it is over."""
        while self._due():
            try:
                self._step = next(self._fault)
            except StopIteration:
                return False
            self._since = time.monotonic()
        return True

    def _due(self) -> bool:
        waited = time.monotonic() - self._since
        if isinstance(self._step, int | float):
            return waited >= self._step
        return self._step() or waited > _WAITS_FOR_AT_MOST_S

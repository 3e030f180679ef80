"""One run from its plan to its outcome."""

import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos import kinds, operator_kinds
from tests.chaos.commands import kill_command
from tests.chaos.databases import PostgresBehindProxy, SqliteFile
from tests.chaos.faults import PROCESS
from tests.chaos.invariants import check
from tests.chaos.plan import Plan
from tests.chaos.run import Fault, Run
from tests.chaos.troubled_database import DATABASE
from tests.chaos.troubled_messenger import MESSENGER
from tests.fakes.telegram import FakeTelegram
from tests.fakes.zalo_bot import FakeZaloBot
from tests.fakes.zalo_oa import FakeZaloOa

_POSTS_AGAIN = 1000  # as often as it takes

KINDS: dict[str, Callable[[Run], kinds.Check]] = {
    "rate": kinds.rate,
    "pledge": kinds.pledge,
    "digest": kinds.digest,
    "import": operator_kinds.take_in,
    "migrate": operator_kinds.migrate,
    "token": operator_kinds.renew,
    "clock": kinds.clock,
    "pollers": kinds.pollers,
}
FAULTS: dict[str, Callable[[Run], Fault]] = {
    **PROCESS,
    **MESSENGER,
    **DATABASE,
    "kill_command": kill_command,
}


@dataclass
class Outcome:
    """What came of a run. `stops`: seconds from each SIGTERM to the end."""

    plan: Plan
    violations: list[str]
    injected: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    stops: list[float] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    seconds: float = 0.0


def carry_out(plan: Plan) -> Outcome:
    """Do it; whatever goes wrong is in the outcome, never raised."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="chaos") as folder, ExitStack() as stack:
        telegram = stack.enter_context(FakeTelegram())
        oa = stack.enter_context(FakeZaloOa(pace=0.01))
        zalo_bot = stack.enter_context(FakeZaloBot())
        zalo_bot.updates.backoff = (0.2,) * _POSTS_AGAIN
        old = plan.kind == "migrate"
        small = plan.small and "disk_full" in plan.faults
        kind = SqliteFile if plan.database == "sqlite" else PostgresBehindProxy
        place = kind(Path(folder), old=old, small=small)
        run = Run(plan, Path(folder), telegram, oa, zalo_bot, place)
        try:
            _do(run)
        except Exception as error:
            run.wrong(f"the run itself failed: {type(error).__name__}: {error}")
        finally:
            run.close()
            _keep_logs(run)
        stops = [seconds for each in run.programs for seconds in each.stops]
        return Outcome(
            plan, run.violations, run.injected, run.counts, stops, run.events,
            time.monotonic() - begun,
        )  # fmt: skip


def _keep_logs(run: Run) -> None:
    """What the programs of a run that went wrong said, for whoever looks into it."""
    kept = Path(tempfile.gettempdir()) / "chaos-logs" / f"{run.plan.seed}-{run.plan.kind}"
    for log in run.folder.glob("*/*.txt") if run.violations else ():
        kept.mkdir(parents=True, exist_ok=True)
        shutil.copy(log, kept / f"{log.parent.name}-{log.name}")
    if run.violations:
        (kept / "calls.txt").write_text("\n".join(_calls(run)), encoding="utf-8")


def _calls(run: Run) -> Iterator[str]:
    """What Telegram was asked, on the same clock as the run's events."""
    for each in run.telegram.calls:
        words = str(each.params.get("text") or each.params.get("caption") or "")[:40]
        at = each.at - run.begun
        yield f"{at:6.2f} {each.method} {each.chat} {each.outcome} {each.code} {words!r}"


def _do(run: Run) -> None:
    after = KINDS[run.plan.kind](run)
    run.live([FAULTS[each](run) for each in run.plan.faults])
    if run.afterwards is not None:
        run.afterwards()
        run.live([])
    run.stop_all()
    check(run)
    after()

"""`python -m tests.chaos`: hundreds of runs by seed, two at a time, and a table of what came of them."""

import argparse
import math
import sys
import time
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context

from rich.console import Console
from rich.progress import Progress

from tests.chaos.once import Outcome, carry_out
from tests.chaos.plan import DATABASES, KINDS, Plan, planned
from tests.chaos.table import table, told

_WIDE = 130
_TELLS_EVERY = 20  # where nobody sees the bar move


def main() -> int:
    """1 if anything happened that must not."""
    asked = _arguments()
    kinds = asked.kind.split(",") if asked.kind else list(KINDS)
    databases = DATABASES if asked.database == "both" else (asked.database,)
    plans = [planned(asked.seed + n, kinds, databases, asked.stretch) for n in range(asked.runs)]
    console = Console(stderr=True)
    until = time.monotonic() + asked.minutes * 60
    outcomes = _all(plans, asked.at_once, console, until=until, verbose=asked.verbose)
    Console(width=_WIDE).print(table(outcomes))
    return 1 if any(each.violations for each in outcomes) else 0


def _all(
    plans: list[Plan], at_once: int, console: Console, *, until: float, verbose: bool
) -> list[Outcome]:
    outcomes: list[Outcome] = []
    pool = ProcessPoolExecutor(at_once, mp_context=get_context("spawn"))
    with pool, Progress(console=console) as progress:
        bar = progress.add_task("runs", total=len(plans))
        waiting: set[Future[Outcome]] = {pool.submit(carry_out, plan) for plan in plans}
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            if time.monotonic() > until:  # what has begun is finished
                waiting = {each for each in waiting if not each.cancel()}
            for each in done:
                outcome = each.result()
                outcomes.append(outcome)
                progress.advance(bar)
                wrong = sum(bool(found.violations) for found in outcomes)
                progress.update(bar, description=f"runs ({wrong} wrong)")
                if not console.is_terminal and len(outcomes) % _TELLS_EVERY == 0:
                    console.print(f"{len(outcomes)} of {len(plans)} runs, {wrong} wrong")
                if outcome.violations or verbose:
                    progress.console.print(told(outcome), markup=False, highlight=False)
    return outcomes


def _arguments() -> argparse.Namespace:
    asking = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    asking.add_argument("--runs", type=int, default=300, help="how many (300)")
    asking.add_argument(
        "--seed", type=int, default=int(time.time()), help="of the first; each next one more"
    )
    asking.add_argument(
        "--kind", default="", help=f"some of {','.join(KINDS)}, with commas between"
    )
    asking.add_argument("--database", choices=(*DATABASES, "both"), default="both")
    asking.add_argument("--at-once", type=int, default=2, help="how many at a time (2)")
    asking.add_argument(
        "--minutes", type=float, default=math.inf, help="begin no run after so many minutes"
    )
    asking.add_argument(
        "--stretch", type=float, default=1.0, help="outages last so many times longer (1)"
    )
    asking.add_argument("--verbose", action="store_true", help="tell what happened in each")
    return asking.parse_args()


if __name__ == "__main__":
    sys.exit(main())

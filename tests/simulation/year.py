"""Lives the simulated year on a SQLite file: `python -m tests.simulation.year FOLDER`.

Killed at any point and started again it goes on: what was done stands in the database, which
event comes next in the file `done`. Every message that is sent is a line of the file `sent`.
"""

import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlmodel import Session

import storage.database
from bot.channels.base import Capabilities, Door, DoorState, Gone
from bot.delivery import Delivery
from bot.dispatch import Dispatch
from bot.observability import set_up_logs
from bot.scheduler import Jobs
from handlers.jobs import ALL
from handlers.member.streak import streak_of
from handlers.messages import Incoming, Reply, Text, Title
from handlers.routes import router
from handlers.secretary.actions import MORE
from storage.database import Database
from storage.keys import Keys
from storage.queries.link import mark_unreachable
from storage.schema import upgrade
from storage.tables import Outbox, Unit
from tests.conftest import SECRET
from tests.databases import hurried
from tests.simulation.plan import BACK_BY, BLOCKED, POLICY, Act, Event, Plan, Size
from tests.simulation.world import CHANNEL, furnish, pledge, rate, remind_everybody, report

HEADING = "BẢN TIN TUẦN"


class Journal:
    """A file that only grows, a line at a time; what was written survives a kill -9."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._at = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def add(self, **what: object) -> None:
        os.write(self._at, (json.dumps(what) + "\n").encode())

    def lines(self) -> list[dict[str, object]]:
        """Everything so far; a kill may leave no half line, for one write is one line."""
        return [json.loads(line) for line in self.file.read_text(encoding="utf-8").splitlines()]


class Recorder:
    """A messenger that takes everything at once and notes it; who blocked the bot is gone."""

    name, can, proactive_per_second = CHANNEL, Capabilities(), 1e6
    state, calls = DoorState(up=True), 0

    def __init__(self, sent: Journal, plan: Plan, now: "Moved") -> None:
        self._sent, self._plan, self._now = sent, plan, now
        self.event = -1

    def door(self, desk: str) -> Door | None:
        return None

    invite_door = door
    staff_door = door

    async def send(self, address: str, answer: Reply, edit: str | None) -> None:
        since, until = (each.isoformat() for each in BLOCKED)
        if address == self._plan.blocker and since <= self._now().date().isoformat() < until:
            raise Gone("blocked")
        head = next((part.text for part in answer.parts if isinstance(part, Title | Text)), "")
        said = [part.text for part in answer.parts if isinstance(part, Title | Text)]
        digests = sum(text.count(HEADING) for text in said)
        found = [m for c in answer.choices() if (m := MORE.match(c.action)) is not None]
        of = {"unit": found[0]["unit"], "week": str(found[0]["week"])} if digests and found else {}
        self._sent.add(
            to=address,
            event=self.event,
            at=self._now().isoformat(),
            head=head[:60],
            digests=digests,
            missed=any("/bantin" in text for text in said),
            **of,
        )

    async def run(self) -> None:
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Nothing is held."""


class Moved:
    """The clock: it stands where the event put it."""

    def __init__(self) -> None:
        self.moment = datetime(2025, 12, 30, tzinfo=POLICY.timezone)

    def __call__(self) -> datetime:
        return self.moment


class Year:
    """One process that lives the year from where an earlier one was stopped."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.plan, self.clock = plan, Moved()
        self.done, self.streaks = Journal(folder / "done"), Journal(folder / "streaks")
        url = f"sqlite:///{folder / 'year.sqlite'}"
        upgrade(url)
        self.database = Database(url, Keys(SECRET))
        self.recorder = Recorder(Journal(folder / "sent"), plan, self.clock)
        self.delivery = Delivery(
            self.database,
            self.clock,
            [self.recorder],
            on_gone=mark_unreachable,
            windows=POLICY.windows,
            timezone=POLICY.timezone,
        )
        self.dispatch = Dispatch(
            self.database, router(), POLICY, self.clock, wake=self.delivery.wake
        )
        self.jobs = Jobs(self.database, POLICY, self.clock, ALL)

    async def live(self) -> None:
        await self.database.run(self._furnished)
        sending = asyncio.create_task(self.delivery.run())
        try:
            for event in self.plan.events[len(self.done.lines()) :]:
                self.clock.moment, self.recorder.event = event.at, event.number
                await getattr(self, f"_{event.kind}")(event)
                await self._sent_all(sending)
                self.done.add(event=event.number, kind=event.kind, at=event.at.isoformat())
        finally:
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sending
            self.database.close()

    def _furnished(self, session: Session) -> None:
        if session.scalar(select(func.count()).select_from(Unit)) == 0:
            furnish(session, self.plan)

    async def _sent_all(self, sending: "asyncio.Task[None]") -> None:
        """Until nothing waits: the year does not go on over a message that is under way."""
        self.delivery.wake("")
        while await self.database.run(lambda s: s.scalar(select(func.count(Outbox.id)))):  # type: ignore[arg-type]
            assert not sending.done(), sending.result()
            await asyncio.sleep(0.003)

    # What may happen.

    async def _tick(self, _event: Event) -> None:
        counts = await self.jobs.run_all()
        assert None not in counts.values(), counts

    async def _back(self, event: Event) -> None:
        self.clock.moment = event.at - BACK_BY
        await self._tick(event)

    def _acts(self, event: Event, *, late: bool) -> list[Act]:
        day = event.at.date() - timedelta(days=int(late))
        return [a for a in self.plan.acts(day) if a.late == late and self.plan.done(a)]

    async def _pledge(self, event: Event) -> None:
        acts = self._acts(event, late=False)
        await self.database.run(lambda s: pledge(s, self.plan, acts, event.at))

    async def _report(self, event: Event) -> None:
        acts = self._acts(event, late=False)
        await self.database.run(lambda s: report(s, acts, event.at))
        if event.at.day <= 2 or event.at.weekday() == 4:
            streaks = await self.database.run(self._streaks)
            self.streaks.add(day=event.at.date().isoformat(), streaks=streaks)

    def _streaks(self, session: Session) -> list[int]:
        members = range(self.plan.size.acting)
        return [streak_of(session, member + 1, self.clock(), POLICY) for member in members]

    async def _late(self, event: Event) -> None:
        acts = self._acts(event, late=True)

        def both(session: Session) -> None:
            pledge(session, self.plan, acts, event.at)
            report(session, acts, event.at)

        await self.database.run(both)

    async def _rate(self, event: Event) -> None:
        await self.database.run(lambda s: rate(s, self.plan, event.at.date()))

    async def _all_on(self, _event: Event) -> None:
        await self.database.run(lambda s: remind_everybody(s, self.plan, on=True))

    async def _all_off(self, _event: Event) -> None:
        await self.database.run(lambda s: remind_everybody(s, self.plan, on=False))

    async def _block(self, _event: Event) -> None:
        """The messenger knows by itself; see Recorder."""

    async def _unblock(self, event: Event) -> None:
        who = self.plan.blocker
        incoming = Incoming(CHANNEL, who, who, f"event {event.number}", text="/start")
        await self.dispatch.handle(incoming, Capabilities())


def sent_digests(folder: Path) -> Iterator[tuple[str, int, str]]:
    """(secretary, unit's number, week) of every digest that arrived, in order."""
    for line in Journal(folder / "sent").lines():
        if line["digests"]:
            yield str(line["to"]), int(str(line["unit"])) - 1, str(line["week"])


def main(folder: str, size: str) -> None:
    set_up_logs("WARNING")
    storage.database.open_engine = hurried  # kill -9 takes no page from the disk's cache
    started = time.monotonic()
    asyncio.run(Year(Path(folder), Plan(Size(**json.loads(size)))).live())
    print(f"{time.monotonic() - started:.1f} s")


if __name__ == "__main__":
    main(*sys.argv[1:])

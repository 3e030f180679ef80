"""Units of a province at work through dispatch, jobs and delivery, with a messenger that is silent."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session

from bot.channels.base import Capabilities, Door, DoorState, Hook
from bot.delivery import Delivery
from bot.dispatch import Dispatch, Handled
from bot.drawing import Drawing
from bot.scheduler import Jobs
from handlers.jobs.remind_pledge import REMIND_PLEDGE
from handlers.jobs.send_digest import SEND_DIGEST
from handlers.member.actions import ALL_DONE
from handlers.messages import Choice, Incoming, Picture, Reply
from handlers.policy import Policy
from handlers.routes import router
from storage.database import Database
from storage.keys import Keys
from storage.queries.roster import insert_rows
from storage.queries.traffic import chat_name
from storage.tables import Desk, Duty, Link, Membership, Person, Unit

UNITS, MEMBERS_EACH, RATINGS, AT_ONCE = 75, 20, 600, 8
MORNING = datetime(2026, 11, 17, 1, 0, tzinfo=UTC)  # Tuesday, 08:00 where the members are
MONDAY = datetime(2026, 11, 16, 1, 30, tzinfo=UTC)


class Silent:
    """A messenger that takes everything at once."""

    name, can = "telegram", Capabilities()
    proactive_per_second, calls = 100_000.0, 0
    state = DoorState(up=True)
    hooks: dict[str, Hook] = {}

    def __init__(self) -> None:
        self._drawing = Drawing()

    def door(self, _desk: str) -> Door | None:
        return None

    invite_door = staff_door = door

    async def run(self) -> None:
        await asyncio.Event().wait()

    async def send(self, address: str, answer: Reply, edit: str | None) -> None:
        del address, edit
        if any(isinstance(part, Picture) for part in answer.parts):
            await self._drawing.of(answer, "vi")

    async def close(self) -> None:
        return


class Office:
    """A province's units at work; nobody sleeps, the clock is ours."""

    def __init__(self, database: Database) -> None:
        self.database, self.now = database, MORNING
        self.delivery = Delivery(database, self.clock, [Silent()])  # type: ignore[list-item]
        self.dispatch = Dispatch(database, router(), Policy(), self.clock, self.delivery.wake)
        self._people, self._monday = 0, MONDAY

    def clock(self) -> datetime:
        return self.now

    @property
    def today(self) -> date:
        return self.now.astimezone(Policy().timezone).date()

    async def _does(self, person: str, **what: str) -> Handled:
        self._people += 1
        incoming = Incoming("telegram", person, person, f"u{self._people}", language="vi", **what)  # type: ignore[arg-type]
        handled = await self.dispatch.handle(incoming, Capabilities())
        assert not handled.reference, what
        return handled

    async def ratings(self, number: int = RATINGS) -> int:
        """Scan, tap a level, tap a reason: three updates and their answers."""
        first = self._people
        await _crowd(lambda n: self._rate(f"citizen {first + n}", n), number)
        await self.delivery.drain()
        return number

    async def _rate(self, person: str, n: int) -> None:
        asked = await self._does(person, text=f"/start q-Q{n % UNITS + 1}")
        rated = await self._does(person, action=_choice(asked, "rate/").action, pressed="1")
        await self._does(person, action=_choice(rated, "reason").action, pressed="1")

    async def reminders(self) -> int:
        """The morning's question to every member, from the job to the last one sent."""
        self.now += timedelta(days=1)
        counts = await Jobs(self.database, Policy(), self.clock, [REMIND_PLEDGE]).run_all()
        asked = (counts[REMIND_PLEDGE.name] or {}).get("asked", 0)
        await self.delivery.drain()
        assert asked, counts
        return asked

    async def pledges(self) -> int:
        """A member's day: the list, a pledge, the evening's list, what became of it."""
        members = UNITS * MEMBERS_EACH // 3
        await _crowd(lambda n: self._pledge(str(n + 1)), members)
        await self.delivery.drain()
        return members

    async def _pledge(self, member: str) -> None:
        listed = await self._does(member, text="/camket")
        if not any(
            c.action.startswith("pledge/") for each in listed.replies for c in each.choices()
        ):
            listed = await self._does(
                member, action=_choice(listed, "pledges/").action, pressed="1"
            )
        await self._does(member, action=_choice(listed, "pledge/").action, pressed="1")
        await self._does(member, text="/baocao")
        await self._does(member, action=ALL_DONE.build(day=self.today), pressed="1")

    async def digests(self) -> int:
        """Every secretary's on Monday: figures, text, picture."""
        self._monday += timedelta(weeks=1)
        self.now = self._monday
        counts = await Jobs(self.database, Policy(), self.clock, [SEND_DIGEST]).run_all()
        sent = (counts[SEND_DIGEST.name] or {}).get("sent", 0)
        await self.delivery.drain()
        assert sent, counts
        return sent


def _choice(handled: Handled, begins: str) -> Choice:
    found = [c for each in handled.replies for c in each.choices() if c.action.startswith(begins)]
    assert found, (begins, [c.action for each in handled.replies for c in each.choices()])
    return found[0]


async def _crowd(one: Callable[[int], Awaitable[None]], number: int) -> None:
    numbers = iter(range(number))

    async def walk() -> None:
        for n in numbers:
            await one(n)

    await asyncio.gather(*(walk() for _ in range(AT_ONCE)))


def furnish(session: Session) -> None:
    """75 units with a desk, a secretary and twenty members each, all on Telegram."""
    keys = session.info["keys"]
    session.add(Unit(id=1000, code="TD", name="Thành Đoàn", folded="thanh doan"))
    session.flush()
    units = range(1, UNITS + 1)
    members = [(n, (n - 1) // MEMBERS_EACH + 1) for n in range(1, UNITS * MEMBERS_EACH + 1)]
    leads = [(100_000 + unit, unit) for unit in units]
    people = [*members, *leads]
    for table, rows in (
        (Unit, [_named(u, f"C{u}", f"Chi đoàn {u}") | {"parent_id": 1000} for u in units]),
        (Desk, [_named(u, f"Q{u}", f"Quầy {u}") | {"unit_id": u} for u in units]),
        (Person, [_person(n) for n, _ in people]),
        (Membership, [{"person_id": n, "unit_id": u, "role": "member"} for n, u in members]),
        (Membership, [{"person_id": n, "unit_id": u, "role": "secretary"} for n, u in leads]),
        (Duty, [_duty(u) for u in units]),
        (Link, [_link(keys, n) for n, _ in people]),
    ):
        for _ in insert_rows(session, table, rows):
            pass


def _named(number: int, code: str, name: str) -> dict[str, object]:
    return {"id": number, "code": code, "name": name, "folded": name.lower()}


def _person(number: int) -> dict[str, object]:
    code = f"M{number}"
    return {"id": number, "code": code, "full_name": f"Lan {code}", "position": "", "email": ""}


def _duty(unit: int) -> dict[str, object]:
    member = (unit - 1) * MEMBERS_EACH + 1
    return {"desk_id": unit, "person_id": member, "starts": MORNING - timedelta(days=30)}


def _link(keys: Keys, number: int) -> dict[str, object]:
    return {
        "person_id": number,
        "channel": "telegram",
        "chat": chat_name(keys, "telegram", str(number)),
        "address": keys.seal(str(number)),
        "language": "vi",
        "reminders": True,
        "unreachable": False,
        "notice": "bench",
        "since": date(2026, 11, 1),
    }

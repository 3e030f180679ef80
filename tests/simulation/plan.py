"""What happens in the simulated year: a pure function of its size and one seed; nothing is stored."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, cached_property
from zoneinfo import ZoneInfo

from handlers.policy import Policy
from tests.everything import often

SEED = 20260101
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
JOINED = date(2025, 11, 3)
FIRST, LAST = date(2025, 12, 30), date(2027, 1, 8)  # a Tuesday, and the Friday after week 53
WEEKS = [f"2026-W{number:02d}" for number in range(1, 54)]
DOWN = (date(2026, 7, 4), date(2026, 7, 13))  # ten days: a Saturday to the second Monday after
NEVER_SENT = "2026-W27"  # its Monday and the next are in the outage: only the newer one is sent
SET_BACK, BACK_BY = date(2026, 9, 15), timedelta(days=8)  # a tick sees an old clock that day
BLOCKED = (date(2026, 3, 4), date(2026, 4, 1))  # meanwhile the last secretary has blocked the bot

# By hand, from the government's calendar; two days more are this installation's own.
HOLIDAYS = {
    date(2026, month, day)
    for month, day in (
        (1, 1), (2, 16), (2, 17), (2, 18), (2, 19), (2, 20), (4, 27), (4, 30), (5, 1), (8, 31),
        (9, 1), (9, 2), (11, 24),
    )
} | {date(2027, 1, 1)}  # fmt: skip
WORKED_SATURDAY, OWN_DAY_OFF, OWN_SATURDAY = date(2026, 8, 22), date(2026, 6, 5), date(2026, 10, 3)
POLICY = Policy(
    timezone=ZONE, days_off=frozenset({OWN_DAY_OFF}), working_days=frozenset({OWN_SATURDAY})
)
ITEMS = ("cv1", "cv2", "nd1", "nd2", "cm1", "cm2")


def worked(day: date) -> bool:
    """Whether the organisation works on a day: the reference the program is held to."""
    if day in {WORKED_SATURDAY, OWN_SATURDAY}:
        return True
    return day.weekday() < 5 and day not in HOLIDAYS and day != OWN_DAY_OFF


def down(day: date) -> bool:
    """Whether nothing runs: no tick, no tap is handled."""
    return DOWN[0] <= day <= DOWN[1]


@dataclass(frozen=True)
class Size:
    """How much of the organisation moves: `reminded` members are asked twice every working day,
    `acting` ones pledge, and in the weeks of `everybody` (ISO numbers) all are asked. The first
    `paired` units have two secretaries each, those of `shared` one person together."""

    units: int = often(6, 12)
    paired: int = often(2, 5)
    shared: tuple[int, ...] = often((4, 5), (10, 11, 12))
    members: int = often(60, 400)
    acting: int = often(9, 30)
    reminded: int = often(3, 12)
    everybody: tuple[int, ...] = ()
    everybody_days: int = 1  # of each of those weeks


@dataclass(frozen=True)
class Act:
    """What a member did about a day: which items, how each went, and whether a day later."""

    member: int
    day: date
    outcomes: tuple[tuple[str, str], ...]
    late: bool


@dataclass(frozen=True)
class Event:
    """One moment at which something happens. `kind`: tick, back (a tick with the clock set back),
    pledge, report, late, rate, all_on, all_off, block, unblock."""

    number: int
    at: datetime
    kind: str


@dataclass(frozen=True)
class Plan:
    """The year: cast by number (members 0…; secretaries by code), events in order, acts by day."""

    size: Size

    def unit_of(self, member: int) -> int:
        """The unit a member stands in."""
        return member % self.size.units

    @cached_property
    def secretaries(self) -> list[tuple[str, int]]:
        """(person, unit): one each, two in the paired ones, and one person for the shared ones."""
        pairs, shared = [], self.size.shared
        for unit in range(self.size.units):
            pairs.append((f"S{shared[0] if unit in shared else unit}", unit))
            if unit < self.size.paired:
                pairs.append((f"T{unit}", unit))
        return pairs

    @property
    def blocker(self) -> str:
        """The secretary who blocks the bot for a month."""
        return self.secretaries[-1][0]

    def digests(self, person: str) -> list[str]:
        """The weeks a secretary is to get, each once, of each of their units."""
        if self.digest_at(person) is not None:
            # Of the weeks before the year the newest missed one and the one that is due then; the
            # one that fell into the outage was the newest missed when the program came back.
            return ["2025-W51", "2025-W52", *WEEKS]
        never = {NEVER_SENT}
        if person == self.blocker:
            never |= {"2026-W10", "2026-W11", "2026-W12"}
        return ["2025-W52", *(week for week in WEEKS if week not in never)]

    def digest_at(self, person: str) -> str | None:
        """When a secretary wants the digest, where that is not Monday at eight."""
        return {"S20": "tue 09:00", "S21": "fri 18:00"}.get(person)

    @cached_property
    def events(self) -> list[Event]:
        """Everything in order; each is repeated until it was done once."""
        return [
            Event(number, at, kind)
            for number, (at, kind) in enumerate(sorted(self._moments(), key=lambda each: each[0]))
        ]

    def _moments(self) -> Iterator[tuple[datetime, str]]:
        for day in (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)):
            if not down(day):
                yield from ((_at(day, hour), kind) for hour, kind in self._day(day))

    def _day(self, day: date) -> Iterator[tuple[str, str]]:
        week, weekday = day.isocalendar().week, day.weekday()
        everybody = week in self.size.everybody and weekday < self.size.everybody_days
        if everybody:
            yield "07:00", "all_on"
            yield "20:00", "all_off"
        yield "08:00", "tick"
        if weekday == 0:
            yield "08:01", "tick"  # twice: nothing may come of it
        if weekday == 1:
            yield "09:00", "tick"
        if weekday == 4:
            yield "18:00", "tick"
        yield "09:30", "late"
        if worked(day):
            yield "10:00", "pledge"
            yield "16:30", "tick"
            yield "17:00", "report"
        if weekday == 2:
            yield "12:00", "rate"
        if day == SET_BACK:
            yield "13:00", "back"
        if day in BLOCKED:
            yield "11:00", "block" if day == BLOCKED[0] else "unblock"

    def leave(self, member: int) -> list[tuple[date, date]]:
        """Days off of a member, both ends included."""
        return _leave(member)

    def away(self, member: int, day: date) -> bool:
        """Whether a member is on leave or on a trip."""
        return any(first <= day <= last for first, last in _leave(member))

    def acts(self, day: date) -> list[Act]:
        """What members do about that day, whenever they do it (see `done`)."""
        return [act for member in range(self.size.acting) if (act := _act(member, day)) is not None]

    def done(self, act: Act) -> bool:
        """Whether the bot was there to hear of it."""
        return (
            act.day >= FIRST
            and not down(act.day)
            and not (act.late and down(act.day + timedelta(days=1)))
        )

    def ratings(self, unit: int, week: int) -> int:
        """How many people rate a unit in a week: some units many, most none."""
        chance = random.Random(f"{SEED} rate {unit} {week}")
        return chance.randrange(3, 12) if unit % 5 == 0 else 0


def _at(day: date, hour: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(hour), ZONE)


@cache
def _leave(member: int) -> list[tuple[date, date]]:
    chance = random.Random(f"{SEED} leave {member}")
    spans = []
    for _ in range(chance.randrange(4)):
        first = FIRST + timedelta(days=chance.randrange(360))
        spans.append((first, first + timedelta(days=chance.randrange(9))))
    return spans


@cache
def _act(member: int, day: date) -> Act | None:
    """Some are steady, some are not; now and then on leave or on a Sunday, which counts for nothing."""
    chance = random.Random(f"{SEED} {member} {day}")
    off = not worked(day) or any(first <= day <= last for first, last in _leave(member))
    if chance.random() > (0.03 if off else (0.97, 0.9, 0.6)[member % 3]):
        return None
    codes = chance.sample(ITEMS, chance.choices((1, 2, 3), (5, 4, 1))[0])
    unreported = chance.random() < 0.03
    outcomes = tuple(
        (code, "pledged" if unreported else chance.choice(("done", "done", "partly", "not_done")))
        for code in sorted(codes)
    )
    late = chance.random() < 0.06 or not worked(day)
    return Act(member, day, outcomes, late)


def checked(plan: Plan, member: int, until: date) -> set[date]:
    """The days a member said how it went, as the year has it until the end of that day."""
    days = (FIRST + timedelta(days=n) for n in range((until - FIRST).days + 1))
    acts = (act for day in days if (act := _act(member, day)) is not None)
    return {
        act.day
        for act in acts
        if plan.done(act)
        and any(status != "pledged" for _, status in act.outcomes)
        and not (act.late and act.day == until)
    }


def naive_streak(plan: Plan, member: int, today: date) -> int:
    """The streak in the evening of a day, counted the plain way: forward, day after day."""
    said, run = checked(plan, member, today), 0
    for day in itertools.takewhile(
        lambda each: each <= today, (FIRST + timedelta(days=n) for n in itertools.count())
    ):
        if not worked(day) or plan.away(member, day):
            continue
        if day in said:
            run += 1
        elif day != today:
            run = 0
    return run

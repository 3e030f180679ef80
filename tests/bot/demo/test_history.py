"""The demo's story: two months that look like life, told once, carried on, taken back."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from bot.demo import furnish
from bot.demo.clock import DemoClock
from bot.demo.days import DAYS
from bot.demo.travel import back_to_today, bring_monday, next_monday
from handlers.policy import Policy
from handlers.workdays import is_working_day
from storage.database import Database
from storage.keys import Keys
from storage.queries.claims import claim
from storage.schema import upgrade
from storage.tables import Claim, Item, Leave, Link, Person, Pledge, Rating, Unit
from tests.conftest import SECRET, Clock
from tests.databases import migrated, prepared

POLICY = Policy()
THURSDAY = datetime(2026, 11, 19, 3, 0, tzinfo=UTC)  # 10:00 in Đà Nẵng


def furnished(url: str) -> None:
    """The demo as it is on its first Thursday."""
    upgrade(url)
    database = Database(url, Keys(SECRET))
    furnish(database, POLICY, THURSDAY)
    database.close()


@pytest.fixture
def demo(sqlite_url: str, keys: Keys, clock: Clock) -> Iterator[Database]:
    database = Database(prepared(sqlite_url, furnished), keys)
    clock.now = THURSDAY
    yield database
    database.close()


def today(clock: Clock) -> date:
    return clock().astimezone(POLICY.timezone).date()


def pledges(database: Database) -> list[Pledge]:
    return database.run_now(lambda s: list(s.exec(select(Pledge).order_by(col(Pledge.id)))))


def ratings(database: Database) -> list[Rating]:
    return database.run_now(lambda s: list(s.exec(select(Rating))))


def codes(database: Database, table: type[Unit] | type[Person]) -> dict[int, str]:
    return database.run_now(lambda s: {row.id or 0: row.code for row in s.exec(select(table))})


def test_two_months_end_yesterday_and_know_only_working_days(demo: Database, clock: Clock) -> None:
    for days in ({p.day for p in pledges(demo)}, {r.day for r in ratings(demo)}):
        assert max(days) == today(clock) - timedelta(days=1)
        assert min(days) <= today(clock) - timedelta(days=DAYS - 3)
        assert all(is_working_day(day, POLICY) for day in days)
        assert len(days) > 35


def test_furnishing_again_the_same_day_changes_nothing(demo: Database, clock: Clock) -> None:
    before = {(p.person_id, p.day, p.code, p.status) for p in pledges(demo)}
    count = len(ratings(demo))
    furnish(demo, POLICY, clock())
    assert {(p.person_id, p.day, p.code, p.status) for p in pledges(demo)} == before
    assert len(ratings(demo)) == count


def test_after_some_days_the_story_goes_on_where_it_stopped(demo: Database, clock: Clock) -> None:
    before = len(pledges(demo))
    clock.move(days=5)
    furnish(demo, POLICY, clock())
    found = pledges(demo)
    assert len(found) > before
    assert max(p.day for p in found) == today(clock) - timedelta(days=1)
    assert len({(p.person_id, p.day, p.code) for p in found}) == len(found)


def test_one_unit_stays_below_k_every_week_and_another_never_does(demo: Database) -> None:
    unit = codes(demo, Unit)
    weekly: dict[tuple[str, int], int] = defaultdict(int)
    for rating in ratings(demo):
        weekly[unit[rating.unit_id], rating.day.isocalendar().week] += 1
    assert all(n < POLICY.k for (code, _), n in weekly.items() if code == "C4")
    assert all(n >= POLICY.k for (code, _), n in weekly.items() if code == "C1")
    assert not any(code == "C2" for code, _ in weekly)  # it has no desk


def test_one_unit_rises_over_the_two_months(demo: Database, clock: Clock) -> None:
    unit = codes(demo, Unit)
    middle = today(clock) - timedelta(days=DAYS // 2)
    halves: dict[bool, list[bool]] = {True: [], False: []}
    for rating in ratings(demo):
        if unit[rating.unit_id] == "C1":
            halves[rating.day >= middle].append((rating.level or 0) >= 4)
    early, late = (sum(halves[half]) / len(halves[half]) for half in (False, True))
    assert late > early + 0.08


def test_one_member_falls_silent_and_one_was_on_leave(demo: Database, clock: Clock) -> None:
    person = codes(demo, Person)
    last: dict[str, date] = {}
    for pledge in pledges(demo):
        code = person[pledge.person_id]
        last[code] = max(last.get(code, pledge.day), pledge.day)
    assert last["DV09"] < today(clock) - timedelta(days=12)
    assert all(
        day >= today(clock) - timedelta(days=12) for code, day in last.items() if code != "DV09"
    )
    away = demo.run_now(lambda s: list(s.exec(select(Leave))))
    assert {person[each.person_id] for each in away} == {"DV07", "DV22"}
    for each in away:
        assert not [
            p for p in pledges(demo)
            if p.person_id == each.person_id and each.first <= p.day <= each.last
        ]  # fmt: skip


def test_nobody_pledges_more_than_three_items_and_all_are_of_the_catalogue(demo: Database) -> None:
    a_day: dict[tuple[int, date], int] = defaultdict(int)
    for pledge in pledges(demo):
        a_day[pledge.person_id, pledge.day] += 1
    assert set(a_day.values()) == {1, 2, 3}
    items = demo.run_now(lambda s: {item.id: item.code for item in s.exec(select(Item))})
    assert all(items[p.item_id] == p.code for p in pledges(demo))


def test_invented_ratings_carry_neither_receipt_nor_encounter(demo: Database) -> None:
    found = ratings(demo)
    assert all(r.encounter is None and r.receipt is None for r in found)
    assert {r.attribution for r in found} == {"duty", "citizen", "unknown", "nobody"}
    assert all((r.member_id is None) == (r.attribution in {"unknown", "nobody"}) for r in found)
    assert any(r.comment for r in found)
    assert any(r.reasons for r in found)


def test_whoever_pledges_has_joined_and_is_sent_nothing_until_a_visitor_is_them(
    demo: Database,
) -> None:
    links = demo.run_now(lambda s: list(s.exec(select(Link))))
    joined, people = {link.person_id for link in links}, codes(demo, Person)
    assert {pledge.person_id for pledge in pledges(demo)} <= joined
    assert 0.85 < len(joined) / len(people) < 0.95
    assert len(links) == len(joined)
    assert not any(link.reminders for link in links)
    assert max(link.since for link in links) < min(pledge.day for pledge in pledges(demo))


@pytest.mark.parametrize(
    ("now", "monday"),
    [
        ("2026-11-19T10:00", "2026-11-23T08:00"),
        ("2026-11-23T07:59", "2026-11-23T08:00"),
        ("2026-11-23T08:00", "2026-11-30T08:00"),
        ("2026-11-22T23:59", "2026-11-23T08:00"),
        ("2026-12-31T12:00", "2027-01-04T08:00"),
    ],
)
def test_the_next_monday_is_the_first_morning_still_to_come(now: str, monday: str) -> None:
    here, there = (
        datetime.fromisoformat(each).replace(tzinfo=POLICY.timezone) for each in (now, monday)
    )
    assert next_monday(here, POLICY) == there


async def test_monday_comes_with_the_days_between_lived_and_goes_again(
    demo: Database, clock: Clock
) -> None:
    before, rated = len(pledges(demo)), len(ratings(demo))
    moved = DemoClock(clock)
    monday = await bring_monday(demo, moved, POLICY)
    assert moved() == monday
    assert moved.moved
    assert max(p.day for p in pledges(demo)) == date(2026, 11, 20)
    assert {date(2026, 11, 19), date(2026, 11, 20)} <= {r.day for r in ratings(demo)}

    await demo.run(lambda s: claim(s, "digest/2026-W47/C1/DV04", date(2026, 11, 23)))
    await back_to_today(demo, moved, POLICY)
    assert moved() == clock()
    assert not moved.moved
    assert (len(pledges(demo)), len(ratings(demo))) == (before, rated)
    assert await demo.run(lambda s: s.exec(select(Claim)).all()) == []


async def test_monday_is_never_moved_to_a_moment_before_its_digests_are_due(
    demo: Database, clock: Clock
) -> None:
    clock.move(milliseconds=700)
    moved = DemoClock(clock)
    assert moved() < await bring_monday(demo, moved, POLICY) <= moved()


async def test_what_a_visitor_pledged_today_survives_the_way_to_monday_and_back(
    demo: Database, clock: Clock
) -> None:
    def pledge(session: Session) -> None:
        person = session.exec(select(Person).where(Person.code == "DV05")).one()
        item = session.exec(select(Item)).first()
        unit = session.exec(select(Unit).where(Unit.code == "C1")).one()
        assert item is not None
        session.add(
            Pledge(
                person_id=person.id or 0, unit_id=unit.id or 0, day=today(clock),
                item_id=item.id or 0, code=item.code, changed=clock(),
            )
        )  # fmt: skip

    await demo.run(pledge)
    moved = DemoClock(clock)
    await bring_monday(demo, moved, POLICY)
    person = {code: id_ for id_, code in codes(demo, Person).items()}["DV05"]
    (own,) = [p for p in pledges(demo) if p.person_id == person and p.day == today(clock)]
    assert own.status == "pledged"
    await back_to_today(demo, moved, POLICY)
    assert [p.day for p in pledges(demo) if p.day == today(clock)] == [today(clock)]


async def test_a_moved_clock_goes_on_from_where_it_was_after_a_restart(
    demo: Database, clock: Clock
) -> None:
    monday = await bring_monday(demo, DemoClock(clock), POLICY)
    clock.move(minutes=10)
    again = DemoClock(clock)
    await demo.run(again.read)
    assert again() == monday + timedelta(minutes=10)


def test_the_story_is_the_same_however_it_is_cut(tmp_path: Path, keys: Keys) -> None:
    told = []
    for steps in ([1, 3], [4]):
        url = f"sqlite:///{tmp_path / str(len(steps))}.sqlite"
        database, now = Database(migrated(url), keys), THURSDAY
        furnish(database, POLICY, now)
        for days in steps:
            now += timedelta(days=days)
            furnish(database, POLICY, now)
        told.append({(p.person_id, p.day, p.code, p.status) for p in pledges(database)})
        database.close()
    assert told[0] == told[1]
    assert max(day for _, day, _, _ in told[0]) == date(2026, 11, 20)

"""Flags and their counters tell whoever dumps the database nothing of who rated, how often or when."""

from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import Session, select

from handlers.jobs.forget import forget
from handlers.policy import Limits
from storage.database import Database
from storage.tables import Tally
from tests.conftest import Clock
from tests.people import Place, furnish
from tests.test_anonymity import Dump, dump

DEVICE = "one kind of phone on one Wi-Fi"
OFTEN, OF_DEVICE = 6, 12


@pytest.fixture
async def crowded(database: Database, clock: Clock) -> Place:
    """One person comes six times, one browser looks new twelve times, and eight come once."""
    database.run_now(lambda session: furnish(session, clock()))
    limits = Limits(burst=20, same_device=4, same_person=2)
    place = Place(database, clock, replace(Place(database, clock).policy, limits=limits))
    for nth in range(1, OFTEN + 1):
        await place.person("700000001").opens(f"rate/Q1/261116/{nth}/1")
        clock.move(seconds=20)
    for number in range(OF_DEVICE):
        visitor = place.person(f"visitor-{number}", "web")
        await visitor.does(action="rate/Q1/261116/1/5", device=DEVICE)
        clock.move(seconds=10)
    for number in range(8):
        await place.person(f"80000000{number}").opens("rate/Q1/261116/1/3")
        clock.move(seconds=10)
    return place


def flagged(found: Dump) -> int:
    return sum(row["status"] == "flagged" for row in found["rating"])


async def test_a_flag_is_all_that_a_flagged_rating_has_more(crowded: Place) -> None:
    found = dump(crowded.database)
    assert flagged(found) == (OFTEN - 2) + (OF_DEVICE - 4)
    shapes = {
        status: {
            frozenset((name, type(value).__name__, len(str(value))) for name, value in row.items())
            for row in found["rating"]
            if row["status"] == status
        }
        for status in ("active", "flagged")
    }
    without = [
        {frozenset(each for each in shape if each[0] != "status") for shape in of_status}
        for of_status in shapes.values()
    ]
    assert without[1] <= without[0], "else the same columns hold the same kinds of values"


async def test_no_counter_leads_to_a_rating_a_device_or_a_chat(crowded: Place) -> None:
    found = dump(crowded.database)
    counters = {str(value) for row in found["tally"] for value in row.values()} - {
        str(row["day"]) for row in found["tally"]
    }
    elsewhere = {
        str(value)
        for table, rows in found.items()
        if table != "tally"
        for row in rows
        for value in row.values()
    }
    assert not counters & elsewhere
    for trace in (DEVICE, "700000001", "visitor-1"):
        assert trace not in str(found["tally"])


async def test_counters_tell_neither_how_often_nor_when(crowded: Place) -> None:
    """Whoever came once and whoever came often leave rows that look alike."""
    rows = dump(crowded.database)["tally"]
    assert len(rows) == 1 + 1 + (1 + OF_DEVICE + 8)  # the desk, the device, each person
    for name in ("slot", "now", "before"):
        numbers = [row[name] for row in rows]
        assert len(set(numbers)) == len(numbers)
        assert min(numbers) > 10**9, "a number that stands there as it is"
        assert max(numbers) > 10**17, "blinded by all of their bits"
    assert {str(row["day"]) for row in rows} == {"2026-11-16"}
    assert {name for row in rows for name in row} == {"key", "day", "slot", "now", "before"}


async def test_what_comes_later_is_written_over_and_makes_no_series(
    crowded: Place, clock: Clock
) -> None:
    before = len(dump(crowded.database)["tally"])
    for number in range(12):
        clock.move(minutes=10)
        await crowded.person(f"90000{number}").opens("rate/Q1/261116/1/4")
    assert len(dump(crowded.database)["tally"]) == before + 12, "a row a person, none a window"


async def test_counters_are_gone_with_the_day(crowded: Place, clock: Clock) -> None:
    clock.move(hours=15)
    await crowded.database.run(lambda s: forget(s, clock(), crowded.policy))
    found = dump(crowded.database)
    assert found["tally"] == []
    assert flagged(found) > 0, "only the flag is kept"


async def test_no_two_days_have_a_counter_in_common(crowded: Place, clock: Clock) -> None:
    def keys(session: Session) -> set[str]:
        return {row.key for row in session.exec(select(Tally).where(Tally.day == clock().date()))}

    monday = await crowded.database.run(keys)
    clock.move(days=1)
    await crowded.person("700000001").opens("rate/Q1/261117/1/1")
    tuesday = await crowded.database.run(keys)
    assert clock().date() == date(2026, 11, 17)
    assert len(tuesday) == 2
    assert not monday & tuesday

"""The demo's organisation imports without a mistake and shows every case of duty."""

from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from storage.database import Database
from storage.queries.roster import StoredRoster, stored_roster
from tests.conftest import Clock
from tests.handlers.rosters import good, load

DEMO = Path(__file__).parents[2] / "bot" / "demo"


@pytest.fixture
def stored(database: Database) -> StoredRoster:
    report = load(database, [DEMO / f"{name}.csv" for name in good()])
    assert not report.changes_nothing
    return database.run_now(stored_roster)


def on_duty(stored: StoredRoster, now: datetime) -> Counter[str]:
    return Counter(
        duty.desk_code
        for duty in stored.duties
        if duty.starts <= now and (duty.ends is None or now < duty.ends)
    )


def test_a_city_two_branches_and_their_chapters(stored: StoredRoster) -> None:
    parents = Counter(unit.parent_code for unit in stored.units.values())
    assert parents == {"": 1, "TD": 2, "DP": 3, "CQ": 4}
    assert len(stored.people) == 49
    led = {place.unit_code for place in stored.memberships if place.role == "secretary"}
    assert led == set(stored.units)


def test_eight_desks_with_one_several_and_nobody_on_duty(
    stored: StoredRoster, clock: Clock
) -> None:
    assert sorted(stored.desks) == [f"Q{n}" for n in range(1, 9)]
    assert [desk.code for desk in stored.desks.values() if desk.multi_agency] == ["Q4"]
    for days in (0, 400, 4000):
        clock.move(days=days)
        serving = on_duty(stored, clock())
        assert (serving["Q1"], serving["Q2"], serving["Q3"]) == (1, 2, 0)
        assert len(serving) == 7


def test_nobody_in_it_has_a_real_address(stored: StoredRoster) -> None:
    assert all(
        (person.email or "").endswith("@huongsen.example") for person in stored.people.values()
    )

"""docs/scaling.md quotes what the simulation prints, and the simulation counts rightly."""

import random

import pytest

from bench.nation import (
    FILE,
    HOURS,
    PAGE,
    Place,
    answered,
    arrivals,
    queue,
    read_costs,
    sent,
    shares,
    written_into,
)
from bot.config.database import DatabaseSettings
from bot.parts import PARTS


@pytest.fixture
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_the_page_quotes_the_tables_as_they_are_printed(page: str) -> None:
    assert written_into(page, read_costs()) == page, "print them anew: python -m bench.nation"
    assert page.count("| largest province |") == 4


def test_the_page_names_every_part_and_every_setting_of_the_database(page: str) -> None:
    for name in (*PARTS, *DatabaseSettings.model_fields):
        assert f"`{name}`" in page, name


def test_what_is_assumed_adds_up() -> None:
    assert sum(HOURS.values()) == pytest.approx(1)
    assert sum(shares()) == pytest.approx(1)
    assert FILE.exists()


def test_a_queue_waits_as_long_as_theory_says() -> None:
    """One server that takes the same for each (M/D/1), half busy: (2 - 0.5) / (2 - 2 * 0.5) times
    its own time on average, so that half of all wait a quarter of it or less."""
    chance = random.Random(1)
    waits = queue(list(arrivals(100, chance)), 1, 0.005, chance, spread=0)
    assert waits.busy == pytest.approx(0.5, rel=0.05)
    assert waits.middle == pytest.approx(5.0, rel=0.3)
    assert 15 < waits.worst < 30


def test_more_processes_shorten_the_wait_and_too_much_for_one_bot_never_ends() -> None:
    nation, costs = Place("nation", 1.0), read_costs()["postgresql"]
    assert answered(nation, costs, 4).worst <= answered(nation, costs, 2).worst
    assert sent(nation, 1.0) is None
    assert sent(Place("province", 1 / 34), 0.3) is not None

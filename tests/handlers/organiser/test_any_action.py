"""Whatever number an action names: nothing fails, and nobody changes what is not theirs to change."""

import random

import pytest
from sqlmodel import select

from handlers.official import office_offer
from handlers.routes import ORGANISER
from handlers.routing import Route
from handlers.secretary import (
    changes,
    hand_over,
    member_adding,
    member_card,
    member_details,
    member_removal,
    member_return,
    members,
)
from storage.tables import Person, Unit
from tests.handlers.audits import roles
from tests.officials import inbox, joined
from tests.people import Place

ROUTES: list[Route] = [
    *members.ROUTES,
    *member_card.ROUTES,
    *member_adding.ROUTES,
    *member_details.ROUTES,
    *member_removal.ROUTES,
    *member_return.ROUTES,
    *hand_over.ROUTES,
    *changes.ROUTES,
    *office_offer.ROUTES,
    *ORGANISER,
]
UNITS = ("C1", "C2", "TD")
ACTIONS = 60


def actions(seed: int, units: list[int], people: list[int]) -> list[str]:
    """Actions of these routes with numbers that mean something, and some that mean nothing."""
    draw, found = random.Random(seed), []
    numbers = {"unit": units, "target": units, "person": people}
    while len(found) < ACTIONS:
        pattern = draw.choice(ROUTES).pattern
        if set(pattern.parameters.values()) <= {"int"}:
            values = {
                name: draw.choice([*numbers.get(name, range(1, 20)), 999_999_999])
                for name in pattern.parameters
            }
            found.append(pattern.build(**values))
    return found


@pytest.mark.parametrize("seed", [1])
async def test_any_action_of_anybody_is_answered_and_stays_within_their_own(
    staffed: Place, seed: int
) -> None:
    sau = await joined(staffed, "sau", "C1", "secretary", "S1")
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    citizen = staffed.person("citizen")
    units, people = await staffed.database.run(
        lambda s: ([*s.exec(select(Unit.id))], [*s.exec(select(Person.id))])
    )
    before = {unit: await roles(staffed, unit) for unit in UNITS}
    for action in actions(seed, units, people):
        for talker in (lan, citizen):
            handled = await talker.does(action=action, text="Lê Văn Chín")
            assert handled.reference is None, action
    assert {unit: await roles(staffed, unit) for unit in UNITS} == before
    for action in actions(seed, units, people):
        handled = await sau.does(action=action, text="Lê Văn Chín")
        assert handled.reference is None, action
    for unit in ("C2", "TD"):
        assert await roles(staffed, unit) == before[unit]


@pytest.mark.parametrize("seed", [3])
async def test_an_organiser_never_loses_their_own_office_by_what_they_tap_below(
    staffed: Place, seed: int
) -> None:
    tam = await joined(staffed, "tam", "TD", "secretary", "S3")
    await joined(staffed, "sau", "C1", "secretary", "S1")
    units, people = await staffed.database.run(
        lambda s: ([*s.exec(select(Unit.id))], [*s.exec(select(Person.id))])
    )
    for action in actions(seed, units, people):
        handled = await tam.does(action=action, text="Lê Văn Chín")
        assert handled.reference is None, action
    assert "S3 secretary" in await roles(staffed, "TD")
    await inbox(tam)

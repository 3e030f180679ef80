"""An update that a messenger hands over again, even weeks later, is handled once."""

from datetime import timedelta

import pytest

from bot.channels.base import Capabilities
from handlers.jobs.forget import forget
from handlers.messages import Incoming
from storage.database import Database
from tests.conftest import Clock
from tests.people import Place, furnish

WEEKS = Capabilities(buttons=False, comes_back_days=60)
DAYS = Capabilities()


async def duplicate(place: Place, can: Capabilities) -> bool:
    incoming = Incoming("zalo_bot", "anna", "anna", "m1", text="Q1")
    return (await place.dispatch.handle(incoming, can)).duplicate


@pytest.mark.parametrize(("can", "after", "again"), [(WEEKS, 59, True), (DAYS, 3, False)])
async def test_an_update_is_known_again_as_long_as_its_messenger_may_bring_it(
    database: Database, clock: Clock, can: Capabilities, after: int, again: bool
) -> None:
    place = Place(database, clock)
    await database.run(lambda session: furnish(session, clock()))
    assert not await duplicate(place, can)
    clock.now += timedelta(days=after)
    await database.run(lambda session: forget(session, clock(), place.policy))
    assert await duplicate(place, can) is again

"""The menu of an official in a browser: what waits on top, then groups under their headings."""

from collections.abc import AsyncIterator

import pytest

from storage.database import Keys
from storage.queries.role_offers import offer_office
from tests.bot.web_site import Reader, Site, furnished_site
from tests.conftest import Clock
from tests.officials import furnish_officials, invited, person_id, unit_id, with_url


@pytest.fixture
async def site(sqlite_url: str, keys: Keys, clock: Clock) -> AsyncIterator[Site]:
    async with furnished_site(sqlite_url, keys, clock) as furnished:
        await furnished.database.run(lambda session: furnish_officials(session, clock()))
        furnished.place = with_url(furnished.place)
        yield furnished


async def joined(site: Site, reader: Reader, unit: str, role: str, person: str) -> None:
    token = await invited(site.place, unit, role, person)
    await reader.opens(f"/i/{token}")
    await reader.taps(next(each for each in reader.labels() if each.startswith("Tôi là")))


async def test_groups_of_a_secretarys_menu_have_headings(site: Site) -> None:
    async with site.reader() as reader:
        await joined(site, reader, "C1", "secretary", "S1")
        text = await reader.opens("/toi")
        assert text.index("Của đơn vị") < text.index("Bản tin tuần")
        assert text.index("Bản tin tuần") < text.index("Của tôi") < text.index("Chọn việc hôm nay")


async def test_an_office_offered_stands_on_the_menu_of_whom_it_is_offered_to(
    site: Site, clock: Clock
) -> None:
    async with site.reader() as reader:
        await joined(site, reader, "C1", "member", "P1")
        await site.database.run(
            lambda s: offer_office(
                s, unit_id(s, "C1"), person_id(s, "S1"), person_id(s, "P1"), clock()
            )
        )
        await reader.opens("/toi")
        await reader.taps("Đề nghị bàn giao: Chi đoàn Sở Nội vụ")
        assert "Nhận nhiệm vụ" in reader.labels()
        clock.move(days=8)
        await reader.opens("/toi")
        assert "Đề nghị bàn giao: Chi đoàn Sở Nội vụ" not in reader.labels()

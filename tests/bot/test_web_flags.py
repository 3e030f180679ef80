"""Which ratings of a browser are kept but not counted; cookies are cleared, windows are private."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from sqlmodel import Session

from bot.config import WebSettings
from bot.web.identity import Signatures, Visitor
from storage.keys import Keys
from storage.queries.link import add_link
from tests.bot.web_site import HOME, Reader, Site, furnished_site
from tests.conftest import Clock
from tests.officials import person_id

PHONE = {"user-agent": "Mozilla/5.0 (Linux; Android 10; K)", "accept-language": "vi-VN"}
LAN = Visitor("the-browser-of-lan", official=True)


@pytest.fixture
async def site(database_url: str, keys: Keys, clock: Clock) -> AsyncIterator[Site]:
    async with furnished_site(database_url, keys, clock) as furnished:
        yield furnished


async def statuses(site: Site) -> list[str]:
    return sorted(rating.status for rating in await site.place.ratings())


async def rate_often(
    site: Site, times: int, path: str = "/q/Q1", address: str = "203.0.113.9", **headers: str
) -> list[str]:
    """Somebody looks new each time: no cookie comes along."""
    pages = []
    transport = httpx.ASGITransport(app=site.app(), client=(address, 4000))
    async with httpx.AsyncClient(transport=transport, base_url=HOME, headers=PHONE) as client:
        reader = Reader(client)
        for _ in range(times):
            reader.refuse_cookies()
            await reader.opens(path)
            reader.refuse_cookies()
            await reader.taps("Rất hài lòng", **headers)
            pages.append(reader.text)
    return pages


async def test_private_windows_of_one_device_are_one_device(site: Site) -> None:
    pages = await rate_often(site, 17)
    assert await statuses(site) == ["active"] * 15 + ["flagged"] * 2
    assert "Đã ghi nhận" in pages[-1], "they are answered as anybody is"


async def test_another_phone_on_the_same_network_is_another_device(site: Site) -> None:
    await rate_often(site, 15)
    await rate_often(site, 1, **{"user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6)"})
    await rate_often(site, 1, address="198.51.100.7")
    assert set(await statuses(site)) == {"active"}


async def test_the_tablet_on_the_counter_is_everybodys(site: Site) -> None:
    site = replace(site, web=WebSettings(kiosk_desks=("Q1",)))
    await rate_often(site, 18, "/q/Q1?kiosk")
    assert set(await statuses(site)) == {"active"}


async def linked(site: Site) -> Signatures:
    def link(session: Session) -> None:
        since = site.place.clock().date()
        person = person_id(session, "P1")
        add_link(session, person, "web", LAN.id, language="vi", notice="2026-11", since=since)

    await site.database.run(link)
    return Signatures(site.database.keys, https=False)


async def test_an_officials_browser_is_marked_and_the_mark_says_nothing_else(site: Site) -> None:
    signatures = await linked(site)
    async with site.reader() as reader:
        reader.client.cookies.set(signatures.cookie_name, signatures.write_cookie(LAN))
        await reader.opens("/toi")
        mark = reader.client.cookies[signatures.mark_name]
        assert signatures.is_marked(mark)
        assert LAN.id not in mark
        reader.client.cookies.delete(signatures.cookie_name)  # they are nobody in particular now
        await reader.opens("/q/Q1")
        await reader.taps("Rất hài lòng")
    assert await statuses(site) == ["flagged"]
    assert "không tính vào điểm" not in reader.text


async def test_an_official_reads_why_their_own_desk_does_not_count_theirs(site: Site) -> None:
    signatures = await linked(site)
    async with site.reader() as reader:
        reader.client.cookies.set(signatures.cookie_name, signatures.write_cookie(LAN))
        await reader.opens("/q/Q1")
        await reader.taps("Rất hài lòng")
    assert "không tính vào điểm" in reader.text
    assert await statuses(site) == ["flagged"]


async def test_an_official_at_another_units_desk_counts_as_any_citizen(site: Site) -> None:
    """As their notice says, and as it is in their chats: the mark adds nothing while it is known
    whose the browser is."""
    signatures = await linked(site)
    async with site.reader() as reader:
        reader.client.cookies.set(signatures.cookie_name, signatures.write_cookie(LAN))
        await reader.opens("/toi")
        assert signatures.is_marked(reader.client.cookies[signatures.mark_name])
        await reader.opens("/q/Q3")
        await reader.taps("Rất hài lòng")
    assert await statuses(site) == ["active"]


async def test_a_forged_mark_is_none(site: Site) -> None:
    async with site.reader() as reader:
        reader.client.cookies.set("staff", "InN0YWZmIGRldmljZSI.forged.mark")
        await reader.opens("/q/Q1")
        await reader.taps("Rất hài lòng")
    assert await statuses(site) == ["active"]

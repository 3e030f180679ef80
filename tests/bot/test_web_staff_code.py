"""The page behind a desk's staff QR: a member's browser begins a shift, a citizen is led to rate."""

from collections.abc import AsyncIterator

import pytest
from sqlmodel import select

from handlers.staff_link import staff_token, staff_url
from storage.keys import Keys
from storage.tables import Duty
from tests.bot.web_site import HOME, Reader, Site, furnished_site
from tests.conftest import Clock
from tests.officials import furnish_officials, invited, with_url

Q3 = "Quầy 3 – Đất đai"


@pytest.fixture
async def site(sqlite_url: str, keys: Keys, clock: Clock) -> AsyncIterator[Site]:
    async with furnished_site(sqlite_url, keys, clock) as furnished:
        await furnished.database.run(lambda session: furnish_officials(session, clock()))
        furnished.place = with_url(furnished.place)
        yield furnished


def address(keys: Keys, desk: str = "Q3") -> str:
    return staff_url(HOME, keys, desk).removeprefix(HOME)


async def joined(site: Site, reader: Reader) -> None:
    token = await invited(site.place, "C1", "member", "P1")
    await reader.opens(f"/i/{token}")
    await reader.taps("Tôi là Nguyễn Thị Lan, đồng ý tham gia")


async def shifts(site: Site) -> list[bool]:
    """Of every shift begun in chat: whether it runs."""
    found = await site.database.run(
        lambda s: list(s.exec(select(Duty.ends).where(Duty.origin == "chat")))
    )
    return [each is None for each in found]


async def test_opening_the_page_begins_nothing_one_tap_does(site: Site, keys: Keys) -> None:
    async with site.reader() as reader:
        await joined(site, reader)
        text = await reader.opens(address(keys))
        assert reader.status == 200
        assert f"Bắt đầu ca trực tại {Q3}?" in text
        assert "Đoàn viên cũng có thể bắt đầu ca trực qua:" in text
        assert reader.page.links["Telegram"] == (
            f"https://telegram.example/Q3-{staff_token(keys, 'Q3')}"
        )
        assert await shifts(site) == []
        assert f"Ca trực của bạn tại {Q3} đã bắt đầu." in await reader.taps("Bắt đầu ca trực")
        assert await shifts(site) == [True]
        await reader.opens(address(keys))
        assert "Bạn đang trực tại" in reader.page.text
        await reader.taps("Kết thúc ca trực")
        assert await shifts(site) == [False]


async def test_a_form_sent_twice_begins_one_shift(site: Site, keys: Keys) -> None:
    async with site.reader() as reader:
        await joined(site, reader)
        await reader.opens(address(keys))
        await reader.taps("Bắt đầu ca trực")
        assert "Bạn đang trực tại" in await reader.reloads()
        await reader.taps("Kết thúc ca trực")
        assert "Bạn đang trực tại" not in await reader.reloads()
    assert await shifts(site) == [False]


async def test_a_citizens_browser_is_led_to_the_rating(site: Site, keys: Keys) -> None:
    async with site.reader() as reader:
        text = await reader.opens(address(keys))
        assert f"Mã này dành cho cán bộ của {Q3}" in text
        await reader.taps("Đánh giá quầy này")
        assert "Hài lòng" in reader.labels()
        await reader.taps("Hài lòng")
    assert len(await site.place.ratings()) == 1
    assert await shifts(site) == []


@pytest.mark.parametrize("path", ["/s/", "/s/Q3", "/s/Q3-short", "/s/nodigit-aaaaaaaaaaaaaaaa"])
async def test_a_garbled_address_is_not_found(site: Site, path: str) -> None:
    async with site.reader() as reader:
        await reader.opens(path)
        assert reader.status == 404


async def test_a_wrong_token_begins_nothing(site: Site) -> None:
    async with site.reader() as reader:
        await joined(site, reader)
        text = await reader.opens("/s/Q3-aaaaaaaaaaaaaaaa")
        assert "Mã dành cho cán bộ này không còn hiệu lực." in text
        assert "Bắt đầu ca trực tại" not in text
    assert await shifts(site) == []

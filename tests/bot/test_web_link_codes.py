"""Codes that link a chat, tried out on the web: counted per address, never an address themselves."""

import re
from collections.abc import AsyncIterator

import pytest
from sqlmodel import select

from storage.keys import Keys
from storage.tables import Link
from tests.bot.web_site import Site, furnished_site
from tests.conftest import Clock
from tests.officials import joined


@pytest.fixture
async def site(sqlite_url: str, keys: Keys, clock: Clock) -> AsyncIterator[Site]:
    async with furnished_site(sqlite_url, keys, clock) as furnished:
        yield furnished


async def test_guessing_codes_for_linking_is_stopped_whoever_one_says_to_be(site: Site) -> None:
    async with site.reader() as reader:
        statuses = []
        for number in range(125):
            reader.refuse_cookies()
            await reader.opens("/danhgia")
            code = f"0{number:09}"
            action = f"join-yes/{code}" if number % 2 else "search"
            text = "" if number % 2 else code
            await reader.sends("/chat", {"token": reader.token(), "action": action, "text": text})
            statuses.append(reader.status)
    assert statuses[:100] == [200] * 100
    assert statuses[120:] == [429] * 5


async def test_a_code_is_typed_and_is_no_address(site: Site) -> None:
    async with site.reader() as reader:
        await reader.opens("/i/0123456789")
        assert reader.status == 404


async def test_a_code_typed_into_the_search_of_the_page_links_this_browser(site: Site) -> None:
    lan = await joined(site.place, "lan", "C1", "member", "P1")
    await lan.opens("chats/add")
    (code,) = re.findall(r"\b0\d{2} \d{3} \d{4}\b", lan.text())
    async with site.reader() as reader:
        await reader.opens("/danhgia")
        await reader.taps("Tìm", typed=code)
        await reader.taps(next(each for each in reader.labels() if "Nguyễn Thị Lan" in each))
        assert "Chào mừng" in reader.response.text
    links = await site.place.database.run(lambda s: s.exec(select(Link.channel)).all())
    assert sorted(links) == ["telegram", "web"]

"""Limits on posts do not lock out an office behind one address, and bound what a flood can do."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI

from bot.web import hooks
from bot.web.identity import Signatures, Visitor, new_form
from storage.keys import Keys
from tests.bot.web_site import HOME, Site, furnished_site
from tests.conftest import Clock

OFFICE = "203.0.113.9"


@pytest.fixture
async def site(sqlite_url: str, keys: Keys, clock: Clock) -> AsyncIterator[Site]:
    async with furnished_site(sqlite_url, keys, clock) as furnished:
        yield furnished


class Browser:
    """One browser behind the office's address; it posts as fast as it can."""

    def __init__(self, site: Site, app: FastAPI, visitor: Visitor) -> None:
        self.transport = httpx.ASGITransport(app=app, client=(OFFICE, 4000))
        signatures = Signatures(site.database.keys, https=False)
        self.token = signatures.write_form(new_form(visitor, "open/Q1", ""))

    async def posts(self, times: int = 1, action: str = "open/Q1", text: str = "") -> list[int]:
        async with httpx.AsyncClient(transport=self.transport, base_url=HOME) as client:
            data = {"token": self.token, "action": action, "text": text}
            return [(await client.post("/q/Q1", data=data)).status_code for _ in range(times)]


async def test_one_browser_that_floods_locks_nobody_else_of_the_office_out(site: Site) -> None:
    site = replace(site, posts_per_minute=5, posts_per_address=40)
    app = site.app()
    flood = await Browser(site, app, Visitor("flooding")).posts(60)
    assert flood.count(200) == 5, "and what is refused counts for nobody else"
    for number in range(30):
        assert await Browser(site, app, Visitor(f"citizen-{number}")).posts() == [200]


async def test_ids_cost_nothing_so_an_address_has_a_ceiling(site: Site) -> None:
    site = replace(site, posts_per_address=10)
    app = site.app()
    statuses = []
    for number in range(12):
        statuses += await Browser(site, app, Visitor(f"made up {number}")).posts()
    assert statuses == [200] * 10 + [429] * 2
    async with site.reader(address="198.51.100.7") as elsewhere:
        await elsewhere.opens("/q/Q1")
        await elsewhere.taps("Rất hài lòng")
    assert elsewhere.status == 200


async def test_a_flooded_address_does_not_keep_officials_from_their_work(site: Site) -> None:
    site = replace(site, posts_per_minute=3, posts_per_address=2)
    app = site.app()
    for number in range(4):
        await Browser(site, app, Visitor(f"made up {number}")).posts()
    assert await Browser(site, app, Visitor("lan", official=True)).posts(4) == [200] * 3 + [429]


async def test_one_browser_that_tries_codes_leaves_tries_for_the_others(site: Site) -> None:
    app = site.app()
    eve = Browser(site, app, Visitor("eve"))
    codes = [str(9_000_000_000 + number) for number in range(60)]
    statuses = [(await eve.posts(action="code", text=code))[0] for code in codes]
    assert statuses.count(429) == 30
    assert 429 not in await Browser(site, app, Visitor("an")).posts(5, "code", "9000000001")


def test_what_a_limit_remembers_is_no_address_and_no_browser(site: Site) -> None:
    from bot.web.limits import PostLimit

    limit = PostLimit()
    name = limit._pseudonym(OFFICE)
    assert re.fullmatch("[0-9a-f]{32}", name)
    assert name != PostLimit()._pseudonym(OFFICE), "each process has a key of its own"


async def slowly() -> AsyncIterator[bytes]:
    yield b"{"
    await asyncio.Event().wait()


async def test_whoever_posts_slowly_to_a_webhook_holds_only_so_much(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hook(_headers: Mapping[str, str], _body: bytes) -> int:
        return 200

    monkeypatch.setattr(hooks, "MOST_AT_ONCE", 3)
    monkeypatch.setattr(hooks, "READ_WITHIN_S", 0.2)
    app = replace(site, hooks={"telegram": hook}).app()

    async def posts(address: str, content: bytes | AsyncIterator[bytes]) -> int:
        transport = httpx.ASGITransport(app=app, client=(address, 4000))
        async with httpx.AsyncClient(transport=transport, base_url=HOME) as client:
            return (await client.post("/hooks/telegram", content=content)).status_code

    slow = [asyncio.create_task(posts(OFFICE, slowly())) for _ in range(3)]
    await asyncio.sleep(0.05)
    assert await posts(OFFICE, b"{}") == 503
    assert await posts("198.51.100.7", b"{}") == 200, "the messenger posts from elsewhere"
    assert await asyncio.gather(*slow) == [408] * 3
    assert await posts(OFFICE, b"{}") == 200

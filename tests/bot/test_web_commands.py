"""What is typed in a chat is an address on the web: the same page, and nothing stored by it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import select
from sqlmodel import Session, SQLModel
from starlette.routing import Route

from bot.web.identity import Signatures, Visitor
from handlers.typed_input import COMMANDS
from storage.keys import Keys
from tests.bot.web_site import Reader, Site, furnished_site
from tests.conftest import Clock
from tests.officials import furnish_officials, joined

EVERYBODYS = {
    "start", "danhgia", "rate", "ma", "code", "riengtu", "privacy", "ngonngu", "language",
    "trogiup", "help", "roi", "leave", "menu", "huy", "cancel",
}  # fmt: skip

MEMBERS_OWN = {
    "camket", "pledge", "baocao", "checkin", "cuatoi", "mine", "nhac", "reminders", "catruc",
    "shift", "diemcuatoi", "scores", "nhatky",
}  # fmt: skip


@pytest.fixture
async def site(sqlite_url: str, keys: Keys, clock: Clock) -> AsyncIterator[Site]:
    async with furnished_site(sqlite_url, keys, clock) as furnished:
        await furnished.database.run(lambda session: furnish_officials(session, clock()))
        yield furnished


@asynccontextmanager
async def browser(site: Site, name: str | None) -> AsyncIterator[Reader]:
    async with site.reader() as reader:
        if name is not None:
            signatures = Signatures(site.database.keys, https=False)
            cookie = signatures.write_cookie(Visitor(name, official=True))
            reader.client.cookies.set("visitor", cookie)
        yield reader


def everything(session: Session) -> dict[str, list[tuple[object, ...]]]:
    return {
        table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
        for table in SQLModel.metadata.sorted_tables
    }


async def test_every_command_is_a_page_for_a_citizen_as_in_a_chat(site: Site) -> None:
    before = await site.database.run(everything)
    async with browser(site, None) as reader:
        for command in COMMANDS:
            await reader.opens(f"/{command}")
            assert reader.status == (200 if command in EVERYBODYS else 403), command
            assert reader.labels(), command
    assert await site.database.run(everything) == before


@pytest.mark.parametrize(
    ("name", "unit", "role", "code", "closed"),
    [
        ("sau", "C1", "secretary", "S1", {"donvi", "units"}),
        ("tam", "TD", "secretary", "S3", MEMBERS_OWN),
    ],
)
async def test_every_command_shows_an_official_their_page_and_stores_nothing(
    site: Site, name: str, unit: str, role: str, code: str, closed: set[str]
) -> None:
    await joined(site.place, name, unit, role, code, "web")
    before = await site.database.run(everything)
    refused, pages = set(), {}
    async with browser(site, name) as reader:
        for command in COMMANDS:
            pages[command] = await reader.opens(f"/{command}")
            if reader.status == 403:
                refused.add(command)
            else:
                assert reader.status == 200, command
    assert refused == closed
    assert pages["bantin"] == pages["digest"] != pages["start"]
    assert await site.database.run(everything) == before


async def test_a_button_of_such_a_page_works(site: Site) -> None:
    async with browser(site, None) as reader:
        await reader.opens("/danhgia")
        text = await reader.taps("Tìm", typed="ho tich")
    assert "Quầy 1 – Hộ tịch" in str(reader.labels()) + text


def test_no_command_takes_the_address_of_something_else(site: Site) -> None:
    paths = [route.path for route in site.app().routes if isinstance(route, Route)]
    assert len(paths) - len(set(paths)) == sum(  # GET and POST of one address
        path in {"/q/{desk}", "/i/{token}", "/s/{payload}", "/chat", "/nhan"} for path in set(paths)
    )
    assert {f"/{command}" for command in COMMANDS} <= set(paths)


@pytest.mark.parametrize("path", ["/toi", "/bantin", "/caidat", "/nhan", "/q/Q1"])
async def test_an_officials_every_page_leads_to_their_main_page(site: Site, path: str) -> None:
    await joined(site.place, "sau", "C1", "secretary", "S1", "web")
    async with browser(site, "sau") as reader:
        await reader.opens(path)
        assert reader.page.links["Trang chính"] == "/toi"
        await reader.taps("English")
        if path != "/nhan":  # which leads back to itself
            assert reader.page.links["Main page"] == "/toi"
    async with browser(site, None) as citizen:
        await citizen.opens("/q/Q1")
        assert "Trang chính" not in citizen.page.links

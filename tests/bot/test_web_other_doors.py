"""The other doors of a page: links that say where to, and codes to send where a link says nothing."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from bot.app import build
from bot.channels.base import Door
from bot.config import Settings, WebSettings
from bot.web.other_doors import zalo_page
from handlers.staff_link import staff_token, staff_url
from storage.database import Database
from storage.keys import Keys
from storage.schema import upgrade
from tests.bot.web_site import HOME, ZALO, Reader, Site, furnished_site
from tests.conftest import Clock
from tests.officials import furnish_officials, invited, joined, linked_as, with_url
from tests.people import furnish

ASKS = "Trên Zalo, xin nhắn mã này tới zalo.me/0123456789:"
BOT = {"token": "1:secret", "for_citizens": True}
OA = {"app_id": "7", "app_secret": "s", "refresh_token": "r"}


@pytest.fixture
async def site(sqlite_url: str, keys: Keys, clock: Clock) -> AsyncIterator[Site]:
    async with furnished_site(sqlite_url, keys, clock) as furnished:
        await furnished.database.run(lambda session: furnish_officials(session, clock()))
        furnished.place = with_url(furnished.place)
        yield furnished


def to_copy(reader: Reader) -> list[str]:
    """What the page's copy buttons copy."""
    return [each.split('"')[0] for each in reader.response.text.split('data-copy="')[1:]]


async def test_a_desks_page_says_which_code_to_send_on_zalo(site: Site) -> None:
    async with site.reader() as reader:
        text = await reader.opens("/q/q1")
        assert ASKS in text
        assert text.index("Rất không hài lòng") < text.index(ASKS)
        assert to_copy(reader) == ["Q1"]
        assert reader.page.links["Zalo"] == ZALO
    typed = site.place.person("somebody", channel="zalo")
    assert "Quầy 1 – Hộ tịch" in await typed.sends("Q1")


async def test_the_code_of_an_invitation_lets_in_who_sends_it(site: Site) -> None:
    token = await invited(site.place, "C1", "member", "P1")
    async with site.reader() as reader:
        assert ASKS in await reader.opens(f"/i/{token}")
        (code,) = to_copy(reader)
    assert code == f"i-{token}"
    lan = site.place.person("0901", channel="zalo")
    await lan.sends(code)
    await lan.taps("Tôi là Nguyễn Thị Lan, đồng ý tham gia")
    assert await linked_as(site.place, "0901", "zalo") == "P1"


async def test_the_code_of_a_staff_page_begins_a_shift_where_it_is_sent(
    site: Site, keys: Keys
) -> None:
    async with site.reader() as reader:
        assert ASKS in await reader.opens(staff_url("", keys, "Q3"))
        (code,) = to_copy(reader)
    assert code == f"s-Q3-{staff_token(keys, 'Q3')}"
    lan = await joined(site.place, "0901", "C1", "member", "P1", channel="zalo")
    assert "Ca trực của bạn tại Quầy 3 – Đất đai đã bắt đầu." in await lan.sends(code)


async def test_the_code_is_there_to_read_and_only_a_script_shows_the_button(site: Site) -> None:
    async with site.reader() as reader:
        await reader.opens("/q/Q1")
    html = reader.response.text
    assert '<data class="digits" value="Q1" translate="no">Q1</data>' in html
    assert 'data-copy="Q1" hidden>' in html


async def test_a_tablet_on_a_counter_offers_no_other_door(site: Site) -> None:
    site.web = WebSettings(kiosk_desks=("Q1",))
    async with site.reader() as reader:
        text = await reader.opens("/q/Q1?kiosk")
        assert "Rất hài lòng" in reader.labels()
        assert "zalo.me" not in text
        assert to_copy(reader) == []


def pages_of(**sections: Any) -> list[str]:
    """Which doors a settings' Zalo page is beside those of its channels."""
    web = {"zalo_url": ZALO, "public_url": HOME}
    return [door.channel for door in zalo_page(Settings(web=web, **sections))]


def test_a_zalo_page_that_no_program_answers_is_a_plain_link() -> None:
    assert pages_of() == ["zalo"]
    assert pages_of(zalo_bot={"token": "1:secret"}) == ["zalo"]  # it is for members alone


def test_an_office_that_is_served_on_zalo_is_offered_by_its_channel_alone() -> None:
    assert pages_of(zalo_oa=OA) == []
    assert pages_of(zalo_bot=BOT) == []


def test_nothing_is_offered_where_no_page_is_named() -> None:
    assert zalo_page(Settings()) == ()


async def test_a_plain_link_asks_for_no_code(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.bot.web_site.doors", lambda _desk: [Door("zalo", ZALO)])
    async with site.reader() as reader:
        assert "xin nhắn mã" not in await reader.opens("/q/Q1")
        assert reader.page.links["Zalo"] == ZALO
        assert to_copy(reader) == []


@pytest.fixture
def file_database(sqlite_url: str, keys: Keys) -> Iterator[Database]:
    upgrade(sqlite_url)
    opened = Database(sqlite_url, keys)
    opened.run_now(lambda session: furnish(session, datetime(2026, 11, 16, tzinfo=UTC)))
    yield opened
    opened.close()


async def test_the_running_program_offers_an_official_account_once_and_only_while_it_works(
    file_database: Database,
) -> None:
    web = {"zalo_url": ZALO, "public_url": "https://danhgia.example.vn"}
    program = build(Settings(web=web, zalo_oa=OA), file_database)
    (account,) = [each for each in program.channels if each.name == "zalo_oa"]
    transport = httpx.ASGITransport(app=program.web)
    try:
        async with httpx.AsyncClient(transport=transport, base_url=web["public_url"]) as client:
            closed = (await client.get("/q/Q1")).text
            account._status.up()  # type: ignore[attr-defined]  # as with a token that works
            opened = (await client.get("/q/Q1")).text
    finally:
        for channel in program.channels:
            await channel.close()
    assert 'data-copy="Q1"' not in closed
    assert ZALO not in closed
    assert opened.count(f'href="{ZALO}"') == opened.count('data-copy="Q1"') == 1


def test_a_poster_names_the_zalo_page_only_where_a_program_answers_there() -> None:
    web = {"zalo_url": ZALO}
    assert Settings(web=web).policy().zalo_url == ""
    assert Settings(web=web, zalo_bot={"token": "1:secret"}).policy().zalo_url == ""
    assert Settings(web=web, zalo_bot=BOT).policy().zalo_url == ZALO
    assert Settings(web=web, zalo_oa=OA).policy().zalo_url == ZALO

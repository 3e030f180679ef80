"""The other doors of a page: links that say where to, and codes to send where a link says nothing."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from bot.channels.base import Door
from bot.config import Settings, WebSettings
from bot.web.other_doors import zalo_page
from handlers.staff_link import staff_token, staff_url
from storage.keys import Keys
from tests.bot.web_site import HOME, ZALO, Reader, Site, furnished_site
from tests.conftest import Clock
from tests.officials import furnish_officials, invited, joined, linked_as, with_url

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


def found(doors: Sequence[Door] = (), **sections: Any) -> list[Door]:
    settings = Settings(web={"zalo_url": ZALO + "/", "public_url": HOME}, **sections)
    return [*doors, *zalo_page(settings, doors)]


@pytest.mark.parametrize("name", ["zalo_bot", "zalo_oa"])
def test_an_office_on_zalo_is_offered_once(name: str) -> None:
    assert found([Door(name, ZALO)], zalo_bot=BOT, zalo_oa=OA) == [Door(name, ZALO)]


def test_a_zalo_page_that_no_program_answers_is_a_plain_link() -> None:
    (door,) = found()
    assert door.channel == "zalo"
    (door,) = found(zalo_bot={"token": "1:secret"})  # for members alone
    assert door.channel == "zalo"


def test_a_bot_for_citizens_whose_link_is_not_known_yet_is_offered_with_its_code() -> None:
    (door,) = found(zalo_bot=BOT)
    assert door.channel == "zalo_bot"


def test_nothing_is_offered_or_printed_where_no_page_is_named() -> None:
    settings = Settings(zalo_bot=BOT, zalo_oa=OA)
    assert zalo_page(settings, ()) == ()
    assert settings.policy().zalo_url == ""


def test_a_poster_names_the_zalo_page_only_where_a_program_answers_there() -> None:
    web = {"zalo_url": ZALO}
    assert Settings(web=web).policy().zalo_url == ""
    assert Settings(web=web, zalo_bot={"token": "1:secret"}).policy().zalo_url == ""
    assert Settings(web=web, zalo_bot=BOT).policy().zalo_url == ZALO
    assert Settings(web=web, zalo_oa=OA).policy().zalo_url == ZALO

"""The page behind an invitation's link, and the browser that knows an official for long."""

from collections.abc import AsyncIterator

import pytest
import time_machine

from storage.keys import Keys
from tests.bot.web_site import Reader, Site, furnished_site
from tests.conftest import Clock
from tests.officials import furnish_officials, invited, linked_as, links, with_url

DAY_S = 24 * 3600
JOIN = "Tôi là Nguyễn Thị Lan, đồng ý tham gia"


@pytest.fixture
async def site(sqlite_url: str, keys: Keys, clock: Clock) -> AsyncIterator[Site]:
    async with furnished_site(sqlite_url, keys, clock) as furnished:
        await furnished.database.run(lambda session: furnish_officials(session, clock()))
        furnished.place = with_url(furnished.place)
        yield furnished


def cookie_of(reader: Reader) -> str:
    """The one that says who it is; that a browser is an official's stands in another."""
    cookies = reader.response.headers.get_list("set-cookie")
    return next((each for each in cookies if each.startswith("visitor=")), "")


async def test_the_page_says_who_invites_and_offers_the_other_doors(site: Site) -> None:
    token = await invited(site.place, "C1", "member", "P1", by="S1")
    async with site.reader() as reader:
        text = await reader.opens(f"/i/{token}")
        assert reader.status == 200
        assert "Phạm Văn Sáu mời bạn tham gia với vai trò đoàn viên Chi đoàn Sở Nội vụ." in text
        assert "Bạn cũng có thể tham gia qua:" in text
        assert reader.page.links["Telegram"] == f"https://telegram.example/{token}"
        assert next(label for label in reader.labels() if label != "English") == JOIN
    assert await links(site.place) == []


async def test_one_tap_joins_and_the_browser_is_known_for_four_hundred_days(
    site: Site, clock: Clock
) -> None:
    token = await invited(site.place, "C1", "member", "P1")
    with time_machine.travel(clock.now, tick=False) as travel:
        async with site.reader() as reader:
            await reader.opens(f"/i/{token}")
            assert "Max-Age=86400" in cookie_of(reader)
            text = await reader.taps(JOIN)
            assert "Chào mừng Lan! Bạn đã tham gia." in text
            assert "Bạn cũng có thể tham gia qua:" not in text
            assert f"Max-Age={400 * DAY_S}" in cookie_of(reader)
            assert "HttpOnly" in cookie_of(reader)

            travel.shift(20 * DAY_S)
            assert "Chào Lan!" in await reader.opens("/")
            assert cookie_of(reader) == ""
            travel.shift(20 * DAY_S)
            assert "Chào Lan!" in await reader.opens("/")
            assert f"Max-Age={400 * DAY_S}" in cookie_of(reader)  # renewed while it is used
            travel.shift(401 * DAY_S)
            assert "Chào Lan!" not in await reader.opens("/")


async def test_a_citizens_browser_is_still_forgotten_after_a_day(site: Site, clock: Clock) -> None:
    with time_machine.travel(clock.now, tick=False) as travel:
        async with site.reader() as reader:
            await reader.opens("/q/Q1")
            await reader.taps("Hài lòng")
            travel.shift(DAY_S + 1)
            await reader.opens("/q/Q1")
            assert "Sửa đánh giá" not in reader.labels()


async def test_leaving_makes_the_browser_a_citizens_again(site: Site) -> None:
    token = await invited(site.place, "C1", "member", "P1")
    async with site.reader() as reader:
        await reader.opens(f"/i/{token}")
        await reader.taps(JOIN)
        await reader.taps("Kênh nhận tin")
        await reader.taps("Rời chương trình")
        leave = next(label for label in reader.labels() if label.startswith("Bỏ kết nối"))
        text = await reader.taps(leave)
        assert "Bạn đã rời chương trình." in text
        assert "Max-Age=86400" in cookie_of(reader)
        assert "Chào Lan!" not in await reader.opens("/")
    assert await links(site.place) == []


async def test_a_page_opened_before_joining_does_not_take_the_long_cookie_away(
    site: Site, clock: Clock
) -> None:
    token = await invited(site.place, "C1", "member", "P1")
    with time_machine.travel(clock.now, tick=False) as travel:
        async with site.reader() as reader:
            await reader.opens("/q/Q1")
            before = reader.response
            await reader.opens(f"/i/{token}")
            await reader.taps(JOIN)
            reader.response = before
            await reader.taps("Hài lòng")
            assert "Max-Age=86400" not in cookie_of(reader)
            travel.shift(2 * DAY_S)
            assert "Chào Lan!" in await reader.opens("/")


async def test_an_older_visitors_form_does_not_replace_an_officials_cookie(site: Site) -> None:
    token = await invited(site.place, "C1", "member", "P1")
    async with site.reader() as reader:
        await reader.opens("/q/Q1")
        before = reader.response
        reader.refuse_cookies()
        await reader.opens(f"/i/{token}")
        await reader.taps(JOIN)
        reader.response = before
        await reader.taps("Hài lòng")
        assert cookie_of(reader) == ""
        assert "Chào Lan!" in await reader.opens("/")


async def test_a_reloaded_confirmation_shows_that_one_is_in(site: Site) -> None:
    token = await invited(site.place, "C1", "member", "P1")
    async with site.reader() as reader:
        await reader.opens(f"/i/{token}")
        await reader.taps(JOIN)
        assert "Lan đã tham gia rồi." in await reader.reloads()
        assert "Lan đã tham gia rồi." in await reader.opens(f"/i/{token}")
    assert len(await links(site.place)) == 1


async def test_in_another_browser_a_used_link_says_so_and_offers_no_door(site: Site) -> None:
    token = await invited(site.place, "C1", "member", "P1")
    async with site.reader() as reader:
        await reader.opens(f"/i/{token}")
        await reader.taps(JOIN)
    async with site.reader() as other:
        text = await other.opens(f"/i/{token}")
        assert "Lời mời đã được dùng." in text
        assert "Bạn cũng có thể tham gia qua:" not in text


async def test_a_name_is_picked_by_typing_and_the_language_can_be_switched(site: Site) -> None:
    token = await invited(site.place, "C1", "member")
    async with site.reader() as reader:
        await reader.opens(f"/i/{token}")
        await reader.taps("Tham gia: chọn tên của tôi")
        await reader.taps("Tìm", typed="lan")
        await reader.taps("Nguyễn Thị Lan")
        text = await reader.taps("English")
        assert "invites you to join as a member of Chi đoàn Sở Nội vụ." in text
        await reader.taps("I am Nguyễn Thị Lan: join")
        assert "Welcome, Lan! You are in." in reader.text
    (link,) = await links(site.place)
    assert link.language == "en"


async def test_a_stale_page_of_an_invitation_asks_again(site: Site, clock: Clock) -> None:
    token = await invited(site.place, "C1", "member", "P1")
    with time_machine.travel(clock.now, tick=False) as travel:
        async with site.reader() as reader:
            await reader.opens(f"/i/{token}")
            travel.shift(DAY_S + 1)
            await reader.taps(JOIN)
            assert reader.status == 400
            assert JOIN in reader.labels()
            await reader.taps(JOIN)
            assert "Chào mừng Lan!" in reader.text


async def test_an_address_that_is_no_invitation_is_not_found(site: Site) -> None:
    async with site.reader() as reader:
        await reader.opens("/i/" + "x" * 41)
        assert reader.status == 404
        text = await reader.opens("/i/AAAAAAAAAAAAAAAAAAAAAA")
        assert "Không tìm thấy lời mời này." in text


async def test_a_cookie_of_a_citizen_cannot_be_passed_off_as_an_officials(
    site: Site, clock: Clock
) -> None:
    with time_machine.travel(clock.now, tick=False) as travel:
        async with site.reader() as reader:
            await reader.opens("/q/Q1")
            value = reader.client.cookies["visitor"]
            payload, _, rest = value.partition(".")
            reader.client.cookies["visitor"] = f"{payload[:-2]}xx.{rest}"
            travel.shift(10)
            await reader.opens("/")
            assert "Max-Age=86400" in cookie_of(reader)
    assert await linked_as(site.place, "anybody", "web") is None

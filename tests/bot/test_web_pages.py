"""The page behind every QR, without scripts: what a citizen sees and what is stored."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import time_machine

from bot.config import WebSettings
from storage.errors import DatabaseUnavailable
from storage.keys import Keys
from tests.bot.web_site import HOME, ZALO, Site, furnished_site
from tests.conftest import Clock

LEVELS = ["Rất hài lòng", "Hài lòng", "Bình thường", "Không hài lòng", "Rất không hài lòng"]


@pytest.fixture
async def site(sqlite_url: str, keys: Keys, clock: Clock) -> AsyncIterator[Site]:
    async with furnished_site(sqlite_url, keys, clock) as furnished:
        yield furnished


async def test_the_page_of_a_desk_names_it_and_asks_with_five_answers(site: Site) -> None:
    async with site.reader() as reader:
        text = await reader.opens("/q/Q1")
    assert reader.status == 200
    assert "Quầy 1 – Hộ tịch" in text
    assert [label for label in reader.labels() if label in LEVELS] == LEVELS
    assert reader.page.language == "vi"


async def test_looking_at_a_page_stores_nothing(site: Site) -> None:
    async with site.reader() as reader:
        await reader.opens("/q/Q1")
    assert await site.place.ratings() == []


async def test_one_tap_stores_the_rating_and_the_response_is_the_next_page(site: Site) -> None:
    async with site.reader() as reader:
        await reader.opens("/q/Q1")
        text = await reader.taps("Hài lòng")
    assert reader.status == 200
    assert "Đã ghi nhận đánh giá" in text
    rating = await site.place.rating()
    assert (rating.level, rating.channel) == (4, "web")


async def test_a_desk_code_is_read_in_small_letters_too(site: Site) -> None:
    async with site.reader() as reader:
        await reader.opens("/q/q1")
        assert reader.status == 200
        await reader.taps("Hài lòng")
    assert (await site.place.rating()).level == 4


async def test_a_reloaded_answer_shows_the_current_state_and_adds_nothing(site: Site) -> None:
    async with site.reader() as reader:
        await reader.opens("/q/Q1")
        first = await reader.taps("Hài lòng")
        assert await reader.reloads() == first
    assert len(await site.place.ratings()) == 1


async def test_going_back_and_tapping_another_level_changes_the_rating(site: Site) -> None:
    async with site.reader() as reader:
        await reader.opens("/q/Q1")
        question = reader.response
        await reader.taps("Hài lòng")
        reader.response = question
        await reader.taps("Rất không hài lòng")
    assert (await site.place.rating()).level == 1


async def test_with_cookies_refused_every_step_still_belongs_to_the_same_rating(site: Site) -> None:
    async with site.reader() as reader:
        await reader.opens("/q/Q2")
        for step in ("Hài lòng", "Trần Văn Minh", "Nhanh, chính xác"):
            reader.refuse_cookies()
            await reader.taps(step)
        reader.refuse_cookies()
        text = await reader.taps("Gửi góp ý", typed="Rất chu đáo")
    assert reader.page.forms[1].pressed["Nhanh, chính xác"] == "true"
    assert "Rất chu đáo" in text
    rating = await site.place.rating()
    assert (rating.attribution, rating.reasons) == ("citizen", "high/cv4")


async def test_a_comment_being_typed_survives_a_tap_on_a_reason(site: Site) -> None:
    async with site.reader() as reader:
        await reader.opens("/q/Q1")
        await reader.taps("Hài lòng")
        await reader.taps("Nhanh, chính xác", typed="Đang viết dở")
    assert reader.page.forms[1].texts["text"] == "Đang viết dở"
    assert (await site.place.rating()).comment is None


async def test_the_same_browser_is_known_again_through_its_cookie(site: Site) -> None:
    async with site.reader() as reader:
        await reader.opens("/q/Q1")
        await reader.taps("Hài lòng")
        text = await reader.opens("/q/Q1")
    assert "Sửa đánh giá" in reader.labels()
    assert "Đánh giá lần phục vụ khác" in reader.labels(), text


async def test_a_day_later_the_cookie_and_the_forms_are_nobodys(site: Site, clock: Clock) -> None:
    with time_machine.travel(clock.now, tick=False) as travel:
        async with site.reader() as reader:
            await reader.opens("/q/Q1")
            travel.shift(24 * 3600 + 1)
            text = await reader.taps("Hài lòng")
    assert reader.status == 400
    assert "trả lời lại" in text
    assert [label for label in reader.labels() if label in LEVELS] == LEVELS
    assert await site.place.ratings() == []


async def test_a_forged_token_rates_nothing_and_keeps_what_was_typed(site: Site) -> None:
    async with site.reader() as reader:
        await reader.opens("/q/Q1")
        await reader.taps("Hài lòng")
        action = reader.page.forms[1].buttons["Gửi góp ý"]
        forged = {"action": action, "text": "Lời góp ý dài", "token": reader.token()[:-2] + "xx"}
        text = await reader.sends("/q/Q1", forged)
    assert reader.status == 400
    assert "Lời góp ý dài" in text
    assert (await site.place.rating()).comment is None


async def test_text_comes_back_escaped(site: Site) -> None:
    async with site.reader() as reader:
        await reader.opens("/q/Q1")
        await reader.taps("Hài lòng")
        await reader.taps("Gửi góp ý", typed="</textarea><script>alert(1)</script>")
    assert "<script>alert" not in reader.response.text
    assert "&lt;script&gt;" in reader.response.text


async def test_the_other_doors_stand_below_the_answers_and_lead_to_this_desk(site: Site) -> None:
    async with site.reader() as reader:
        text = await reader.opens("/q/Q1")
        assert reader.page.links["Zalo"] == ZALO
        assert reader.page.links["Telegram"] == "https://telegram.example/Q1"
        assert text.index("Rất không hài lòng") < text.index("Zalo")
        await reader.taps("Hài lòng")
        assert "Zalo" not in reader.page.links


async def test_an_unknown_desk_is_not_found_and_offers_the_search(site: Site) -> None:
    async with site.reader() as reader:
        text = await reader.opens("/q/Q99")
        assert reader.status == 404
        assert "Q99" in text
        await reader.taps("Tìm", typed="ho tich")
        assert reader.status == 200
        found = next(label for label in reader.labels() if "Hộ tịch" in label)
        await reader.taps(found)
        assert reader.response.headers["content-location"] == "/q/Q1"
        await reader.taps("Hài lòng")
    assert (await site.place.rating()).level == 4


@pytest.mark.parametrize("path", ["/q/%3Cscript%3E", "/q/" + "a" * 300, "/q/Q1%00"])
async def test_a_garbled_code_is_politely_not_found(site: Site, path: str) -> None:
    async with site.reader() as reader:
        await reader.opens(path)
    assert reader.status == 404
    assert reader.labels()


async def test_english_is_spoken_to_whoever_asks_for_it(site: Site) -> None:
    async with site.reader("fr, en;q=0.8, vi;q=0.3") as reader:
        text = await reader.opens("/q/Q1")
    assert reader.page.language == "en"
    assert "Very satisfied" in text


async def test_switching_the_language_stays_on_the_page_and_rates_nothing_twice(site: Site) -> None:
    async with site.reader() as reader:
        await reader.opens("/q/Q1")
        await reader.taps("Hài lòng")
        reader.refuse_cookies()
        text = await reader.taps("English")
        assert reader.page.language == "en"
        assert "Satisfied" in text
        await reader.taps("Change the level")
        assert "Very satisfied" in reader.labels()
        await reader.taps("Very satisfied")
    assert (await site.place.rating()).level == 5


async def test_the_language_chosen_once_is_spoken_on_the_next_page_too(site: Site) -> None:
    async with site.reader() as reader:
        await reader.opens("/q/Q1")
        await reader.taps("English")
        await reader.opens("/ma")
        assert reader.page.language == "en"
        await reader.taps("Tiếng Việt")
        assert reader.page.language == "vi"


async def test_a_receipt_code_opens_the_rating_from_a_page_of_its_own(site: Site) -> None:
    async with site.reader() as reader:
        await reader.opens("/q/Q1")
        await reader.taps("Bình thường")
        code = reader.response.text.split('data-copy="')[1].split('"')[0]
    async with site.reader() as other:
        await other.opens("/ma")
        text = await other.taps("Mở", typed=code)
        assert "Bình thường" in text
        await other.taps("English")
        assert "Neutral" in other.text
        await other.taps("Withdraw this rating")
        await other.taps("Withdraw and erase")
    assert (await site.place.rating()).status == "withdrawn"


@pytest.mark.parametrize("path", ["/", "/ma", "/quyen-rieng-tu", "/q/Q1"])
async def test_every_page_has_a_language_one_heading_and_no_cache(site: Site, path: str) -> None:
    async with site.reader() as reader:
        await reader.opens(path)
    assert reader.status == 200
    assert reader.response.text.count("<h1") == 1
    assert reader.response.headers["cache-control"] == "no-store"
    assert reader.response.headers["content-language"] == "vi"


async def test_chat_opened_as_an_address_leads_to_the_first_page(site: Site) -> None:
    async with site.reader() as reader:
        await reader.opens("/chat")
    assert (reader.status, reader.response.headers["location"]) == (303, "/")


async def test_while_the_database_is_away_the_tap_is_kept_and_can_be_sent_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_work: object) -> None:
        raise DatabaseUnavailable("gone")

    async with site.reader() as reader:
        await reader.opens("/q/Q1")
        await reader.taps("Hài lòng")
        with monkeypatch.context() as patched:
            patched.setattr(site.database, "run", away)
            text = await reader.taps("Gửi góp ý", typed="Rất chu đáo")
            assert reader.status == 503
            assert "Chưa lưu được" in text
            assert "Rất chu đáo" in text
            assert reader.response.headers["retry-after"]
            await reader.client.get("/q/Q1")
        text = await reader.taps("Thử lại")
        assert reader.status == 200
        assert "Rất chu đáo" in text
    assert (await site.place.rating()).comment is not None


async def test_a_page_that_cannot_be_opened_for_the_database_says_so(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_work: object) -> None:
        raise DatabaseUnavailable("gone")

    monkeypatch.setattr(site.database, "run", away)
    async with site.reader() as reader:
        await reader.opens("/q/Q1")
    assert reader.status == 503
    assert reader.page.links["Thử lại"] == "/q/Q1"


async def test_a_handler_that_fails_is_a_polite_page_with_a_reference(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the comment was: secret words")

    async with site.reader() as reader:
        await reader.opens("/q/Q1")
        monkeypatch.setattr("handlers.routing.Matched.__call__", broken)
        text = await reader.taps("Hài lòng")
    assert reader.status == 500
    assert "secret words" not in reader.response.text
    assert any(word.isalnum() and len(word) == 8 for word in text.split())


# -- the tablet on the counter --------------------------------------------------------------------


@pytest.fixture
def counter(site: Site) -> Site:
    return replace(site, web=WebSettings(kiosk_desks=("Q1",)))


async def test_on_the_tablet_every_rating_is_a_new_one(counter: Site) -> None:
    async with counter.reader() as reader:
        for level in ("Hài lòng", "Không hài lòng"):
            await reader.opens("/q/Q1?kiosk")
            assert level in reader.labels()
            await reader.taps(level)
        assert not reader.client.cookies
    assert sorted(r.level or 0 for r in await counter.place.ratings()) == [2, 4]


async def test_the_tablet_starts_over_by_itself_without_scripts_too(counter: Site) -> None:
    async with counter.reader() as reader:
        await reader.opens("/q/Q1?kiosk")
        assert "http-equiv" not in reader.response.text, "an unanswered question just stays"
        await reader.taps("Hài lòng")
    assert 'content="20; url=/q/Q1?kiosk"' in reader.response.text
    assert 'data-restarts="/q/Q1?kiosk"' in reader.response.text


async def test_the_tablet_offers_no_way_out(counter: Site) -> None:
    async with counter.reader() as reader:
        await reader.opens("/q/Q1?kiosk")
        assert reader.page.links.keys() <= {"Đến ngay phần trả lời"}
        await reader.taps("Rất không hài lòng")
        assert reader.page.links.keys() <= {"Đến ngay phần trả lời"}


async def test_an_error_on_the_tablet_leads_back_to_its_own_question(counter: Site) -> None:
    async with counter.reader() as reader:
        await reader.opens("/q/Q1?kiosk")
        await reader.taps("Hài lòng", origin="https://evil.example")
    assert reader.status == 403
    assert reader.page.links["Về trang đầu"] == "/q/Q1?kiosk"
    assert 'content="20; url=/q/Q1?kiosk"' in reader.response.text


@pytest.mark.parametrize("path", ["/q/Q2?kiosk", "/q/Q1"])
async def test_where_no_tablet_was_switched_on_it_is_an_ordinary_page(
    counter: Site, path: str
) -> None:
    async with counter.reader() as reader:
        await reader.opens(path)
    assert "data-restarts" not in reader.response.text
    assert reader.client.cookies


async def test_cookies_are_signed_short_lived_and_out_of_scripts_reach(site: Site) -> None:
    async with site.reader() as reader:
        await reader.opens("/q/Q1")
    cookie = reader.response.headers["set-cookie"]
    for attribute in ("HttpOnly", "SameSite=lax", "Max-Age=86400", "Path=/"):
        assert attribute in cookie
    assert "Secure" not in cookie, f"{HOME} has no https"


async def test_under_https_the_cookie_is_secure_and_bound_to_the_host(site: Site) -> None:
    async with replace(site, public_url="https://danhgia.example.vn").reader() as reader:
        await reader.opens("/q/Q1")
    assert reader.response.headers["set-cookie"].startswith("__Host-visitor=")
    assert "Secure" in reader.response.headers["set-cookie"]
    assert "max-age=31536000" in reader.response.headers["strict-transport-security"]


async def test_a_cookie_somebody_made_up_is_nobodys(site: Site) -> None:
    async with site.reader() as reader:
        await reader.opens("/q/Q1")
        await reader.taps("Hài lòng")
        value = reader.client.cookies["visitor"]
        reader.client.cookies.clear()
        content, _, signature = value.rpartition(".")
        other = ("A" if signature[0] != "A" else "B") + signature[1:]
        reader.client.cookies.set("visitor", f"{content}.{other}")
        await reader.opens("/q/Q1")
    assert "Rất hài lòng" in reader.labels()

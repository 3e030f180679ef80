"""Messages in a browser: they appear by themselves, wait below, are acknowledged, and are read."""

import asyncio
import re
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlmodel import Session, select

from bot.web.identity import Signatures, Visitor
from handlers.messages import Reply, Title, reply
from storage.queries.link import add_link
from storage.queries.outbox import outbox_depth
from storage.tables import Person
from tests.bot.test_drawing import MONTH, SHEET_FILE
from tests.bot.test_web_messages import pledge, queue
from tests.browser.conftest import Opener, Running
from tests.browser.states import tap
from tests.browser.test_accessible import EVERY_RULE, SMALL_TARGETS, SMALL_TEXT, WIDER_THAN_WINDOW

LAN = Visitor("lan", official=True)


def wait_for(running: Running, work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run_coroutine_threadsafe(work, running.loop).result(10)


@pytest.fixture
def opens_as_lan(running: Running, opens: Opener) -> Callable[..., Page]:
    """Lan, who has joined in this browser, at a page."""

    def link(session: Session) -> None:
        lan = session.exec(select(Person).where(Person.code == "P1")).one()
        today = datetime.now(UTC).date()
        add_link(session, lan.id or 0, "web", LAN.id, language="vi", notice="1", since=today)

    wait_for(running, running.site.database.run(link))

    def open_page(path: str, **options: Any) -> Page:
        page = opens("/healthz", **options)
        cookie = Signatures(running.site.database.keys, https=False).write_cookie(LAN)
        page.context.add_cookies([{"name": "visitor", "value": cookie, "url": running.url}])
        page.goto(path)
        return page

    return open_page


def put(running: Running, answer: Reply) -> None:
    wait_for(running, queue(running.site.database, answer, LAN.id))


def waiting(running: Running) -> int:
    return sum(wait_for(running, running.site.database.run(outbox_depth)).values())


def until_taken(page: Page, running: Running) -> None:
    for _ in range(100):
        if waiting(running) == 0:
            return
        page.wait_for_timeout(50)
    raise AssertionError("the page did not say that it has the message")


def test_a_message_appears_without_reload_is_announced_and_taken(
    running: Running, opens_as_lan: Callable[..., Page]
) -> None:
    page = opens_as_lan("/")
    put(running, pledge())
    bar = page.locator(".arrived")
    expect(bar).to_have_text("Tin nhắn mới: Chào buổi sáng, Lan!")
    expect(page.locator("#live")).to_have_text("Tin nhắn mới: Chào buổi sáng, Lan!")
    until_taken(page, running)
    bar.click()
    expect(bar).to_be_hidden()
    expect(page.locator("[data-message]")).to_be_focused()
    page.reload()
    expect(page.get_by_text("Chào buổi sáng, Lan!")).to_have_count(0)


def test_a_button_of_a_message_leads_on_and_the_others_stay(
    running: Running, opens_as_lan: Callable[..., Page]
) -> None:
    page = opens_as_lan("/")
    put(running, pledge("Sáng"))
    put(running, pledge("Chiều"))
    expect(page.locator("[data-message]")).to_have_count(2)
    first = page.locator("[data-message]").first
    with page.expect_response(lambda response: response.request.method == "POST"):
        first.get_by_role("button", name="Xem quyền riêng tư").click()
    expect(page.locator("[data-message]")).to_have_count(1)
    expect(page.locator("#messages")).to_contain_text("Chiều")
    expect(page.locator("main h1")).to_be_focused()
    page.locator("[data-message][data-taken]").get_by_role("button", name="Đã xem").click()
    expect(page.locator("[data-message]")).to_have_count(0)


def test_a_hidden_page_takes_nothing_until_somebody_looks(
    running: Running, opens_as_lan: Callable[..., Page]
) -> None:
    page = opens_as_lan("/")
    page.evaluate(
        "Object.defineProperty(document, 'visibilityState',"
        " {configurable: true, get: () => window.seen ? 'visible' : 'hidden'})"
    )
    put(running, pledge())
    expect(page.locator("[data-message]")).to_have_count(1)
    page.wait_for_timeout(300)
    assert waiting(running) == 1
    page.evaluate("window.seen = true; document.dispatchEvent(new Event('visibilitychange'))")
    until_taken(page, running)


def test_without_scripts_messages_are_read_and_put_away(
    running: Running, opens_as_lan: Callable[..., Page]
) -> None:
    put(running, pledge())
    page = opens_as_lan("/", scripts=False)
    page.get_by_role("link", name="Tin nhắn", exact=True).click()
    expect(page.get_by_role("heading", name="Chào buổi sáng, Lan!")).to_be_visible()
    assert waiting(running) == 1
    page.get_by_role("button", name="Đã xem").click()
    expect(page.get_by_text("Chưa có tin nhắn mới.")).to_be_visible()
    assert waiting(running) == 0


def test_a_citizens_page_neither_listens_nor_offers_messages(opens: Opener) -> None:
    page = opens("/q/Q1")
    tap(page, "Hài lòng")
    assert page.locator("[data-stream], #messages, a[href='/nhan']").count() == 0


def test_a_file_is_downloaded_and_the_page_stays(
    running: Running, opens_as_lan: Callable[..., Page]
) -> None:
    page = opens_as_lan("/nhan")
    expect(page.get_by_text("Chưa có tin nhắn mới.")).to_be_visible()
    put(running, reply(Title(text="Bản tin tuần 47"), SHEET_FILE))
    expect(page.locator("[data-message]")).to_have_count(1)
    expect(page.get_by_text("Chưa có tin nhắn mới.")).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("button", name="Tải về tuan-47.xlsx").click()
    assert download.value.suggested_filename == "tuan-47.xlsx"
    expect(page.get_by_role("heading", name="Bản tin tuần 47")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (360, "dark"), (1280, "light")])
def test_messages_with_a_picture_are_for_everybody(
    running: Running, opens_as_lan: Callable[..., Page], width: int, scheme: str
) -> None:
    put(running, reply(Title(text="Tháng 11 của Lan"), MONTH, SHEET_FILE))
    page = opens_as_lan("/nhan", width=width, color_scheme=scheme, reduced_motion="reduce")
    put(running, pledge())
    expect(page.locator("[data-message]")).to_have_count(2)
    picture = page.get_by_role("img", name=MONTH.alt)
    assert picture.evaluate("image => image.naturalWidth") == 1080
    results = Axe().run(page, options=EVERY_RULE)
    assert results.violations_count == 0, results.generate_report()
    assert not page.evaluate(WIDER_THAN_WINDOW)
    assert page.evaluate(SMALL_TARGETS) == []
    assert page.evaluate(SMALL_TEXT) == []


@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_every_page_one_link_leads_to_the_main_page(
    opens_as_lan: Callable[..., Page], width: int, scripts: bool
) -> None:
    page = opens_as_lan("/quyen-rieng-tu", width=width, scripts=scripts)
    if scripts:
        for _ in ("vi", "en"):
            assert not page.evaluate(WIDER_THAN_WINDOW)
            assert page.evaluate(SMALL_TARGETS) == []
            assert page.evaluate(SMALL_TEXT) == []
            results = Axe().run(page, options=EVERY_RULE)
            assert results.violations_count == 0, results.generate_report()
            page.locator("header button").click()
            expect(page.locator("body:not([aria-busy])")).to_be_attached()
        expect(page.locator("html")).to_have_attribute("lang", "vi")
    page.locator("header").get_by_role("link", name="Trang chính").click()
    expect(page.get_by_text("Chào Lan!")).to_be_visible()
    expect(page).to_have_url(re.compile("/toi$"))

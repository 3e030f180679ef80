"""The demo as a newcomer starts it: a real `run --demo`, its start page, its roles, its Monday."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from bot.demo.travel import next_monday
from handlers.policy import Policy
from tests.browser.test_accessible import (
    EVERY_RULE,
    SMALL_TARGETS,
    SMALL_TEXT,
    WIDER_THAN_WINDOW,
)
from tests.process.program import ROOT, free_port

STARTS_WITHIN_S = 30


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running demo on a database of its own."""
    folder, port = tmp_path_factory.mktemp("demo"), free_port()
    settings = {
        "BOT_DATABASE__URL": f"sqlite:///{folder / 'demo.sqlite'}",
        "BOT_WEB__PORT": str(port),
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run", "--demo"],
            cwd=ROOT, env={**_quiet(), **settings}, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        _wait(process, f"http://127.0.0.1:{port}", folder / "log")
        yield f"http://127.0.0.1:{port}"
        process.terminate()
        assert process.wait(30) == 0, (folder / "log").read_text(encoding="utf-8")
    finally:
        process.kill()


def _quiet() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}


def _wait(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text(encoding="utf-8")
        try:
            if httpx.get(f"{url}/healthz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(log.read_text(encoding="utf-8"))


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(
        base_url=address, viewport={"width": 360, "height": 800}, locale="vi-VN"
    )
    yield context.new_page()
    context.close()


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=re.compile(label)).first.click()


def sound(page: Page) -> None:
    """Readable by everybody, and no wider than a small telephone."""
    assert not page.evaluate(WIDER_THAN_WINDOW)
    assert page.evaluate(SMALL_TARGETS) == []
    assert page.evaluate(SMALL_TEXT) == []
    results = Axe().run(page, options=EVERY_RULE)
    assert results.violations_count == 0, results.generate_report()


def test_a_newcomer_becomes_a_secretary_brings_monday_and_goes_back(page: Page) -> None:
    page.goto("/")
    sound(page)
    press(page, "Nguyễn Thị Mai Lan")
    page.wait_for_url("**/toi")
    expect(page.locator("h1")).to_contain_text("Lan")
    page.goto("/")
    sound(page)
    press(page, "Chuyển tới")
    page.wait_for_url("**/nhan")
    policy = Policy()
    week = (next_monday(datetime.now(UTC), policy) - timedelta(days=7)).isocalendar().week
    digest = page.locator("[data-message]", has_text=f"BẢN TIN TUẦN {week}")
    expect(digest).to_have_count(1)
    expect(digest).to_contain_text("Chi đoàn Bộ phận Một cửa phường Sông Trăng")
    expect(digest.locator("img")).to_have_js_property("complete", value=True)
    assert digest.locator("img").evaluate("image => image.naturalWidth") > 300
    sound(page)
    page.goto("/")
    expect(page.locator("#now")).to_contain_text(re.compile("thứ hai", re.IGNORECASE))
    press(page, "Trở về hôm nay")
    expect(page.get_by_role("button", name=re.compile("Trở về hôm nay"))).to_have_count(0)


def test_a_newcomer_becomes_a_member_and_sees_two_months_of_their_own(page: Page) -> None:
    page.goto("/")
    press(page, "Trần Đức Minh")
    page.wait_for_url("**/toi")
    sound(page)
    press(page, "Nhật ký của tôi")
    picture = page.locator("main img")
    expect(picture).to_have_count(1)
    sound(page)
    page.goto("/toi")
    press(page, "Điểm của tôi")
    expect(page.locator("main")).to_contain_text("lượt đánh giá")
    sound(page)


def test_a_newcomer_becomes_an_organiser_and_opens_a_unit_below(page: Page) -> None:
    page.goto("/")
    press(page, "Lương Quốc Thịnh")
    page.wait_for_url("**/toi")
    press(page, "Bản tin tuần")
    expect(page.locator("main")).to_contain_text("Bốn mặt phong trào")
    sound(page)
    press(page, "Xem từng đơn vị")
    expect(page.get_by_role("button", name="Đoàn phường Sông Trăng", exact=True)).to_be_visible()
    sound(page)
    page.get_by_role("textbox").fill("bao hiem")
    press(page, "Tìm")
    # The list before had that unit too: a press on it would be lost with the page.
    expect(page.get_by_role("button", name="Đoàn phường Sông Trăng", exact=True)).to_be_hidden()
    press(page, "Chi đoàn Bảo hiểm xã hội")
    expect(page.locator("h1")).to_contain_text("Chi đoàn Bảo hiểm xã hội Hương Sen, tuần")
    sound(page)
    press(page, "Về bản tin")
    press(page, "Xem bằng hình")
    expect(page.locator("main img")).to_have_js_property("complete", value=True)
    assert page.locator("main img").evaluate("image => image.naturalWidth") > 300
    sound(page)

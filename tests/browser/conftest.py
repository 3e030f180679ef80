"""A real browser against the real web side, each test with an organisation of its own."""

import asyncio
import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from bot.config import WebSettings
from bot.web.app import server
from storage.keys import Keys
from storage.tables import Rating
from tests.bot.web_site import Site, furnished_site

SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = os.path.dirname(__file__)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's chromium. Without one the tests are skipped, but never on CI."""
    found = shutil.which("chromium")
    if found is None and os.environ.get("CI"):
        pytest.fail("chromium is not installed: these tests may not be skipped on CI")
    if found is None:
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=SWITCHES)
        yield launched
        launched.close()


@dataclass
class Running:
    """A site being served: its address, and what it has stored."""

    url: str
    site: Site
    loop: asyncio.AbstractEventLoop

    def ratings(self) -> list[Rating]:
        return asyncio.run_coroutine_threadsafe(self.site.place.ratings(), self.loop).result(10)

    def rating(self) -> Rating:
        (only,) = self.ratings()
        return only


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _serving(database_url: str, keys: Keys) -> Iterator[Running]:
    web = WebSettings(port=_free_port(), kiosk_desks=("Q3",))
    url = f"http://127.0.0.1:{web.port}"
    ready, stop, shown = threading.Event(), threading.Event(), []

    async def serve() -> None:
        async with furnished_site(database_url, keys, lambda: datetime.now(UTC)) as furnished:
            site = replace(furnished, web=web, public_url=url)
            serving = server(site.app(), web)
            task = asyncio.create_task(serving.serve())
            telling = asyncio.create_task(site.letterbox.run())
            while not serving.started:
                await asyncio.sleep(0.01)
            shown.append(Running(url, site, asyncio.get_running_loop()))
            ready.set()
            await asyncio.to_thread(stop.wait)
            serving.should_exit = True
            await task
            telling.cancel()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(20), "the server did not start"
        yield shown[0]
    finally:
        stop.set()
        thread.join(20)


@pytest.fixture
def running(sqlite_url: str, keys: Keys) -> Iterator[Running]:
    with _serving(sqlite_url, keys) as served:
        yield served


Opener = Callable[..., Page]


@pytest.fixture
def opens(browser: Browser, running: Running) -> Iterator[Opener]:
    """`opens("/q/Q1", scripts=False, width=360, …)`: a new person's window at that page.

    A message in the console (a refused script or style, an error) fails the test.
    """
    contexts, complaints = [], []

    def open_page(path: str, *, scripts: bool = True, width: int = 360, **options: Any) -> Page:
        context = browser.new_context(
            base_url=running.url,
            java_script_enabled=scripts,
            viewport={"width": width, "height": 640},
            locale=options.pop("locale", "vi-VN"),
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(8000)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [c for c in complaints if "Failed to load resource" not in c] == []

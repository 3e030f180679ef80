"""A report's words on a phone: every page fits, and a file is sent back with scripts and without."""

import asyncio

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from sqlmodel import select

from storage.tables import Report
from tests.browser.conftest import Opener, Running
from tests.browser.states import tap
from tests.browser.test_accessible import EVERY_RULE, SMALL_TARGETS, SMALL_TEXT, WIDER_THAN_WINDOW
from tests.browser.test_desks import lead
from tests.officials import invited


async def _token(running: Running) -> str:
    return await invited(running.site.place, "C1", "secretary", "P1")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_file_is_sent_back_and_every_page_fits(
    opens: Opener, running: Running, scripts: bool
) -> None:
    running.site.database.run_now(lead)
    token = asyncio.run_coroutine_threadsafe(_token(running), running.loop).result(10)
    page = opens(f"/i/{token}", width=320, scripts=scripts)
    for press in ("join-yes/", "reports", "report/", "/text", "/file"):
        with page.expect_response(lambda response: response.request.method == "POST"):
            page.locator(f"main button[value*='{press}']:not(.unseen)").first.click()
        expect(page.locator("body:not([aria-busy])")).to_be_attached()
        if scripts:
            assert not page.evaluate(WIDER_THAN_WINDOW)
            assert page.evaluate(SMALL_TARGETS) == []
            assert page.evaluate(SMALL_TEXT) == []
    if scripts:
        assert Axe().run(page, options=EVERY_RULE).response["violations"] == []
    content = "VI. ĐỀ XUẤT, KIẾN NGHỊ\nThêm máy quét.\n".encode()
    chosen = {"name": "noidung.txt", "mimeType": "text/plain", "buffer": content}
    page.get_by_label("Hoặc chọn tệp:").set_input_files(chosen)  # type: ignore[arg-type]
    tap(page, "Gửi")
    expect(page.locator("main").get_by_text("Đã lưu: đọc được 1 đề mục.")).to_be_visible()
    assert running.site.database.run_now(lambda s: len(s.exec(select(Report)).all())) == 1

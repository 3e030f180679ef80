"""The other doors in a real browser: a code to send on Zalo is large, and copied with one tap."""

import asyncio
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from handlers.staff_link import staff_url
from storage.keys import Keys
from tests.browser.conftest import Opener, Running
from tests.browser.test_accessible import EVERY_RULE, SMALL_TARGETS, SMALL_TEXT, WIDER_THAN_WINDOW
from tests.officials import furnish_officials, invited

CARD = ".doors .code"


def pages(running: Running, keys: Keys) -> list[tuple[str, str]]:
    """The address of a desk, an invitation and a staff code, each with what one sends on Zalo."""
    running.site.database.run_now(lambda s: furnish_officials(s, datetime.now(UTC)))
    inviting = invited(running.site.place, "C1", "member", "P1")
    token = asyncio.run_coroutine_threadsafe(inviting, running.loop).result(10)
    staff = staff_url("", keys, "Q3")
    return [
        ("/q/Q1", "Q1"),
        (f"/i/{token}", f"i-{token}"),
        (staff, "s-" + staff.rpartition("/")[2]),
    ]


def copied(page: Page) -> str:
    """Press the copy button of the Zalo door, and read what a chat would paste."""
    button = page.locator(f"{CARD} .copy")
    expect(button).to_have_text("Sao chép")
    button.click()
    expect(button).to_have_text("Đã sao chép")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<textarea id=chat></textarea>')")
    page.locator("#chat").focus()
    page.keyboard.press("Control+V")
    return page.locator("#chat").input_value()


def test_one_tap_copies_the_code_of_every_page(opens: Opener, running: Running, keys: Keys) -> None:
    for path, code in pages(running, keys):
        page = opens(path)
        expect(page.locator(f"{CARD} .digits")).to_have_text(code)
        assert copied(page) == code


def test_where_the_browser_has_no_clipboard_to_write_to_the_tap_still_copies(
    opens: Opener, running: Running
) -> None:
    page = opens("/ma")
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.goto("/q/Q2")
    assert copied(page) == "Q2"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("look", ["light", "dark"])
def test_the_doors_fit_a_phone_and_everybody_can_use_them(
    opens: Opener, running: Running, keys: Keys, look: str, scripts: bool
) -> None:
    for path, code in pages(running, keys):
        page = opens(path, scripts=scripts, color_scheme=look, reduced_motion="reduce")
        shown = page.locator(f"{CARD} .digits")
        expect(shown).to_be_visible()
        expect(shown).to_have_text(code)
        expect(page.locator(f"{CARD} .copy")).to_be_visible(visible=scripts)
        expect(page.get_by_role("link", name="Zalo", exact=True)).to_be_visible()
        assert not page.evaluate(WIDER_THAN_WINDOW), path
        assert page.evaluate(SMALL_TARGETS) == [], path
        assert page.evaluate(SMALL_TEXT) == [], path
        if scripts:
            results = Axe().run(page, options=EVERY_RULE)
            assert results.violations_count == 0, results.generate_report()


def test_a_desks_code_is_read_from_an_arms_length(opens: Opener) -> None:
    page = opens("/q/Q1")
    size = page.locator(f"{CARD} .digits").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert size >= 26

"""Everybody can use it: axe-core finds nothing, targets and text are large, it fits small windows."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener
from tests.browser.states import LEVELS, tap, walk
from tests.everything import often

EVERY_RULE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
}
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}
SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, input, textarea, summary')]
    .filter(e => e.checkVisibility() && e.type !== 'hidden' && !e.matches('.unseen, .skip'))
    .filter(e => e.getBoundingClientRect().height < 55.9)
    .map(e => e.outerHTML.slice(0, 120))"""
SMALL_TEXT = """() => [...document.querySelectorAll('body *')]
    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
    .filter(e => e.checkVisibility() && parseFloat(getComputedStyle(e).fontSize) < 18)
    .map(e => e.outerHTML.slice(0, 120))"""
WIDER_THAN_WINDOW = "document.documentElement.scrollWidth > window.innerWidth"


def found_by_axe(page: Page, rules: dict[str, Any]) -> list[str]:
    results = Axe().run(page, options=rules)
    return [results.generate_report()] if results.violations_count else []


def test_axe_finds_nothing_on_any_page_light_or_dark(opens: Opener) -> None:
    page, found = opens("/", reduced_motion="reduce", color_scheme="light"), []
    for state in walk(page):
        found += [f"{state}: {each}" for each in found_by_axe(page, EVERY_RULE)]
        page.emulate_media(color_scheme="dark")
        found += [
            f"{state}, dark: {each}" for each in found_by_axe(page, often(COLOURS, EVERY_RULE))
        ]
        page.emulate_media(color_scheme="light")
    assert found == []


@pytest.mark.everything
def test_axe_finds_nothing_in_a_wide_window_with_forced_colours(opens: Opener) -> None:
    page, found = opens("/", width=1280, reduced_motion="reduce", forced_colors="active"), []
    for state in walk(page):
        found += [f"{state}: {each}" for each in found_by_axe(page, EVERY_RULE)]
    assert found == []


def test_no_page_is_wider_than_its_window_and_everything_is_large(opens: Opener) -> None:
    page = opens("/")
    for state in walk(page):
        for width in (320, 1280, 360):
            page.set_viewport_size({"width": width, "height": 640})
            assert not page.evaluate(WIDER_THAN_WINDOW), (state, width)
            assert page.evaluate(SMALL_TARGETS) == [], (state, width)
            assert page.evaluate(SMALL_TEXT) == [], (state, width)


def test_all_five_answers_are_in_a_small_window_without_scrolling(opens: Opener) -> None:
    page = opens("/q/Q2")
    for level in LEVELS:
        box = page.get_by_role("button", name=level, exact=True).bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 640, level


def test_the_accessible_name_of_an_answer_is_its_label_alone(opens: Opener) -> None:
    page = opens("/q/Q1")
    group = page.get_by_role("group", name="Ông/Bà hài lòng ở mức nào về việc phục vụ hôm nay?")
    names = group.get_by_role("button").evaluate_all(
        "all => all.map(b => [b.getAttribute('aria-label'), b.textContent.trim()])"
    )
    assert names == [[None, level] for level in LEVELS]
    hidden = group.locator("svg").evaluate_all("all => all.map(s => s.ariaHidden)")
    assert hidden == ["true"] * 5


def test_by_keyboard_alone_a_rating_and_a_reason_are_given(opens: Opener) -> None:
    page = opens("/q/Q1")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Đến ngay phần trả lời")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    best = page.get_by_role("button", name="Rất hài lòng", exact=True)
    expect(best).to_be_focused()
    assert best.evaluate("b => parseFloat(getComputedStyle(b).outlineWidth)") >= 3
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Đã ghi nhận đánh giá")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    reason = page.get_by_role("button", name="Nhanh, chính xác")
    for _ in range(12):
        page.keyboard.press("Tab")
        if reason.evaluate("b => b === document.activeElement"):
            break
    page.keyboard.press("Space")
    pressed = page.get_by_role("button", name="Nhanh, chính xác", pressed=True)
    expect(pressed).to_be_focused()


def test_the_language_of_the_page_is_named_and_follows_the_switch(opens: Opener) -> None:
    page = opens("/q/Q1")
    expect(page.locator("html")).to_have_attribute("lang", "vi")
    expect(page.get_by_role("button", name="English")).to_have_attribute("lang", "en")
    tap(page, "English")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("button", name="Very satisfied")).to_be_visible()
    assert "Rate our service" in page.title()
    expect(page.locator(".skip")).to_have_text("Skip to the answers")


def test_a_saved_comment_is_announced(opens: Opener) -> None:
    page = opens("/q/Q1")
    tap(page, "Hài lòng")
    page.locator("textarea").fill("Rất tốt")
    tap(page, "Gửi góp ý")
    expect(page.get_by_role("status").first).to_contain_text("Đã lưu góp ý")

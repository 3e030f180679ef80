"""Draws the README's picture: `python docs/screenshots.py ADDRESS DESK FILE.png` beside a running demo.

Such as `python docs/screenshots.py http://127.0.0.1:8080 Q1 docs/images/desk.png`. Needs chromium.
"""

import base64
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

PHONE = {"width": 390, "height": 760}
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
FRAME = """<body style="margin:0;display:flex;gap:28px;padding:28px;background:#dfe5ef">{}</body>"""
PICTURE = """<img style="width:390px;border-radius:26px;border:7px solid #16213a;
box-shadow:0 10px 30px rgb(22 33 58/.25)" src="data:image/png;base64,{}">"""


def take(browser: Browser, address: str, desk: str) -> list[bytes]:
    """The question, the thanks with a reason chosen, and the question on a dark phone in English."""
    light = browser.new_context(base_url=address, viewport=PHONE, locale="vi-VN")
    page = light.new_page()
    page.goto(f"/q/{desk}")
    question = page.screenshot()
    page.locator(".level").first.click()
    page.locator(".digits").wait_for()
    page.locator(".toggle").nth(1).click()
    page.locator(".toggle[aria-pressed=true]").wait_for()
    page.mouse.move(0, 0)
    page.evaluate("scrollTo(0, 0)")
    thanks = page.screenshot()
    dark = browser.new_context(
        base_url=address, viewport=PHONE, locale="en-GB", color_scheme="dark"
    )
    page = dark.new_page()
    page.goto(f"/q/{desk}")
    return [question, thanks, page.screenshot()]


def frame(browser: Browser, pictures: list[bytes], file: Path) -> None:
    """All of them side by side."""
    page = browser.new_page(viewport={"width": 3 * 404 + 4 * 28, "height": 830})
    images = [PICTURE.format(base64.b64encode(picture).decode()) for picture in pictures]
    page.set_content(FRAME.format("".join(images)))
    page.screenshot(path=file)


def main(address: str, desk: str, file: str) -> None:
    """Take the pictures and write them as one."""
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=SWITCHES)
        frame(browser, take(browser, address, desk), Path(file))
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])

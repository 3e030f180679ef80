"""Every state of a page a person can get to, walked through one after the other."""

from collections.abc import Iterator

from playwright.sync_api import Page, expect

LEVELS = ["Rất hài lòng", "Hài lòng", "Bình thường", "Không hài lòng", "Rất không hài lòng"]


def tap(page: Page, label: str) -> None:
    """Press a button of the page and wait until its answer is there."""
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.get_by_role("button", name=label, exact=True).first.click()
    expect(page.locator("body:not([aria-busy])")).to_be_attached()


def walk(page: Page) -> Iterator[str]:
    """Show every state in turn; yields its name while it is on the screen."""
    page.goto("/q/Q2")
    yield "the question"
    page.locator("summary").click()
    yield "the privacy notice unfolded"
    tap(page, "Hài lòng")
    yield "thanks"
    tap(page, "Nhanh, chính xác")
    yield "a reason chosen"
    tap(page, "Lý do khác…")
    yield "all reasons"
    tap(page, "Lê Thị Hoa")
    page.locator("textarea").fill("Rất tốt, xin gọi 0912345678")
    tap(page, "Gửi góp ý")
    yield "a comment saved and masked"
    tap(page, "Đổi mức đánh giá")
    yield "the question with the level chosen"
    tap(page, "Rất không hài lòng")
    yield "a low level with the referral"
    tap(page, "Rút đánh giá này")
    yield "withdraw?"
    tap(page, "Giữ lại")
    tap(page, "Xong")
    yield "done"
    page.goto("/q/Q2")
    yield "already rated today"
    for path, name in (
        ("/", "home"),
        ("/quyen-rieng-tu", "privacy"),
        ("/nothing", "no such page"),
        ("/q/Q99", "no such desk"),
    ):
        page.goto(path)
        yield name
    page.locator("input[type=text]").fill("quay")
    tap(page, "Tìm")
    yield "desks found"
    page.goto("/ma")
    yield "asking for the receipt code"
    page.locator("input[type=text]").fill("12")
    tap(page, "Mở")
    yield "a wrong receipt code"
    page.goto("/q/Q3?kiosk")
    yield "the question on the tablet"
    tap(page, "Rất hài lòng")
    page.locator(".clock").wait_for()
    yield "thanks on the tablet"
    page.goto("/q/Q1")
    page.evaluate("document.querySelectorAll('[name=token]').forEach(t => { t.value = 'old' })")
    tap(page, "Hài lòng")
    yield "a page that is too old"

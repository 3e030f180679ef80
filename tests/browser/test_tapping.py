"""What a tap does in a real browser: with scripts and without, twice, offline, on a tablet."""

import re

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.browser.conftest import Opener, Running
from tests.browser.states import LEVELS, tap


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_one_tap_stores_and_everything_after_it_belongs_to_it(
    opens: Opener, running: Running, scripts: bool
) -> None:
    page = opens("/q/Q2", scripts=scripts)
    page.get_by_role("button", name="Hài lòng", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Đã ghi nhận đánh giá: Hài lòng")
    assert running.rating().level == 4
    page.get_by_role("button", name="Lê Thị Hoa").click()
    expect(page.get_by_role("button", name="Lê Thị Hoa", pressed=True)).to_be_visible()
    page.get_by_role("button", name="Nhanh, chính xác").click()
    expect(page.get_by_role("button", name="Nhanh, chính xác", pressed=True)).to_be_visible()
    page.locator("textarea").fill("Rất chu đáo")
    page.get_by_role("button", name="Gửi góp ý").click()
    expect(page.locator("main").get_by_text("Đã lưu góp ý")).to_be_visible()
    expect(page.locator("textarea")).to_have_value("Rất chu đáo")
    rating = running.rating()
    assert (rating.attribution, rating.reasons) == ("citizen", "high/cv4")
    assert rating.comment


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_with_cookies_refused_it_works_all_the_same(
    opens: Opener, running: Running, scripts: bool
) -> None:
    page = opens("/q/Q1", scripts=scripts)
    for label in ("Hài lòng", "Nhanh, chính xác", "Đổi mức đánh giá", "Bình thường"):
        page.context.clear_cookies()
        tap(page, label)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bình thường")
    assert running.rating().level == 3


def _posts(page: Page) -> list[str]:
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            sent.append(request.url)

    page.on("request", note)
    return sent


def test_a_double_tap_is_sent_once(opens: Opener, running: Running) -> None:
    page = opens("/q/Q1")
    sent = _posts(page)
    page.get_by_role("button", name="Hài lòng", exact=True).dblclick(delay=5)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Đã ghi nhận")
    assert len(sent) == 1
    assert running.rating().level == 4


def test_a_double_tap_without_scripts_stores_once(opens: Opener, running: Running) -> None:
    page = opens("/q/Q1", scripts=False)
    page.get_by_role("button", name="Hài lòng", exact=True).dblclick(delay=5)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Đã ghi nhận")
    assert running.rating().level == 4


def test_reloading_shows_where_one_stands_and_adds_nothing(opens: Opener, running: Running) -> None:
    page = opens("/q/Q1", scripts=False)
    tap(page, "Hài lòng")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Đã ghi nhận đánh giá: Hài lòng")
    smooth = opens("/q/Q1")
    tap(smooth, "Hài lòng")
    smooth.reload()
    expect(smooth.get_by_role("button", name="Sửa đánh giá")).to_be_visible()
    assert len(running.ratings()) == 2


def test_going_back_and_choosing_again_changes_the_rating(opens: Opener, running: Running) -> None:
    page = opens("/q/Q1", scripts=False)
    tap(page, "Hài lòng")
    page.go_back()
    if page.get_by_role("button", name="Sửa đánh giá").is_visible():
        tap(page, "Sửa đánh giá")
        tap(page, "Đổi mức đánh giá")
    tap(page, "Bình thường")
    assert running.rating().level == 3


def test_a_lost_connection_keeps_the_tap_and_offers_to_send_it_again(
    opens: Opener, running: Running
) -> None:
    page = opens("/q/Q1")
    page.context.set_offline(True)
    page.get_by_role("button", name="Hài lòng", exact=True).click()
    again = page.get_by_role("button", name="Gửi lại")
    expect(again).to_be_focused()
    assert running.ratings() == []
    page.context.set_offline(False)
    again.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Đã ghi nhận đánh giá: Hài lòng")
    assert running.rating().level == 4


def test_an_answer_lost_on_the_way_back_is_not_stored_twice(
    opens: Opener, running: Running
) -> None:
    page = opens("/q/Q1")
    tap(page, "Hài lòng")

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort("connectionreset")

    page.route("**/q/Q1", lose_the_answer, times=1)
    page.get_by_role("button", name="Nhanh, chính xác").click()
    page.get_by_role("button", name="Gửi lại").click()
    expect(page.get_by_role("button", name="Nhanh, chính xác", pressed=True)).to_be_visible()
    assert running.rating().reasons == "high/cv4"


def test_a_toggle_keeps_its_place_and_a_new_page_starts_at_its_top(opens: Opener) -> None:
    page = opens("/q/Q1")
    tap(page, "Hài lòng")
    reason = page.get_by_role("button", name="Biết lắng nghe")
    reason.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    assert before > 0
    tap(page, "Biết lắng nghe")
    expect(page.get_by_role("button", name="Biết lắng nghe", pressed=True)).to_be_focused()
    assert abs(page.evaluate("scrollY") - before) < 3
    tap(page, "Xong")
    assert page.evaluate("scrollY") == 0


def test_enter_in_a_one_line_field_sends_that_field(opens: Opener) -> None:
    for scripts in (True, False):
        page = opens("/q/Q99", scripts=scripts)
        page.locator("input[type=text]").fill("ho tich")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name=re.compile("Hộ tịch"))).to_be_visible()


def test_a_desk_found_by_searching_has_its_own_address(opens: Opener, running: Running) -> None:
    page = opens("/")
    tap(page, "Đánh giá một quầy")
    page.locator("input[type=text]").fill("ho tich")
    tap(page, "Tìm")
    page.get_by_role("button", name=re.compile("Hộ tịch")).click()
    expect(page).to_have_url(f"{running.url}/q/Q1")
    expect(page.get_by_role("button", name=LEVELS[0], exact=True)).to_be_visible()


def test_the_receipt_code_is_copied_with_one_tap(opens: Opener) -> None:
    page = opens("/q/Q1", permissions=["clipboard-read", "clipboard-write"])
    tap(page, "Hài lòng")
    page.get_by_role("button", name="Sao chép").click()
    expect(page.get_by_role("button", name="Đã sao chép")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator(".digits").inner_text()
    assert re.fullmatch(r"\d{3} \d{3} \d{4}", copied)


def test_near_the_limit_of_a_comment_what_is_left_is_counted(opens: Opener) -> None:
    page = opens("/q/Q1")
    tap(page, "Hài lòng")
    page.locator("textarea").fill("a" * 100)
    expect(page.get_by_text("ký tự")).to_be_hidden()
    page.locator("textarea").fill("a" * 990)
    expect(page.get_by_text("Còn 10 ký tự")).to_be_visible()
    page.locator("textarea").fill("a" * 1200)
    assert len(page.locator("textarea").input_value()) <= 1200


# -- the tablet on the counter --------------------------------------------------------------------


def test_the_tablet_starts_over_after_twenty_seconds_without_a_touch(
    opens: Opener, running: Running
) -> None:
    page = opens("/healthz")
    page.clock.install()
    page.goto("/q/Q3?kiosk")
    page.clock.run_for(60_000)
    expect(page.locator(".clock")).to_be_hidden()
    tap(page, "Hài lòng")
    page.clock.run_for(15_000)
    expect(page.locator(".clock")).to_contain_text("5 giây")
    tap(page, "Nhanh, chính xác")
    page.clock.run_for(15_000)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Đã ghi nhận")
    page.clock.run_for(6_000)
    expect(page.get_by_role("button", name=LEVELS[0], exact=True)).to_be_visible()
    tap(page, "Bình thường")
    assert sorted(rating.level or 0 for rating in running.ratings()) == [3, 4]
    assert page.context.cookies() == []


def test_the_first_touch_on_the_tablet_moves_nothing_under_the_finger(opens: Opener) -> None:
    page = opens("/q/Q3?kiosk")
    button = page.get_by_role("button", name="Bình thường", exact=True)
    before = button.bounding_box()
    assert before is not None
    page.mouse.move(before["x"] + 20, before["y"] + 20)
    page.mouse.down()
    page.wait_for_timeout(1300)
    assert button.bounding_box() == before
    page.mouse.up()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Đã ghi nhận")


# -- a weak network -------------------------------------------------------------------------------


def test_the_first_view_is_small_and_comes_from_one_place(opens: Opener, running: Running) -> None:
    page = opens("/healthz")
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    urls: list[str] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    session.on("Network.requestWillBeSent", lambda event: urls.append(event["request"]["url"]))
    page.goto("/q/Q2", wait_until="networkidle")
    assert all(url.startswith((running.url, "data:")) for url in urls), urls
    assert len(sizes) >= 3
    assert sum(sizes) < 60_000 / 2, "packed it is far below the limit"

"""Desks in a real browser: what was improved moves no answer; a secretary's desk fits a phone."""

import asyncio
from datetime import date

from playwright.sync_api import Page, expect
from sqlmodel import Session, select

from storage.tables import Desk, Improvement, Membership, Person, Unit
from tests.browser.conftest import Opener, Running
from tests.browser.states import LEVELS, tap
from tests.browser.test_accessible import SMALL_TARGETS, SMALL_TEXT, WIDER_THAN_WINDOW
from tests.officials import invited

SMALLEST = {"width": 320, "height": 568}


def answers(page: Page) -> list[tuple[float, float]]:
    """Where each of the five answers begins and ends."""
    boxes = [page.get_by_role("button", name=n, exact=True).bounding_box() for n in LEVELS]
    above = page.evaluate("scrollY")
    return [(above + box["y"], box["height"]) for box in boxes if box is not None]


def improve(session: Session) -> None:
    unit = session.exec(select(Unit).where(Unit.code == "C1")).one()
    for month in (9, 10, 11):
        session.add(Improvement(unit_id=unit.id or 0, text="ộ" * 300, day=date(2026, month, 1)))


def test_what_was_improved_moves_no_answer_on_the_smallest_phone(
    opens: Opener, running: Running
) -> None:
    page = opens("/q/Q1", width=SMALLEST["width"])
    page.set_viewport_size(SMALLEST)  # type: ignore[arg-type]
    before = answers(page)
    running.site.database.run_now(improve)
    page.goto("/q/Q1")
    expect(page.get_by_text("Những điều đã làm trước đó")).to_be_attached()
    assert answers(page) == before
    assert len(before) == 5
    page.get_by_text("Những điều đã làm trước đó").click()
    assert not page.evaluate(WIDER_THAN_WINDOW)
    assert page.evaluate(SMALL_TEXT) == []


def lead(session: Session) -> None:
    """Lan leads C1, and its first desk has a long name."""
    unit = session.exec(select(Unit).where(Unit.code == "C1")).one()
    person = session.exec(select(Person).where(Person.code == "P1")).one()
    role = {"person_id": person.id or 0, "unit_id": unit.id or 0, "role": "secretary"}
    session.add(Membership(**role))
    desk = session.exec(select(Desk).where(Desk.code == "Q1")).one()
    desk.name = "Quầy tiếp nhận và trả kết quả " * 5


async def _token(running: Running) -> str:
    return await invited(running.site.place, "C1", "secretary", "P1")


def test_every_page_of_a_secretarys_desk_fits_a_phone(opens: Opener, running: Running) -> None:
    running.site.database.run_now(lead)
    token = asyncio.run_coroutine_threadsafe(_token(running), running.loop).result(10)
    page = opens(f"/i/{token}", width=320)
    page.locator("button[value^=join-yes]").click()
    expect(page.get_by_role("button", name="Quầy và tờ dán")).to_be_visible()
    tap(page, "Quầy và tờ dán")
    for press in ("desk/Q1", "desk/Q1/done", "desk/Q1/done/write"):
        with page.expect_response(lambda response: response.request.method == "POST"):
            page.locator(f"button[value='{press}']").click()
        expect(page.locator("body:not([aria-busy])")).to_be_attached()
        assert not page.evaluate(WIDER_THAN_WINDOW), press
        assert page.evaluate(SMALL_TARGETS) == [], press
    page.locator("textarea").fill("Đã kê thêm ghế, liên hệ 0905123456.")
    tap(page, "Xem trước")
    expect(page.get_by_text("có vẻ chứa số điện thoại")).to_be_visible()
    assert not page.evaluate(WIDER_THAN_WINDOW)

"""The page of a desk: what was improved stands small below the levels; a closed desk says so."""

import re
from collections.abc import AsyncIterator
from datetime import date

import pytest
from sqlmodel import Session, select

from storage.keys import Keys
from storage.tables import Desk, Improvement, Unit
from tests.bot.web_site import Reader, Site, furnished_site
from tests.conftest import Clock
from tests.officials import furnish_officials, invited, with_url
from tests.people import Place
from tests.printed import codes, rendered

HOSTILE = "<script>alert(1)</script> & “ghế” 10 > 5"


@pytest.fixture
async def site(sqlite_url: str, keys: Keys, clock: Clock) -> AsyncIterator[Site]:
    async with furnished_site(sqlite_url, keys, clock) as furnished:
        await furnished.database.run(lambda session: furnish_officials(session, clock()))
        furnished.place = with_url(furnished.place)
        yield furnished


def improved(place: Place, text: str, day: date = date(2026, 10, 3)) -> None:
    def add(session: Session) -> None:
        unit = session.exec(select(Unit).where(Unit.code == "C1")).one()
        session.add(Improvement(unit_id=unit.id or 0, text=text, day=day))

    place.database.run_now(add)


async def test_the_five_levels_come_before_anything_an_office_says_of_itself(site: Site) -> None:
    for number in range(3):
        improved(site.place, f"Đã làm {number}. " + "ộ" * 285, date(2026, 8 + number, 1))
    async with site.reader() as reader:
        await reader.opens("/q/Q1")
        html = reader.response.text
    levels = [found.start() for found in re.finditer(r'name="action" value="rate/', html)]
    assert len(levels) == 5
    first, second, third = (html.index(f"Đã làm {number}.") for number in (2, 1, 0))
    assert max(levels) < first < html.index("<details>", first) < second < third
    assert "Không thay thế phiếu khảo sát theo quy định." in html


async def test_what_an_office_wrote_is_text_never_a_script(site: Site) -> None:
    improved(site.place, HOSTILE)
    async with site.reader() as reader:
        text = await reader.opens("/q/Q1")
        html = reader.response.text
    assert HOSTILE in text
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;" in html


async def test_a_desk_without_improvements_has_no_empty_place_for_them(site: Site) -> None:
    async with site.reader() as reader:
        assert "Chúng tôi đã làm" not in await reader.opens("/q/Q1")


async def test_the_page_of_a_closed_desk_says_since_when_and_leads_on(site: Site) -> None:
    def close(session: Session) -> None:
        session.exec(select(Desk).where(Desk.code == "Q1")).one().until = date(2026, 11, 15)

    site.database.run_now(close)
    async with site.reader() as reader:
        text = await reader.opens("/q/Q1")
        assert reader.status == 404
        assert "không còn hoạt động từ ngày 16/11/2026" in text
        assert "Có thể đánh giá qua" not in text
        await reader.taps("Quầy 2 – Đăng ký kinh doanh – Chi đoàn Sở Nội vụ")
        await reader.taps("Hài lòng")
    assert (await site.place.rating()).level == 4


async def downloaded(reader: Reader) -> bytes:
    """Press the first download button of the page."""
    form = reader.page.forms[-1]
    order = re.search(r'name="document" value="([^"]+)"', reader.response.text)
    assert order is not None
    data = {"token": form.hidden["token"], "document": order[1]}
    response = await reader.client.post("/file", data=data)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/pdf"
    assert "no-store" in response.headers["cache-control"]
    return response.content


async def test_a_secretary_downloads_a_poster_and_three_hundred_at_once(site: Site) -> None:
    def many(session: Session) -> None:
        unit = session.exec(select(Unit).where(Unit.code == "C1")).one()
        for number in range(100, 396):
            name = f"Quầy {number} – Tiếp nhận hồ sơ và trả kết quả thủ tục hành chính số {number}"
            session.add(Desk(code=f"QUAY-{number}", name=name, folded="", unit_id=unit.id or 0))

    site.database.run_now(many)
    token = await invited(site.place, "TD", "secretary", "S3")
    async with site.reader() as reader:
        await reader.opens(f"/i/{token}")
        await reader.sends(f"/i/{token}", {"token": reader.token(), "action": f"join-yes/{token}"})
        await reader.sends("/chat", {"token": reader.token(), "action": "desk/Q1/print/a4/vi"})
        (page,) = rendered(await downloaded(reader), 150)
        assert [each.text for each in codes(page, 150)] == ["https://danhgia.example.vn/q/Q1"]
        for sheet in ("a6/both", "staff/vi"):
            action = f"desks/print/{sheet}/"
            await reader.sends("/chat", {"token": reader.token(), "action": action})
            assert len(rendered(await downloaded(reader), 20)) == (150 if sheet[1] == "6" else 300)

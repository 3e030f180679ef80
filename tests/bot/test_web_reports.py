"""A secretary writes a report on the web page: fields with the text in them, a file sent back."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random

import httpx
import pytest
from docx import Document
from sqlmodel import Session

from bot.web.identity import Signatures, Visitor
from bot.web.limits import PAGE_BYTES, UPLOAD_BYTES
from handlers.reports.keeping import keep
from handlers.reports.narrative import LONGEST
from handlers.reports.opened import open_report
from handlers.reports.periods import read_period
from storage.keys import Keys
from tests.bot.web_site import Reader, Site, furnished_site
from tests.conftest import Clock
from tests.handlers.reports.office import OCTOBER, Office


@pytest.fixture
async def site(sqlite_url: str, keys: Keys, clock: Clock) -> AsyncIterator[Site]:
    async with furnished_site(sqlite_url, keys, clock) as furnished:
        yield furnished


@pytest.fixture
def office(site: Site, clock: Clock) -> Office:
    return Office.of(site.place, clock)


@asynccontextmanager
async def at_the_file_page(site: Site, office: Office) -> AsyncIterator[Reader]:
    """Sáu's browser, where all sections are handed out and taken back."""
    await office.sau("web")
    signatures = Signatures(site.database.keys, https=False)
    async with site.reader() as reader:
        sau = Visitor("sau-web", official=True)
        reader.client.cookies.set("visitor", signatures.write_cookie(sau))
        await reader.opens("/")
        for label in (
            "Báo cáo định kỳ", "Tháng 10 năm 2026", "Sửa nội dung", "Tất cả đề mục trong một tệp",
        ):  # fmt: skip
            await reader.taps(label)
        yield reader


async def send(
    reader: Reader, name: str, content: bytes, label: str = "Gửi", typed: str = ""
) -> httpx.Response:
    """The form as a browser sends it: multipart, with the file that was chosen ("": none)."""
    form = next(each for each in reader.page.forms if label in each.buttons)
    assert 'enctype="multipart/form-data"' in reader.response.text
    assert 'type="file"' in reader.response.text
    data = {**form.hidden, "text": typed, "action": form.buttons[label]}
    reader.response = await reader.client.post(
        form.action, data=data, files={"file": (name, content)}
    )
    return reader.response


def a_document(*lines: str) -> bytes:
    document, written = Document(), io.BytesIO()
    for line in lines:
        document.add_paragraph(line)
    document.save(written)
    return written.getvalue()


async def test_a_word_file_sent_back_becomes_the_text(site: Site, office: Office) -> None:
    content = a_document("III. Gương điển hình, cách làm hay", "Tổ một cửa trả kết quả tại nhà.")
    async with at_the_file_page(site, office) as reader:
        await send(reader, "noidung.docx", content)
        assert "Đã lưu: đọc được 1 đề mục." in reader.text
    assert office.words("C1") == {"exemplars": "Tổ một cửa trả kết quả tại nhà."}


async def test_a_text_file_sent_back_becomes_the_text(site: Site, office: Office) -> None:
    content = "VI. Đề xuất, kiến nghị\r\nThêm máy quét.\r\n".encode("utf-8-sig")
    async with at_the_file_page(site, office) as reader:
        await send(reader, "noidung.txt", content)
    assert office.words("C1") == {"proposals": "Thêm máy quét."}


async def test_without_a_file_the_typed_text_counts(site: Site, office: Office) -> None:
    async with at_the_file_page(site, office) as reader:
        await send(reader, "", b"", typed="VI. Đề xuất, kiến nghị\r\nKhông có.")
    assert office.words("C1") == {"proposals": "Không có."}


async def test_mistakes_are_named_and_the_text_is_there_to_be_mended(
    site: Site, office: Office
) -> None:
    async with at_the_file_page(site, office) as reader:
        await send(reader, "noidung.txt", "VI. Đề xuất, kiến nghị\nA\nIX. KHÁC\nB".encode())
        assert "Dòng 3: không có đề mục “IX. KHÁC”." in reader.text
        form = next(each for each in reader.page.forms if "Gửi" in each.buttons)
        assert form.texts["text"] == "VI. Đề xuất, kiến nghị\nA\nIX. KHÁC\nB"
    assert office.rows("C1") == []


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", b"%PDF-1.7", "Chỉ đọc được tệp .txt và .docx."),
        ("a.docx", b"none", "Không mở được tệp Word này."),
        ("a.txt", b"x" * (1024 * 1024 + 1), "Tệp lớn hơn 1 MB."),
        ("", b"", "Chưa nhận được tệp hay nội dung nào."),
    ],
)
async def test_a_file_that_cannot_be_taken_is_refused_with_its_reason(
    site: Site, office: Office, name: str, content: bytes, said: str
) -> None:
    async with at_the_file_page(site, office) as reader:
        await send(reader, name, content)
        assert reader.status == 200
        assert said in reader.text
    assert office.rows("C1") == []


async def test_a_file_far_too_large_is_refused_with_its_limit_and_leads_back_to_the_reports(
    site: Site, office: Office
) -> None:
    async with at_the_file_page(site, office) as reader:
        assert (await send(reader, "a.txt", b"x" * UPLOAD_BYTES)).status_code == 413
        assert "Tệp chỉ được tối đa 1 MB" in reader.text
        assert await reader.opens(reader.page.links["Báo cáo định kỳ"])
        assert reader.status == 200
        assert "Tháng 10 năm 2026" in reader.labels()


async def test_on_a_page_a_saved_section_promises_nothing_about_what_is_sent_next(
    site: Site, office: Office
) -> None:
    async with at_the_file_page(site, office) as reader:
        await reader.taps("Tất cả đề mục")
        section = next(each for each in reader.labels() if "Gương điển hình" in each)
        await reader.taps(section)
        text = await reader.taps("Lưu", typed="Tổ một cửa trả kết quả tại nhà.")
    assert "Đã lưu.\n" in text
    assert "gửi tiếp theo" not in text


async def test_another_button_leaves_the_file_unread(site: Site, office: Office) -> None:
    async with at_the_file_page(site, office) as reader:
        await send(reader, "a.txt", "VI. Đề xuất, kiến nghị\nA".encode(), label="Tất cả đề mục")
        assert "Bạn muốn xem hay sửa đề mục nào?" in reader.text
    assert office.rows("C1") == []


async def test_the_same_form_sent_twice_saves_once_and_shows_the_sections(
    site: Site, office: Office
) -> None:
    content = "VI. Đề xuất, kiến nghị\nMột.".encode()
    async with at_the_file_page(site, office) as reader:
        page = reader.response
        await send(reader, "a.txt", content)
        reader.response = page
        await send(reader, "a.txt", content)
        assert "Bạn muốn xem hay sửa đề mục nào?" in reader.text
        assert "Đã lưu" not in reader.text
    assert office.words("C1") == {"proposals": "Một."}


async def test_the_files_of_that_page_can_be_taken(site: Site, office: Office) -> None:
    async with at_the_file_page(site, office) as reader:
        orders = [
            f for f in reader.page.forms if "Tải về BC-C1-2026-10-duthao-noidung.txt" in f.buttons
        ]
        order = orders[0].buttons["Tải về BC-C1-2026-10-duthao-noidung.txt"]
        response = await reader.client.post(
            "/file",
            data={"token": reader.token(), "document": order},
            files={"file": ("", b"")},
        )
        assert response.status_code == 200
        assert "I. TÌNH HÌNH CHUNG" in response.content.decode("utf-8-sig")


def _write_all(session: Session, site: Site, unit: int) -> None:
    """Every section as long as may be, in signs that compress badly."""
    policy, today = site.place.policy, site.place.clock().date()
    found = open_report(session, unit, read_period(OCTOBER), policy, today)
    chance = Random(1)
    texts = {
        each.section.key: "".join(chr(chance.randrange(0x4E00, 0x9FA0)) for _ in range(LONGEST))
        for each in found.written
    }
    keep(session, found, texts)


async def test_the_longest_report_can_be_taken_from_the_page(site: Site, office: Office) -> None:
    async with at_the_file_page(site, office) as reader:
        unit = office.unit("C1")
        await site.database.run(lambda session: _write_all(session, site, unit))
        for label in ("Tất cả đề mục", "Về báo cáo", "Bản Word"):
            await reader.taps(label)
        form = next(f for f in reader.page.forms if "Tải về BC-C1-2026-10-duthao.docx" in f.buttons)
        data = {**form.hidden, "document": form.buttons["Tải về BC-C1-2026-10-duthao.docx"]}
        assert len(data["document"]) > PAGE_BYTES
        response = await reader.client.post("/file", data=data)
        assert response.status_code == 200
        assert response.content.startswith(b"PK")

"""Sheets of desks carry the right words, and codes that open the right page when they are printed."""

import io
import unicodedata
from pathlib import Path
from typing import Any

import fontpkg_be_vietnam_pro
import numpy as np
import pypdf
import pytest
from fontTools.ttLib import TTFont
from PIL import Image

from handlers.documents import posters as module
from handlers.documents.posters import (
    Language,
    PosterDesk,
    Size,
    compiled,
    draw_posters,
    poster_sheets,
)
from handlers.documents.recipes import PDF, draw, media_type
from handlers.documents.typesetting import typeset
from handlers.staff_link import staff_url
from storage.keys import Keys
from tests.printed import MM_PER_INCH, codes, ink, rendered, texts, worn

URL = "https://danhgia.example.vn"
NAMES = [
    ("Q1", "Quầy 1 – Hộ tịch", "Đoàn phường Hải Châu"),
    ("Q2", "Quầy Đất đai", "Chi đoàn Sở Tư pháp"),
    ("Q3", "Quầy 3 – Một cửa liên thông: khai sinh, cư trú, thẻ bảo hiểm y tế", "Chi đoàn C3"),
]
KEPT = {
    "vi": "Có lưu: mức hài lòng, lý do, góp ý, ngày, quầy và cán bộ được đánh giá; không lưu: họ tên, "
    "số điện thoại, tài khoản của Ông/Bà và giờ đánh giá.",
    "en": "Kept: the level, reasons and comment, the day, the desk and the official who is rated; not "
    "kept: your name, phone number or account, nor the hour.",
}
SURVEY = {
    "vi": "Không thay thế phiếu khảo sát theo quy định.",
    "en": "This does not replace the survey form required by regulation.",
}
SIZES: list[Size] = ["a4", "a6"]
LANGUAGES: list[Language] = ["vi", "en", "both"]
LONGEST = PosterDesk(
    code="W" * 15 + "1",
    name=("QUẦY TIẾP NHẬN Ộ Ự Ẫ " * 10)[:200],
    unit_name="Ộ" * 200,
    url=f"https://{'-'.join(['rat-dai'] * 8)}.{'x' * 63}.example.vn/q/{'W' * 15}1",
)


def desks(keys: Keys | None = None) -> list[PosterDesk]:
    return [
        PosterDesk(
            code=code,
            name=name,
            unit_name=unit,
            url=f"{URL}/q/{code}" if keys is None else staff_url(URL, keys, code),
        )
        for code, name, unit in NAMES
    ]


def spoken(language: Language) -> tuple[str, ...]:
    return ("vi", "en") if language == "both" else (language,)


def links_by_page(size: Size, urls: list[str], *, staff: bool) -> list[list[str]]:
    """What a camera must find on every page: a desk, two tents of two faces, or four cards."""
    if size == "a4":
        return [[each] for each in urls]
    if staff:
        return [sorted(urls[at : at + 4]) for at in range(0, len(urls), 4)]
    pairs = [urls[at : at + 2] for at in range(0, len(urls), 2)]
    return [sorted([pair[0], pair[0], pair[-1], pair[-1]]) for pair in pairs]


@pytest.mark.parametrize("staff", [False, True], ids=["citizens", "staff"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
def test_every_code_on_every_page_opens_exactly_its_link(
    size: Size, language: Language, staff: bool, keys: Keys
) -> None:
    found = desks(keys if staff else None)
    pdf = draw_posters(poster_sheets(found, language, size=size, staff=staff))
    expected = links_by_page(size, [each.url for each in found], staff=staff)
    least = 70 if size == "a4" else 25
    pages = rendered(pdf, 300)
    assert len(pages) == len(expected)
    for page, links in zip(pages, expected, strict=True):
        seen = codes(page, 300)
        assert [each.text for each in seen] == links
        assert min(each.width_mm for each in seen) >= least
        assert min(ink(page, 300)) >= 7.9, "nothing where printers do not print"
    for page, links in zip(rendered(pdf, 150), expected, strict=True):
        assert [each.text for each in codes(page, 150)] == links
        held = worn(page, degrees=4, blur=0.9, noise=25)
        assert [each.text for each in codes(held, 150)] == links


@pytest.mark.parametrize("staff", [False, True], ids=["citizens", "staff"])
@pytest.mark.parametrize("size", SIZES)
def test_the_longest_names_and_links_stay_on_the_page_and_decode(size: Size, staff: bool) -> None:
    for language in LANGUAGES:
        sheets = poster_sheets(
            [LONGEST], language, size=size, staff=staff, zalo="https://zalo.me/" + "1" * 40
        )
        (page,) = rendered(draw_posters(sheets), 300)
        assert {each.text for each in codes(page, 300)} == {LONGEST.url}
        assert min(ink(page, 300)) >= 7.9


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
def test_a_poster_says_what_to_do_and_what_is_kept(size: Size, language: Language) -> None:
    pdf = draw_posters(poster_sheets(desks(), language, size=size))
    pages = texts(pdf)
    shown = {0: desks()[:2], 1: desks()[2:]} if size == "a6" else dict(enumerate(zip(desks())))
    for number, there in shown.items():
        for desk in there:
            for words in (
                desk.code,
                desk.name,
                desk.unit_name,
                f"danhgia.example.vn/q/{desk.code}",
            ):
                assert words in pages[number], words
    for text in pages:
        for each in spoken(language):
            assert KEPT[each] in text
            assert SURVEY[each] in text
    assert ("PHONG TRÀO" in pages[0]) == (language != "en")
    assert ("Please rate how you were served" in pages[0]) == (language != "vi")
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert reader.metadata is not None
    title = {"en": "Please rate how you were served"}.get(language, "Xin mời đánh giá việc phục vụ")
    assert reader.metadata.title == title
    assert reader.trailer["/Root"]["/Lang"] == spoken(language)[0]


@pytest.mark.parametrize("size", SIZES)
def test_a_staff_sheet_cannot_be_taken_for_a_poster(size: Size, keys: Keys) -> None:
    staff = draw_posters(poster_sheets(desks(keys), "vi", size=size, staff=True))
    for text in texts(staff):
        assert "DÀNH RIÊNG CHO CÁN BỘ" in text
        assert "Treo phía sau quầy" in text
        assert "kết thúc ca" in text
        assert "Xin mời đánh giá" not in text
        assert "/s/" not in text, "the link of a staff code is not printed to be copied"
    blackness = [float(np.mean(np.asarray(page) < 128)) for page in rendered(staff, 75)]
    public = draw_posters(poster_sheets(desks(keys), "vi", size=size))
    assert blackness[0] > 1.3 * float(np.mean(np.asarray(rendered(public, 75)[0]) < 128))
    for words in ("For staff only", "end your shift"):
        english = texts(draw_posters(poster_sheets(desks(keys), "en", size=size, staff=True)))
        assert words.casefold() in english[0].casefold()


def test_wall_posters_are_upright_a4_and_tents_lie(keys: Keys) -> None:
    for size, staff, expected in (
        ("a4", False, (595, 842)),
        ("a4", True, (595, 842)),
        ("a6", False, (842, 595)),
        ("a6", True, (842, 595)),
    ):
        pdf = draw_posters(poster_sheets(desks(keys), "vi", size=size, staff=staff))  # type: ignore[arg-type]
        boxes = [page.mediabox for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
        assert {(round(box.width), round(box.height)) for box in boxes} == {expected}


@pytest.mark.parametrize(
    ("size", "staff", "pages"), [("a4", False, 5), ("a6", False, 3), ("a6", True, 2)]
)
def test_five_desks_need_no_more_paper_than_that(size: Size, staff: bool, pages: int) -> None:
    five = [desks()[0]] * 5
    assert len(texts(draw_posters(poster_sheets(five, "vi", size=size, staff=staff)))) == pages


def test_a_tent_is_free_of_ink_around_its_fold_and_its_cut() -> None:
    (page, *_) = rendered(draw_posters(poster_sheets(desks(), "both", size="a6")), 150)
    dark = np.asarray(page) < 128

    def empty(x: tuple[float, float], y: tuple[float, float]) -> bool:
        (left, right), (upper, lower) = (
            (round(a / MM_PER_INCH * 150), round(b / MM_PER_INCH * 150)) for a, b in (x, y)
        )
        return not dark[upper:lower, left:right].any()

    assert empty((8, 140), (107, 113.5))
    assert empty((8, 140), (96.5, 103))
    assert empty((150.5, 157), (112, 202))
    assert empty((140, 146.5), (112, 202))


@pytest.mark.parametrize("size", SIZES)
def test_zalo_is_named_only_where_there_is_one_with_the_code_of_the_desk(size: Size) -> None:
    assert "Zalo" not in texts(draw_posters(poster_sheets(desks(), "en", size=size)))[0]
    sheets = poster_sheets(desks(), "both", size=size, zalo="https://zalo.me/123456/")
    pages = texts(draw_posters(sheets))
    assert "Trên Zalo, xin nhắn Q1 tới zalo.me/123456" in pages[0]
    assert "On Zalo, send Q1 to zalo.me/123456" in pages[0]
    assert f"On Zalo, send Q{2 if size == 'a4' else 3} to zalo.me/123456" in pages[1]


def test_only_the_font_of_the_house_is_used_and_it_is_embedded() -> None:
    pdf = draw_posters(poster_sheets(desks(), "both"))
    fonts = {
        str(font["/BaseFont"])
        for page in pypdf.PdfReader(io.BytesIO(pdf)).pages
        for font in (entry.get_object() for entry in page["/Resources"]["/Font"].values())
    }
    assert fonts
    assert all("+BeVietnamPro-" in font for font in fonts)


def test_a_missing_font_is_an_error_not_another_font() -> None:
    template: Any = b'#set text(font: "No Such Font", fallback: false)\nQ'
    with pytest.raises(RuntimeError, match="font"):
        typeset(template, "{}", "pdf")


def test_the_font_has_every_letter_of_vietnamese() -> None:
    vowels, tones = "aăâeêioôơuưy", ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    letters = "".join(unicodedata.normalize("NFC", v + t) for v in vowels for t in tones) + "đ"
    files = list((fontpkg_be_vietnam_pro.ROOT / "files").rglob("*.?tf"))
    assert files
    for file in files:
        glyphs = TTFont(file).getBestCmap()
        assert not [c for c in letters + letters.upper() + "–·“”;%" if ord(c) not in glyphs], file


def test_names_are_printed_not_executed() -> None:
    desk = PosterDesk(
        code="Q1",
        name='#panic("x") *bold* $x$ \\ "quoted" <label>',
        unit_name="[a] // b",
        url="https://x/q/Q1",
    )
    text = texts(draw_posters(poster_sheets([desk], "en")))[0]
    assert '#panic("x") *bold* $x$ \\ "quoted" <label>' in text
    assert "[a] // b" in text


def test_no_desk_makes_no_pdf() -> None:
    with pytest.raises(ValueError, match="no desk"):
        draw_posters(poster_sheets([], "vi"))


def test_many_desks_are_drawn_in_a_process_that_gives_its_memory_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many = [desks()[0].model_copy(update={"code": f"Q{n}"}) for n in range(1, 31)]

    def not_here(*_: Any) -> list[bytes]:
        raise AssertionError("drawn in the program's own process")

    monkeypatch.setattr(module, "typeset", not_here)
    assert len(texts(draw_posters(poster_sheets(many, "vi")))) == 30


def test_the_recipe_draws_the_same_sheets_from_plain_data() -> None:
    sheets = poster_sheets(desks(), "vi", size="a6")
    pdf = draw("posters", sheets.model_dump(mode="json"), "vi")
    assert pdf.startswith(b"%PDF")
    assert media_type("posters") == PDF
    assert texts(pdf) == texts(compiled(sheets, "pdf")[0])


def test_the_picture_in_the_readme_is_small_and_shows_codes_that_decode() -> None:
    file = Path(__file__).parents[2] / "docs/images/poster.png"
    assert file.stat().st_size <= 200_000
    with Image.open(file) as picture:
        found = {each.text for each in codes(picture.convert("L"), 58)}
    assert "https://danhgia.example.vn/q/Q1" in found

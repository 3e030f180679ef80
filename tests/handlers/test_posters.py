"""Posters carry the right words and a code that opens the right page."""

import io
import itertools
import struct
import zlib

import pypdf
import pytest
import segno

from handlers.documents.posters import PosterDesk, _compiled, _data, posters
from handlers.texts import Speaker

SAY = Speaker("en", citizen="Ông/Bà")
DESKS = [
    PosterDesk("Q1", "Quầy 1 – Hộ tịch", "Đoàn phường Hải Châu", "https://danhgia.example.vn/q/Q1"),
    PosterDesk("Q2", "Quầy Đất đai", "Chi đoàn Sở Tư pháp", "http://127.0.0.1:8080/q/Q2"),
]


def pages(pdf: bytes) -> list[str]:
    """The text of every page, spaces evened out."""
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return [" ".join(page.extract_text().replace("\u200b", "").split()) for page in reader.pages]


def test_every_desk_has_its_own_a4_page_in_order() -> None:
    pdf = posters(DESKS, SAY)
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert [(round(p.mediabox.width), round(p.mediabox.height)) for p in reader.pages] == [
        (595, 842)
    ] * 2
    for desk, text in zip(DESKS, pages(pdf), strict=True):
        for words in (desk.code, desk.name, desk.unit_name, desk.url):
            assert words in text


def test_a_vietnamese_poster_says_in_vietnamese_what_to_do() -> None:
    text = pages(posters(DESKS, Speaker("vi", citizen="Ông/Bà")))[0]
    assert "Xin mời đánh giá việc phục vụ" in text
    assert "không cần đăng nhập; không ghi tên, số điện thoại" in text
    assert "PHONG TRÀO" in text
    reader = pypdf.PdfReader(io.BytesIO(posters(DESKS, Speaker("vi", citizen="Ông/Bà"))))
    assert reader.metadata is not None
    assert reader.metadata.title == "Xin mời đánh giá việc phục vụ"
    assert reader.trailer["/Root"]["/Lang"] == "vi"


def test_zalo_is_named_only_where_there_is_one() -> None:
    assert "Zalo" not in pages(posters(DESKS, SAY))[0]
    assert "send this code to 3 trách nhiệm" in pages(posters(DESKS, SAY, zalo="3 trách nhiệm"))[0]


def test_only_the_font_of_the_house_is_used_and_it_is_embedded() -> None:
    fonts = {
        str(font["/BaseFont"])
        for page in pypdf.PdfReader(io.BytesIO(posters(DESKS, SAY))).pages
        for font in (entry.get_object() for entry in page["/Resources"]["/Font"].values())
    }
    assert fonts
    assert all("+BeVietnamPro-" in font for font in fonts)


def test_the_longest_names_still_fit_on_one_page() -> None:
    long = PosterDesk(
        "W" * 15 + "1", "QUẦY Ộ " * 28, "ĐOÀN Ự " * 28, "https://x.example/" + "w" * 150
    )
    assert len(pages(posters([long], SAY, zalo="Ộ" * 60))) == 1


def test_names_are_printed_not_executed() -> None:
    desk = PosterDesk(
        "Q1", '#panic("x") *bold* $x$ \\ "quoted" <label>', "[a] // b", "https://x/q/Q1"
    )
    text = pages(posters([desk], SAY))[0]
    assert '#panic("x") *bold* $x$ \\ "quoted" <label>' in text
    assert "[a] // b" in text


def test_no_desk_makes_no_pdf() -> None:
    with pytest.raises(ValueError, match="no desk"):
        posters([], SAY)


def test_the_printed_code_opens_the_address_of_the_desk() -> None:
    pictures = _compiled(_data(DESKS, SAY, ""), "png", ppi=72)
    for desk, picture in zip(DESKS, pictures, strict=True):
        expected = [list(map(bool, row)) for row in segno.make_qr(desk.url, error="m").matrix]
        assert printed_code(picture, len(expected)) == expected


def test_the_code_withstands_dirt() -> None:
    for desk in DESKS:
        assert segno.make_qr(desk.url, error="m").error in {"M", "Q", "H"}


def printed_code(png: bytes, modules: int) -> list[list[bool]]:
    """Find the QR code on the page by the frames of its upper corners, then read every module."""
    dark = dark_pixels(png)
    for y, row in enumerate(dark):
        wide = [(x, end) for x, end in runs_of(row) if end - x > 30]  # wider than any letter
        if len(wide) < 2:
            continue
        (left, after), *_, (before, right) = wide
        step = (right - left) / modules
        if abs(after - left - 7 * step) < 2 and abs(right - before - 7 * step) < 2:
            return [
                [
                    dark[int(y + (down + 0.5) * step)][int(left + (across + 0.5) * step)]
                    for across in range(modules)
                ]
                for down in range(modules)
            ]
    raise AssertionError("no code on the page")


def runs_of(row: list[bool]) -> list[tuple[int, int]]:
    """The dark stretches of a row of pixels, from and to."""
    edges = [x for x in range(1, len(row)) if row[x] != row[x - 1]]
    return [(x, end) for x, end in itertools.pairwise(edges) if row[x]]


def dark_pixels(png: bytes) -> list[list[bool]]:
    """A small PNG reader: 8 bits a channel, not interlaced (ISO/IEC 15948, clause 9)."""
    width, height, depth, colour = struct.unpack(">IIBB", png[16:26])
    channels = {2: 3, 6: 4}[colour]
    assert depth == 8
    data, at = b"", 8
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        data += png[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += 12 + length
    raw, stride = zlib.decompress(data), width * channels
    above, dark = bytearray(stride), []
    for y in range(height):
        method = raw[y * (stride + 1)]
        line = bytearray(raw[y * (stride + 1) + 1 : (y + 1) * (stride + 1)])
        unfilter(method, line, above, channels)
        dark.append([line[x] < 128 for x in range(0, stride, channels)])
        above = line
    return dark


def unfilter(method: int, line: bytearray, above: bytearray, step: int) -> None:
    for x in range(len(line)):
        left = line[x - step] if x >= step else 0
        corner = above[x - step] if x >= step else 0
        up = above[x]
        nearest = min((left, up, corner), key=lambda each: abs(left + up - corner - each))
        line[x] = (line[x] + (0, left, up, (left + up) // 2, nearest)[method]) % 256

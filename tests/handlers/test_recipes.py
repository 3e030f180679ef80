"""Pictures and workbooks: readable, complete in Vietnamese, small enough, clear about bad data."""

import io
import struct
import subprocess
import sys
import unicodedata
import warnings
from typing import Any

import pytest
from openpyxl import load_workbook

from docs.report_picture import report
from handlers.documents.canvas import Canvas
from handlers.documents.digest_chart import DigestChart
from handlers.documents.posters import PosterDesk, poster_sheets
from handlers.documents.recipes import PNG, RECIPES, XLSX, RecipeError, draw, media_type
from handlers.reports.document import document_data

CHART: dict[str, Any] = {
    "title": "Bản tin tuần 47 – Chi đoàn Sở Nội vụ",
    "week": "16/11 – 22/11/2026",
    "levels": {"1": 1, "2": 2, "3": 5, "4": 18, "5": 31},
    "suppressed_text": "Chưa đủ 5 lượt đánh giá nên không hiển thị điểm.",
    "level_names": [
        "Rất hài lòng",
        "Hài lòng",
        "Bình thường",
        "Không hài lòng",
        "Rất không hài lòng",
    ],
    "satisfied": [["T43", 0.81], ["T44", 0.84], ["T45", None], ["T46", 0.88], ["T47", 0.86]],
    "satisfied_title": "Tỷ lệ hài lòng, năm tuần",
    "pledges": [["Với công việc", 41, 9, 3, 4], ["Với nhân dân", 0, 0, 0, 0]],
    "pledge_names": ["Đã làm", "Một phần", "Chưa làm được", "Chưa báo cáo"],
    "pledges_title": "Cam kết theo ba trách nhiệm",
}
CALENDAR: dict[str, Any] = {
    "title": "Tháng 11/2026",
    "weekday_names": ["T2", "T3", "T4", "T5", "T6", "T7", "CN"],
    "first": "2026-11-01",
    "today": "2026-11-16",
    "days": {"2": "done", "3": "partly", "4": "not_done", "5": "late", "6": "missed", "7": "off"},
    "legend": [["done", "Đã làm"], ["partly", "Một phần"], ["off", "Ngày nghỉ"]],
    "footer": "Bạn đã ghi nhận đều 8 ngày làm việc. Rất đáng khen!",
}
SHEET: dict[str, Any] = {
    "sheets": [
        {"name": "Đánh giá", "columns": ["Mức", "Số lượt"], "rows": [["Rất hài lòng", 31]]},
        {"name": "Cam kết", "columns": ["Trách nhiệm", "Đã làm"], "rows": [["=1+1", None]]},
    ]
}
PANEL: dict[str, Any] = {
    "name": "Được lòng dân",
    "points": 91.4,
    "indicators": [["Lượt đánh giá hài lòng", 0.863], ["Góp ý đã trả lời", None]],
}
CARD: dict[str, Any] = {
    "title": "Thành Đoàn Hương Sen",
    "week": "Tuần 47, 16/11–22/11/2026",
    "keys": [["86%", "người dân hài lòng (430 lượt)"], ["70/75", "đơn vị có hoạt động"]],
    "panels": [PANEL, PANEL, PANEL, {**PANEL, "points": None}],
    "of_hundred": "/100",
    "nothing": "Chưa có số liệu",
    "note": "Tính từ số liệu của chương trình này (bộ chỉ tiêu phiên bản 1).",
}
ROLLUP_TABLE: dict[str, Any] = {
    "name": "Đơn vị",
    "columns": [["Mã", "text"], ["Đơn vị", "text"], ["Hài lòng", "share"], ["Đoàn viên", "number"]],
    "rows": [["C1", "=Chi đoàn 1", 0.86, 40], ["C2", "Chi đoàn 2", None, 12]],
    "held": 2,
    "note": "Ô để trống là không hiển thị.",
}
ROLLUP_SHEET: dict[str, Any] = {"title": "Bản tin tuần 47", "tables": [ROLLUP_TABLE]}
POSTERS: dict[str, Any] = poster_sheets(
    [PosterDesk(code="Q1", name="Quầy 1", unit_name="C1", url="https://x.example/q/Q1")]
).model_dump(mode="json")
WORDS: dict[str, Any] = {"lines": ["# chú thích", "I. TÌNH HÌNH CHUNG", "Tốt."]}
REPORT_SHEET: dict[str, Any] = {
    "sheets": [
        {
            "name": "Số liệu",
            "columns": ["Nội dung", "Kỳ này", "Tỷ lệ"],
            "percent": [2],
            "rows": [["=1+1", 3, 0.5], ["Việc", None, None]],
            "chart": {"title": "Cam kết", "names": 0, "series": [1]},
        }
    ]
}
EVERY = {
    "report": document_data(report()),
    "report_sheet": REPORT_SHEET,
    "report_words": WORDS,
    "report_text": WORDS,
    "posters": POSTERS,
    "rollup_card": CARD,
    "rollup_sheet": ROLLUP_SHEET,
    "digest_chart": CHART,
    "month_calendar": CALENDAR,
    "digest_sheet": SHEET,
}


def vietnamese() -> str:
    """Every letter of Vietnamese: each vowel under each tone, and đ, small and large."""
    vowels, tones = "aăâeêioôơuưy", ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    letters = [unicodedata.normalize("NFC", v + tone) for v in vowels for tone in tones] + ["đ"]
    return "".join(letters) + "".join(letters).upper()


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def test_every_recipe_has_a_sample_here() -> None:
    assert set(EVERY) == set(RECIPES)


@pytest.mark.parametrize("recipe", ["digest_chart", "month_calendar", "rollup_card"])
def test_a_picture_is_large_enough_for_a_phone_and_light_enough_to_send(recipe: str) -> None:
    picture = draw(recipe, EVERY[recipe], "vi")
    assert size_of(picture) == (1080, 1080)
    assert len(picture) <= 200_000
    assert media_type(recipe) == PNG


@pytest.mark.parametrize("recipe", ["digest_chart", "month_calendar"])
def test_no_vietnamese_letter_is_missing_in_either_weight(
    recipe: str, caplog: pytest.LogCaptureFixture
) -> None:
    title, name = ("title", "pledges_title") if recipe == "digest_chart" else ("title", "footer")
    letters = vietnamese()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for start in range(0, len(letters), 12):
            piece = letters[start : start + 12]
            legend = {"legend": [["done", piece]]} if recipe == "month_calendar" else {}
            draw(recipe, {**EVERY[recipe], title: piece, name: piece, **legend}, "vi")
        canvas = Canvas(100, 100)
        for weight in ("regular", "bold"):
            canvas.text(0, 50, letters + "–·“”…₫✓", 10, weight=weight)  # type: ignore[arg-type]
        canvas.png()
    assert caplog.records == []


def test_below_k_the_sentence_stands_where_the_scores_would(monkeypatch: Any) -> None:
    said = texts_of(monkeypatch, "digest_chart", {**CHART, "levels": None})
    assert "Chưa đủ 5 lượt đánh giá nên không hiển thị điểm." in " ".join(said)
    assert "31" not in said
    assert "Rất hài lòng" not in said


def test_the_chart_labels_every_figure_itself(monkeypatch: Any) -> None:
    said = texts_of(monkeypatch, "digest_chart", CHART)
    for figure in ("31", "18", "5", "2", "1", "81%", "84%", "88%", "86%", "41", "9", "3", "4"):
        assert figure in said, figure
    assert said.count("–") == 2  # a week without enough ratings, an axis without pledges
    assert "Chưa đủ" not in " ".join(said)


def test_the_month_has_all_its_days_and_no_other(monkeypatch: Any) -> None:
    february = {**CALENDAR, "first": "2028-02-01", "today": "2028-02-29", "days": {}}
    said = texts_of(monkeypatch, "month_calendar", february)
    assert [each for each in said if each.isdigit()] == [str(day) for day in range(1, 30)]


def texts_of(monkeypatch: Any, recipe: str, data: dict[str, Any]) -> list[str]:
    said: list[str] = []
    real = Canvas.text

    def noting(self: Canvas, x: float, y: float, text: str, *rest: Any, **more: Any) -> None:
        said.append(text)
        real(self, x, y, text, *rest, **more)

    monkeypatch.setattr(Canvas, "text", noting)
    draw(recipe, data, "vi")
    return said


def test_no_text_leaves_the_picture(monkeypatch: Any) -> None:
    long = "Trung tâm Phục vụ hành chính công và Kiểm soát thủ tục hành chính " * 3
    ends: list[float] = []
    real = Canvas.text

    def noting(self: Canvas, x: float, y: float, text: str, size: float, *a: Any, **m: Any) -> None:
        wide = self.width_of(text, size, m.get("weight", "regular"))
        share = {"left": 1.0, "center": 0.5, "right": 0.0}[m.get("align", "left")]
        ends.extend([x + wide * share, y])
        real(self, x, y, text, size, *a, **m)

    monkeypatch.setattr(Canvas, "text", noting)
    pledges = [[long, 900, 80, 7, 1]] * 6
    names = [long] * 5
    draw("digest_chart", {**CHART, "title": long, "week": long, "pledges": pledges})
    draw("digest_chart", {**CHART, "level_names": names, "satisfied_title": long})
    draw("digest_chart", {**CHART, "pledge_names": [long] * 4, "satisfied": [[long, 1.0]] * 5})
    legend = [["done", long], ["off", "Ngày nghỉ"]]
    draw("month_calendar", {**CALENDAR, "title": long, "footer": long, "legend": legend})
    draw("month_calendar", {**CALENDAR, "weekday_names": [long] * 7})
    panel = {"name": long, "points": 100.0, "indicators": [[long, 1.0]] * 4}
    named = {"title": long, "week": long, "note": long, "nothing": long}
    draw("rollup_card", {**CARD, **named, "keys": [[long, long]] * 3, "panels": [panel] * 4})
    assert max(ends) <= 1080


def test_a_dollar_sign_is_text_not_a_formula() -> None:
    draw("month_calendar", {**CALENDAR, "footer": r"100$ \frac 200$"})


def test_the_workbook_has_a_sheet_for_each_table_and_nothing_that_calculates() -> None:
    book = load_workbook(io.BytesIO(draw("digest_sheet", SHEET, "vi")))
    assert book.sheetnames == ["Đánh giá", "Cam kết"]
    assert [[cell.value for cell in row] for row in book["Đánh giá"].rows] == [
        ["Mức", "Số lượt"],
        ["Rất hài lòng", 31],
    ]
    assert book["Cam kết"]["A2"].value == "'=1+1"
    assert book["Cam kết"]["A2"].data_type == "s"
    assert media_type("digest_sheet") == XLSX


def test_the_four_sides_label_every_figure_and_what_there_is_none_of(monkeypatch: Any) -> None:
    said = texts_of(monkeypatch, "rollup_card", CARD)
    for figure in ("86%", "70/75", "91", "/100", "Được lòng dân", "Chưa có số liệu"):
        assert figure in said, figure
    assert said.count("–") == 3  # of the panels that are counted, an indicator without anything


def test_the_roll_up_is_a_workbook_of_numbers_with_its_header_in_view() -> None:
    book = load_workbook(io.BytesIO(draw("rollup_sheet", ROLLUP_SHEET, "vi")))
    sheet = book["Đơn vị"]
    assert sheet.freeze_panes == "C2"
    assert [cell.value for cell in sheet[2]] == ["C1", "'=Chi đoàn 1", 0.86, 40]
    assert (sheet["C2"].number_format, sheet["C3"].value) == ("0%", None)
    assert sheet.auto_filter.ref == "A1:D3"


def test_an_unknown_recipe_is_named() -> None:
    with pytest.raises(RecipeError, match="no recipe 'rainbow'"):
        draw("rainbow", {}, "vi")


@pytest.mark.parametrize(
    ("recipe", "change", "where"),
    [
        ("digest_chart", {"levels": {"6": 1}}, "levels"),
        ("digest_chart", {"satisfied": [["T1", 86]]}, "satisfied.0.1"),
        ("digest_chart", {"level_names": ["a"]}, "level_names"),
        ("digest_chart", {"title": None}, "title"),
        ("month_calendar", {"days": {"2": "secret word"}}, "days.2"),
        ("month_calendar", {"days": {"32": "done"}}, "days.32"),
        ("rollup_card", {"panels": [PANEL] * 3}, "panels"),
        ("rollup_card", {"panels": [PANEL] * 3 + [{**PANEL, "points": 101}]}, "panels.3.points"),
        ("rollup_sheet", {"tables": [{**ROLLUP_TABLE, "rows": [["secret"]]}]}, "tables.0"),
        ("digest_sheet", {"sheets": []}, "sheets"),
        ("digest_sheet", {"sheets": [{"name": "a", "columns": ["b"], "rows": [[]]}]}, "sheets.0"),
    ],
)
def test_bad_data_is_refused_by_the_place_of_the_mistake_without_quoting_it(
    recipe: str, change: dict[str, Any], where: str
) -> None:
    with pytest.raises(RecipeError, match=rf"^{recipe}: {where}") as caught:
        draw(recipe, {**EVERY[recipe], **change}, "vi")
    assert "secret" not in str(caught.value)


def test_data_that_came_through_the_outbox_is_the_same_data() -> None:
    checked = DigestChart.model_validate(CHART)
    assert DigestChart.model_validate(checked.model_dump(mode="json")) == checked


def test_the_drawing_library_is_loaded_by_the_first_picture_not_before() -> None:
    code = (
        "import sys, handlers.documents.recipes\n"
        "assert not {'matplotlib', 'xlsxwriter'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

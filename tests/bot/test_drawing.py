"""Drawing where messages are delivered: once, one at a time, and words where it fails."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

import bot.drawing
from bot.drawing import Drawing
from handlers.messages import Document, Picture, Text, reply
from tests.handlers.test_recipes import CALENDAR, CHART, SHEET

CHART_PICTURE = Picture(recipe="digest_chart", data=CHART, alt="31 of 57 very satisfied")
MONTH = Picture(recipe="month_calendar", data=CALENDAR, alt="November: 8 days in a row")
SHEET_FILE = Document(recipe="digest_sheet", data=SHEET, name="tuan-47.xlsx")
UNKNOWN = Picture(recipe="rainbow", data={"name": "secret word"}, alt="A rainbow")


class Counting:
    """Stands in for draw: counts, and notices two at a time."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.at_once = self.most_at_once = 0
        self._lock = threading.Lock()

    def __call__(self, recipe: str, data: Any, language: str) -> bytes:
        with self._lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            self.calls.append(recipe)
        threading.Event().wait(0.02)
        with self._lock:
            self.at_once -= 1
        return b"x" * 1000


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Counting:
    stand_in = Counting()
    monkeypatch.setattr(bot.drawing, "draw", stand_in)
    return stand_in


async def test_one_is_drawn_at_a_time_and_the_same_is_drawn_once(counting: Counting) -> None:
    drawing = Drawing()
    made = await asyncio.gather(
        *(drawing.drawn(each) for each in (CHART_PICTURE, MONTH, CHART_PICTURE, SHEET_FILE, MONTH))
    )
    assert all(each is not None and each.content for each in made)
    assert sorted(counting.calls) == ["digest_chart", "digest_sheet", "month_calendar"]
    assert counting.most_at_once == 1


async def test_another_language_is_another_picture(counting: Counting) -> None:
    drawing = Drawing()
    await drawing.drawn(CHART_PICTURE, "vi")
    await drawing.drawn(CHART_PICTURE, "en")
    assert len(counting.calls) == 2


async def test_only_so_much_is_kept_and_the_oldest_goes_first(counting: Counting) -> None:
    drawing = Drawing(keeps=2000)
    for each in (CHART_PICTURE, MONTH, CHART_PICTURE, SHEET_FILE, CHART_PICTURE, MONTH):
        await drawing.drawn(each)
    assert counting.calls == ["digest_chart", "month_calendar", "digest_sheet", "month_calendar"]


async def test_the_loop_goes_on_while_a_picture_is_drawn(counting: Counting) -> None:
    drawing, ticks = asyncio.create_task(Drawing().drawn(MONTH)), 0
    while not drawing.done():
        await asyncio.sleep(0.001)
        ticks += 1
    assert ticks > 3


async def test_what_cannot_be_drawn_is_said_in_words_and_logged_without_its_data(
    logged: Callable[[], str],
) -> None:
    broken = Document(recipe="digest_sheet", data={"sheets": ["secret word"]}, name="tuan-47.xlsx")
    answer, drawn = await Drawing().of(reply(Text(text="Hello"), UNKNOWN, broken, MONTH), "en")
    assert answer.parts[0] == Text(text="Hello")
    assert answer.parts[1] == Text(text="A rainbow")
    assert "tuan-47.xlsx" in answer.parts[2].text  # type: ignore[union-attr]
    assert list(drawn) == [3]
    assert drawn[3].content.startswith(b"\x89PNG")
    assert "no recipe 'rainbow'" in logged()
    assert "digest_sheet: sheets.0" in logged()
    assert "secret word" not in logged()


async def test_a_page_leaves_files_until_they_are_asked_for() -> None:
    answer, drawn = await Drawing().of(reply(SHEET_FILE, MONTH), files=False)
    assert answer.parts == (SHEET_FILE, MONTH)
    assert list(drawn) == [1]

"""A member's month as a picture: every day its colour and its sign, today ringed."""

from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from handlers.documents.canvas import (
    BRAND,
    CARD,
    DEEP,
    FAIR,
    GOLD,
    INK,
    LINE,
    NEUTRAL,
    SOFT,
    STRONG,
    TINT,
    WARM,
    Canvas,
    Weight,
    head,
)

_SIZE = 1080
_EDGE = 36
_GAP = 10
_CELLS = {  # the ground behind a day's sign
    "done": "#dbe8f8",
    "late": "#dbe8f8",
    "partly": TINT,
    "not_done": "#fbeedb",
    "pledged": CARD,
    "missed": CARD,
    "off": "#e9edf3",
    "": CARD,
}

State = Literal["done", "partly", "not_done", "pledged", "missed", "off", "late", ""]


class MonthCalendar(BaseModel):
    """What the calendar is drawn from: states by day of the month, legend in the order to show.

    `first` is the first of the month, `weekday_names` from Monday on.
    """

    title: str
    weekday_names: Annotated[list[str], Field(min_length=7, max_length=7)]
    first: date
    today: date
    days: dict[Annotated[int, Field(ge=1, le=31)], State]
    legend: Annotated[list[tuple[State, str]], Field(max_length=8)]
    footer: str


def draw_month_calendar(data: MonthCalendar, _language: str) -> bytes:
    """A square PNG, large enough to be read on a phone."""
    canvas = Canvas(_SIZE, _SIZE)
    top = head(canvas, data.title) + 16
    foot = _footer(canvas, data.footer)
    foot = _legend(canvas, data.legend, foot)
    days = _days(data.first)
    weeks = (data.first.weekday() + len(days) + 6) // 7
    wide = (_SIZE - 2 * _EDGE - 6 * _GAP) / 7
    size = canvas.fitting_size(data.weekday_names, 28, wide - 6)
    for column, name in enumerate(data.weekday_names):
        x = _EDGE + column * (wide + _GAP) + wide / 2
        canvas.text(x, top + 20, canvas.line(name, size, wide), size, SOFT, align="center")
    top += 46
    high = (foot - top - (weeks - 1) * _GAP) / weeks
    for day in days:
        place = data.first.weekday() + day.day - 1
        x = _EDGE + place % 7 * (wide + _GAP)
        y = top + place // 7 * (high + _GAP)
        _day(canvas, day, data, (x, y, wide, high))
    return canvas.png()


def _days(first: date) -> list[date]:
    first = first.replace(day=1)
    return [each for n in range(31) if (each := first + timedelta(days=n)).month == first.month]


def _day(
    canvas: Canvas, day: date, data: MonthCalendar, place: tuple[float, float, float, float]
) -> None:
    x, y, wide, high = place
    state, today = data.days.get(day.day, ""), day == data.today
    canvas.box(
        x,
        y,
        wide,
        high,
        _CELLS[state],
        round_by=14,
        edge=BRAND if today else (LINE if _CELLS[state] == CARD else None),
        edge_width=6 if today else 1.5,
    )
    colour = BRAND if today else (SOFT if state in {"off", ""} else INK)
    weight: Weight = "bold" if today else "regular"
    canvas.text(x + 14, y + 26, str(day.day), 27, colour, weight=weight)
    _sign(canvas, state, x + wide / 2 + 22, y + high / 2 + 10, min(high * 0.29, 30))


def _sign(canvas: Canvas, state: str, x: float, y: float, r: float) -> None:
    """A sign that tells the state without its colour; (x, y) is its middle, r its radius."""
    thick = r * 0.22
    match state:
        case "done":
            canvas.circle(x, y, r, STRONG)
            _tick(canvas, x, y, r, CARD)
        case "late":
            canvas.circle(x, y, r - thick / 2, CARD, edge=STRONG, width=thick)
            _tick(canvas, x, y, r * 0.86, STRONG)
        case "partly":
            canvas.lower_half(x, y, r - thick / 2, FAIR)
            canvas.circle(x, y, r - thick / 2, "none", edge=STRONG, width=thick)
        case "not_done":
            canvas.circle(x, y, r - thick / 2, CARD, edge=WARM, width=thick)
            canvas.stroke([(x - r * 0.4, y), (x + r * 0.4, y)], DEEP, thick)
        case "pledged":
            canvas.circle(x, y, r - thick / 2, CARD, edge=GOLD, width=thick)
            canvas.circle(x, y, r * 0.25, GOLD)
        case "missed":
            canvas.circle(x, y, r * 0.3, NEUTRAL)
        case "off":
            canvas.stroke([(x - r * 0.6, y), (x + r * 0.6, y)], NEUTRAL, thick * 1.4, dotted=True)


def _tick(canvas: Canvas, x: float, y: float, r: float, colour: str) -> None:
    points = [(x - r * 0.46, y + r * 0.04), (x - r * 0.1, y + r * 0.4), (x + r * 0.5, y - r * 0.36)]
    canvas.stroke(points, colour, r * 0.24)


def _footer(canvas: Canvas, text: str) -> float:
    """The line about the streak, at the very bottom; returns where it begins."""
    lines = canvas.lines(text, 31, _SIZE - 2 * _EDGE - 48, 2, "bold")
    if not lines:
        return _SIZE - 24.0
    high = 34 + 42 * len(lines)
    top = _SIZE - 28 - high
    canvas.box(_EDGE, top, _SIZE - 2 * _EDGE, high, CARD, round_by=18)
    y = top + 38
    for line in lines:
        canvas.text(_SIZE / 2, y, line, 31, BRAND, weight="bold", align="center")
        y += 42
    return top - 14.0


def _legend(canvas: Canvas, legend: list[tuple[State, str]], bottom: float) -> float:
    """The signs and what they mean, above `bottom`, as few lines as they need; its top."""
    size, room, x = 25, _SIZE - 2 * _EDGE, 0.0
    rows: list[list[tuple[State, str]]] = [[]]
    for state, name in ((state, canvas.line(name, size, room - 44)) for state, name in legend):
        wide = 44 + canvas.width_of(name, size) + 28
        if rows[-1] and x + wide - 28 > room:
            rows.append([])
            x = 0.0
        rows[-1].append((state, name))
        x += wide
    top = bottom - 44 * len(rows) if legend else bottom
    for number, row in enumerate(rows):
        x, y = float(_EDGE), top + 44 * number + 22
        for state, name in row:
            _sign(canvas, state, x + 16, y, 16)
            canvas.text(x + 44, y, name, size, SOFT)
            x += 44 + canvas.width_of(name, size) + 28
    return top - 14.0

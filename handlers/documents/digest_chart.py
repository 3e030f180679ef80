"""The digest's picture: how satisfied citizens were, five weeks of it, and what was pledged."""

from typing import Annotated

from pydantic import BaseModel, Field

from handlers.documents.canvas import (
    CARD,
    DEEP,
    FAIR,
    INK,
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
_EDGE, _PAD = 36, 30  # around the cards, inside them
_SMALL, _NORMAL = 27, 30
_LEVELS = {5: STRONG, 4: FAIR, 3: NEUTRAL, 2: WARM, 1: DEEP}
_OUTCOMES = ((STRONG, "#ffffff"), (FAIR, INK), (WARM, INK), ("#dfe5ee", INK))

Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]


class PledgeBars(BaseModel):
    """Pledges by responsibility: (axis, done, partly, not done, open), whose names are there."""

    pledges: Annotated[list[tuple[str, Count, Count, Count, Count]], Field(max_length=6)]
    pledge_names: Annotated[list[str], Field(min_length=4, max_length=4)]
    pledges_title: str


class DigestChart(PledgeBars):
    """What the chart is drawn from.

    `levels` by level, None below k: then `suppressed_text` says so. `left_out`: what is not in them.
    `level_names` from 5 to 1.
    `satisfied`: (label, share or None) of five weeks, oldest first. All but `levels` is text to
    read.
    """

    title: str
    week: str
    levels: dict[Annotated[int, Field(ge=1, le=5)], Count] | None
    levels_title: str = ""
    left_out: str = ""
    suppressed_text: str
    level_names: Annotated[list[str], Field(min_length=5, max_length=5)]
    satisfied: Annotated[list[tuple[str, Share | None]], Field(max_length=8)]
    satisfied_title: str


def draw_digest_chart(data: DigestChart, language: str) -> bytes:
    """A square PNG, large enough to be read on a phone."""
    canvas = Canvas(_SIZE, _SIZE)
    top = head(canvas, data.title, data.week) + 24
    rows = max(1, len(data.pledges))
    free = _SIZE - _EDGE - top - 2 * 20
    pledges = free * (0.365 if rows <= 3 else 0.46)
    levels = (free - pledges) * 0.55
    satisfied = free - pledges - levels
    for height, draw in ((levels, _levels), (satisfied, _satisfied), (pledges, pledge_bars)):
        canvas.box(_EDGE, top, _SIZE - 2 * _EDGE, height, CARD, round_by=22)
        draw(canvas, data, language, top, height)
        top += height + 20
    return canvas.png()


def _heading(canvas: Canvas, text: str, top: float) -> float:
    """A card's heading, if it has one; returns where its content begins."""
    if not text:
        return top + 18
    room = _SIZE - 2 * (_EDGE + _PAD)
    size = canvas.fitting_size([text], 31, room, "bold")
    line = canvas.line(text, size, room, "bold")
    canvas.text(_EDGE + _PAD, top + 38, line, size, weight="bold")
    return top + 64


def _left_out(canvas: Canvas, text: str, top: float) -> float:
    """Which ratings are not among them, in one line below the heading; where the rest begins."""
    if not text:
        return top
    room = _SIZE - 2 * (_EDGE + _PAD)
    size = canvas.fitting_size([text], 25, room * 0.96)
    canvas.text(_EDGE + _PAD, top + 8, canvas.line(text, size, room), size, SOFT)
    return top + 28


def _levels(canvas: Canvas, data: DigestChart, language: str, top: float, height: float) -> None:
    start = _left_out(canvas, data.left_out, _heading(canvas, data.levels_title, top))
    if data.levels is None:
        _said(canvas, data.suppressed_text, start, top + height)
        return
    size = canvas.fitting_size(data.level_names, _NORMAL, 330)
    said = [canvas.line(name, size, 330) for name in data.level_names]
    names = dict(zip((5, 4, 3, 2, 1), said, strict=True))
    left = _EDGE + _PAD + max(canvas.width_of(name, size) for name in names.values()) + 24
    room = _SIZE - _EDGE - _PAD - left - 84
    most = max(*data.levels.values(), 1) if data.levels else 1
    step = (top + height - 18 - start) / 5
    for index, (level, name) in enumerate(names.items()):
        middle, count = start + step * (index + 0.5), data.levels.get(level, 0)
        canvas.text(_EDGE + _PAD, middle, name, size)
        long, thick = max(4.0, room * count / most), min(step * 0.62, 34)
        canvas.box(left, middle - thick / 2, long, thick, _LEVELS[level], round_by=6)
        canvas.text(left + long + 14, middle, _number(count, language), _NORMAL, weight="bold")


def _said(canvas: Canvas, text: str, top: float, bottom: float) -> None:
    """A sentence in place of figures, in the middle."""
    lines = canvas.lines(text, 32, _SIZE - 2 * (_EDGE + _PAD) - 60, 3)
    y = (top + bottom) / 2 - 23 * (len(lines) - 1)
    for line in lines:
        canvas.text(_SIZE / 2, y, line, 32, SOFT, align="center")
        y += 46


def _satisfied(
    canvas: Canvas, data: DigestChart, _language: str, top: float, height: float
) -> None:
    start = _heading(canvas, data.satisfied_title, top) + 44
    foot = top + height - 54
    step = (_SIZE - 2 * (_EDGE + _PAD)) / max(1, len(data.satisfied))
    for index, (label, share) in enumerate(data.satisfied):
        middle = _EDGE + _PAD + step * (index + 0.5)
        _week(canvas, label, share, (middle, start, foot, step), index == len(data.satisfied) - 1)


def _week(
    canvas: Canvas,
    label: str,
    share: float | None,
    place: tuple[float, float, float, float],
    last: bool,
) -> None:
    """A column filled up to the share, out of the whole; the share above, the week below."""
    middle, start, foot, step = place
    weight: Weight = "bold" if last else "regular"
    wide, high = min(step * 0.66, 130), (foot - start) * (share or 0)
    canvas.box(middle - wide / 2, start, wide, foot - start, TINT)
    canvas.box(middle - wide / 2, foot - high, wide, high, STRONG if last else FAIR)
    said, size = ("–", _NORMAL) if share is None else (f"{share:.0%}", 34 if last else _NORMAL)
    canvas.text(middle, start - 22, said, size, INK, weight=weight, align="center")
    ink, label = INK if last else SOFT, canvas.line(label, _SMALL, step - 8, weight)
    canvas.text(middle, foot + 28, label, _SMALL, ink, weight=weight, align="center")


def pledge_bars(canvas: Canvas, data: PledgeBars, language: str, top: float, height: float) -> None:
    """A card's bars, 1080 pixels wide with its edges."""
    start = _legend(canvas, data.pledge_names, _heading(canvas, data.pledges_title, top))
    left, room = _EDGE + _PAD, _SIZE - 2 * (_EDGE + _PAD)
    size = canvas.fitting_size([name for name, *_ in data.pledges], _NORMAL, 300)
    widest = max((canvas.width_of(name, size) for name, *_ in data.pledges), default=0)
    bar = left + min(widest, 330) + 22
    most = max((sum(counts) for _, *counts in data.pledges), default=0) or 1
    step = (top + height - 20 - start) / max(1, len(data.pledges))
    for index, (name, *counts) in enumerate(data.pledges):
        middle, thick = start + step * (index + 0.5), min(step * 0.72, 52)
        canvas.text(left, middle, canvas.line(name, size, 330), size)
        total = sum(counts)
        if total == 0:
            canvas.text(bar, middle, "–", _NORMAL, SOFT)
            continue
        _stack(canvas, counts, language, (bar, middle, (left + room - bar) * total / most, thick))


def _stack(
    canvas: Canvas, counts: list[int], language: str, place: tuple[float, float, float, float]
) -> None:
    """One bar of done, partly, not done, open, each with its number in it."""
    x, middle, room, thick = place
    said = [_number(count, language) for count in counts]
    least = [canvas.width_of(each, _SMALL, "bold") + 18 for each in said]
    for count, text, wide, (fill, ink) in zip(
        counts, said, _widths(counts, least, room), _OUTCOMES, strict=True
    ):
        if count == 0:
            continue
        canvas.box(x, middle - thick / 2, wide - 3, thick, fill)
        canvas.text(x + (wide - 3) / 2, middle, text, _SMALL, ink, weight="bold", align="center")
        x += wide


def _widths(counts: list[int], least: list[float], room: float) -> list[float]:
    """Shares of the room, none too narrow for its number: the widest gives what that takes."""
    natural = [room * count / sum(counts) for count in counts]
    widths = [
        max(wide, small) if count else 0.0
        for wide, small, count in zip(natural, least, counts, strict=True)
    ]
    widest = widths.index(max(widths))
    widths[widest] = max(least[widest], widths[widest] - (sum(widths) - room))
    return widths


def _legend(canvas: Canvas, names: list[str], top: float) -> float:
    """What the colours mean, in one line; returns where it ends."""
    room, mark, gap = (_SIZE - 2 * (_EDGE + _PAD)) / 4, 36, 30
    size: float = _SMALL
    while size > 18 and sum(canvas.width_of(each, size) + mark + gap for each in names) > room * 4:
        size -= 1
    x, y = float(_EDGE + _PAD), top + 20
    for name, (fill, _) in zip(names, _OUTCOMES, strict=True):
        said = canvas.line(name, size, room * 1.3 - mark if size > 18 else room - mark - gap)
        canvas.box(x, y - 12, 24, 24, fill, round_by=4)
        canvas.text(x + mark, y, said, size, SOFT)
        x += mark + canvas.width_of(said, size) + gap
    return y + 22


def _number(count: int, language: str) -> str:
    from babel.numbers import format_decimal

    return format_decimal(count, locale=language)

"""The roll-up's picture: the figures of the whole, and the four sides with what each is made of."""

from typing import Annotated

from pydantic import BaseModel, Field

from handlers.documents.canvas import CARD, FAIR, INK, SOFT, STRONG, TINT, Canvas, head

_SIZE = 1080
_EDGE, _GAP, _PAD = 36, 20, 28
_KEY = 128  # height of the strip of key figures
_FOOT, _LINE = 58, 32  # below the sides; each further line there

Share = Annotated[float, Field(ge=0, le=1)]
Label = Annotated[str, Field(min_length=1)]


class PanelCard(BaseModel):
    """One side: `points` of 100, None where nothing is there; indicators as (label, share)."""

    name: Label
    points: Annotated[float, Field(ge=0, le=100)] | None
    indicators: Annotated[list[tuple[Label, Share | None]], Field(max_length=4)]


class RollupCard(BaseModel):
    """What the picture is drawn from. `keys`: (figure, what it is), at most three.
    `left_out`: which ratings are not counted."""

    title: str
    week: str
    keys: Annotated[list[tuple[Label, Label]], Field(max_length=3)]
    panels: Annotated[list[PanelCard], Field(min_length=4, max_length=4)]
    of_hundred: str
    nothing: str
    note: str
    left_out: str = ""


def draw_rollup_card(data: RollupCard, _language: str) -> bytes:
    """A square PNG, large enough to be read on a phone."""
    canvas = Canvas(_SIZE, _SIZE)
    top = head(canvas, data.title, data.week) + _GAP
    if data.keys:
        _keys(canvas, data.keys, top)
        top += _KEY + _GAP
    wide = (_SIZE - 2 * _EDGE - _GAP) / 2
    foot = [data.note, *([data.left_out] if data.left_out else [])]
    high = (_SIZE - _FOOT - _LINE * (len(foot) - 1) - top - _GAP) / 2
    for index, panel in enumerate(data.panels):
        x, y = _EDGE + (index % 2) * (wide + _GAP), top + (index // 2) * (high + _GAP)
        canvas.box(x, y, wide, high, CARD, round_by=22)
        _panel(canvas, panel, data, (x, y, wide, high))
    for index, text in enumerate(reversed(foot)):
        size = canvas.fitting_size([text], 22, (_SIZE - 2 * _EDGE) * 0.97)
        line, middle = canvas.line(text, size, _SIZE - 2 * _EDGE), _FOOT / 2 + index * _LINE
        canvas.text(_SIZE / 2, _SIZE - middle, line, size, SOFT, align="center")
    return canvas.png()


def _keys(canvas: Canvas, keys: list[tuple[str, str]], top: float) -> None:
    wide = (_SIZE - 2 * _EDGE - _GAP * (len(keys) - 1)) / len(keys)
    room = wide - 24
    large = canvas.fitting_size([figure for figure, _ in keys], 46, room, "bold")
    small = canvas.fitting_size([label for _, label in keys], 24, room * 0.97)
    for index, (figure, label) in enumerate(keys):
        x = _EDGE + index * (wide + _GAP)
        canvas.box(x, top, wide, _KEY, TINT, round_by=22)
        middle = x + wide / 2
        said = canvas.line(figure, large, room, "bold")
        canvas.text(middle, top + 48, said, large, STRONG, weight="bold", align="center")
        said = canvas.line(label, small, room)
        canvas.text(middle, top + 98, said, small, INK, align="center")


def _panel(
    canvas: Canvas, panel: PanelCard, data: RollupCard, place: tuple[float, float, float, float]
) -> None:
    x, y, wide, high = place
    left, room = x + _PAD, wide - 2 * _PAD
    name = canvas.line(panel.name, 33, room * 0.62, "bold")
    canvas.text(left, y + 46, name, 33, weight="bold")
    if panel.points is None:
        canvas.text(left, y + 104, canvas.line(data.nothing, 26, room), 26, SOFT)
        return
    points = f"{panel.points:.0f}"
    of = canvas.width_of(data.of_hundred, 24)
    canvas.text(left + room, y + 48, data.of_hundred, 24, SOFT, align="right")
    canvas.text(left + room - of - 8, y + 44, points, 48, STRONG, weight="bold", align="right")
    canvas.box(left, y + 80, room, 12, TINT, round_by=6)
    canvas.box(left, y + 80, max(12, room * panel.points / 100), 12, STRONG, round_by=6)
    _indicators(canvas, panel, (left, y + 108, room, y + high - 18))


def _indicators(canvas: Canvas, panel: PanelCard, place: tuple[float, float, float, float]) -> None:
    left, top, room, bottom = place
    step = (bottom - top) / max(1, len(panel.indicators))
    labels = room - 100
    size = canvas.fitting_size([label for label, _ in panel.indicators], 26, labels * 0.97)
    for index, (label, share) in enumerate(panel.indicators):
        middle = top + step * (index + 0.5)
        canvas.text(left, middle - 12, canvas.line(label, size, labels), size)
        said = "–" if share is None else f"{int(share * 100 + 0.5)}%"
        canvas.text(left + room, middle - 12, said, 28, INK, weight="bold", align="right")
        canvas.box(left, middle + 16, room, 8, TINT, round_by=4)
        if share:
            canvas.box(left, middle + 16, max(8, room * share), 8, FAIR, round_by=4)

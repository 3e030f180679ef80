"""A sheet to draw pictures on in pixels, from the top left; matplotlib is behind it, loaded late."""

import io
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties

Align = Literal["left", "center", "right"]
Weight = Literal["regular", "bold"]

# The colours of the web pages (bot/web/static/page.css); blue to orange tells apart for every eye.
GROUND, CARD, INK, SOFT, LINE = "#f3f5f9", "#ffffff", "#16213a", "#47536b", "#c9d2e1"
BRAND, GOLD, RED, TINT = "#0b3a75", "#e2b33c", "#c8242c", "#e8eff9"
STRONG, FAIR, NEUTRAL, WARM, DEEP = "#0b4a94", "#7ba7de", "#aab4c5", "#eab26b", "#b4530a"

_FILES = ("Regular", "Bold")
_FAMILIES = ["Be Vietnam Pro", "DejaVu Sans"]  # the second for signs that the first lacks
_ELLIPSIS = "…"


@cache
def _font(weight: Weight) -> "FontProperties":
    import fontpkg_be_vietnam_pro
    from matplotlib.font_manager import FontProperties, fontManager

    if _FAMILIES[0] not in fontManager.get_font_names():
        for name in _FILES:
            path = fontpkg_be_vietnam_pro.ROOT / "files" / f"BeVietnamPro-{name}.ttf"
            fontManager.addfont(str(path))
    return FontProperties(family=_FAMILIES, weight=weight)


class Canvas:
    """Draws shapes and text; what is drawn later lies on top. `png` ends it."""

    def __init__(self, width: int, height: int, ground: str = GROUND) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
        from matplotlib.transforms import Affine2D

        self.width, self.height = width, height
        # At 72 dots per inch a point, and so a font's size, is a pixel.
        self._figure = Figure(figsize=(width / 72, height / 72), dpi=72, facecolor=ground)
        self._agg = FigureCanvasAgg(self._figure)
        self._pixels = Affine2D().scale(1, -1).translate(0, height)
        self._order = 0

    def _add(self, artist: Any) -> None:
        self._order += 1
        artist.set_zorder(self._order)
        self._figure.add_artist(artist)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str,
        *,
        round_by: float = 0,
        edge: str | None = None,
        edge_width: float = 0,
    ) -> None:
        """A rectangle, its corners rounded by so many pixels."""
        from matplotlib.patches import FancyBboxPatch

        style = f"round,pad=0,rounding_size={min(round_by, width / 2, height / 2)}"
        self._add(
            FancyBboxPatch(
                (x, y),
                width,
                height,
                boxstyle=style if round_by else "square,pad=0",
                facecolor=fill,
                edgecolor=edge or "none",
                linewidth=edge_width,
                transform=self._pixels,
            )
        )

    def circle(
        self, x: float, y: float, radius: float, fill: str, *, edge: str = "none", width: float = 0
    ) -> None:
        """A disc, or with an edge a ring."""
        from matplotlib.patches import Circle

        self._add(
            Circle(
                (x, y),
                radius,
                facecolor=fill,
                edgecolor=edge,
                linewidth=width,
                transform=self._pixels,
            )
        )

    def lower_half(self, x: float, y: float, radius: float, fill: str) -> None:
        """The lower half of a disc."""
        from matplotlib.patches import Wedge

        self._add(
            Wedge((x, y), radius, 0, 180, facecolor=fill, edgecolor="none", transform=self._pixels)
        )

    def stroke(
        self, points: list[tuple[float, float]], colour: str, width: float, *, dotted: bool = False
    ) -> None:
        """A line through points, with round ends."""
        from matplotlib.lines import Line2D

        xs, ys = zip(*points, strict=True)
        self._add(
            Line2D(
                xs,
                ys,
                color=colour,
                linewidth=width,
                solid_capstyle="round",
                solid_joinstyle="round",
                dash_capstyle="round",
                linestyle=(0, (0.1, 2.4)) if dotted else "-",
                transform=self._pixels,
            )
        )

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        colour: str = INK,
        *,
        weight: Weight = "regular",
        align: Align = "left",
    ) -> None:
        """One line of text, `y` at the middle of its small letters' height."""
        from matplotlib.text import Text

        font = _font(weight).copy()
        font.set_size(size)
        self._add(
            Text(
                x,
                y + size * 0.36,
                text,
                color=colour,
                fontproperties=font,
                ha=align,
                va="baseline",
                parse_math=False,  # a dollar sign is a dollar sign
                transform=self._pixels,
            )
        )

    def width_of(self, text: str, size: float, weight: Weight = "regular") -> float:
        """How wide a line of text is drawn."""
        from matplotlib.text import Text

        font = _font(weight).copy()
        font.set_size(size)
        probe = Text(0, 0, text, fontproperties=font, parse_math=False, figure=self._figure)
        renderer = self._agg.get_renderer()  # type: ignore[no-untyped-call]
        return float(probe.get_window_extent(renderer).width)

    def lines(
        self, text: str, size: float, room: float, most: int, weight: Weight = "regular"
    ) -> list[str]:
        """The text in at most so many lines of so much room; what does not fit ends in "…"."""
        found: list[str] = []
        for word in text.split():
            longer = f"{found[-1]} {word}" if found else word
            if found and self.width_of(longer, size, weight) <= room:
                found[-1] = longer
            elif len(found) < most:
                found.append(word)
            else:
                found[-1] = f"{longer}{_ELLIPSIS}"
                break
        return [self._cut(line, size, room, weight) for line in found]

    def _cut(self, line: str, size: float, room: float, weight: Weight) -> str:
        if self.width_of(line, size, weight) <= room:
            return line
        line = line.removesuffix(_ELLIPSIS)
        while line and self.width_of(line + _ELLIPSIS, size, weight) > room:
            line = line[:-1].rstrip()
        return line + _ELLIPSIS

    def line(self, text: str, size: float, room: float, weight: Weight = "regular") -> str:
        """The text in one line of so much room."""
        return "".join(self.lines(text, size, room, 1, weight))

    def fitting_size(
        self, texts: list[str], size: float, room: float, weight: Weight = "regular"
    ) -> float:
        """The size, made smaller (to no less than two thirds) until every text has room."""
        widest = max((self.width_of(text, size, weight) for text in texts), default=0)
        return size if widest <= room else max(size * room / widest, size * 2 / 3)

    def png(self) -> bytes:
        """The picture."""
        written = io.BytesIO()
        self._agg.print_png(written, metadata={"Software": None})  # type: ignore[no-untyped-call]
        return written.getvalue()


def head(canvas: Canvas, title: str, below: str = "") -> float:
    """The band on top that the web pages have too; returns where it ends."""
    room = canvas.width - 96
    lines = canvas.lines(title, 42, room, 2, "bold")
    height = 36 + 54 * len(lines) + (46 if below else 0) + 22
    canvas.box(0, 0, canvas.width, height, BRAND)
    canvas.box(0, height, canvas.width, 6, GOLD)
    canvas.box(0, height + 6, canvas.width, 5, RED)
    y = 62.0
    for line in lines:
        canvas.text(48, y, line, 42, "#ffffff", weight="bold")
        y += 54
    if below:
        canvas.text(48, y + 2, canvas.line(below, 30, room), 30, "#d5e2f5")
    return height + 11

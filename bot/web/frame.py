"""What stands around every page, rendered once for each kind of reader and then only filled in."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from markupsafe import escape

_SLOT = re.compile("\ue000(.+?)\ue000")


def _slot(name: str) -> str:
    return f"\ue000{name}\ue000"


@dataclass(frozen=True)
class Kind:
    """What a frame depends on, apart from what is filled in: nothing of any one reader, so a frame
    may be kept. `restarts`, `token`: whether there is such a thing."""

    language: str
    listens: bool
    restarts: bool
    touched: bool
    token: bool


@dataclass(frozen=True)
class Blank:
    """A view with slots in place of what differs from page to page (bot.web.shell.View)."""

    language: str
    listens: bool
    touched: bool
    restarts: str
    token: str
    place: str = _slot("place")


class Frames:
    """The frames drawn so far: few, as nothing but their kind tells them apart.

    `draw(view, title, main)` renders the template with a blank view.
    """

    def __init__(self, draw: Callable[[Blank, str, str], str]) -> None:
        self._draw = draw
        self._kept: dict[Kind, list[str]] = {}

    def fill(self, kind: Kind, main: str, values: Mapping[str, str]) -> str:
        """A page: `main` is HTML, `values` (title, place, restarts, token) are plain text."""
        pieces = self._kept.get(kind) or self._pieces(kind)
        filled = {name: str(escape(value)) for name, value in values.items()} | {"main": main}
        page = list(pieces)  # text, slot, text, … text
        page[1::2] = [filled[name] for name in pieces[1::2]]
        return "".join(page)

    def _pieces(self, kind: Kind) -> list[str]:
        blank = Blank(
            kind.language,
            kind.listens,
            kind.touched,
            _slot("restarts") if kind.restarts else "",
            _slot("token") if kind.token else "",
        )
        pieces = _SLOT.split(self._draw(blank, _slot("title"), _slot("main")))
        self._kept[kind] = pieces
        return pieces

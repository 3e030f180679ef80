"""Printable posters: one A4 page per desk with the QR code that opens its rating."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from handlers.texts import Speech

if TYPE_CHECKING:
    from typst import Compiler

_TEMPLATE = Path(__file__).parent / "poster.typ"
_QUIET = 4  # modules of white around the code, ISO/IEC 18004
_BREAKS_AFTER = "/.-_?=&"
_one_at_a_time = Lock()


@dataclass(frozen=True)
class PosterDesk:
    """A desk as its poster names it; `url` is what the code opens."""

    code: str
    name: str
    unit_name: str
    url: str


def posters(desks: Sequence[PosterDesk], say: Speech, *, zalo: str = "") -> bytes:
    """A PDF of one page per desk, in the order given, in the language of `say`.

    `zalo` is the name under which people find the bot on Zalo, where they type the desk's code.
    ValueError without desks: there is no PDF without pages.
    """
    if not desks:
        raise ValueError("posters for no desk")
    return _compiled(_data(desks, say, zalo), "pdf")[0]


def _data(desks: Sequence[PosterDesk], say: Speech, zalo: str) -> str:
    """Everything the template prints, as JSON."""
    return json.dumps(
        {
            "language": say.language,
            "movement": say("Movement “3 responsibilities”"),
            "responsibilities": say("to the work · to the people · to oneself"),
            "title": say("Please rate how you were served"),
            "code_label": say("Desk code"),
            "steps": [
                say("Point your phone's camera at the square code."),
                say("Tap how satisfied you are."),
                say("Choose a reason or add a comment if you wish."),
            ],
            "promise": say("No app, no login; no name or phone number is recorded."),
            "desks": [
                {
                    "code": desk.code,
                    "name": desk.name,
                    "unit_name": desk.unit_name,
                    "shown_url": breakable(desk.url),
                    "qr": qr_svg(desk.url),
                    "alt": say("QR code that opens {url}", url=desk.url),
                    "typed": say("On Zalo, send this code to {name}.", name=zalo) if zalo else "",
                }
                for desk in desks
            ],
        }
    )


def breakable(url: str) -> str:
    """The address with places where a line may end."""
    return "".join(f"{sign}\u200b" if sign in _BREAKS_AFTER else sign for sign in url)


def qr_svg(url: str) -> str:
    """The QR code as one black path; error correction M or better where it costs no space.

    Rows overlap by a hair: else viewers draw white seams between them.
    """
    import segno

    code = segno.make_qr(url, error="m")
    size = len(code.matrix) + 2 * _QUIET
    path = "".join(
        f"M{x + _QUIET} {y + _QUIET}h1.02v1.02h-1.02z"
        for y, row in enumerate(code.matrix)
        for x, dark in enumerate(row)
        if dark
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">'
        f'<path d="{path}"/></svg>'
    )


@cache
def _compiler() -> "Compiler":
    """One compiler for every document: it keeps the fonts and what it worked out before."""
    import fontpkg_be_vietnam_pro
    from typst import Compiler, Fonts

    fonts = Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[fontpkg_be_vietnam_pro.ROOT / "files"],
    )
    return Compiler(_TEMPLATE, root=_TEMPLATE.parent, font_paths=fonts)


def _compiled(data: str, form: str, ppi: float | None = None) -> list[bytes]:
    return typeset(_TEMPLATE, data, form, ppi)


def typeset(template: Path, data: str, form: str, ppi: float | None = None) -> list[bytes]:
    """A document of this folder: one PDF, or a picture per page ("png"); `data` is JSON for it.

    RuntimeError if a font was missing.
    """
    with _one_at_a_time:
        document, warnings = _compiler().compile_with_warnings(
            template,
            format=form,  # type: ignore[arg-type]
            ppi=ppi,
            sys_inputs={"data": data},
        )
    if warnings:
        raise RuntimeError("; ".join(warning.message for warning in warnings))
    assert document is not None
    return document if isinstance(document, list) else [document]

"""Documents set by typst: the one compiler, QR codes as drawings, texts that may break."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typst import Compiler

_FOLDER = Path(__file__).parent
_QUIET = 4  # modules of white around the code, ISO/IEC 18004
_BREAKS_AFTER = "/.-_?=&"
_LONGEST_WORD = 22  # a token of an invitation stays whole
_NO_SPACE = "\u200b"  # a line may end here
_one_at_a_time = Lock()


def breakable(url: str) -> str:
    """The address with places where a line may end."""
    ends = "".join(f"{sign}{_NO_SPACE}" if sign in _BREAKS_AFTER else sign for sign in url)
    return _NO_SPACE.join(map(breakable_words, ends.split(_NO_SPACE)))


def breakable_words(text: str) -> str:
    """The text, its longest words with places where a line may end, so that none leaves its box."""
    return " ".join(
        word if len(word) <= _LONGEST_WORD else _NO_SPACE.join(word) for word in text.split()
    )


def qr_svg(url: str) -> str:
    """The QR code as one black path; error correction M or better where it costs no space.

    Rows overlap by a hair: else viewers draw white seams between them.
    """
    import segno

    code = segno.make_qr(url, error="m")
    size = len(code.matrix) + 2 * _QUIET
    path = "".join(
        f"M{start + _QUIET} {y + _QUIET}h{length}.02v1.02h-{length}.02z"
        for y, row in enumerate(code.matrix)
        for start, length in _dark_runs(row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">'
        f'<path d="{path}"/></svg>'
    )


def _dark_runs(row: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where dark modules begin, and how many stand side by side."""
    at = 0
    for dark, modules in groupby(row):
        length = len(list(modules))
        if dark:
            yield at, length
        at += length


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
    return Compiler(_FOLDER / "poster_wall.typ", root=_FOLDER, font_paths=fonts)


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

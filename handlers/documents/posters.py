"""Sheets to print for desks: a poster for the wall, a tent for the table, a sheet for the staff."""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from handlers.documents.typesetting import breakable, breakable_words, qr_svg, typeset
from handlers.texts import Speaker, Speech

Size = Literal["a4", "a6"]
Language = Literal["vi", "en", "both"]

_FOLDER = Path(__file__).parent
_CODE = "⟨code⟩"  # stands for each desk's own in a sentence that all sheets share
_MOST_HERE = 12  # desks: typst keeps what it worked out, a megabyte and more for each
_SPOKEN: Mapping[Language, tuple[str, ...]] = {"vi": ("vi",), "en": ("en",), "both": ("vi", "en")}


class _Printed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PosterDesk(_Printed):
    """A desk as its sheet names it; `url` is what the code opens."""

    code: str
    name: str
    unit_name: str
    url: str


class Words(_Printed):
    """What a sheet says in one language."""

    language: str
    head: str
    subhead: str
    title: str
    subtitle: str
    code_label: str
    steps: tuple[str, ...]
    typed: str = ""
    kept: str
    survey: str = ""
    cut: str
    fold: str
    alt: str


class PosterSheets(_Printed):
    """Everything that is printed. The first of `words` is large, a second one small below it."""

    size: Size = "a4"
    staff: bool = False
    words: tuple[Words, ...]
    desks: tuple[PosterDesk, ...]


def poster_sheets(
    desks: Sequence[PosterDesk],
    language: Language = "vi",
    *,
    size: Size = "a4",
    staff: bool = False,
    citizen: str = "Ông/Bà",
    zalo: str = "",
) -> PosterSheets:
    """The sheets of desks, in the order given.

    `zalo` is where people find the office on Zalo, to type the desk's code there.
    """
    voices = [Speaker(each, citizen=citizen) for each in _SPOKEN[language]]
    words = _for_staff if staff else partial(_for_citizens, zalo=_as_read(zalo))
    return PosterSheets(
        size=size, staff=staff, words=tuple(words(say) for say in voices), desks=tuple(desks)
    )


def draw_posters(sheets: PosterSheets, language: str = "vi") -> bytes:
    """A PDF: a page per desk on A4; on A6 two tents a page, or four of the staff's cards.

    ValueError without desks: there is no PDF without pages.
    """
    del language
    if len(sheets.desks) <= _MOST_HERE:
        return compiled(sheets, "pdf")[0]
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
        return apart.submit(compiled, sheets, "pdf").result()[0]


def compiled(sheets: PosterSheets, form: str, ppi: float | None = None) -> list[bytes]:
    """The PDF, or a picture of each page ("png")."""
    if not sheets.desks:
        raise ValueError("posters for no desk")
    kind = "staff" if sheets.staff else {"a4": "wall", "a6": "tent"}[sheets.size]
    return typeset(_FOLDER / f"poster_{kind}.typ", json.dumps(_data(sheets)), form, ppi)


def _data(sheets: PosterSheets) -> dict[str, Any]:
    return {
        "size": sheets.size,
        "words": [each.model_dump() for each in sheets.words],
        "desks": [
            {
                "code": desk.code,
                "name": breakable_words(desk.name),
                "unit_name": breakable_words(desk.unit_name),
                "shown_url": breakable(desk.url.partition("://")[2] or desk.url),
                "qr": qr_svg(desk.url),
                "typed": [each.typed.replace(_CODE, desk.code) for each in sheets.words],
            }
            for desk in sheets.desks
        ],
    }


def _as_read(link: str) -> str:
    """A link without what nobody types, such as "zalo.me/0123456789"."""
    return link.partition("://")[2].rstrip("/") or link


def _for_citizens(say: Speech, *, zalo: str) -> Words:
    return Words(
        language=say.language,
        head=say("Movement “3 responsibilities”"),
        subhead=say("to the work · to the people · to oneself"),
        title=say("Please rate how you were served"),
        subtitle=say("Half a minute, no app, no login"),
        code_label=say("Desk code"),
        steps=(
            say("Point your phone's camera at the square code."),
            say("Tap how satisfied you are."),
            say("Choose a reason or add a comment if you wish."),
        ),
        typed=say("On Zalo, send {code} to {name}", code=_CODE, name=breakable(zalo))
        if zalo
        else "",
        kept=say(
            "Kept: the level, reasons and comment, the day, the desk and the official who is rated; "
            "not kept: your name, phone number or account, nor the hour."
        ),
        survey=say("This does not replace the survey form required by regulation."),
        **_marks(say),
    )


def _for_staff(say: Speech) -> Words:
    return Words(
        language=say.language,
        head=say("For staff only"),
        subhead=say("Hang it behind the counter, where citizens do not see it."),
        title=say("Shift at this desk"),
        subtitle=say("Not for citizens: they scan the poster that asks for a rating."),
        code_label=say("Desk code"),
        steps=(
            say("Coming to the desk: scan this code with the phone you joined with."),
            say("Begin your shift: from then on ratings at this desk are about you."),
            say("Leaving the desk: scan it again and end your shift."),
        ),
        kept=say(
            "Whoever scans this code can begin a shift here: do not photograph it or pass it on."
        ),
        **_marks(say),
    )


def _marks(say: Speech) -> dict[str, str]:
    return {
        "cut": say("cut here"),
        "fold": say("fold here"),
        "alt": say("QR code of the address printed beside it"),
    }

"""The sheets of desks as a file to print: for citizens, or the one that begins shifts."""

from collections.abc import Sequence
from typing import Literal

from handlers.documents.posters import Language, PosterDesk, poster_sheets
from handlers.messages import Document
from handlers.staff_link import staff_url
from handlers.texts import mark
from handlers.turn import Turn
from storage.database import keys_of
from storage.keys import Keys
from storage.queries.desk import DeskWithUnit

Sheet = Literal["a4", "a6", "staff"]
SHEETS: tuple[tuple[Sheet, Language, str], ...] = (
    ("a4", "vi", mark("Wall poster, A4")),
    ("a6", "vi", mark("Table tent, A6")),
    ("a4", "both", mark("Wall poster with English")),
    ("a6", "both", mark("Table tent with English")),
    ("a4", "en", mark("Wall poster, English only")),
    ("staff", "vi", mark("Staff sheet (begins a shift)")),
)
HOW = {
    "a4": mark(
        "Print it on A4 at 100 % and hang it where people wait, at the height of their eyes."
    ),
    "a6": mark(
        "Print it on A4 at 100 %, best on thick paper. Cut along the dashed line and fold along the "
        "dotted one: two tents that show the same on both sides."
    ),
    "staff": mark(
        "This code begins a shift: hang it behind the counter, never where citizens see it."
    ),
}


def as_printed(desk: DeskWithUnit, public_url: str, staff: Keys | None = None) -> PosterDesk:
    """A desk with the address its sheet opens: the rating's, or with keys the staff's."""
    url = f"{public_url}/q/{desk.code}"
    if staff is not None:
        url = staff_url(public_url, staff, desk.code)
    return PosterDesk(code=desk.code, name=desk.name, unit_name=desk.unit_name, url=url)


def sheet_file(
    turn: Turn, desks: Sequence[DeskWithUnit], sheet: Sheet, language: Language
) -> Document:
    """The file, drawn where it is delivered."""
    say, policy = turn.say, turn.policy
    staff = keys_of(turn.session) if sheet == "staff" else None
    sheets = poster_sheets(
        [as_printed(each, policy.public_url, staff) for each in desks],
        language,
        size="a6" if sheet == "a6" else "a4",
        staff=staff is not None,
        citizen=policy.citizen,
        zalo=policy.zalo_url,
    )
    of = desks[0].code if len(desks) == 1 else str(len(desks))
    names = {
        "a4": say("poster-{of}-A4.pdf", of=of),
        "a6": say("table-tent-{of}-A6.pdf", of=of),
        "staff": say("staff-only-{of}.pdf", of=of),
    }
    return Document(recipe="posters", data=sheets.model_dump(mode="json"), name=names[sheet])

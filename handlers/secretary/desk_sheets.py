"""The sheets of desks as a file to print: for citizens, or the one that begins shifts."""

from collections.abc import Sequence
from typing import Literal

from handlers.documents.posters import Language, PosterDesk, poster_sheets
from handlers.messages import Document
from handlers.staff_link import staff_url
from handlers.turn import Turn
from storage.database import keys_of
from storage.keys import Keys
from storage.queries.desk import DeskWithUnit

Sheet = Literal["a4", "a6", "staff"]


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

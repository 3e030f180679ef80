"""`qr`: sheets to print for desks, and the links in their QR codes."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

from cyclopts import App, Parameter

from bot.commands.command import CONFIG_HELP, CannotDo, Misused, opened, register, settings_of
from bot.commands.terminal import Terminal

if TYPE_CHECKING:
    from sqlmodel import Session

    from bot.config import Settings
    from storage.queries.desk import DeskWithUnit

Size = Literal["a4", "a6"]
Language = Literal["vi", "en", "both"]


@dataclass(frozen=True)
class Wanted:
    """Which desks, and how their sheets look."""

    unit: str | None = None
    desk: str | None = None
    size: Size = "a4"
    language: Language = "vi"
    staff: bool = False


def add(app: App, terminal: Terminal) -> None:
    """Register the command."""
    say = terminal.say

    @register(
        app,
        say,
        "qr",
        usage="--output FILE.pdf [--unit CODE] [--desk CODE] [--size a4|a6] "
        "[--language vi|en|both] [--staff] [--config FILE]",
        summary=say("Make posters with QR codes, one A4 page per desk."),
        more=say(
            "a4 is for the wall. a6 is for the table: an A4 page holds two tents. Cut it along the "
            "dashed line, fold along the dotted one; both sides show the same. Thick paper stands "
            "best; cut apart, each face fits an A6 stand. Print at 100 %, without “fit to page”.\n\n"
            "--staff makes the other sheet: its code begins a member's shift at the desk. It hangs "
            "behind the counter; with a6 four cards fill a page. Closed desks are left out.\n\n"
            "The link of every desk is printed too, one a line, as it stands in its QR code: "
            "web.public_url, /q/, its code."
        ),
        epilogue=say(
            "Examples:\n"
            "  python -m bot qr --output posters.pdf\n"
            "  python -m bot qr --output posters.pdf --unit C1 > links.txt\n"
            "  python -m bot qr --output tents.pdf --size a6 --language both\n"
            "  python -m bot qr --output staff.pdf --staff --desk Q1\n"
            "Next: print, hang up, scan one yourself."
        ),
    )
    def qr(
        *,
        output: Annotated[Path, Parameter(help=say("The PDF file to write."))],
        unit: Annotated[
            str | None, Parameter(help=say("Only this unit and those below it."))
        ] = None,
        desk: Annotated[str | None, Parameter(help=say("Only this desk."))] = None,
        size: Annotated[
            Size,
            Parameter(
                help=say("a4 for the wall (if you do not say), a6 for the table."),
                show_default=False,
            ),
        ] = "a4",
        language: Annotated[
            Language,
            Parameter(
                help=say("vi if you do not say; both: Vietnamese, English small below."),
                show_default=False,
            ),
        ] = "vi",
        staff: Annotated[
            bool,
            Parameter(
                help=say("The sheet that begins shifts, for the staff alone."),
                negative=(),
                show_default=False,
            ),
        ] = False,
        config: Annotated[Path | None, Parameter(help=say(CONFIG_HELP))] = None,
    ) -> int:
        if output.suffix.lower() != ".pdf":
            raise Misused(say("{file} should end in {endings}.", file=output, endings=".pdf"))
        if not output.parent.is_dir():
            raise CannotDo(say("There is no folder {folder}.", folder=output.parent))
        wanted = Wanted(unit, desk, size, language, staff)
        return make_posters(output, wanted, settings_of(config, terminal), terminal)


def make_posters(output: Path, wanted: Wanted, settings: "Settings", terminal: Terminal) -> int:
    """Write the PDF, print the links."""
    from bot.config import is_loopback
    from handlers.documents.posters import draw_posters, poster_sheets
    from handlers.documents.spreadsheets import replacing
    from handlers.secretary.desk_sheets import as_printed

    say = terminal.say
    keys = settings.keys()
    desks = [
        as_printed(each, settings.public_url, keys if wanted.staff else None)
        for each in _desks(wanted, settings, terminal)
    ]
    if is_loopback(urlsplit(settings.public_url).hostname or ""):
        terminal.tell(
            say("These links open on this machine only: set web.public_url before you print.")
        )
    sheets = poster_sheets(
        desks,
        wanted.language,
        size=wanted.size,
        staff=wanted.staff,
        citizen=settings.province.citizen,
        zalo=settings.zalo_url,
    )
    with terminal.progress(say("Drawing")):
        pdf = draw_posters(sheets)
    with replacing(output) as stream:
        stream.write(pdf)
    for desk in desks:
        terminal.result(desk.url)
    if wanted.staff:
        terminal.tell(
            say(
                "Whoever has one of these links can begin a shift at its desk: keep them to the staff."
            )
        )
    terminal.tell(
        say.count(
            "{n} poster written to {file}.",
            "{n} posters written to {file}.",
            len(desks),
            file=output,
        )
    )
    return 0


def _desks(wanted: Wanted, settings: "Settings", terminal: Terminal) -> "list[DeskWithUnit]":
    from storage.queries.desk import desks_below, find_desk, open_desks
    from storage.queries.export import unit_id

    say = terminal.say
    today = datetime.now(settings.policy().timezone).date()

    def read(session: "Session") -> "list[DeskWithUnit]":
        unit = None if wanted.unit is None else unit_id(session, wanted.unit)
        if wanted.unit is not None and unit is None:
            raise CannotDo(say("There is no unit {code}.", code=wanted.unit))
        found = open_desks(session, today) if unit is None else desks_below(session, [unit], today)
        if wanted.desk is None:
            return sorted(found, key=lambda each: each.code)
        named = find_desk(session, wanted.desk)
        if named is None:
            raise CannotDo(say("There is no desk {code}.", code=wanted.desk))
        if named.until is not None and named.is_closed(today):
            raise CannotDo(
                say(
                    "Desk {code} is closed; its last day was {day}.",
                    code=named.code,
                    day=f"{named.until:%d/%m/%Y}",
                )
            )
        if named not in found:
            raise CannotDo(
                say("Desk {code} is not one of unit {unit}.", code=named.code, unit=wanted.unit)
            )
        return [named]

    with opened(settings, terminal) as database:
        found = database.run_now(read)
    if not found:
        raise CannotDo(say("There is no desk yet. Import them: python -m bot import FILE"))
    return found

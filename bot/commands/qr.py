"""`qr`: posters to print, one per desk, and the links of the desks."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

from cyclopts import App, Parameter

from bot.commands.command import CONFIG_HELP, CannotDo, opened, register, settings_of
from bot.commands.terminal import Terminal

if TYPE_CHECKING:
    from sqlmodel import Session

    from bot.config import Settings
    from storage.queries.export import ExportedDesk


def add(app: App, terminal: Terminal) -> None:
    """Register the command."""
    say = terminal.say

    @register(
        app,
        say,
        "qr",
        usage="--output FILE.pdf [--unit CODE] [--config FILE]",
        summary=say("Make posters with QR codes, one A4 page per desk."),
        more=say(
            "The posters are in Vietnamese, for the wall or the counter. The link of every desk is "
            "printed too, one a line, as it stands in its QR code: web.public_url, /q/, its code."
        ),
        epilogue=say(
            "Examples:\n"
            "  python -m bot qr --output posters.pdf\n"
            "  python -m bot qr --output posters.pdf --unit C1 > links.txt\n"
            "Next: print, hang up, scan one yourself."
        ),
    )
    def qr(
        *,
        output: Annotated[Path, Parameter(help=say("The PDF file to write."))],
        unit: Annotated[
            str | None, Parameter(help=say("Only this unit and those below it."))
        ] = None,
        config: Annotated[Path | None, Parameter(help=say(CONFIG_HELP))] = None,
    ) -> int:
        if not output.parent.is_dir():
            raise CannotDo(say("There is no folder {folder}.", folder=output.parent))
        return make_posters(output, unit, settings_of(config, terminal), terminal)


def make_posters(output: Path, unit: str | None, settings: "Settings", terminal: Terminal) -> int:
    """Write the PDF, print the links."""
    from bot.config import is_loopback
    from handlers.documents.posters import PosterDesk, posters
    from handlers.documents.spreadsheets import replacing
    from handlers.texts import DEFAULT, Speaker

    say = terminal.say
    desks = [
        PosterDesk(desk.code, desk.name, desk.unit_name, f"{settings.public_url}/q/{desk.code}")
        for desk in _desks(unit, settings, terminal)
    ]
    if is_loopback(urlsplit(settings.public_url).hostname or ""):
        terminal.tell(
            say("These links open on this machine only: set web.public_url before you print.")
        )
    with terminal.progress(say("Drawing")):
        pdf = posters(desks, Speaker(DEFAULT, citizen=settings.province.citizen))
    with replacing(output) as stream:
        stream.write(pdf)
    for desk in desks:
        terminal.result(desk.url)
    terminal.tell(
        say.count(
            "{n} poster written to {file}.",
            "{n} posters written to {file}.",
            len(desks),
            file=output,
        )
    )
    return 0


def _desks(unit: str | None, settings: "Settings", terminal: Terminal) -> "list[ExportedDesk]":
    from storage.queries.export import desks, unit_id

    say = terminal.say

    def read(session: "Session") -> "list[ExportedDesk]":
        wanted = None if unit is None else unit_id(session, unit)
        if unit is not None and wanted is None:
            raise CannotDo(say("There is no unit {code}.", code=unit))
        return desks(session, wanted)

    with opened(settings, terminal) as database:
        found = database.run_now(read)
    if not found:
        raise CannotDo(say("There is no desk yet. Import them: python -m bot import FILE"))
    return found

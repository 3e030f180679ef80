"""`export`: ratings, pledges, the roster or the audit log as CSV or XLSX."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Literal

from cyclopts import App, Parameter

from bot.commands.command import CONFIG_HELP, CannotDo, Misused, opened, register, settings_of
from bot.commands.terminal import Terminal

if TYPE_CHECKING:
    from sqlmodel import Session

    from bot.config import Settings
    from handlers.exports import Wish

What = Literal["ratings", "pledges", "units", "people", "desks", "duties", "audit"]
Format = Literal["csv", "xlsx"]
STANDARD_OUTPUT = Path("-")
_ENDINGS = (".csv", ".xlsx")


def add(app: App, terminal: Terminal) -> None:
    """Register the command."""
    say = terminal.say

    @register(
        app,
        say,
        "export",
        usage="ratings|pledges|units|people|desks|duties|audit --output FILE|- [--format csv|xlsx] "
        "[--from DAY] [--to DAY] [--unit CODE] [--config FILE]",
        summary=say("Take out ratings, pledges, the roster or the audit log as CSV or XLSX."),
        more=say(
            "Ratings come with their day, never an hour; without receipt codes and without anything "
            "of the citizen. Cells that a spreadsheet program would run as a formula are disarmed. "
            "Pledges come without the notes to them, hidden comments stay out. Units, people, desks "
            "and duties come in the columns of the roster and can be imported again. Without "
            "--from and --to they are what is there now: open units and desks, present roles; with "
            "them, everything there was in those days, with what has ended since. A workbook of "
            "ratings or pledges has a second sheet with the counts of each unit and a chart; scores "
            "stand there only from as many ratings on as privacy.k says. The audit log comes in the order it "
            "was written."
        ),
        epilogue=say(
            "Examples:\n"
            "  python -m bot export ratings --output november.xlsx --from 2026-11-01\n"
            "  python -m bot export ratings --output - --unit C1 > ratings.csv\n"
            "  python -m bot export pledges --output pledges.csv --from 2026-11-16 --to 2026-11-22\n"
            "  python -m bot export people --output people.csv\n"
            "  python -m bot export audit --output audit.xlsx --from 2026-01-01 --unit C1"
        ),
    )
    def export(
        what: Annotated[What, Parameter(help=say("What to take out."))],
        /,
        *,
        output: Annotated[
            Path,
            Parameter(
                help=say("The file to write; - writes to standard output."),
                allow_leading_hyphen=True,
            ),
        ],
        format: Annotated[  # noqa: A002 - the option's name
            Format | None, Parameter(help=say("Otherwise as the file's name ends, else csv."))
        ] = None,
        since: Annotated[
            date | None, Parameter(name="--from", help=say("The first day (YYYY-MM-DD)."))
        ] = None,
        until: Annotated[
            date | None, Parameter(name="--to", help=say("The last day, included."))
        ] = None,
        unit: Annotated[
            str | None,
            Parameter(
                help=say(
                    "Only this unit and those below it, as the tree stood on the last day (--to)."
                )
            ),
        ] = None,
        config: Annotated[Path | None, Parameter(help=say(CONFIG_HELP))] = None,
    ) -> int:
        from handlers.exports import Wish

        if since and until and since > until:
            raise Misused(say("The first day is after the last."))
        if format is None and output.suffix.lower() not in ("", *_ENDINGS):
            raise Misused(
                say("{file} should end in {endings}.", file=output, endings=", ".join(_ENDINGS))
            )
        if output != STANDARD_OUTPUT and not output.parent.is_dir():
            raise CannotDo(say("There is no folder {folder}.", folder=output.parent))
        kind = format or ("xlsx" if output.suffix.lower() == ".xlsx" else "csv")
        settings = settings_of(config, terminal)
        wish = Wish(since, until, unit, settings.policy())
        return take_out(what, wish, output, kind, settings, terminal)


def take_out(
    what: What,
    wish: "Wish",
    output: Path,
    kind: Format,
    settings: "Settings",
    terminal: Terminal,
) -> int:
    """Write the table as it is read, from one snapshot that holds up nobody."""
    from handlers.documents.spreadsheets import WRITERS
    from handlers.exports import EXPORTS

    def write(session: "Session") -> int:
        table = EXPORTS[what].table(session, wish, terminal.say)
        with terminal.progress(terminal.say("Writing")) as bar, _target(output) as stream:
            return WRITERS[kind](table, stream, lambda done: bar(done, None))

    with opened(settings, terminal) as database:
        written = database.read_now(write, from_replica=True)
    if output != STANDARD_OUTPUT:
        terminal.tell(
            terminal.say.count(
                "{n} row written to {file}.", "{n} rows written to {file}.", written, file=output
            )
        )
    return 0


@contextmanager
def _target(output: Path) -> Iterator[BinaryIO]:
    from handlers.documents.spreadsheets import replacing

    if output == STANDARD_OUTPUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with replacing(output) as stream:
        yield stream

"""`import`: take in a roster of units, people, desks and duties; all of it or nothing."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from bot.commands.command import (
    CONFIG_HELP,
    CannotDo,
    Misused,
    opened,
    register,
    settings_of,
)
from bot.commands.terminal import Terminal
from handlers.texts import mark

if TYPE_CHECKING:
    from bot.config import Settings
    from handlers.roster import ImportReport

_TABLES = {
    "units": mark("Units: {added} new, {changed} changed, {unchanged} as before."),
    "people": mark("People: {added} new, {changed} changed, {unchanged} as before."),
    "memberships": mark("Roles: {added} new, {changed} changed, {unchanged} as before."),
    "desks": mark("Desks: {added} new, {changed} changed, {unchanged} as before."),
    "duties": mark("Duties: {added} new, {changed} changed, {unchanged} as before."),
    "axes": mark("Responsibilities: {added} new, {changed} changed, {unchanged} as before."),
    "items": mark("Pledge items: {added} new, {changed} changed, {unchanged} as before."),
}
_ENDED = mark("Roles: {added} new, {changed} changed, {ended} ended, {unchanged} as before.")


def add(app: App, terminal: Terminal) -> None:
    """Register the command."""
    say = terminal.say

    @register(
        app,
        say,
        "import",
        usage="FILE… [--dry-run] [--config FILE]",
        summary=say("Take in the roster: units, people, desks, duties."),
        more=say(
            "One XLSX with the sheets units, people, desks and duties, or CSV files of these "
            "names; in the same way axes and catalogue, or pledge_catalogue.json, say what members "
            "pledge. Every mistake is named by file, row and column, and then nothing is stored. "
            "Importing the same file again changes nothing, and what a file leaves out stays. The "
            "role -member or -secretary ends that role of that person in that unit."
        ),
        epilogue=say(
            "Examples:\n"
            "  python -m bot import roster.xlsx --dry-run\n"
            "  python -m bot import units.csv people.csv desks.csv duties.csv\n"
            "  python -m bot import pledge_catalogue.json\n"
            "Columns:\n"
            "  units      code,name,kind,parent_code,pilot\n"
            "  people     code,full_name,unit_code,role,position,email\n"
            "             role: member, secretary; to end it: -member, -secretary\n"
            "  desks      code,name,unit_code,multi_agency\n"
            "  duties     desk_code,person_code,from,to   (2026-11-23 or 2026-11-23 07:30)\n"
            "  axes       code,label_vi,label_en\n"
            "  catalogue  code,axis,label_vi,label_en,reference\n"
            "Next: python -m bot qr --output posters.pdf"
        ),
    )
    def import_(
        *files: Annotated[Path, Parameter(help=say("XLSX or CSV files."))],
        dry_run: Annotated[
            bool,
            Parameter(
                help=say("Only check and say what would change."), negative=(), show_default=False
            ),
        ] = False,
        config: Annotated[Path | None, Parameter(help=say(CONFIG_HELP))] = None,
    ) -> int:
        if not files:
            raise Misused(say("Name at least one file. See --help."))
        settings = settings_of(config, terminal)
        return take_in(files, settings, terminal, dry_run=dry_run)


def take_in(
    files: tuple[Path, ...], settings: "Settings", terminal: Terminal, *, dry_run: bool
) -> int:
    """Read, check and store the files; print what changed."""
    from handlers.roster import RosterMistakes, import_roster, read_files

    with opened(settings) as database, terminal.progress(terminal.say("Reading")) as bar:
        roster = read_files(files, terminal.say, lambda rows: bar(rows, None))
        try:
            report = database.run_now(
                lambda session: import_roster(
                    session,
                    roster,
                    settings.policy().timezone,
                    terminal.say,
                    on=datetime.now(settings.policy().timezone).date(),
                    dry_run=dry_run,
                    progress=lambda _step, done, total: bar(done, total),
                )
            )
        except RosterMistakes as mistakes:
            lines = [error.said(terminal.say) for error in mistakes.errors]
            closing = terminal.say.count(
                "{n} mistake; nothing was stored. Mend it and import again.",
                "{n} mistakes; nothing was stored. Mend them and import again.",
                len(lines),
            )
            raise CannotDo(*lines, closing) from mistakes
    _tell(report, settings, terminal)
    return 0


def _tell(report: "ImportReport", settings: "Settings", terminal: Terminal) -> None:
    say = terminal.say
    for name, counts in report.tables.items():
        sentence = _ENDED if counts.ended else _TABLES[name]
        terminal.result(say(sentence, **vars(counts)))
    if report.dry_run:
        terminal.tell(say("This was a dry run: nothing was stored."))
        return
    if report.changes_nothing:
        terminal.tell(say("Nothing has changed: all of it was there already."))
    terminal.tell(
        say(
            "The link of a desk is {url}/q/CODE. "
            "Print them all: python -m bot qr --output posters.pdf",
            url=settings.public_url,
        )
    )

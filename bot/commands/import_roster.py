"""`import`: take in a roster of units, people, desks and duties, all of it or nothing; take it back."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol, TypeVar

from cyclopts import App, Parameter

from bot.commands.command import (
    CONFIG_HELP,
    CannotDo,
    Misused,
    opened,
    register,
    settings_of,
)
from bot.commands.imported import tell_import, tell_undo
from bot.commands.terminal import Terminal

if TYPE_CHECKING:
    from bot.config import Settings
    from handlers.roster import ImportReport

T_co = TypeVar("T_co", covariant=True)


class Work(Protocol[T_co]):
    """Stores something in one transaction; EndsMuch unless it may end much."""

    def __call__(self, *, may_end: bool) -> T_co: ...


def add(app: App, terminal: Terminal) -> None:
    """Register the command."""
    say = terminal.say

    @register(
        app,
        say,
        "import",
        usage="FILE… [--since DAY] [--complete] [--yes] [--dry-run] [--undo NUMBER] [--config FILE]",
        summary=say("Take in the roster: units, people, desks, duties."),
        more=say(
            "One XLSX with the sheets units, people, desks and duties, or CSV files of these "
            "names; in the same way axes and catalogue, or pledge_catalogue.json, say what members "
            "pledge. Every mistake is named by file, row and column, and then nothing is stored. "
            "Importing the same file again changes nothing, and what a file leaves out stays. A "
            "person has each role exactly in the units the file names for it: who stands elsewhere "
            "now has moved. The role -member or -secretary ends that role of that person in that "
            "unit. What was before is kept, and figures of the past stay as they were: weeks that "
            "have ended keep their tree. Before more than a tenth of anything ends, or a unit is "
            "left without a secretary, you are asked."
        ),
        epilogue=say(
            "Examples:\n"
            "  python -m bot import roster.xlsx --dry-run\n"
            "  python -m bot import units.csv people.csv desks.csv duties.csv\n"
            "  python -m bot import pledge_catalogue.json\n"
            "  python -m bot import people.csv --complete --since 2026-11-01\n"
            "  python -m bot import --undo 12\n"
            "Columns (Vietnamese headings are understood too):\n"
            "  units      code,name,kind,parent_code,pilot   and if you like from,to,merged_into\n"
            "  people     code,full_name,unit_code,role,position,email   and from,to\n"
            "             role: member, secretary; to end it: -member, -secretary\n"
            "  desks      code,name,unit_code,multi_agency   and to\n"
            "  duties     desk_code,person_code,from,to   (2026-11-23 or 2026-11-23 07:30)\n"
            "  axes       code,label_vi,label_en\n"
            "  catalogue  code,axis,label_vi,label_en,reference\n"
            "  from and to are the first and the last day. A unit with a last day closes; "
            "merged_into\n"
            "  names the unit that takes its members, desks and the units below it.\n"
            "Next: python -m bot qr --output posters.pdf"
        ),
    )
    def import_(
        *files: Annotated[Path, Parameter(help=say("XLSX or CSV files."))],
        since: Annotated[
            date | None,
            Parameter(
                help=say(
                    "The first day on which the changes hold (YYYY-MM-DD); otherwise today. Units"
                    " move and close no earlier than the Monday of this week."
                )
            ),
        ] = None,
        complete: Annotated[
            bool,
            Parameter(
                help=say("Each sheet is the whole truth: what it leaves out ends."),
                negative=(),
                show_default=False,
            ),
        ] = False,
        yes: Annotated[
            bool,
            Parameter(
                help=say("Do not ask before much ends, or a unit is left without a secretary."),
                negative=(),
                show_default=False,
            ),
        ] = False,
        undo: Annotated[
            int | None,
            Parameter(help=say("Take back the import of this number, as if it had never been.")),
        ] = None,
        dry_run: Annotated[
            bool,
            Parameter(
                help=say("Only check and say what would change."), negative=(), show_default=False
            ),
        ] = False,
        config: Annotated[Path | None, Parameter(help=say(CONFIG_HELP))] = None,
    ) -> int:
        if undo is not None:
            if files or since or complete:
                raise Misused(say("--undo stands alone: it names an import, no files."))
            settings = settings_of(config, terminal)
            return take_back(undo, settings, terminal, dry_run=dry_run, yes=yes)
        if not files:
            raise Misused(say("Name at least one file. See --help."))
        settings = settings_of(config, terminal)
        return take_in(
            files, settings, terminal, since=since, complete=complete, dry_run=dry_run, yes=yes
        )


def take_in(
    files: tuple[Path, ...],
    settings: "Settings",
    terminal: Terminal,
    *,
    dry_run: bool,
    since: date | None = None,
    complete: bool = False,
    yes: bool = False,
) -> int:
    """Read, check and store the files; print what changed."""
    from handlers.roster import RosterMistakes, import_roster, read_files

    timezone = settings.policy().timezone
    now = datetime.now(timezone)
    on = since or now.date()
    if on > now.date():
        raise Misused(terminal.say("{day} lies ahead: import it once it has come.", day=on))
    with opened(settings) as database:
        with terminal.progress(terminal.say("Reading")) as bar:
            roster = read_files(files, terminal.say, lambda rows: bar(rows, None))

        def store(*, may_end: bool) -> "ImportReport":
            with terminal.progress(terminal.say("Storing")) as bar:
                return database.run_now(
                    lambda session: import_roster(
                        session, roster, timezone, terminal.say, on=on, now=now,
                        complete=complete, may_end=may_end, dry_run=dry_run,
                        progress=lambda _step, done, total: bar(done, total),
                    )
                )  # fmt: skip

        try:
            report = _asking_first(store, terminal, yes=yes)
        except RosterMistakes as mistakes:
            lines = [error.said(terminal.say) for error in mistakes.errors]
            closing = terminal.say.count(
                "{n} mistake; nothing was stored. Mend it and import again.",
                "{n} mistakes; nothing was stored. Mend them and import again.",
                len(lines),
            )
            raise CannotDo(*lines, closing) from mistakes
    for note in roster.notes:
        terminal.tell(note)
    tell_import(report, settings, terminal)
    return 0


def take_back(
    number: int, settings: "Settings", terminal: Terminal, *, dry_run: bool, yes: bool
) -> int:
    """Undo an import; print what is as it was."""
    from handlers.roster import CannotUndo, UndoReport, undo_import

    timezone = settings.policy().timezone
    now = datetime.now(timezone)
    with opened(settings) as database:

        def restore(*, may_end: bool) -> UndoReport:
            with terminal.progress(terminal.say("Undoing")) as bar:
                return database.run_now(
                    lambda session: undo_import(
                        session, number, timezone, terminal.say,
                        now=now, may_end=may_end, dry_run=dry_run, progress=bar,
                    )
                )  # fmt: skip

        try:
            report = _asking_first(restore, terminal, yes=yes)
        except CannotUndo as reason:
            raise CannotDo(*reason.lines) from reason
    tell_undo(report, number, now.date(), terminal, dry_run=dry_run)
    return 0


def _asking_first(work: "Work[T_co]", terminal: Terminal, *, yes: bool) -> T_co:
    """Do it; where more than a tenth of anything would end, do it only once that is agreed."""
    from handlers.roster import EndsMuch

    say = terminal.say
    try:
        return work(may_end=yes)
    except EndsMuch as much:
        figures = [each.said(say) for each in much.endings]
        if not terminal.can_ask():
            add_yes = say("Nothing was stored. If it is meant so, add --yes.")
            raise CannotDo(*figures, add_yes) from much
        for line in figures:
            terminal.tell(line)
        if not terminal.asked(say("Go on? Type yes; anything else stops here.")):
            raise CannotDo(say("Nothing was stored.")) from much
    return work(may_end=True)

"""`report`: a unit's periodic report as a file; its words taken away and brought back."""

from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from bot.commands.command import CONFIG_HELP, CannotDo, Misused, opened, register, settings_of
from bot.commands.terminal import Terminal

if TYPE_CHECKING:
    from sqlmodel import Session

    from bot.config import Settings
    from handlers.messages import Document
    from handlers.reports.opened import Opened
    from handlers.reports.periods import Period

_DOCUMENTS = (".docx", ".xlsx")
_TEXTS = (".txt", ".docx")


def add(app: App, terminal: Terminal) -> None:
    """Register the command."""
    say = terminal.say

    @register(
        app,
        say,
        "report",
        usage="--unit CODE --period 2026-10|2026-Q4|2026-H2|2026 [--output FILE.docx|.xlsx] "
        "[--narrative FILE] [--narrative-template FILE] [--config FILE]",
        summary=say("Write a unit's periodic report as a Word document or a spreadsheet."),
        more=say(
            "A draft, marked as one, until its secretary has approved it in chat; then the newest "
            "approved revision, as it was fixed. --narrative-template writes the text of the draft "
            "into a file to edit, --narrative takes it back; a file with a mistake changes nothing."
        ),
        epilogue=say(
            "Examples:\n"
            "  python -m bot report --unit C1 --period 2026-10 --output report.docx\n"
            "  python -m bot report --unit C1 --period 2026-Q4 --output figures.xlsx\n"
            "  python -m bot report --unit C1 --period 2026-10 --narrative-template text.txt\n"
            "  python -m bot report --unit C1 --period 2026-10 --narrative text.txt"
        ),
    )
    def report(
        *,
        unit: Annotated[str, Parameter(help=say("The unit's code."))],
        period: Annotated[
            str,
            Parameter(
                help=say(
                    "A month (2026-10), quarter (2026-Q4), half year (2026-H2) or year (2026)."
                )
            ),
        ],
        output: Annotated[
            Path | None, Parameter(help=say("The file to write, .docx or .xlsx."))
        ] = None,
        narrative: Annotated[
            Path | None,
            Parameter(help=say("A file (.txt or .docx) with the text to take into the draft.")),
        ] = None,
        narrative_template: Annotated[
            Path | None, Parameter(help=say("The file (.txt or .docx) to write the text into."))
        ] = None,
        config: Annotated[Path | None, Parameter(help=say(CONFIG_HELP))] = None,
    ) -> int:
        from handlers.reports.periods import read_period

        try:
            wanted = read_period(period)
        except ValueError:
            raise Misused(
                say(
                    "There is no period {period}. Write it like 2026-10, 2026-Q4, 2026-H2 or 2026.",
                    period=period,
                )
            ) from None
        if output is None and narrative is None and narrative_template is None:
            raise Misused(say("Name a file: --output, --narrative or --narrative-template."))
        _check_target(output, _DOCUMENTS, terminal)
        _check_target(narrative_template, _TEXTS, terminal)
        settings = settings_of(config, terminal)
        return _Work(settings, terminal, unit, wanted).do(narrative, narrative_template, output)


def _check_target(file: Path | None, endings: tuple[str, ...], terminal: Terminal) -> None:
    if file is None:
        return
    if file.suffix.lower() not in endings:
        raise Misused(
            terminal.say("{file} should end in {endings}.", file=file, endings=", ".join(endings))
        )
    if not file.parent.is_dir():
        raise CannotDo(terminal.say("There is no folder {folder}.", folder=file.parent))


class _Work:
    """What was asked for about one report."""

    def __init__(
        self, settings: "Settings", terminal: Terminal, unit: str, period: "Period"
    ) -> None:
        self._settings, self._terminal = settings, terminal
        self._unit, self._period = unit, period
        self._policy = settings.policy()

    def do(self, narrative: Path | None, template: Path | None, output: Path | None) -> int:
        """Take the text in first, then write the files."""
        with ExitStack() as stack:
            database = stack.enter_context(opened(self._settings, self._terminal))
            if narrative is not None:
                database.run_now(lambda session: self._take(session, narrative))
            report = database.run_now(self._open)
        if template is not None:
            self._write(_words(report, template), template)
        if output is not None:
            self._write(_made(report, output), output)
            self._warn(report)
        return 0

    def _today(self) -> date:
        from bot.app import real_clock

        return real_clock().astimezone(self._policy.timezone).date()

    def _open(self, session: "Session") -> "Opened":
        from handlers.catalogue import ensure_catalogue
        from handlers.exports.wish import lost_secret
        from handlers.reports.opened import NotYet, open_report
        from storage.queries.digest import find_unit
        from storage.queries.report import LostWords

        say = self._terminal.say
        ensure_catalogue(session)
        unit = find_unit(session, self._unit)
        if unit is None:
            raise CannotDo(say("There is no unit with the code {code}.", code=self._unit))
        try:
            return open_report(session, unit.id, self._period, self._policy, self._today())
        except NotYet as not_yet:
            raise CannotDo(
                say(
                    "There is nothing to report of {period} yet: please come back on {day}.",
                    period=self._period.label(say),
                    day=f"{not_yet.on:%d/%m/%Y}",
                )
            ) from None
        except LostWords:
            raise CannotDo(lost_secret(say).wording) from None

    def _take(self, session: "Session", file: Path) -> None:
        """The text of a file becomes that of the draft."""
        from bot.app import real_clock
        from handlers.reports.keeping import AlreadyApproved, keep
        from handlers.reports.narrative_file import Unreadable, content_of, read
        from storage.queries.audit import record

        say, report = self._terminal.say, self._open(session)
        try:
            text = content_of(file.name, file.read_bytes())
        except Unreadable as why:
            raise CannotDo(f"{file}: {say(why.sentence)}") from None
        found = read(text, report.written)
        if found.mistakes:
            wrong = [f"{file}: {each.told(say)}" for each in found.mistakes]
            raise CannotDo(*wrong, say("Nothing was changed."))
        try:
            keep(session, report, found.texts)
        except AlreadyApproved:
            raise CannotDo(
                say("This report is approved and stays as it is. To change it, begin a revision.")
            ) from None
        record(
            session,
            at=real_clock(),
            action="report.edit",
            unit_id=report.unit_id,
            details={
                "unit": self._unit,
                "period": str(self._period),
                "revision": report.revision,
            },
        )
        self._terminal.tell(say("Saved: {n} sections were read.", n=len(found.texts)))

    def _write(self, part: "Document", file: Path) -> None:
        from handlers.documents.recipes import draw
        from handlers.documents.spreadsheets import replacing

        with replacing(file) as stream:
            stream.write(draw(part.recipe, part.data))
        self._terminal.tell(self._terminal.say("Written to {file}.", file=file))

    def _warn(self, report: "Opened") -> None:
        from handlers.reports.shown import state

        self._terminal.tell(state(report, self._terminal.say))


def _words(report: "Opened", file: Path) -> "Document":
    from handlers.messages import Document
    from handlers.reports.narrative import official
    from handlers.reports.narrative_file import as_lines

    recipe = "report_words" if file.suffix.lower() == ".docx" else "report_text"
    return Document(recipe=recipe, data={"lines": as_lines(report, official())}, name=file.name)


def _made(report: "Opened", file: Path) -> "Document":
    from handlers.reports.document import document
    from handlers.reports.sheet import sheet

    return sheet(report) if file.suffix.lower() == ".xlsx" else document(report)

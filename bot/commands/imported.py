"""What the operator reads after an import and after its undoing."""

from datetime import date
from typing import TYPE_CHECKING

from bot.commands.terminal import Terminal
from handlers.texts import Speech, mark

if TYPE_CHECKING:
    from bot.config import Settings
    from handlers.roster import ImportReport, UndoReport
    from handlers.roster.report import Counts

_MOST_EXAMPLES = 10

_TABLES = {
    "units": mark("Units: {added} new, {changed} changed, {unchanged} as before."),
    "people": mark("People: {added} new, {changed} changed, {unchanged} as before."),
    "memberships": mark("Roles: {added} new, {changed} changed, {unchanged} as before."),
    "desks": mark("Desks: {added} new, {changed} changed, {unchanged} as before."),
    "duties": mark("Duties: {added} new, {changed} changed, {unchanged} as before."),
    "axes": mark("Responsibilities: {added} new, {changed} changed, {unchanged} as before."),
    "items": mark("Pledge items: {added} new, {changed} changed, {unchanged} as before."),
}
_ENDED = {
    "units": mark("Units: {added} new, {changed} changed, {ended} closed, {unchanged} as before."),
    "people": mark(
        "People: {added} new, {changed} changed, {ended} without a role now, {unchanged} as before."
    ),
    "memberships": mark(
        "Roles: {added} new, {changed} changed, {ended} ended, {unchanged} as before."
    ),
    "desks": mark("Desks: {added} new, {changed} changed, {ended} closed, {unchanged} as before."),
    "duties": mark("Duties: {added} new, {changed} changed, {ended} ended, {unchanged} as before."),
}
_UNTOUCHED = {
    "units": mark("Not in the files, and left as they are: {n} units."),
    "people": mark("Not in the files, and left as they are: {n} people."),
    "memberships": mark("Not in the files, and left as they are: {n} roles."),
    "desks": mark("Not in the files, and left as they are: {n} desks."),
    "duties": mark("Not in the files, and left as they are: {n} duties that run or are to come."),
}
_EXAMPLES = {
    "units_added": mark("New units: {examples}"),
    "units_changed": mark("Changed units: {examples}"),
    "units_merged": mark("Merged units: {examples}"),
    "units_closed": mark("Closed units: {examples}"),
    "units_later": mark(
        "A later change stands, and the new values hold from its day on: {examples}"
    ),
    "people_added": mark("New people: {examples}"),
    "moved": mark("Moved people: {examples}"),
    "ended": mark("Ended roles: {examples}"),
    "unseated": mark("No longer secretary, as the unit was merged: {examples}"),
    "desks_moved": mark("Moved desks: {examples}"),
    "desks_closed": mark("Closed desks: {examples}"),
}


def tell_import(report: "ImportReport", settings: "Settings", terminal: Terminal) -> None:
    """Counts on standard output; examples and what to do next for the person."""
    say = terminal.say
    for name, counts in report.tables.items():
        sentence = _ENDED[name] if counts.ended else _TABLES[name]
        terminal.result(say(sentence, **vars(counts)))
    _tell_untouched(report.tables, terminal)
    for kind, found in report.examples.items():
        terminal.tell(say(_EXAMPLES[kind], examples=_shortened(found, say)))
    if report.dry_run:
        for ending in report.endings:
            terminal.tell(ending.said(say))
        terminal.tell(say("This was a dry run: nothing was stored."))
        return
    if report.changes_nothing:
        terminal.tell(say("Nothing has changed: all of it was there already."))
    if report.number is not None:
        terminal.tell(say("Undo with: python -m bot import --undo {number}", number=report.number))
    terminal.tell(
        say(
            "The link of a desk is {url}/q/CODE. "
            "Print them all: python -m bot qr --output posters.pdf",
            url=settings.public_url,
        )
    )


def _tell_untouched(tables: "dict[str, Counts]", terminal: Terminal) -> None:
    """Only of tables the files speak of: who imports people alone knows of the rest."""
    for name, counts in tables.items():
        spoken_of = counts.added or counts.changed or counts.ended or counts.unchanged
        if spoken_of and counts.untouched:
            terminal.tell(terminal.say(_UNTOUCHED[name], n=counts.untouched))


def _shortened(found: list[str], say: Speech) -> str:
    shown = "; ".join(found[:_MOST_EXAMPLES])
    more = len(found) - _MOST_EXAMPLES
    return say("{shown}; and {more} more", shown=shown, more=more) if more > 0 else shown


def tell_undo(
    report: "UndoReport", number: int, today: date, terminal: Terminal, *, dry_run: bool
) -> None:
    """What the undoing put back."""
    say = terminal.say
    terminal.result(
        say(
            "Import {number}: {restored} rows as they were before, {returned} brought back, "
            "{removed} removed.",
            number=number,
            restored=report.restored,
            returned=report.returned,
            removed=report.removed - len(report.kept),
        )
    )
    if report.kept:
        terminal.tell(
            say(
                "In use by now, so closed or left without a role: {codes}",
                codes=_shortened(report.kept, say),
            )
        )
    if report.catalogue:
        terminal.tell(say("What members pledge stays as the import made it."))
    if report.on < today:
        terminal.tell(
            say("The figures since {day} are told as if it had never been.", day=report.on)
        )
    for ending in report.endings if dry_run else ():
        terminal.tell(ending.said(say))
    if dry_run:
        terminal.tell(say("This was a dry run: nothing was stored."))

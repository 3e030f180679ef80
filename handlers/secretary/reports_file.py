"""Writing a report in a file: its words are taken away, edited, and sent back."""

from collections.abc import Sequence

from handlers.messages import Choice, Choices, Document, Field, Reply, Text, Title, reply
from handlers.permissions import secretary
from handlers.reports.document import file_name
from handlers.reports.narrative import official
from handlers.reports.narrative_file import (
    ENDINGS,
    Mistake,
    Unreadable,
    as_lines,
    content_of,
    read,
)
from handlers.reports.opened import Opened
from handlers.reports.periods import Period
from handlers.routing import Route
from handlers.secretary.report_actions import FILE, FILE_SENT, SECTIONS
from handlers.secretary.reports import own_draft
from handlers.secretary.reports_edit import keep_texts, listed
from handlers.turn import Turn

_LONGEST_FILE = 40_000  # characters of all sections with their headings
_MISTAKES = 10  # told at once


def as_file(turn: Turn, unit: int, period: Period) -> Sequence[Reply]:
    """The words to take away, and a field for what comes back."""
    return [_file(turn, own_draft(turn, unit, period))]


def _file(turn: Turn, report: Opened, value: str = "", wrong: Sequence[str] = ()) -> Reply:
    say = turn.say
    lines = as_lines(report, official())
    name = f"{file_name(report)}-noidung"
    data = {"lines": lines}
    shown = "\n".join(wrong[:_MISTAKES])
    return reply(
        Title(text=say("All sections as a file")),
        Text(
            text=say(
                "Take one of these files, write in it and send it back: on the web page as a file, "
                "in a messenger as text, each message beginning with a heading. What you leave out "
                "stays as it is."
            )
        ),
        Text(text=shown, tone="alert") if shown else None,
        Document(recipe="report_words", data=data, name=f"{name}.docx"),
        Document(recipe="report_text", data=data, name=f"{name}.txt"),
        Field(
            action=FILE_SENT.build(unit=report.unit_id, period=report.period),
            label=say("The edited file (.docx or .txt, at most 1 MB), or its text:"),
            send=say("Send"),
            value=value,
            error=say("Nothing was changed.") if wrong else "",
            most=_LONGEST_FILE,
            lines=8,
            files=ENDINGS,
        ),
        Choices(
            label=say("What would you like to do?"),
            choices=(
                Choice(
                    label=say("All sections"),
                    action=SECTIONS.build(unit=report.unit_id, period=report.period),
                    look="quiet",
                ),
            ),
        ),
        fresh=True,
    )


def file_sent(turn: Turn, unit: int, period: Period) -> Sequence[Reply]:
    """Take over every section of the file; with a mistake in it, none."""
    say, report = turn.say, own_draft(turn, unit, period)
    try:
        text = _sent(turn)
    except Unreadable as why:
        return [_file(turn, report, turn.text, [say(why.sentence)])]
    if not text.strip():
        return [_file(turn, report, "", [say("Neither a file nor a text came.")])]
    found = read(text, report.written)
    if found.mistakes:
        return [_file(turn, report, text, _told(turn, found.mistakes))]
    changed = keep_texts(turn, report, found.texts)
    saved = say("Saved: {n} sections were read.", n=len(found.texts))
    sections = listed(turn, changed, Text(text=saved, tone="strong"))
    more = FILE_SENT.build(unit=unit, period=period)  # a long text comes in several messages
    return [sections.model_copy(update={"awaits": more})]


def _sent(turn: Turn) -> str:
    file = turn.incoming.file
    return turn.text if file is None else content_of(file.name, file.content)


def _told(turn: Turn, mistakes: Sequence[Mistake]) -> list[str]:
    return [each.told(turn.say) for each in mistakes]


ROUTES = [
    Route(FILE, as_file, secretary),
    Route(FILE_SENT, file_sent, secretary, again=SECTIONS),
]

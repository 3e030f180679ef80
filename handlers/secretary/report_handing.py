"""A report as files: the document to print or to send, the figures to work with."""

from handlers.messages import Choice, Choices, Note, Reply, Text, reply
from handlers.reports.document import document
from handlers.reports.opened import Opened
from handlers.reports.sheet import sheet
from handlers.turn import Turn


def handed(turn: Turn, report: Opened, back: Choice) -> Reply:
    """The document, and the way back."""
    say = turn.say
    text = say("The report of {period} as a Word document.", period=report.period.label(say))
    draft = say("It is marked as a draft until it is approved.")
    return reply(
        Text(text=text),
        None if report.approved else Note(text=draft),
        document(report),
        Choices(label=say("What would you like to do?"), choices=(back,)),
        fresh=True,
    )


def handed_sheet(turn: Turn, report: Opened, back: Choice) -> Reply:
    """The workbook, and the way back."""
    say = turn.say
    text = say("The figures of {period} as a spreadsheet.", period=report.period.label(say))
    return reply(
        Text(text=text),
        sheet(report),
        Choices(label=say("What would you like to do?"), choices=(back,)),
        fresh=True,
    )

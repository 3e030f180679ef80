"""The roll-up as a message: its text, the way to every unit below, and the next steps."""

from collections.abc import Sequence

from handlers.digest.text import missed_line
from handlers.messages import Choice, Choices, Reply, reply
from handlers.organiser.rollup_actions import OWN, PICTURE, ROLLUP_SHEET, UNITS
from handlers.rollup.figures import RollUp
from handlers.rollup.text import parts
from handlers.secretary.actions import MORE, WEEK
from handlers.texts import Speech
from handlers.weeks import FIRST_WRITTEN, Week


def rollup_message(found: RollUp, say: Speech, missed: Sequence[Week] = ()) -> Reply:
    """One message, however many units there are. It never replaces another."""
    head, *rest = parts(found, say)
    return reply(
        head,
        missed_line(missed, say),
        *rest,
        Choices(label=say("What would you like to do?"), choices=tuple(_steps(found, say))),
        fresh=True,
    )


def _steps(found: RollUp, say: Speech) -> list[Choice]:
    of = {"unit": found.top.id, "week": found.week}
    label = say("The units below ({n})", n=len(found.below))
    steps = [Choice(label=label, action=UNITS.build(page=0, **of), look="primary")]
    if found.top.works:
        steps.append(Choice(label=say("Our own digest"), action=OWN.build(**of)))
    if not found.empty:
        steps.append(Choice(label=say("As a picture"), action=PICTURE.build(**of)))
        steps.append(Choice(label=say("As a spreadsheet"), action=ROLLUP_SHEET.build(**of)))
    if found.earlier and found.week > FIRST_WRITTEN:
        earlier = WEEK.build(unit=found.top.id, week=found.week.before())
        steps.append(Choice(label=say("Previous week"), action=earlier))
    steps.append(Choice(label=say("More…"), action=MORE.build(**of), look="quiet"))
    return steps

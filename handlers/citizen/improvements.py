"""“Bà con góp ý – Chúng tôi đã làm”: what changed because of citizens, small under the question."""

from datetime import date

from handlers.messages import Note
from handlers.texts import Speech
from handlers.turn import Turn
from storage.queries.desk import DeskWithUnit
from storage.queries.improvements import shown_at

MOST = 3


def improvements(turn: Turn, desk: DeskWithUnit) -> Note | None:
    """The newest one, the ones before it folded away; None where there is nothing to tell."""
    lines = [
        improvement_line(turn.say, each.text, each.day)
        for each in shown_at(turn.session, desk, MOST)
        if each.day is not None
    ]
    if not lines:
        return None
    return Note(text=lines[0], more="\n\n".join(lines[1:]), fold=turn.say("What was done before"))


def improvement_line(say: Speech, text: str, day: date) -> str:
    """One improvement with the month it was first shown."""
    return say("You said – we did ({month}): {text}", month=day.strftime("%m/%Y"), text=text)

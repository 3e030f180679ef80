"""“Bà con góp ý – Chúng tôi đã làm”: what a desk shows, new texts, new words for old ones."""

from collections.abc import Sequence

from handlers.citizen.improvements import MOST
from handlers.messages import Choice, Choices, Field, Reply, Text, Title, reply
from handlers.permissions import secretary
from handlers.routing import Route
from handlers.secretary.desk_actions import (
    DESK,
    IMPROVEMENT,
    IMPROVEMENTS,
    REWRITE,
    REWRITTEN,
    WRITE,
    WRITTEN,
)
from handlers.secretary.improvement_card import improvement_card, own_improvement
from handlers.secretary.own_desk import own_desk
from handlers.turn import Turn
from storage.queries.desk import DeskWithUnit
from storage.queries.improvements import add_draft, written_for
from storage.tables import Improvement

LONGEST = 300
_LISTED = 8
_LABEL = 48


def improvements(turn: Turn, desk: str) -> Sequence[Reply]:
    """What is shown at the desk, what waits as a draft, what was taken down."""
    found, say = own_desk(turn, desk), turn.say
    rows = written_for(turn.session, found, _LISTED)
    explained = say(
        "Tell people what changed because of what they said. The newest {most} stand under the "
        "question on the desk's page, with their month.",
        most=MOST,
    )
    choices = tuple(
        Choice(
            label=_label(turn, each),
            action=IMPROVEMENT.build(desk=found.code, number=each.id),
        )
        for each in rows
    )
    write = Choice(
        label=say("Write a new one"), action=WRITE.build(desk=found.code), look="primary"
    )
    return [
        reply(
            Title(text=say("You said – we did: {desk}", desk=found.name)),
            Text(text=explained),
            Choices(label=say("Written so far"), choices=choices) if choices else None,
            Choices(
                label=say("What would you like to do?"), choices=(write, _to_desk(turn, found))
            ),
        )
    ]


def _label(turn: Turn, row: Improvement) -> str:
    text = row.text if len(row.text) <= _LABEL else f"{row.text[:_LABEL]}…"
    if row.day is None:
        return turn.say("Draft: {text}", text=text)
    if row.hidden:
        return turn.say("Taken down: {text}", text=text)
    return turn.say("{month}: {text}", month=row.day.strftime("%m/%Y"), text=text)


def _to_desk(turn: Turn, desk: DeskWithUnit) -> Choice:
    label = turn.say("Back to the desk")
    return Choice(label=label, action=DESK.build(desk=desk.code), look="quiet")


def write(turn: Turn, desk: str) -> Sequence[Reply]:
    """Ask for the text."""
    found = own_desk(turn, desk)
    return [_ask(turn, found, WRITTEN.build(desk=found.code))]


def rewrite(turn: Turn, desk: str, number: int) -> Sequence[Reply]:
    """Ask for new words; the old ones stand in the field."""
    found, row = own_improvement(turn, desk, number)
    return [_ask(turn, found, REWRITTEN.build(desk=found.code, number=number), row.text)]


def _ask(turn: Turn, desk: DeskWithUnit, action: str, value: str = "", error: str = "") -> Reply:
    say = turn.say
    return reply(
        Title(text=say("You said – we did")),
        Field(
            action=action,
            label=say("What has changed because of citizens?"),
            hint=say(
                "One or two sentences everybody may read, such as: More chairs stand in the "
                "waiting room. No names of citizens. You see it before it is shown."
            ),
            send=say("Preview"),
            value=value,
            error=error,
            most=LONGEST,
            lines=4,
        ),
        Choices(
            label=say("What would you like to do?"),
            choices=(
                Choice(
                    label=say("‹ Go back"),
                    action=IMPROVEMENTS.build(desk=desk.code),
                    look="quiet",
                ),
            ),
        ),
        fresh=True,
    )


def written(turn: Turn, desk: str) -> Sequence[Reply]:
    """Keep a draft and show how it will look."""
    found = own_desk(turn, desk)
    text = _one_line(turn.text)
    if error := _mistake(turn, text):
        return [_ask(turn, found, WRITTEN.build(desk=found.code), turn.text, error)]
    return [improvement_card(turn, found, add_draft(turn.session, found, text))]


def rewritten(turn: Turn, desk: str, number: int) -> Sequence[Reply]:
    """New words: a draft takes them, what is shown keeps the old ones until they are published."""
    found, row = own_improvement(turn, desk, number)
    text = _one_line(turn.text)
    if error := _mistake(turn, text):
        action = REWRITTEN.build(desk=found.code, number=number)
        return [_ask(turn, found, action, turn.text, error)]
    if row.day is not None:
        row = add_draft(turn.session, found, text, replaces=row)
    row.text = text
    turn.session.add(row)
    return [improvement_card(turn, found, row)]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _mistake(turn: Turn, text: str) -> str:
    if not text:
        return turn.say("Please write a text of at most {most} characters.", most=LONGEST)
    if len(text) > LONGEST:
        return turn.say(
            "That has {length} characters; at most {most} fit.", length=len(text), most=LONGEST
        )
    return ""


ROUTES = [
    Route(IMPROVEMENTS, improvements, secretary),
    Route(WRITE, write, secretary),
    Route(WRITTEN, written, secretary, again=IMPROVEMENTS),
    Route(REWRITE, rewrite, secretary),
    Route(REWRITTEN, rewritten, secretary, again=IMPROVEMENTS),
]

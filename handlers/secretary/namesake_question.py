"""Somebody of the typed name is known in the unit: is it them, or somebody else of that name?"""

from collections.abc import Sequence

from handlers.messages import Choice, Choices, Field, Reply, Title, reply
from handlers.turn import Turn
from handlers.typed_names import LONGEST_NAME, LONGEST_POSITION

MOST_TYPED = LONGEST_NAME + LONGEST_POSITION + 2  # a comma and a space between them


def namesake_question(turn: Turn, title: str, ways: Sequence[Choice], namesake: str) -> Reply:
    """`ways` take up who is known, and lead back; what was typed stays, for the action `namesake`."""
    say = turn.say
    return reply(
        Title(text=title),
        Choices(label=title, choices=tuple(ways)),
        Field(
            action=namesake,
            label=say("If it is somebody else of the same name, choose “Add a namesake”."),
            send=say("Add a namesake"),
            value=turn.text,
            most=MOST_TYPED,
        ),
    )

"""The question answered in words, stars, or a number with a comment behind it."""

from collections.abc import Sequence
from dataclasses import replace

from handlers.citizen.actions import SAY, SEE
from handlers.citizen.enrich import comment
from handlers.citizen.level_words import read_level
from handlers.citizen.question import ask
from handlers.citizen.rate import rate
from handlers.citizen.scheme import LEVELS
from handlers.messages import Reply, Text
from handlers.references import RatingRef
from handlers.routing import Route
from handlers.turn import Turn
from handlers.typed_numbers import read_numbers


def said(turn: Turn, of: RatingRef) -> Sequence[Reply]:
    """Rated if it is clear, asked again if not."""
    level = read_level(turn.text)
    if level is not None:
        return rate(turn, of, level)
    typed = read_numbers(turn.text)
    if typed is not None and typed.words and len(typed.numbers) == 1 and typed.numbers[0] in LEVELS:
        rate(turn, of, typed.numbers[0])
        turn.incoming = replace(turn.incoming, text=typed.words)
        return comment(turn, of)
    sorry = turn.say(
        "Sorry, we did not understand. Please send a number from 1 to 5 (5 is Very satisfied)."
    )
    first, *rest = ask(turn, of)
    parts = (Text(text=sorry, tone="alert"), *first.parts)
    return [first.model_copy(update={"parts": parts}), *rest]


ROUTES = [Route(SAY, said, again=SEE)]

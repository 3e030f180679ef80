"""Wrong codes are counted for each chat and hour, and for all chats together.

Whoever mistypes has ten tries. Once so many wrong ones come that somebody must be trying codes out
from many chats, each chat has one: a right code still opens at once, for everybody.
"""

import structlog

from handlers.errors import Refused
from handlers.turn import Turn
from storage.database import keys_of
from storage.queries.attempts import attempts, count_attempt
from storage.queries.traffic import chat_name

log = structlog.get_logger("guesses")
MOST_MISSES = 10  # of one chat in an hour
MOST_OF_ALL = 100  # of all chats in an hour, before each has one try
_EVERYBODY = "everybody"


def refuse_guessing(turn: Turn, kind: str, log: str) -> None:
    """Refused after too many wrong codes of this kind."""
    if guesses_too_much(turn, kind):
        wording = turn.say("Too many codes were wrong. Please try again in an hour.")
        raise Refused(wording, log)


def guesses_too_much(turn: Turn, kind: str) -> bool:
    """Whether this chat had too many wrong codes of this kind in this hour."""
    own = attempts(turn.session, _name(turn, kind), turn.now)
    if own == 0 or own >= MOST_MISSES:
        return own > 0
    return attempts(turn.session, f"{kind}{_EVERYBODY}", turn.now) >= MOST_OF_ALL


def count_miss(turn: Turn, kind: str) -> None:
    """Count a wrong code; say in the log when they become so many that each chat has one try."""
    count_attempt(turn.session, _name(turn, kind), turn.now, turn.today)
    of_all = count_attempt(turn.session, f"{kind}{_EVERYBODY}", turn.now, turn.today)
    if of_all == MOST_OF_ALL:
        log.warning("many wrong codes in this hour: each chat has one try now", wrong=of_all)


def _name(turn: Turn, kind: str) -> str:
    """Under which name this chat's wrong codes are counted."""
    incoming = turn.incoming
    return f"{kind}{chat_name(keys_of(turn.session), incoming.channel, incoming.chat)}"

"""A receipt code opens a rating; wrong ones are counted, and limited, per chat and hour."""

from handlers.errors import Refused
from handlers.turn import Turn
from storage.database import keys_of
from storage.queries.rating import find_by_receipt
from storage.queries.traffic import attempts, chat_name, count_attempt
from storage.tables import Rating

MOST_MISSES = 10  # there are 10^10 codes


def open_by_code(turn: Turn, code: str) -> Rating | None:
    """The rating of a code, however the code came in; Refused after too many wrong ones."""
    chat = chat_name(keys_of(turn.session), turn.incoming.channel, turn.incoming.chat)
    if attempts(turn.session, chat, turn.now) >= MOST_MISSES:
        wording = turn.say("Too many codes were wrong. Please try again in an hour.")
        raise Refused(wording, "too many wrong receipt codes")
    rating = find_by_receipt(turn.session, code)
    if rating is None:
        count_attempt(turn.session, chat, turn.now, turn.today)
    return rating

"""A receipt code opens a rating; wrong ones are counted, and limited, per chat and hour."""

from handlers.guesses import count_miss, refuse_guessing
from handlers.turn import Turn
from storage.queries.rating import find_by_receipt
from storage.tables import Rating

_KIND = ""


def open_by_code(turn: Turn, code: str) -> Rating | None:
    """The rating of a code, however the code came in; Refused after too many wrong ones."""
    refuse_guessing(turn, _KIND, "too many wrong receipt codes")
    rating = find_by_receipt(turn.session, code)
    if rating is None:
        count_miss(turn, _KIND)
    return rating

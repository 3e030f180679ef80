"""The receipt code alone shows, changes or withdraws a rating, from any door."""

import re
import unicodedata
from collections.abc import Sequence

from handlers.citizen.actions import BY_CODE, ERASE, FIND, RECEIPT, SEE, WITHDRAW
from handlers.citizen.guessing import open_by_code
from handlers.citizen.question import find_rating, gone
from handlers.citizen.shown import show
from handlers.messages import Choice, Choices, Field, Reply, Text, Title, reply
from handlers.references import ByCode, RatingRef
from handlers.routing import Route
from handlers.turn import Turn
from storage.database import keys_of
from storage.keys import RECEIPT_DIGITS
from storage.queries.rating import withdraw


def looks_like_code(text: str, digits: int = RECEIPT_DIGITS) -> str | None:
    """The digits of a receipt code typed in any grouping, or None. Ten are always enough: codes from
    before an installation gave out longer ones."""
    typed = typed_digits(text)
    long_enough = len(typed) in {digits, RECEIPT_DIGITS}
    return typed if long_enough and re.fullmatch("[1-9][0-9]+", typed) else None


def could_be_code(text: str) -> bool:
    """Whether it would be a receipt code in some installation."""
    return re.fullmatch("[1-9][0-9]{9,15}", typed_digits(text)) is not None


def typed_digits(text: str) -> str:
    """What was typed, without the word "mã" before it and the grouping of a code."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return re.sub(r"^(?:mã|ma|code)\b:?|[\s.\-–]", "", plain, flags=re.IGNORECASE)


def ask_code(turn: Turn) -> Sequence[Reply]:
    """Ask for a receipt code."""
    return [reply(Title(text=turn.say("See, change or withdraw a rating")), _field(turn))]


def _field(turn: Turn, value: str = "", error: str = "") -> Field:
    say, n = turn.say, keys_of(turn.session).receipt_digits
    ten = n == RECEIPT_DIGITS
    return Field(
        action=BY_CODE.build(),
        label=say("Receipt code (ten digits)") if ten else say("Receipt code ({n} digits)", n=n),
        hint=say("It was shown right after rating, such as 123 456 7890."),
        send=say("Open"),
        value=value,
        error=error,
        most=24,
        numeric=True,
    )


def open_code(turn: Turn) -> Sequence[Reply]:
    """The rating a typed code belongs to. Wrong codes are counted, and limited, per chat."""
    say = turn.say
    n = keys_of(turn.session).receipt_digits
    code = looks_like_code(turn.text, n)
    if code is None:
        return _asked_again(turn, _misshapen(turn, n))
    rating = open_by_code(turn, code)
    if rating is None:
        return _asked_again(
            turn, say("There is no rating with this code. Please check the digits.")
        )
    if rating.level is None:
        return [_withdrawn(turn)]
    return [show(turn, ByCode(code), rating)]


def _misshapen(turn: Turn, n: int) -> str:
    if n == RECEIPT_DIGITS:
        return turn.say("A receipt code has ten digits. Please check and try again.")
    return turn.say("A receipt code has {n} digits. Please check and try again.", n=n)


def _asked_again(turn: Turn, error: str) -> Sequence[Reply]:
    title = Title(text=turn.say("See, change or withdraw a rating"))
    return [reply(title, _field(turn, turn.text, error))]


def ask_withdraw(turn: Turn, of: RatingRef) -> Sequence[Reply]:
    """Withdrawing cannot be undone, so it is asked once."""
    rating = find_rating(turn, of)
    if rating is None or rating.level is None:
        return gone(turn)
    say = turn.say
    return [
        reply(
            Title(text=say("Withdraw this rating?")),
            Text(
                text=say(
                    "Its level, reasons and comment are erased at once and cannot be restored."
                )
            ),
            Choices(
                label=say("Withdraw this rating?"),
                choices=(
                    Choice(label=say("Keep it"), action=SEE.build(of=of), look="primary"),
                    Choice(label=say("Withdraw and erase"), action=ERASE.build(of=of)),
                ),
            ),
        )
    ]


def erase(turn: Turn, of: RatingRef) -> Sequence[Reply]:
    """Withdraw: the content is gone with this commit."""
    rating = find_rating(turn, of)
    if rating is None:
        return gone(turn)
    if rating.level is not None:
        withdraw(turn.session, rating)
    return [_withdrawn(turn)]


def _withdrawn(turn: Turn) -> Reply:
    say = turn.say
    return reply(
        Title(text=say("This rating is withdrawn and its content erased.")),
        Choices(
            label=say("What would you like to do?"),
            choices=(Choice(label=say("Rate a desk"), action=FIND.build()),),
        ),
    )


ROUTES = [
    Route(RECEIPT, ask_code),
    Route(BY_CODE, open_code),
    Route(WITHDRAW, ask_withdraw),
    Route(ERASE, erase),
]

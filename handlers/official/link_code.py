"""A code typed in another messenger: it leads to the question whether that chat is theirs too."""

import re
import secrets
from datetime import timedelta

from handlers.citizen.actions import FIND, SEARCH, START
from handlers.citizen.receipt import typed_digits
from handlers.guesses import count_miss, guesses_too_much, refuse_guessing
from handlers.messages import Choice, Choices, Reply, Text, Title, reply
from handlers.official.actions import CHATS, JOIN
from handlers.turn import Turn
from storage.queries.joining import add_invite, find_invite, revoke_own, state_of
from storage.queries.link import Standing
from storage.tables import Invite

LINK_CODE_LIVES = timedelta(minutes=15)
_KIND = "link/"  # counted apart from receipt codes
_CODE = re.compile(r"0[0-9]{9}")  # a receipt code never begins with 0


def looks_like_link_code(text: str) -> str | None:
    """The ten digits of a code for linking, typed in any grouping, or None."""
    digits = typed_digits(text)
    return digits if _CODE.fullmatch(digits) else None


def names_link_code(action: str) -> bool:
    """Whether an action carries such a code instead of an invitation's token."""
    verb, *pieces = action.split("/")
    return verb.startswith("join") and any(looks_like_link_code(each) for each in pieces)


def make_link_code(turn: Turn, standing: Standing) -> str:
    """A code of this person's own, good for a quarter of an hour and once."""
    session, person = turn.session, turn.official.person_id
    code = _unused(turn)
    add_invite(
        session,
        unit_id=standing.unit_id,
        role=standing.role,
        person_id=person,
        invited_by=person,
        expires=turn.now + LINK_CODE_LIVES,
        token=code,
    )
    return code


def withdraw_earlier(turn: Turn) -> None:
    """What this person made before to link a chat leads nowhere from now on."""
    revoke_own(turn.session, turn.official.person_id, turn.now)


def _unused(turn: Turn) -> str:
    while True:
        code = f"0{secrets.randbelow(10**9):09d}"
        if find_invite(turn.session, code) is None:
            return code


def typed_link_code(turn: Turn, text: str, awaits: str | None) -> str | None:
    """The action a typed text means if it is such a code; None if it is something else.

    Where something was asked for, ten digits are more likely a phone number: there only a code
    that is good is taken for one, and the others are counted all the same.
    """
    code = looks_like_link_code(text)
    if code is None or turn.kiosk:  # nobody links a tablet that everybody uses
        return None
    asked = awaits not in {None, SEARCH.build()}
    if asked and (guesses_too_much(turn, _KIND) or open_by_link_code(turn, code) is None):
        return None
    return JOIN.build(token=code)


def open_by_link_code(turn: Turn, code: str) -> Invite | None:
    """The invitation of a code that is good, or that let this very person in; Refused after too
    many wrong ones, however they came in."""
    refuse_guessing(turn, _KIND, "too many wrong codes for linking")
    invite = find_invite(turn.session, code)
    if invite is not None and (
        state_of(invite, turn.now) == "open"
        or (turn.who is not None and invite.used_by == turn.who.person_id)
    ):
        return invite
    count_miss(turn, _KIND)
    return None


def no_such_code(turn: Turn) -> Reply:
    """It was mistyped, is used or is too old: one answer, so that it tells a guesser nothing."""
    say = turn.say
    return reply(
        Title(text=say("This code does not open anything (any more).")),
        Text(
            text=say(
                "A code for linking a messenger is good for {minutes} minutes, once. Please check the "
                "digits, or make a new code in the messenger you use already: type /kenh there.",
                minutes=int(LINK_CODE_LIVES.total_seconds() // 60),
            )
        ),
        Text(text=say("The code of a rating never begins with 0.")),
        _ways(turn),
    )


def linked_here_already(turn: Turn) -> Reply:
    """Typed where it was made, or in another chat of the same person."""
    say = turn.say
    return reply(
        Title(text=say("This chat is linked to you already.")),
        Text(text=say("Type the code into the bot in your other messenger: there it links you.")),
        Choices(
            label=say("What would you like to do?"),
            choices=(Choice(label=say("Back to my chats"), action=CHATS.build()),),
        ),
    )


def code_of_somebody_else(turn: Turn) -> Reply:
    """Typed in a chat that is another official's: a chat belongs to one person."""
    say = turn.say
    return reply(
        Title(text=say("This code belongs to somebody else.")),
        Text(
            text=say(
                "This chat is linked to {name}. Whoever made the code types it in a chat of their own.",
                name=turn.official.full_name,
            )
        ),
        _ways(turn),
    )


def _ways(turn: Turn) -> Choices:
    say = turn.say
    way = (
        Choice(label=say("To my menu"), action=START.build())
        if turn.who is not None
        else Choice(label=say("Rate a desk"), action=FIND.build())
    )
    return Choices(label=say("What would you like to do?"), choices=(way,))

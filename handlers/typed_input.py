"""What a person did, read as one action. Typed input is read in this order: command, link
or receipt code, shown number, shown word, desk code, awaited text, search (docs/decisions/0004)."""

import re
import unicodedata
from dataclasses import replace

from handlers.citizen.actions import (
    BY_CODE,
    CANCEL,
    COMMENT,
    DONE,
    HELP,
    OLD,
    OPEN,
    OTHER,
    SEARCH,
    START,
)
from handlers.citizen.menu import menu_choices
from handlers.citizen.receipt import looks_like_code
from handlers.member.actions import NOTE
from handlers.member.shift_actions import SHIFT_CODE, STAFF_BEGIN
from handlers.names import folded
from handlers.official.actions import JOIN
from handlers.official.link_code import typed_link_code
from handlers.routing import Matched, Router
from handlers.secretary.actions import SEND_ANSWER
from handlers.secretary.report_actions import ADDED, REPLACE
from handlers.staff_link import read_staff_payload
from handlers.turn import Turn
from handlers.typed_answers import by_number, by_word
from handlers.typed_commands import (
    COMMANDS,
    command_menus,
    means_greeting,
    means_nothing_more,
    means_stop,
    spoken_command,
)
from storage.database import keys_of
from storage.queries.desk import find_desk
from storage.queries.traffic import ChatState

__all__ = ["COMMANDS", "command_menus", "menu_choices", "resolve"]

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
# An invitation's link as it was sent: pasted into a chat that knows no deep links.
_INVITATION = re.compile(r"(?:https?://\S+/i/|i-)([A-Za-z0-9_-]{16,40})")
# The address behind a desk's QR, likewise.
_DESK_PAGE = re.compile(r"https?://\S+/q/([A-Za-z0-9_-]{1,16})(?:[?#]\S*)?")
# The link of a staff QR, likewise.
_STAFF = re.compile(r"(?:https?://\S+/s/|s-)([A-Za-z0-9_-]{18,40})")
# Where an official writes sentences: a note, an answer to a comment, a section of a report.
_SENTENCES = (NOTE, SEND_ANSWER, ADDED, REPLACE)
_DESK = re.compile(r"(?:(?:mã|ma|quầy|quay|code|desk)\s+)*([\w-]{1,16})[.!]?", re.IGNORECASE)


def resolve(turn: Turn, state: ChatState, router: Router) -> Matched:
    """The route an update means; always one, if only the one that says it was not understood."""
    meant = _meant(turn, state, router)
    matched = router.match(meant) if isinstance(meant, str) else meant
    if matched is None:
        matched = router.match(OLD.build())
    assert matched is not None
    return matched


def _meant(turn: Turn, state: ChatState, router: Router) -> str | Matched:
    incoming = turn.incoming
    if incoming.action is not None:
        into = incoming.action in {SEARCH.build(), BY_CODE.build()}  # a page's fields for a code
        return (into and typed_link_code(turn, turn.text, None)) or incoming.action
    if incoming.other is not None:
        what = incoming.other if re.fullmatch(r"\w{1,20}", incoming.other) else "unknown"
        return OTHER.build(what=what)
    return _typed(turn, turn.text, state, router)


def _typed(turn: Turn, text: str, state: ChatState, router: Router) -> str | Matched:
    if command := _COMMAND.fullmatch(text):
        return _command(turn, command[1].lower(), (command[2] or "").strip())
    if code := typed_link_code(turn, text, state.awaits):  # "01 23 45 …" are no choices either
        return code
    if looks_like_code(text, keys_of(turn.session).receipt_digits):  # nor are "123 456 789 0"
        return BY_CODE.build()
    chosen = by_number(turn, text, state, router) or by_word(turn, text, state)
    if chosen is None and means_stop(text, person=state.person):
        chosen = CANCEL.build()
    answer = _pasted(text) or _code(turn, text, state) if chosen is None else None
    if answer is None:
        chosen = chosen or _bare_word(turn, text, state, router)
    if chosen is not None:
        turn.incoming = replace(turn.incoming, text="")  # a number that was typed is no comment
    return chosen or answer or state.awaits or SEARCH.build()


def _code(turn: Turn, text: str, state: ChatState) -> str | None:
    """What a desk's code opens; where it is typed, "mã Q1." is one too."""
    named = None if turn.buttons else _DESK.fullmatch(unicodedata.normalize("NFKC", text))
    code = text if named is None else named[1]
    if OPEN.match(f"open/{code}") is None or find_desk(turn.session, code) is None:
        return None
    if state.awaits != SHIFT_CODE.build():
        return OPEN.build(desk=code)
    turn.incoming = replace(turn.incoming, text=code)
    return state.awaits  # asked where the shift begins: this code is the answer


def _bare_word(turn: Turn, text: str, state: ChatState, router: Router) -> str | None:
    """A command without its slash, where no answer is asked for, or one in sentences; a line
    of the menu anywhere."""
    plain = "" if turn.buttons else folded(text)
    if not plain:
        return None
    if plain == "menu":
        return START.build()
    for choice in menu_choices(turn).choices:
        if plain == folded(choice.label):
            return choice.action
    return _nothing_more(text, state.awaits or "") or _spoken(turn, text, state, router)


def _spoken(turn: Turn, text: str, state: ChatState, router: Router) -> str | None:
    free = state.awaits in (None, SEARCH.build())
    if free and means_greeting(text):
        return START.build()
    command = spoken_command(text) if free or _writes_at_length(state.awaits or "") else None
    if command is None:
        return None
    found = router.match(command.build())
    return command.build() if found is not None and found.route.may(turn) else None


def _writes_at_length(awaits: str) -> bool:
    """Whether an official's text of sentences is awaited: a command's bare word is none."""
    return any(each.match(awaits) is not None for each in _SENTENCES)


def _nothing_more(text: str, awaits: str) -> str | None:
    """The end of a rating or of a report to which nobody wants to add anything."""
    if not means_nothing_more(text):
        return None
    rated = COMMENT.match(awaits)
    if rated is not None:
        return DONE.build(**rated)
    return None if NOTE.match(awaits) is None else START.build()


def _pasted(text: str) -> str | None:
    if invitation := _INVITATION.fullmatch(text):
        return JOIN.build(token=invitation[1])
    if (page := _DESK_PAGE.fullmatch(text)) and OPEN.match(desk := f"open/{page[1]}"):
        return desk
    staff = _STAFF.fullmatch(text)
    return None if staff is None else _staff(staff[1])


def _command(turn: Turn, name: str, argument: str) -> str:
    if name == "start" and argument:
        return _deep_link(argument)
    pattern = COMMANDS.get(name)
    if pattern is not None:
        return pattern.build()
    turn.incoming = replace(turn.incoming, text="")
    return HELP.build()


def _deep_link(payload: str) -> str:
    """`q-<desk code>` opens a rating, `i-<token>` an invitation, `s-<desk code>-<token>` begins a
    shift; anything else is garbled."""
    if payload.startswith("i-") and JOIN.match(join := f"join/{payload[2:]}"):
        return join
    if payload.startswith("s-") and (begin := _staff(payload[2:])):
        return begin
    action = f"open/{payload[2:]}"
    if payload.startswith("q-") and OPEN.match(action):
        return action
    return OLD.build()


def _staff(payload: str) -> str | None:
    """What the payload of a staff QR does in a chat: whoever scanned it begins there."""
    read = read_staff_payload(payload)
    if read is None or OPEN.match(f"open/{read[0]}") is None:
        return None
    desk, token = read
    return STAFF_BEGIN.build(desk=desk, token=token)

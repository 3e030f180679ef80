"""What a person did, read as one action. Typed input is read in this order: command, shown number,
desk code, receipt or link code, awaited text, search (docs/decisions/0004)."""

import re
from dataclasses import replace

from handlers.citizen.actions import (
    BY_CODE,
    FIND,
    HELP,
    LANGUAGES,
    OLD,
    OPEN,
    OTHER,
    PRIVACY,
    RECEIPT,
    SEARCH,
    START,
)
from handlers.citizen.menu import menu_choices
from handlers.citizen.receipt import looks_like_code
from handlers.member.actions import CHECKIN, MINE, OWN_SCORES, PLEDGE, REMINDERS
from handlers.member.shift_actions import SHIFT, SHIFT_CODE, STAFF_BEGIN
from handlers.messages import MENU_NUMBER
from handlers.official.actions import CHATS, JOIN, LEAVE
from handlers.official.link_code import typed_link_code
from handlers.organiser.people_actions import BELOW
from handlers.routing import Matched, Pattern, Router
from handlers.secretary.actions import DIGEST
from handlers.secretary.desk_actions import DESKS
from handlers.secretary.dispute_actions import DISPUTES
from handlers.secretary.invite_actions import INVITES
from handlers.secretary.report_actions import REPORTS
from handlers.secretary.setting_actions import SETTINGS
from handlers.staff_link import read_staff_payload
from handlers.texts import Speaker, mark
from handlers.turn import Turn
from storage.queries.desk import find_desk
from storage.queries.traffic import ChatState

__all__ = ["COMMANDS", "menu_choices", "resolve"]

COMMANDS: dict[str, Pattern] = {  # both languages always work, whichever menu a client shows
    "start": START,
    "danhgia": FIND,
    "rate": FIND,
    "ma": RECEIPT,
    "code": RECEIPT,
    "riengtu": PRIVACY,
    "privacy": PRIVACY,
    "ngonngu": LANGUAGES,
    "language": LANGUAGES,
    "trogiup": HELP,
    "help": HELP,
    "camket": PLEDGE,
    "pledge": PLEDGE,
    "baocao": CHECKIN,
    "checkin": CHECKIN,
    "cuatoi": MINE,
    "mine": MINE,
    "nhac": REMINDERS,
    "reminders": REMINDERS,
    "bantin": DIGEST,
    "digest": DIGEST,
    "baocaoky": REPORTS,
    "report": REPORTS,
    "catruc": SHIFT,
    "shift": SHIFT,
    "diemcuatoi": OWN_SCORES,
    "scores": OWN_SCORES,
    "moi": INVITES,
    "invite": INVITES,
    "doanvien": INVITES,
    "members": INVITES,
    "donvi": BELOW,
    "units": BELOW,
    "quay": DESKS,
    "desks": DESKS,
    "kenh": CHATS,
    "chats": CHATS,
    "ngaytruc": DISPUTES,
    "disputes": DISPUTES,
    "caidat": SETTINGS,
    "settings": SETTINGS,
    "roi": LEAVE,
    "leave": LEAVE,
}
_MENU = {
    "vi": ("start", "danhgia", "ma", "riengtu", "ngonngu", "trogiup"),
    "en": ("start", "rate", "code", "privacy", "language", "help"),
}
_MEANS = {
    START: mark("Start over"),
    FIND: mark("Rate a desk"),
    RECEIPT: mark("See, change or withdraw by receipt code"),
    PRIVACY: mark("How privacy is protected"),
    LANGUAGES: mark("Choose the language"),
    HELP: mark("How it works"),
}
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
# An invitation's link as it was sent: pasted into a chat that knows no deep links.
_INVITATION = re.compile(r"(?:https?://\S+/i/|i-)([A-Za-z0-9_-]{16,40})")
# The link of a staff QR, likewise.
_STAFF = re.compile(r"(?:https?://\S+/s/|s-)([A-Za-z0-9_-]{18,40})")
_NUMBER = re.compile(r"(\d{1,3})\ufe0f?\u20e3?[.)]?")  # 5, 5️⃣, 5. and 5)


def command_menus() -> dict[str, list[tuple[str, str]]]:
    """The commands a messenger lists, by language: (command, what it does)."""
    return {
        language: [(name, Speaker(language)(_MEANS[COMMANDS[name]])) for name in names]
        for language, names in _MENU.items()
    }


def resolve(turn: Turn, state: ChatState, router: Router) -> Matched:
    """The route an update means; always one, if only the one that says it was not understood."""
    matched = router.match(_action(turn, state))
    if matched is None:
        matched = router.match(OLD.build())
    assert matched is not None
    return matched


def _action(turn: Turn, state: ChatState) -> str:
    incoming = turn.incoming
    if incoming.action is not None:
        into = incoming.action in {SEARCH.build(), BY_CODE.build()}  # a page's fields for a code
        return (into and typed_link_code(turn, turn.text, None)) or incoming.action
    if incoming.other is not None:
        what = incoming.other if re.fullmatch(r"\w{1,20}", incoming.other) else "unknown"
        return OTHER.build(what=what)
    return _typed(turn, turn.text, state)


def _typed(turn: Turn, text: str, state: ChatState) -> str:
    if command := _COMMAND.fullmatch(text):
        return _command(turn, command[1].lower(), (command[2] or "").strip())
    if (number := _NUMBER.fullmatch(text)) and (action := _shown(turn, int(number[1]), state)):
        return action
    if action := _pasted(text) or typed_link_code(turn, text, state.awaits):
        return action
    if OPEN.match(f"open/{text}") and find_desk(turn.session, text) is not None:
        here = SHIFT_CODE.build()  # asked where the shift begins: this code is the answer
        return here if state.awaits == here else OPEN.build(desk=text)
    if looks_like_code(text):
        return BY_CODE.build()
    return state.awaits or SEARCH.build()


def _pasted(text: str) -> str | None:
    if invitation := _INVITATION.fullmatch(text):
        return JOIN.build(token=invitation[1])
    staff = _STAFF.fullmatch(text)
    return None if staff is None else _staff(staff[1])


def _shown(turn: Turn, number: int, state: ChatState) -> str | None:
    if number in state.numbers:
        return state.numbers[number]
    return START.build() if number == MENU_NUMBER and not turn.buttons else None


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

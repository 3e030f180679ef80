"""The staff code that hangs behind a desk's counter: it begins a shift there for any member."""

from collections.abc import Sequence

from handlers.citizen.actions import OPEN
from handlers.citizen.question import unknown_desk
from handlers.member.shift import begin
from handlers.member.shift_actions import SHIFT, STAFF, STAFF_BEGIN
from handlers.member.shift_page import running, show
from handlers.messages import Choice, Choices, Reply, Text, Title, reply
from handlers.official.actions import HOME_MENU
from handlers.permissions import member
from handlers.routing import Route
from handlers.staff_link import is_staff_token
from handlers.turn import Turn
from storage.database import keys_of
from storage.queries.desk import DeskWithUnit, find_desk
from storage.queries.duty import OpenDesk, find_open_desk


def staff_page(turn: Turn, desk: str, token: str) -> Sequence[Reply]:
    """What the code opens in a browser: one button begins the shift."""
    found = _open_to(turn, desk, token)
    if not isinstance(found, OpenDesk):
        return found
    current = running(turn)
    if current is not None and current.desk_id == found.id:
        return [show(turn)]
    title = turn.say("Begin your shift at {desk}?", desk=found.name)
    begin_here = Choice(
        label=turn.say("Begin my shift"),
        action=STAFF_BEGIN.build(desk=found.code, token=token),
        look="primary",
    )
    mine = Choice(label=turn.say("My shift"), action=SHIFT.build(), look="quiet")
    return [reply(Title(text=title), Choices(label=title, choices=(begin_here, mine)))]


def staff_begin(turn: Turn, desk: str, token: str) -> Sequence[Reply]:
    """Begin there: the code was scanned in a chat, or the page's button tapped."""
    found = _open_to(turn, desk, token)
    return begin(turn, found) if isinstance(found, OpenDesk) else found


def _open_to(turn: Turn, code: str, token: str) -> OpenDesk | list[Reply]:
    """The desk, where this is a member with a code that is its own; what to say instead."""
    known = find_desk(turn.session, code)
    if known is None:
        return list(unknown_desk(turn, code))
    if not member(turn):
        return [_for_members(turn) if turn.who is not None else _for_staff(turn, known)]
    if not is_staff_token(keys_of(turn.session), code, token):
        text = turn.say(
            "This staff code is not valid (any more). Please ask for a new print of the staff code "
            "of {desk}.",
            desk=known.name,
        )
        return [show(turn, Text(text=text, tone="alert"))]
    desk = find_open_desk(turn.session, code, turn.today)
    if desk is None:
        text = turn.say("{desk} is closed: no shift begins there.", desk=known.name)
        return [show(turn, Text(text=text, tone="alert"))]
    return desk


def _for_members(turn: Turn) -> Reply:
    """To an official who is no member: a shift is not theirs to begin."""
    say = turn.say
    menu = Choice(label=say("To my menu"), action=HOME_MENU.build(), look="primary")
    return reply(
        Title(text=say("This code is for members on duty at a desk.")),
        Choices(label=say("What would you like to do?"), choices=(menu,)),
    )


def _for_staff(turn: Turn, desk: DeskWithUnit) -> Reply:
    """To a citizen, or to somebody whose chat is not known here."""
    say = turn.say
    return reply(
        Title(
            text=say(
                "This code is for the staff of {desk}: they begin their shift with it.",
                desk=desk.name,
            )
        ),
        Text(text=say("Would you like to rate how you were served here? It takes a moment.")),
        Choices(
            label=say("What would you like to do?"),
            choices=(
                Choice(
                    label=say("Rate this desk"), action=OPEN.build(desk=desk.code), look="primary"
                ),
            ),
        ),
    )


ROUTES = [Route(STAFF, staff_page), Route(STAFF_BEGIN, staff_begin, again=STAFF)]

"""A member put back on the list: by the undo of a removal, or because they were there once."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from handlers.messages import Choice, Choices, Reply, Text, reply
from handlers.official.actions import HOME_MENU
from handlers.official.tell_person import tell
from handlers.permissions import secretary
from handlers.roster_changes import alone, is_closed_unit, note, noted, read_written, written
from handlers.routing import Route
from handlers.secretary.invite_actions import UNIT_INVITES
from handlers.secretary.member_actions import CARD, COME_BACK, PUT_BACK
from handlers.secretary.member_card import card, not_listed
from handlers.secretary.members import members
from handlers.secretary.own_unit import own_unit
from handlers.texts import Speech
from handlers.turn import Turn
from storage.queries.roles import (
    EndedRole,
    give_back,
    last_role,
    reopen_duties,
    role_held,
    went_elsewhere,
)
from storage.queries.unit_people import person_by_code
from storage.tables import Person


def put_back(turn: Turn, unit: int, entry: int) -> Sequence[Reply]:
    """Undo a removal by its own entry in the log; on the same day as if it had never been."""
    alone(turn)
    own_unit(turn, unit)
    details = noted(turn, entry, "member.remove", unit)
    if details is None:
        return not_listed(turn, unit)
    person = person_by_code(turn.session, details["person"])
    day = read_written(details["on"]) or turn.today
    if (refusal := may_not_return(turn, unit, person, day)) is not None:
        return refusal
    _restore(turn, unit, person, day, details)
    return _is_back(turn, unit, person)


def _restore(turn: Turn, unit: int, person: Person, day: date, details: Mapping[str, Any]) -> None:
    """As a member alone where it was a secretary who left: nobody is made secretary by an undo."""
    assert person.id is not None
    roles = details["roles"]
    since = read_written(roles["member"] if "member" in roles else written(turn.today))
    give_back(turn.session, EndedRole(person.id, unit, "member", since, day), turn.today)
    if day == turn.today:
        reopen_duties(turn.session, person.id, details["duties"])


def come_back(turn: Turn, unit: int, person: int) -> Sequence[Reply]:
    """Put somebody on the list again who left it on an earlier day; what they were stays theirs."""
    alone(turn)
    own_unit(turn, unit)
    past = last_role(turn.session, person, unit)
    if past is None:
        return not_listed(turn, unit)
    named = turn.session.get_one(Person, person)
    if (refusal := may_not_return(turn, unit, named, past.until)) is not None:
        return refusal
    on = past.until + timedelta(days=1)
    since = past.since if past.role == "member" else turn.today
    give_back(turn.session, EndedRole(person, unit, "member", since, on), turn.today)
    return _is_back(turn, unit, named)


def may_not_return(turn: Turn, unit: int, person: Person, day: date) -> Sequence[Reply] | None:
    """Why somebody who left on that day cannot be put on the list again; None if they can."""
    say = turn.say
    assert person.id is not None
    if role_held(turn.session, person.id, unit, "member") is not None:
        there = say("{name} is on the list.", name=person.full_name)
        return card(turn, unit, person.id, Text(text=there, tone="strong"))
    if is_closed_unit(turn, unit):
        closed = say("This unit is closed: nobody can be put on its list any more.")
        return members(turn, unit, 0, Text(text=closed, tone="alert"))
    if went_elsewhere(turn.session, person.id, unit, day):
        elsewhere = say(
            "{name} is in another unit by now. The secretary of the unit above both can move them "
            "back.",
            name=person.full_name,
        )
        return members(turn, unit, 0, Text(text=elsewhere, tone="alert"))
    return None


def _is_back(turn: Turn, unit: int, person: Person) -> Sequence[Reply]:
    assert person.id is not None
    note(turn, "member.restore", unit, person=person.code)
    unit_name = own_unit(turn, unit).unit_name
    tell(turn, person.id, lambda say: _welcome_back(say, unit_name))
    back = turn.say("{name} is back on the list.", name=person.full_name)
    return card(turn, unit, person.id, Text(text=back, tone="strong"))


def _welcome_back(say: Speech, unit_name: str) -> Reply:
    text = say("Your name is on the list of {unit} again. Welcome back!", unit=unit_name)
    menu = Choice(label=say("To my menu"), action=HOME_MENU.build(), look="primary")
    return reply(Text(text=text), Choices(label=say("What would you like to do?"), choices=(menu,)))


ROUTES = [
    Route(PUT_BACK, put_back, may=secretary, again=UNIT_INVITES),
    Route(COME_BACK, come_back, may=secretary, again=CARD),
]

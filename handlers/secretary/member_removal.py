"""Taking a member off the list: asked once, told to them kindly, put back with one tap."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from handlers.citizen.actions import FIND
from handlers.messages import Choice, Choices, Reply, Text, Title, reply
from handlers.official.actions import HOME_MENU
from handlers.official.tell_person import tell
from handlers.permissions import secretary
from handlers.roster_changes import alone, is_closed_unit, note, noted, read_written, written
from handlers.routing import Route
from handlers.secretary.invite_actions import UNIT_INVITES
from handlers.secretary.member_actions import (
    CARD,
    COME_BACK,
    OFFICE,
    PUT_BACK,
    REMOVE,
    REMOVE_YES,
)
from handlers.secretary.member_card import back_to_members, card, listed, not_listed
from handlers.secretary.members import members
from handlers.secretary.own_unit import own_unit
from handlers.texts import Speech
from handlers.turn import Turn
from storage.queries.ended_roles import end_role
from storage.queries.link import standings_of
from storage.queries.role_offers import withdraw_offers
from storage.queries.roles import (
    EndedRole,
    end_duties,
    give_back,
    last_role,
    reopen_duties,
    role_held,
    stands_anywhere,
    went_elsewhere,
)
from storage.queries.unit_people import people_of_unit, person_by_code
from storage.queries.unit_roster import Listed
from storage.tables import Person


def ask_remove(turn: Turn, unit: int, person: int) -> Sequence[Reply]:
    """What it means, before it is done."""
    found, say = listed(turn, unit, person), turn.say
    if found is None:
        return not_listed(turn, unit)
    if (refusal := _may_not(turn, unit, found)) is not None:
        return refusal
    unit_name = own_unit(turn, unit).unit_name
    title = say("Take {name} off the list of {unit}?", name=found.full_name, unit=unit_name)
    ids = {"unit": unit, "person": person}
    elsewhere = any(each.unit_id != unit for each in standings_of(turn.session, person))
    return [
        reply(
            Title(text=title),
            Text(
                text=say(
                    "From today on they are not counted in the unit and get no reminders for it. What they "
                    "pledged and how they were rated until now stays in the records. They are told so in "
                    "their chat."
                )
            ),
            None
            if elsewhere
            else Text(text=say("Their shifts end now: no desk offers their name.")),
            Text(text=say("You can put them back right afterwards.")),
            Choices(
                label=title,
                choices=(
                    Choice(label=say("Yes, take off the list"), action=REMOVE_YES.build(**ids)),
                    Choice(label=say("No, keep"), action=CARD.build(**ids), look="primary"),
                ),
            ),
        )
    ]


def _may_not(turn: Turn, unit: int, person: Listed) -> Sequence[Reply] | None:
    """Why this person cannot be taken off the list by whoever asks; None if they can."""
    if "secretary" not in person.roles:
        return None
    say, who = turn.say, turn.official.person_id
    if person.id != who:
        text = say(
            "{name} is a secretary. The office is ended by the secretary of the unit above, or handed "
            "over by {name}; then you can take {name} off the list.",
            name=person.full_name,
        )
        return card(turn, unit, person.id, Text(text=text, tone="alert"))
    others = people_of_unit(turn.session, unit, "secretary")
    if any(each.linked and each.id != who for each in others):
        return None
    text = say("You are the only secretary who has joined. Hand over the office first.")
    way = Choice(label=say("Hand over the office"), action=OFFICE.build(unit=unit), look="primary")
    back = back_to_members(say, unit)
    return [reply(Title(text=text), Choices(label=text, choices=(way, back)))]


def remove(turn: Turn, unit: int, person: int) -> Sequence[Reply]:
    """End every role of theirs in the unit from today on; keep what an undo needs in the log."""
    alone(turn)
    found = listed(turn, unit, person)
    if found is None:
        return not_listed(turn, unit)
    if (refusal := _may_not(turn, unit, found)) is not None:
        return refusal
    unit_name = own_unit(turn, unit).unit_name
    roles = _end_roles(turn, unit, found)
    nowhere = not stands_anywhere(turn.session, person)
    duties = end_duties(turn.session, person, turn.now) if nowhere else {}
    entry = note(
        turn,
        "member.remove",
        unit,
        person=found.code,
        roles=roles,
        on=written(turn.today),
        duties=duties,
    )
    told = tell(turn, person, lambda say: _farewell(say, unit_name, nowhere=nowhere))
    return [_removed(turn, unit, found, entry, told=told)]


def _end_roles(turn: Turn, unit: int, person: Listed) -> dict[str, str | None]:
    """Each role that ended, with since when it was held."""
    ended = {}
    for role in person.roles:
        held = role_held(turn.session, person.id, unit, role)
        if held is not None and held.id is not None:
            ended[role] = written(held.since)
            end_role(turn.session, held.id, turn.today)
    withdraw_offers(turn.session, unit, person.id)
    return ended


def _farewell(say: Speech, unit_name: str, *, nowhere: bool) -> Reply:
    text = say(
        "Your name was taken off the list of {unit} today. Thank you for everything you did there. If "
        "that is a mistake, please speak with the secretary.",
        unit=unit_name,
    )
    way = (
        Choice(label=say("Rate a desk"), action=FIND.build())
        if nowhere
        else Choice(label=say("To my menu"), action=HOME_MENU.build())
    )
    return reply(Text(text=text), Choices(label=say("What would you like to do?"), choices=(way,)))


def _removed(turn: Turn, unit: int, person: Listed, entry: int, *, told: bool) -> Reply:
    say = turn.say
    if person.id == turn.official.person_id:
        menu = Choice(label=say("To my menu"), action=HOME_MENU.build())
        done = say("You are off the list. Another secretary of the unit can put you back.")
        return reply(Title(text=done), Choices(label=done, choices=(menu,)))
    done = say("{name} is off the list.", name=person.full_name)
    back = Choice(label=say("Put back"), action=PUT_BACK.build(unit=unit, entry=entry))
    return reply(
        Title(text=done),
        Text(text=say("They have been told in their chat.")) if told else None,
        Choices(label=done, choices=(back, back_to_members(say, unit))),
    )


def put_back(turn: Turn, unit: int, entry: int) -> Sequence[Reply]:
    """Undo a removal by its own entry in the log; on the same day as if it had never been."""
    alone(turn)
    own_unit(turn, unit)
    details = noted(turn, entry, "member.remove", unit)
    if details is None:
        return not_listed(turn, unit)
    person = person_by_code(turn.session, details["person"])
    day = read_written(details["on"]) or turn.today
    if (refusal := _may_not_return(turn, unit, person, day)) is not None:
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
    if (refusal := _may_not_return(turn, unit, named, past.until)) is not None:
        return refusal
    on = past.until + timedelta(days=1)
    since = past.since if past.role == "member" else turn.today
    give_back(turn.session, EndedRole(person, unit, "member", since, on), turn.today)
    return _is_back(turn, unit, named)


def _may_not_return(turn: Turn, unit: int, person: Person, day: date) -> Sequence[Reply] | None:
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
    Route(REMOVE, ask_remove, may=secretary),
    Route(REMOVE_YES, remove, may=secretary, again=CARD),
    Route(PUT_BACK, put_back, may=secretary, again=UNIT_INVITES),
    Route(COME_BACK, come_back, may=secretary, again=CARD),
]

"""Taking a member off the list: asked once, told to them kindly."""

from collections.abc import Sequence

from handlers.citizen.actions import FIND
from handlers.messages import Choice, Choices, Reply, Text, Title, reply
from handlers.official.actions import HOME_MENU
from handlers.official.tell_person import tell
from handlers.permissions import secretary
from handlers.roster_changes import alone, note, written
from handlers.routing import Route
from handlers.secretary.member_actions import (
    CARD,
    OFFICE,
    PUT_BACK,
    REMOVE,
    REMOVE_YES,
    REMOVED,
)
from handlers.secretary.member_card import back_to_members, card, listed, not_listed
from handlers.secretary.own_unit import own_unit
from handlers.texts import Speech
from handlers.turn import Turn
from storage.queries.audit import newest_of
from storage.queries.ended_roles import end_role
from storage.queries.link import standings_of
from storage.queries.role_offers import withdraw_offers
from storage.queries.roles import (
    end_duties,
    role_held,
    stands_anywhere,
)
from storage.queries.unit_people import people_of_unit
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
        return _removed_already(turn, unit, person)
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
    return [_removed(turn, unit, person, found.full_name, entry, told=told)]


def show_removed(turn: Turn, unit: int, person: int) -> Sequence[Reply]:
    """Where a removal led."""
    if listed(turn, unit, person) is not None:
        return card(turn, unit, person)
    return _removed_already(turn, unit, person)


def _removed_already(turn: Turn, unit: int, person: int) -> Sequence[Reply]:
    """A second tap: what stands now, with the same way to undo it."""
    named = turn.session.get(Person, person)
    if named is None:
        return not_listed(turn, unit)
    entry = newest_of(turn.session, unit, "member.remove", person=named.code)
    if entry is None:
        return not_listed(turn, unit)
    return [_removed(turn, unit, person, named.full_name, entry.id, told=None)]


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


def _removed(
    turn: Turn, unit: int, person: int, name: str, entry: int, *, told: bool | None
) -> Reply:
    """That they are off the list; `told` is None where they were so before."""
    say = turn.say
    if person == turn.official.person_id:
        menu = Choice(label=say("To my menu"), action=HOME_MENU.build())
        done = say("You are off the list. Another secretary of the unit can put you back.")
        return reply(Title(text=done), Choices(label=done, choices=(menu,)))
    done = (
        say("{name} is off the list already.", name=name)
        if told is None
        else say("{name} is off the list.", name=name)
    )
    back = Choice(label=say("Put back"), action=PUT_BACK.build(unit=unit, entry=entry))
    return reply(
        Title(text=done),
        Text(text=say("They have been told in their chat.")) if told else None,
        Choices(label=done, choices=(back, back_to_members(say, unit))),
    )


ROUTES = [
    Route(REMOVE, ask_remove, may=secretary),
    Route(REMOVE_YES, remove, may=secretary, again=REMOVED),
    Route(REMOVED, show_removed, may=secretary),
]

"""A secretary for a unit below, appointed by the organiser after a question, told and undone."""

from collections.abc import Sequence

from handlers.messages import Choice, Choices, Reply, Text, Title, reply
from handlers.official.actions import HOME_MENU
from handlers.official.tell_person import tell
from handlers.official.welcome import what_comes
from handlers.organiser.choose_secretary import members_below
from handlers.organiser.former_secretary import former, give_again
from handlers.organiser.people_actions import (
    APPOINT,
    APPOINT_YES,
    APPOINTED,
    CANDIDATES,
    END_OFFICE,
    INVITE_SECRETARY,
    NEW_UNDO,
)
from handlers.organiser.unit_card import back_to_unit, secretary_of, unit_card
from handlers.organiser.units_below import strictly_below
from handlers.permissions import organiser
from handlers.roster_changes import alone, is_closed_unit, note, written
from handlers.routing import Route
from handlers.texts import Speech
from handlers.turn import Turn
from storage.queries.audit import newest_of
from storage.queries.roles import give_role
from storage.queries.unit_roster import Former, Listed


def ask_appoint(turn: Turn, unit: int, person: int) -> Sequence[Reply]:
    """What it means, before it is done."""
    found = _candidate(turn, unit, person)
    if found is None:
        return _not_candidate(turn, unit)
    say, unit_name = turn.say, strictly_below(turn, unit).name
    title = say("Make {name} secretary of {unit}?", name=found.full_name, unit=unit_name)
    ids = {"unit": unit, "person": person}
    return [
        reply(
            Title(text=title),
            Text(
                text=say(
                    "From today on they look after the list, the invitations and the digest of the unit. "
                    "They are told in their chat. Whoever is secretary now stays so until you end that."
                )
            ),
            Choices(
                label=title,
                choices=(
                    Choice(
                        label=say("Yes, appoint"),
                        action=APPOINT_YES.build(**ids),
                        look="primary",
                    ),
                    Choice(
                        label=say("No, somebody else"),
                        action=CANDIDATES.build(unit=unit, page=0),
                    ),
                ),
            ),
        )
    ]


def _candidate(turn: Turn, unit: int, person: int) -> Listed | Former | None:
    there = (each for each in members_below(turn, unit) if each.id == person)
    return next(there, None) or former(turn, unit, person)


def _not_candidate(turn: Turn, unit: int) -> Sequence[Reply]:
    sorry = turn.say("They are not on the list of this unit (any more), or a secretary already.")
    return unit_card(turn, unit, Text(text=sorry, tone="alert"))


def appoint(turn: Turn, unit: int, person: int) -> Sequence[Reply]:
    """They are secretary from today on."""
    alone(turn)
    found = _candidate(turn, unit, person)
    if found is None:
        return _done_already(turn, unit, person)
    if is_closed_unit(turn, unit):
        closed = turn.say("This unit is closed.")
        return unit_card(turn, unit, Text(text=closed, tone="alert"))
    if isinstance(found, Former):
        undo = give_again(turn, unit, found)
    else:
        give_role(turn.session, person, unit, "secretary", turn.today)
        note(turn, "secretary.appoint", unit, person=found.code)
        undo = END_OFFICE.build(unit=unit, person=person)
    return [appointed(turn, unit, person, found.full_name, undo, linked=found.linked)]


def show_appointed(turn: Turn, unit: int, person: int) -> Sequence[Reply]:
    """Where an appointment led."""
    if secretary_of(turn, unit, person) is None:
        return unit_card(turn, unit)
    return _done_already(turn, unit, person)


def _done_already(turn: Turn, unit: int, person: int) -> Sequence[Reply]:
    """A second tap: what stands now, with the same way to undo it."""
    there = secretary_of(turn, unit, person)
    if there is None:
        return _not_candidate(turn, unit)
    entry = newest_of(turn.session, unit, "secretary.appoint", person=there.code)
    if entry is None or entry.details is None:
        return _not_candidate(turn, unit)
    undo = END_OFFICE.build(unit=unit, person=person)
    if entry.details.get("on") == written(turn.today):
        undo = NEW_UNDO.build(unit=unit, entry=entry.id)
    return [_stands(turn, unit, person, there.full_name, undo, linked=there.linked)]


def appointed(turn: Turn, unit: int, person: int, name: str, undo: str, *, linked: bool) -> Reply:
    """That it is done, with an invitation where they have not joined, and the way to undo it."""
    unit_name = strictly_below(turn, unit).name
    told = tell(turn, person, lambda theirs: congratulated(theirs, turn, unit_name))
    return _stands(turn, unit, person, name, undo, linked=linked, told=told)


def _stands(
    turn: Turn,
    unit: int,
    person: int,
    name: str,
    undo: str,
    *,
    linked: bool,
    told: bool | None = None,
) -> Reply:
    """Who is secretary now; `told` is None where it was so before."""
    say, unit_name = turn.say, strictly_below(turn, unit).name
    done = (
        say("{name} is secretary of {unit} already.", name=name, unit=unit_name)
        if told is None
        else say("{name} is secretary of {unit} from today on.", name=name, unit=unit_name)
    )
    ways = [Choice(label=say("Undo"), action=undo), back_to_unit(say, unit)]
    if not linked:
        label = say("Invite {name}", name=name)
        action = INVITE_SECRETARY.build(unit=unit, person=person)
        ways.insert(0, Choice(label=label, action=action, look="primary"))
    return reply(
        Title(text=done),
        Text(text=say("They have been told in their chat.")) if told else None,
        Choices(label=say("What would you like to do?"), choices=tuple(ways)),
    )


def congratulated(say: Speech, turn: Turn, unit_name: str) -> Reply:
    """What a new secretary reads in their chat."""
    title = say("You are secretary of {unit} from today on.", unit=unit_name)
    parts = what_comes(say, turn.policy, {"secretary"})
    return reply(Title(text=title), *parts, to_menu(say))


def to_menu(say: Speech) -> Choices:
    """The way on for somebody who was told something."""
    menu = Choice(label=say("To my menu"), action=HOME_MENU.build(), look="primary")
    return Choices(label=say("What would you like to do?"), choices=(menu,))


ROUTES = [
    Route(APPOINT, ask_appoint, may=organiser),
    Route(APPOINT_YES, appoint, may=organiser, again=APPOINTED),
    Route(APPOINTED, show_appointed, may=organiser),
]

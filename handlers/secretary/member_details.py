"""A member's name and position, corrected by their secretary: typed, kept, in the log."""

from collections.abc import Sequence

from handlers.errors import Refused
from handlers.messages import Choice, Choices, Field, Reply, Text, Title, reply
from handlers.permissions import secretary
from handlers.roster_changes import alone, note
from handlers.routing import Route
from handlers.secretary.member_actions import (
    CARD,
    NAME,
    NAME_TYPED,
    POSITION,
    POSITION_TYPED,
)
from handlers.secretary.member_card import card, listed, not_listed
from handlers.secretary.own_unit import own_unit
from handlers.secretary.personal_link import leads_beyond
from handlers.turn import Turn
from handlers.typed_names import LONGEST_NAME, LONGEST_POSITION, typed_name, typed_position
from storage.queries.unit_roster import Listed
from storage.tables import Person


def ask_name(turn: Turn, unit: int, person: int, error: str = "") -> Sequence[Reply]:
    """How the name is written."""
    found, say = listed(turn, unit, person), turn.say
    if found is None:
        return not_listed(turn, unit)
    title = say("How is the name {name} written correctly?", name=found.full_name)
    field = Field(
        action=NAME_TYPED.build(unit=unit, person=person),
        label=say("Full name"),
        send=say("Keep"),
        value=turn.text if error else found.full_name,
        error=error,
        most=LONGEST_NAME,
        person=True,
    )
    return [reply(Title(text=title), field, _back(turn, unit, found))]


def rename(turn: Turn, unit: int, person: int) -> Sequence[Reply]:
    """Keep the typed name; the one before stands in the log."""
    alone(turn)
    found, say = listed(turn, unit, person), turn.say
    if found is None:
        return not_listed(turn, unit)
    _may_correct(turn, found)
    try:
        name = typed_name(say, turn.text)
    except ValueError as wrong:
        return ask_name(turn, unit, person, str(wrong))
    if name != found.full_name:
        _row(turn, person).full_name = name
        turn.session.flush()
        note(
            turn,
            "member.rename",
            unit,
            person=found.code,
            before=found.full_name,
            after=name,
        )
    return card(turn, unit, person, Text(text=say("The name is kept."), tone="strong"))


def ask_position(turn: Turn, unit: int, person: int, error: str = "") -> Sequence[Reply]:
    """What the person works as."""
    found, say = listed(turn, unit, person), turn.say
    if found is None:
        return not_listed(turn, unit)
    title = say("Which position has {name}?", name=found.full_name)
    field = Field(
        action=POSITION_TYPED.build(unit=unit, person=person),
        label=say("Position; a hyphen for none"),
        send=say("Keep"),
        value=turn.text if error else found.position,
        error=error,
        most=LONGEST_POSITION,
    )
    return [reply(Title(text=title), field, _back(turn, unit, found))]


def change_position(turn: Turn, unit: int, person: int) -> Sequence[Reply]:
    """Keep the typed position; the one before stands in the log."""
    alone(turn)
    found, say = listed(turn, unit, person), turn.say
    if found is None:
        return not_listed(turn, unit)
    _may_correct(turn, found)
    try:
        position = typed_position(say, turn.text)
    except ValueError as wrong:
        return ask_position(turn, unit, person, str(wrong))
    if position != found.position:
        _row(turn, person).position = position
        turn.session.flush()
        note(
            turn,
            "member.position",
            unit,
            person=found.code,
            before=found.position,
            after=position,
        )
    return card(turn, unit, person, Text(text=say("The position is kept."), tone="strong"))


def _may_correct(turn: Turn, person: Listed) -> None:
    if beyond := leads_beyond(turn, person.id):
        raise Refused(
            turn.say(
                "{name} is also a secretary of {units}. Only the administration can correct this.",
                name=person.full_name,
                units=", ".join(beyond),
            ),
            "a secretary tried to correct somebody who leads another unit",
        )


def _row(turn: Turn, person: int) -> Person:
    return turn.session.get_one(Person, person)


def _back(turn: Turn, unit: int, person: Listed) -> Choices:
    own_unit(turn, unit)
    label = turn.say("Back to {name}", name=person.full_name)
    action = CARD.build(unit=unit, person=person.id)
    return Choices(label=label, choices=(Choice(label=label, action=action, look="quiet"),))


ROUTES = [
    Route(NAME, ask_name, may=secretary),
    Route(NAME_TYPED, rename, may=secretary, again=CARD),
    Route(POSITION, ask_position, may=secretary),
    Route(POSITION_TYPED, change_position, may=secretary, again=CARD),
]

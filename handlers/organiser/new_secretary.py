"""A secretary who is not on the roster yet, added to a unit below by its organiser."""

from collections.abc import Sequence

from handlers.messages import Choice, Choices, Field, Reply, Text, Title, reply
from handlers.organiser.appoint import appointed
from handlers.organiser.former_secretary import ROLES
from handlers.organiser.people_actions import (
    APPOINT,
    NEW_NAMESAKE,
    NEW_SECRETARY,
    NEW_SECRETARY_TYPED,
    NEW_UNDO,
    UNIT_CARD,
)
from handlers.organiser.unit_card import back_to_unit, not_secretary, unit_card
from handlers.organiser.units_below import strictly_below
from handlers.permissions import organiser
from handlers.roster_changes import alone, is_closed_unit, note, noted, written
from handlers.routing import Route
from handlers.secretary.member_adding import namesakes, put_on_list
from handlers.secretary.namesake_question import MOST_TYPED, namesake_question
from handlers.turn import Turn
from handlers.typed_names import typed_person
from storage.queries.ended_roles import end_role
from storage.queries.roles import give_role, role_held
from storage.queries.unit_people import person_by_code
from storage.queries.unit_roster import Former, Listed


def ask(turn: Turn, unit: int, error: str = "") -> Sequence[Reply]:
    """Ask for the name."""
    say, unit_name = turn.say, strictly_below(turn, unit).name
    title = say("Who is the new secretary of {unit}?", unit=unit_name)
    return [
        reply(
            Title(text=title),
            Field(
                action=NEW_SECRETARY_TYPED.build(unit=unit),
                label=say("Full name; if you like, a comma and the position"),
                hint=say("Such as: Nguyễn Văn An, Chuyên viên"),
                send=say("Put on the list"),
                value=turn.text if error else "",
                error=error,
                most=MOST_TYPED,
                person=True,
            ),
            Choices(label=title, choices=(back_to_unit(say, unit),)),
        )
    ]


def add(turn: Turn, unit: int) -> Sequence[Reply]:
    """Put the typed person on the list as its secretary and member."""
    return _add(turn, unit, namesake=False)


def add_namesake(turn: Turn, unit: int) -> Sequence[Reply]:
    """The same for one more person of a name that is on the list already."""
    return _add(turn, unit, namesake=True)


def _add(turn: Turn, unit: int, *, namesake: bool) -> Sequence[Reply]:
    alone(turn)
    strictly_below(turn, unit)
    if is_closed_unit(turn, unit):
        closed = turn.say("This unit is closed.")
        return unit_card(turn, unit, Text(text=closed, tone="alert"))
    try:
        name, position = typed_person(turn.say, turn.text)
    except ValueError as wrong:
        return ask(turn, unit, str(wrong))
    there, before = namesakes(turn, unit, name)
    if (there or before) and not namesake:
        return [_known(turn, unit, there, before)]
    person = put_on_list(turn, unit, name, position)
    assert person.id is not None
    give_role(turn.session, person.id, unit, "secretary", turn.today)
    day = written(turn.today)
    entry = note(turn, "secretary.appoint", unit, person=person.code, new=True, on=day)
    undo = NEW_UNDO.build(unit=unit, entry=entry)
    return [appointed(turn, unit, person.id, person.full_name, undo, linked=False)]


def undo(turn: Turn, unit: int, entry: int) -> Sequence[Reply]:
    """Whoever was added by mistake leaves the list again, on the same day."""
    alone(turn)
    strictly_below(turn, unit)
    details = noted(turn, entry, "secretary.appoint", unit)
    if details is None or not details.get("new") or details["on"] != written(turn.today):
        return not_secretary(turn, unit)
    person = person_by_code(turn.session, details["person"])
    roles = [role_held(turn.session, person.id or 0, unit, each) for each in ROLES]
    held = [each for each in roles if each is not None]
    for each in held:
        end_role(turn.session, each.id or 0, turn.today)
    if held:
        ended = {each.role: written(turn.today) for each in held}
        day = details["on"]
        note(turn, "member.remove", unit, person=person.code, roles=ended, on=day, duties={})
    gone = turn.say("{name} is off the list.", name=person.full_name)
    return unit_card(turn, unit, Text(text=gone, tone="strong"))


def _known(turn: Turn, unit: int, there: Sequence[Listed], before: Sequence[Former]) -> Reply:
    say = turn.say
    title = (
        say("Somebody of that name is on the list of the unit already.")
        if there
        else say("Somebody of that name was on the list of the unit before.")
    )
    known: tuple[Listed | Former, ...] = (*there, *before)
    ways = [
        Choice(
            label=say("That is {name} ({code})", name=each.full_name, code=each.code),
            action=APPOINT.build(unit=unit, person=each.id),
        )
        for each in known
    ]
    back = back_to_unit(say, unit)
    return namesake_question(turn, title, [*ways, back], NEW_NAMESAKE.build(unit=unit))


ROUTES = [
    Route(NEW_SECRETARY, ask, may=organiser),
    Route(NEW_SECRETARY_TYPED, add, may=organiser, again=UNIT_CARD),
    Route(NEW_NAMESAKE, add_namesake, may=organiser, again=UNIT_CARD),
    Route(NEW_UNDO, undo, may=organiser, again=UNIT_CARD),
]

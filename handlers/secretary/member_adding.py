"""A member who is not on the roster yet: typed, and asked about where the name is known already."""

from collections.abc import Sequence

from handlers.messages import Choice, Choices, Field, Reply, Text, Title, reply
from handlers.names import folded
from handlers.permissions import secretary
from handlers.roster_changes import alone, is_closed_unit, note
from handlers.routing import Route
from handlers.secretary.invite_actions import INVITE, UNIT_INVITES
from handlers.secretary.member_actions import (
    ADD,
    ADD_NAMESAKE,
    ADD_TYPED,
    CARD,
    COME_BACK,
    NAME,
    REMOVE,
)
from handlers.secretary.member_card import back_to_members
from handlers.secretary.namesake_question import MOST_TYPED, namesake_question
from handlers.secretary.own_unit import own_unit
from handlers.turn import Turn
from handlers.typed_names import typed_person
from storage.queries.roles import add_person, give_role
from storage.queries.unit_roster import Former, Listed, former_people, unit_roster
from storage.tables import Person, Unit


def ask_add(turn: Turn, unit: int, error: str = "") -> Sequence[Reply]:
    """Ask for the name."""
    say, unit_name = turn.say, own_unit(turn, unit).unit_name
    back = back_to_members(say, unit)
    if is_closed_unit(turn, unit):
        closed = say("This unit is closed: nobody can be put on its list any more.")
        return [reply(Title(text=closed), Choices(label=closed, choices=(back,)))]
    title = say("Put a new member on the list of {unit}", unit=unit_name)
    return [
        reply(
            Title(text=title),
            Text(
                text=say(
                    "Whoever comes from another unit is better moved by the secretary of the unit above: "
                    "then they keep their record."
                )
            ),
            Field(
                action=ADD_TYPED.build(unit=unit),
                label=say("Full name; if you like, a comma and the position"),
                hint=say("Such as: Nguyễn Văn An, Chuyên viên"),
                send=say("Put on the list"),
                value=turn.text if error else "",
                error=error,
                most=MOST_TYPED,
                person=True,
            ),
            Choices(label=title, choices=(back,)),
        )
    ]


def add(turn: Turn, unit: int) -> Sequence[Reply]:
    """Put the typed person on the list, unless somebody of that name is or was there."""
    return _add(turn, unit, namesake=False)


def add_namesake(turn: Turn, unit: int) -> Sequence[Reply]:
    """The same for one more person of a name that is on the list already."""
    return _add(turn, unit, namesake=True)


def _add(turn: Turn, unit: int, *, namesake: bool) -> Sequence[Reply]:
    alone(turn)
    own_unit(turn, unit)
    try:
        name, position = typed_person(turn.say, turn.text)
    except ValueError as wrong:
        return ask_add(turn, unit, str(wrong))
    if is_closed_unit(turn, unit):
        return ask_add(turn, unit)
    there, before = namesakes(turn, unit, name)
    if (there or before) and not namesake:
        return [_known(turn, unit, there, before)]
    person = put_on_list(turn, unit, name, position)
    return [_added(turn, unit, person, rewritten=name not in " ".join(turn.text.split()))]


def namesakes(turn: Turn, unit: int, name: str) -> tuple[list[Listed], list[Former]]:
    """Who of that name is in this unit, and who was; other units are nobody's business here."""
    wanted = folded(name)
    there = [each for each in unit_roster(turn.session, unit) if folded(each.full_name) == wanted]
    before = [
        each for each in former_people(turn.session, unit) if folded(each.full_name) == wanted
    ]
    return there, before


def put_on_list(turn: Turn, unit: int, name: str, position: str, role: str = "member") -> Person:
    """A new person in the unit from today on, in the log."""
    person = add_person(turn.session, turn.session.get_one(Unit, unit), name, position)
    give_role(turn.session, person.id or 0, unit, role, turn.today)
    note(turn, "member.add", unit, person=person.code, role=role)
    return person


def _known(turn: Turn, unit: int, there: Sequence[Listed], before: Sequence[Former]) -> Reply:
    say = turn.say
    title = (
        say("Somebody of that name is on your list already.")
        if there
        else say("Somebody of that name was on your list before.")
    )
    ways = [
        Choice(
            label=say("That is {name} ({code})", name=each.full_name, code=each.code),
            action=CARD.build(unit=unit, person=each.id),
        )
        for each in there
    ]
    ways += [
        Choice(
            label=say("Put {name} back ({code})", name=each.full_name, code=each.code),
            action=COME_BACK.build(unit=unit, person=each.id),
        )
        for each in before
    ]
    back = back_to_members(say, unit)
    return namesake_question(turn, title, [*ways, back], ADD_NAMESAKE.build(unit=unit))


def _added(turn: Turn, unit: int, person: Person, *, rewritten: bool) -> Reply:
    """That they are on the list; `rewritten`: the name was typed in other capitals than it is kept."""
    say, ids = turn.say, {"unit": unit, "person": person.id}
    capitals = say("The name is written with its usual capitals: {name}.", name=person.full_name)
    correct = Choice(label=say("Correct the name"), action=NAME.build(**ids))
    title = say("{name} is on the list from today on.", name=person.full_name)
    return reply(
        Title(text=title),
        Text(text=capitals) if rewritten else None,
        Text(text=say("Code in the list: {code}", code=person.code)),
        Choices(
            label=say("What would you like to do?"),
            choices=(
                Choice(label=say("Make an invitation"), action=INVITE.build(**ids), look="primary"),
                *((correct,) if rewritten else ()),
                Choice(label=say("Put one more on the list"), action=ADD.build(unit=unit)),
                Choice(label=say("Undo: take off again"), action=REMOVE.build(**ids)),
                back_to_members(say, unit),
            ),
        ),
    )


ROUTES = [
    Route(ADD, ask_add, may=secretary),
    Route(ADD_TYPED, add, may=secretary, again=UNIT_INVITES),
    Route(ADD_NAMESAKE, add_namesake, may=secretary, again=UNIT_INVITES),
]

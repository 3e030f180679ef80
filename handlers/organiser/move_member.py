"""A member moved from one unit to another, both below the same organiser: what they were stays there."""

from collections.abc import Sequence

from handlers.messages import Choice, Choices, Reply, Text, Title, reply
from handlers.official.actions import HOME_MENU
from handlers.official.tell_person import tell, tell_secretaries
from handlers.organiser.choose_mover import mover, not_movable
from handlers.organiser.own_tree import oversees, unit_below
from handlers.organiser.people_actions import MOVE_BACK, MOVE_TO, MOVE_YES, MOVED, UNIT_CARD
from handlers.organiser.unit_card import back_to_unit, unit_card
from handlers.permissions import organiser
from handlers.roster_changes import alone, is_closed_unit, note, noted, read_written, written
from handlers.routing import Route
from handlers.texts import Speech
from handlers.turn import Turn
from storage.queries.audit import newest_of
from storage.queries.digest import find_unit as unit_of_code
from storage.queries.ended_roles import end_role
from storage.queries.roles import EndedRole, give_back, give_role, role_held
from storage.queries.unit_people import person_by_code
from storage.tables import Person


def ask_move(turn: Turn, unit: int, person: int, target: int) -> Sequence[Reply]:
    """What it means, before it is done."""
    found = mover(turn, unit, person)
    if found is None:
        return not_movable(turn, unit)
    say, source, goal = turn.say, unit_below(turn, unit).name, unit_below(turn, target).name
    title = say(
        "Move {name} from {source} to {target}?", name=found.full_name, source=source, target=goal
    )
    return [
        reply(
            Title(text=title),
            Text(
                text=say(
                    "From today on they count in the new unit. What they pledged and how they were rated "
                    "until now stays with the old one. They and both secretaries are told."
                )
            ),
            Choices(
                label=title,
                choices=(
                    Choice(
                        label=say("Yes, move"),
                        action=MOVE_YES.build(unit=unit, person=person, target=target),
                        look="primary",
                    ),
                    Choice(label=say("No, keep"), action=UNIT_CARD.build(unit=unit)),
                ),
            ),
        )
    ]


def move(turn: Turn, unit: int, person: int, target: int) -> Sequence[Reply]:
    """Out of one unit and into the other from today on; in the log of both."""
    alone(turn)
    found = mover(turn, unit, person)
    held = role_held(turn.session, person, unit, "member")
    if found is None or held is None or held.id is None:
        return _moved_already(turn, unit, person, target)
    source, goal, say = unit_below(turn, unit), unit_below(turn, target), turn.say
    if unit == target or is_closed_unit(turn, target):
        closed = say(
            "{unit} takes nobody: it is closed, or they are there already.", unit=goal.name
        )
        return unit_card(turn, unit, Text(text=closed, tone="alert"))
    since = written(held.since)
    end_role(turn.session, held.id, turn.today)
    came = give_role(turn.session, person, target, "member", turn.today)
    entry = _note_both(
        turn,
        "member.move",
        (unit, target),
        person=found.code,
        source=source.code,
        target=goal.code,
        since=since,
        came=came,
        on=written(turn.today),
    )
    _tell_all(turn, person, found.full_name, source.name, goal.name, (unit, target))
    done = say("{name} is in {unit} from today on.", name=found.full_name, unit=goal.name)
    return [_is_there(turn, unit, target, done, entry)]


def show_moved(turn: Turn, unit: int, person: int, target: int) -> Sequence[Reply]:
    """Where a move led."""
    if mover(turn, unit, person) is not None:
        return unit_card(turn, unit)
    return _moved_already(turn, unit, person, target)


def _moved_already(turn: Turn, unit: int, person: int, target: int) -> Sequence[Reply]:
    """A second tap: what stands now, with the same way to undo it."""
    goal, named = unit_below(turn, target), turn.session.get(Person, person)
    there = role_held(turn.session, person, target, "member")
    if named is None or there is None or unit == target:
        return not_movable(turn, unit)
    moved = {"person": named.code, "target": goal.code}
    entry = newest_of(turn.session, unit, "member.move", **moved)
    if entry is None:
        return not_movable(turn, unit)
    done = turn.say("{name} is in {unit} already.", name=named.full_name, unit=goal.name)
    return [_is_there(turn, unit, target, done, entry.id)]


def _is_there(turn: Turn, unit: int, target: int, done: str, entry: int) -> Reply:
    say, goal = turn.say, unit_below(turn, target)
    undo = Choice(label=say("Undo"), action=MOVE_BACK.build(unit=unit, entry=entry))
    way = Choice(label=goal.name, action=UNIT_CARD.build(unit=target))
    return reply(
        Title(text=done), Choices(label=done, choices=(undo, way, back_to_unit(say, unit)))
    )


def _note_both(turn: Turn, action: str, units: tuple[int, int], **details: object) -> int:
    """An entry in the log of each unit; the number of the one of the unit they left."""
    left, came_to = units
    note(turn, action, came_to, **details)
    return note(turn, action, left, **details)


def _tell_all(
    turn: Turn, person: int, name: str, source: str, goal: str, units: Sequence[int]
) -> None:
    tell(turn, person, lambda say: _moved(say, source, goal))
    for unit in units:
        tell_secretaries(
            turn,
            unit,
            lambda say: reply(
                Text(
                    text=say(
                        "{name} was moved from {source} to {target} today.",
                        name=name,
                        source=source,
                        target=goal,
                    )
                )
            ),
        )


def _moved(say: Speech, source: str, goal: str) -> Reply:
    text = say(
        "You were moved from {source} to {target} today. What you have done so far stays yours.",
        source=source,
        target=goal,
    )
    menu = Choice(label=say("To my menu"), action=HOME_MENU.build(), look="primary")
    label = say("What would you like to do?")
    return reply(Text(text=text), Choices(label=label, choices=(menu,)))


def move_back(turn: Turn, unit: int, entry: int) -> Sequence[Reply]:
    """Undo a move by its own entry; on the same day as if it had never been."""
    alone(turn)
    source = unit_below(turn, unit)
    details = noted(turn, entry, "member.move", unit)
    goal = None if details is None else unit_of_code(turn.session, details["target"])
    if details is None or goal is None or not oversees(turn, goal.id):
        return not_movable(turn, unit)
    person = person_by_code(turn.session, details["person"])
    assert person.id is not None
    there = role_held(turn.session, person.id, goal.id, "member")
    if details["source"] != source.code or is_closed_unit(turn, unit) or there is None:
        return not_movable(turn, unit)
    day = read_written(details["on"]) or turn.today
    ended = EndedRole(person.id, unit, "member", read_written(details["since"]), day)
    if not give_back(turn.session, ended, turn.today):
        here = turn.say("{name} is in this unit already.", name=person.full_name)
        return unit_card(turn, unit, Text(text=here, tone="alert"))
    if details["came"] and there.id is not None:
        end_role(turn.session, there.id, turn.today)
    codes = {"person": person.code, "source": source.code, "target": goal.code}
    _note_both(turn, "member.move_undo", (unit, goal.id), **codes)
    _tell_all(turn, person.id, person.full_name, goal.name, source.name, (unit, goal.id))
    back = turn.say("{name} is back in {unit}.", name=person.full_name, unit=source.name)
    return unit_card(turn, unit, Text(text=back, tone="strong"))


ROUTES = [
    Route(MOVE_TO, ask_move, may=organiser),
    Route(MOVE_YES, move, may=organiser, again=MOVED),
    Route(MOVED, show_moved, may=organiser),
    Route(MOVE_BACK, move_back, may=organiser, again=UNIT_CARD),
]

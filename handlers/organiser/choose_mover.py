"""Whom an organiser moves, and to which unit: chosen from lists or by name."""

from collections.abc import Sequence

from handlers.messages import Choice, Choices, Field, Reply, Text, Title, reply
from handlers.official.people_names import in_order, meant
from handlers.organiser.own_tree import unit_below
from handlers.organiser.people_actions import (
    FIND_BELOW,
    FIND_TARGET,
    MOVE,
    MOVE_TO,
    PEOPLE_BELOW,
)
from handlers.organiser.unit_card import back_to_unit, unit_card
from handlers.organiser.units_below import found_units, tops
from handlers.paging import PAGE, page_of
from handlers.permissions import organiser
from handlers.routing import Route
from handlers.turn import Turn
from storage.queries.tree import ids_below
from storage.queries.unit_roster import Listed, UnitBrief, briefs, unit_roster


def people(turn: Turn, unit: int, page: int) -> Sequence[Reply]:
    """Whom to move."""
    return [_choose(turn, unit, _movable(turn, unit), page)]


def find_below(turn: Turn, unit: int) -> Sequence[Reply]:
    """Whom a typed name means."""
    movable = _movable(turn, unit)
    close = meant(movable, turn.text)[:PAGE]
    if close:
        return [_choose(turn, unit, close, 0)]
    sorry = turn.say("Nobody of this unit is called that.")
    return [_choose(turn, unit, movable, 0, error=sorry)]


def _movable(turn: Turn, unit: int) -> list[Listed]:
    """Members of a unit who hold no office in it."""
    unit_below(turn, unit)
    found = in_order(unit_roster(turn.session, unit))
    return [each for each in found if each.roles == ("member",)]


def _choose(turn: Turn, unit: int, movable: Sequence[Listed], page: int, error: str = "") -> Reply:
    say, unit_name = turn.say, unit_below(turn, unit).name
    title = say("Who moves from {unit} to another unit?", unit=unit_name)
    pages = page_of(
        movable,
        page,
        lambda each: Choice(
            label=each.full_name, action=MOVE.build(unit=unit, person=each.id, page=0)
        ),
        lambda to: PEOPLE_BELOW.build(unit=unit, page=to),
        say,
        title,
    )
    field = Field(
        action=FIND_BELOW.build(unit=unit),
        label=say("Or type a name"),
        send=say("Search"),
        value=turn.text if error else "",
        error=error,
        most=60,
        person=True,
    )
    nobody = Text(text=say("Nobody here can be moved: a secretary's office must end first."))
    return reply(
        Title(text=title),
        None if movable else nobody,
        *pages,
        field if movable else None,
        Choices(label=title, choices=(back_to_unit(say, unit),)),
    )


def mover(turn: Turn, unit: int, person: int) -> Listed | None:
    """A member of a unit of this organiser's who may be moved."""
    return next((each for each in _movable(turn, unit) if each.id == person), None)


def not_movable(turn: Turn, unit: int) -> Sequence[Reply]:
    """For a button about somebody who has left, or took an office meanwhile."""
    sorry = turn.say("They are not a member of this unit (any more), or hold an office in it.")
    return unit_card(turn, unit, Text(text=sorry, tone="alert"))


def _targets(turn: Turn, unit: int) -> list[UnitBrief]:
    """Every open unit of this organiser but the one they come from."""
    reached: set[int] = set()
    for each in tops(turn):
        reached |= ids_below(turn.session, each.unit_id)
    return briefs(turn.session, reached - {unit})


def where_to(turn: Turn, unit: int, person: int, page: int) -> Sequence[Reply]:
    """To which unit."""
    found = mover(turn, unit, person)
    if found is None:
        return not_movable(turn, unit)
    return [_ask_target(turn, unit, found, _targets(turn, unit), page)]


def find_target(turn: Turn, unit: int, person: int) -> Sequence[Reply]:
    """Which unit a typed name means."""
    found = mover(turn, unit, person)
    if found is None:
        return not_movable(turn, unit)
    targets = _targets(turn, unit)
    close = found_units(targets, turn.text)
    if close:
        return [_ask_target(turn, unit, found, close, 0)]
    sorry = turn.say("No unit below is called that.")
    return [_ask_target(turn, unit, found, targets, 0, error=sorry)]


def _ask_target(
    turn: Turn, unit: int, person: Listed, targets: Sequence[UnitBrief], page: int, error: str = ""
) -> Reply:
    say, ids = turn.say, {"unit": unit, "person": person.id}
    title = say("To which unit does {name} move?", name=person.full_name)
    pages = page_of(
        targets,
        page,
        lambda each: Choice(label=each.full_name, action=MOVE_TO.build(**ids, target=each.id)),
        lambda to: MOVE.build(**ids, page=to),
        say,
        title,
    )
    field = Field(
        action=FIND_TARGET.build(**ids),
        label=say("Or type the name of a unit"),
        send=say("Search"),
        value=turn.text if error else "",
        error=error,
        most=60,
    )
    return reply(
        Title(text=title), *pages, field, Choices(label=title, choices=(back_to_unit(say, unit),))
    )


ROUTES = [
    Route(PEOPLE_BELOW, people, may=organiser),
    Route(FIND_BELOW, find_below, may=organiser),
    Route(MOVE, where_to, may=organiser),
    Route(FIND_TARGET, find_target, may=organiser),
]

"""Who may do what, in one place. A permission looks at the turn and answers yes or no."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from storage.queries.desk import has_desks_below
from storage.queries.tree import has_units_below

if TYPE_CHECKING:
    from handlers.turn import Turn

Permission = Callable[["Turn"], bool]


def anyone(turn: "Turn") -> bool:
    """Citizens never register: rating, reading and withdrawing with a code is open to all."""
    del turn
    return True


def official(turn: "Turn") -> bool:
    """Anybody on the roster who has linked this chat."""
    return turn.who is not None


def member(turn: "Turn") -> bool:
    """A member of some unit: logs pledges, sees their own scores."""
    return turn.who is not None and bool(turn.who.units("member"))


def secretary(turn: "Turn") -> bool:
    """A secretary of some unit; a route that names a unit checks `turn.official.leads(unit)` too."""
    return turn.who is not None and bool(turn.who.units("secretary"))


def organiser(turn: "Turn") -> bool:
    """A secretary of a unit with units below it; a route that names one of those checks
    handlers.organiser.own_tree.unit_below too."""
    led = () if turn.who is None else turn.who.units("secretary")
    return bool(led) and has_units_below(turn.session, [each.unit_id for each in led])


def keeps_desks(turn: "Turn") -> bool:
    """A secretary whose unit, or a unit below, has open desks; a route that names a desk checks
    handlers.secretary.own_desk too."""
    led = () if turn.who is None else turn.who.units("secretary")
    return bool(led) and has_desks_below(turn.session, [each.unit_id for each in led], turn.today)

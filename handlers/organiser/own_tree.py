"""What every action of an organiser checks: the unit lies below one they lead."""

from handlers.errors import Refused
from handlers.turn import Turn
from storage.queries.digest import UnitName, unit_name
from storage.queries.tree import ancestors


def oversees(turn: Turn, unit: int) -> bool:
    """Whether this person leads that unit or one above it."""
    led = {each.unit_id for each in turn.official.units("secretary")}
    return not led.isdisjoint(ancestors(turn.session, unit))


def unit_below(turn: Turn, unit: int) -> UnitName:
    """The unit of that id, led by this person or below one they lead; any other is refused."""
    if oversees(turn, unit):
        return unit_name(turn.session, unit)
    raise Refused(
        turn.say("This is for the secretary of a unit above that one."),
        f"an organiser's action named unit {unit}, which is not below theirs",
    )

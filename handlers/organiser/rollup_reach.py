"""Whether a unit lay below one this person leads, in the tree of the week that is asked about."""

from dataclasses import dataclass

from handlers.errors import Refused
from handlers.secretary.own_unit import closed_week
from handlers.turn import Turn
from handlers.weeks import Week
from storage.queries.past import below, units_then


@dataclass(frozen=True)
class Reach:
    """The unit this person leads from which another is seen: itself, or one above it."""

    led: int


def reach(turn: Turn, unit: int, week: Week) -> Reach:
    """From where this person sees that unit; refused for any other, or a week still running.

    A unit that moved away is still seen in the weeks in which it was below.
    """
    units = units_then(turn.session, week.first, week.last)
    for each in turn.official.units("secretary"):
        if any(one.id == unit for one in below(units, each.unit_id)):
            closed_week(turn, each.unit_id, week)
            return Reach(each.unit_id)
    raise Refused(
        turn.say("This is for the secretary of a unit above that one."),
        f"a roll-up's action named unit {unit}, which is not below theirs",
    )

"""What every action about a desk checks: it belongs to a unit one leads, or to one below."""

from collections.abc import Sequence

from handlers.errors import Refused
from handlers.organiser.own_tree import oversees
from handlers.turn import Turn
from storage.queries.desk import DeskWithUnit, desks_below, find_desk


def own_desks(turn: Turn) -> Sequence[DeskWithUnit]:
    """Every open desk this secretary looks after, by unit and name."""
    led = [each.unit_id for each in turn.official.units("secretary")]
    return desks_below(turn.session, led, turn.today)


def own_desk(turn: Turn, code: str) -> DeskWithUnit:
    """The desk of this code; any other is refused, and one that is not there looks the same."""
    desk = find_desk(turn.session, code)
    if desk is not None and oversees(turn, desk.unit_id):
        return desk
    raise Refused(
        turn.say("This is for the secretary of that desk's unit."),
        "a secretary's action named a desk of another unit",
    )

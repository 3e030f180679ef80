"""What every action of a secretary checks: their own unit, a week that has ended."""

from handlers.errors import Refused
from handlers.turn import Turn
from handlers.weeks import Week, newest_closed
from storage.queries.digest import was_sent
from storage.queries.link import Standing


def own_unit(turn: Turn, unit: int) -> Standing:
    """The unit this secretary leads; any other is refused, whatever the button said."""
    for each in turn.official.units("secretary"):
        if each.unit_id == unit:
            return each
    raise Refused(
        turn.say("This is for the secretary of that unit."),
        f"a secretary's action named unit {unit}, led by somebody else",
    )


def is_closed(turn: Turn, unit: int, week: Week) -> bool:
    """Whether a week has ended: by the clock, or because its digest went out (a clock moves)."""
    return week <= newest_closed(turn.today) or was_sent(turn.session, unit, str(week))


def closed_week(turn: Turn, unit: int, week: Week) -> Standing:
    """The same unit, where the week has ended too."""
    standing = own_unit(turn, unit)
    if not is_closed(turn, unit, week):
        raise Refused(
            turn.say("Week {week} has not ended yet.", week=week.number),
            f"a digest of a week that has not ended: {week}",
        )
    return standing

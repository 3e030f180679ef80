"""Who is to be secretary of a unit below: its members, and whoever led it before."""

from collections.abc import Sequence

from handlers.messages import Choice, Choices, Field, Reply, Title, reply
from handlers.official.people_names import in_order, meant
from handlers.organiser.former_secretary import candidate, former_secretaries
from handlers.organiser.people_actions import CANDIDATES, FIND_CANDIDATE, NEW_SECRETARY
from handlers.organiser.unit_card import back_to_unit
from handlers.organiser.units_below import strictly_below
from handlers.paging import PAGE, page_of
from handlers.permissions import organiser
from handlers.routing import Route
from handlers.turn import Turn
from storage.queries.unit_roster import Former, Listed, unit_roster


def candidates(turn: Turn, unit: int, page: int) -> Sequence[Reply]:
    """Which member becomes secretary."""
    return [_choose(turn, unit, _candidates(turn, unit), page)]


def find_candidate(turn: Turn, unit: int) -> Sequence[Reply]:
    """Whom a typed name means."""
    people = _candidates(turn, unit)
    close = meant(people, turn.text)[:PAGE]
    if close:
        return [_choose(turn, unit, close, 0)]
    sorry = turn.say("Nobody of this unit is called that.")
    return [_choose(turn, unit, people, 0, error=sorry)]


def members_below(turn: Turn, unit: int) -> list[Listed]:
    """Members of a unit below who are no secretaries of it."""
    strictly_below(turn, unit)
    people = in_order(unit_roster(turn.session, unit))
    return [each for each in people if "secretary" not in each.roles]


def _candidates(turn: Turn, unit: int) -> list[Listed | Former]:
    """The members, then whoever led the unit before and is not in it now."""
    return [*members_below(turn, unit), *in_order(former_secretaries(turn, unit))]


def _choose(
    turn: Turn, unit: int, people: Sequence[Listed | Former], page: int, error: str = ""
) -> Reply:
    say, unit_name = turn.say, strictly_below(turn, unit).name
    title = say("Who is to be secretary of {unit}?", unit=unit_name)
    pages = page_of(
        people,
        page,
        lambda each: candidate(say, unit, each),
        lambda to: CANDIDATES.build(unit=unit, page=to),
        say,
        title,
    )
    field = Field(
        action=FIND_CANDIDATE.build(unit=unit),
        label=say("Or type a name"),
        send=say("Search"),
        value=turn.text if error else "",
        error=error,
        most=60,
        person=True,
    )
    new = Choice(
        label=say("Somebody who is not on the list"), action=NEW_SECRETARY.build(unit=unit)
    )
    return reply(
        Title(text=title),
        *pages,
        field if people else None,
        Choices(label=say("What would you like to do?"), choices=(new, back_to_unit(say, unit))),
    )


ROUTES = [
    Route(CANDIDATES, candidates, may=organiser),
    Route(FIND_CANDIDATE, find_candidate, may=organiser),
]

"""Picking one's own name from the unit's roster, by pages or by typing a part of it."""

from collections.abc import Sequence

from handlers.messages import Choice, Field, Reply, Text, Title, reply
from handlers.official.actions import JOIN_FIND, JOIN_ME, JOIN_NAMES
from handlers.official.invitation import Invitation, read
from handlers.official.join import join
from handlers.official.people_names import in_order, meant
from handlers.paging import PAGE, page_of
from handlers.routing import Route
from handlers.turn import Turn
from storage.queries.unit_people import UnitPerson


def names(turn: Turn, token: str, page: int) -> Sequence[Reply]:
    """A page of the roster; who has joined already is marked."""
    found = read(turn, token)
    if not isinstance(found, Invitation) or found.only is not None:
        return join(turn, token)
    return [_list(turn, found, in_order(found.names), page)]


def find_name(turn: Turn, token: str) -> Sequence[Reply]:
    """Who is meant by what was typed."""
    found = read(turn, token)
    if not isinstance(found, Invitation) or found.only is not None:
        return join(turn, token)
    close = meant(found.names, turn.text)[:PAGE]
    if close:
        return [_list(turn, found, close, 0)]
    sorry = turn.say("Nobody on the list of {unit} is called that.", unit=found.unit.name)
    return [_list(turn, found, in_order(found.names), 0, error=sorry)]


def _list(
    turn: Turn, found: Invitation, people: Sequence[UnitPerson], page: int, error: str = ""
) -> Reply:
    say, token = turn.say, found.token
    label = say("Who are you?")
    field = Field(
        action=JOIN_FIND.build(token=token),
        label=say("Or type your name"),
        send=say("Search"),
        value=turn.text if error else "",
        error=error,
        most=60,
        person=True,
    )
    marked = any(each.linked for each in people)
    return reply(
        Title(text=label),
        Text(text=say("✓ marks who has joined already.")) if marked else None,
        *page_of(
            people,
            page,
            lambda each: _choice(turn, token, each),
            lambda to: JOIN_NAMES.build(token=token, page=to),
            say,
            label,
        ),
        field,
    )


def _choice(turn: Turn, token: str, person: UnitPerson) -> Choice:
    label = person.full_name
    if person.linked:
        label = turn.say("{name} ✓", name=person.full_name)
    return Choice(label=label, action=JOIN_ME.build(token=token, person=person.id))


ROUTES = [Route(JOIN_NAMES, names), Route(JOIN_FIND, find_name)]

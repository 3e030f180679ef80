"""A unit below as its organiser sees it: who leads it, who has joined, what can be done about it."""

from collections.abc import Sequence

from handlers.messages import Choice, Choices, Part, Reply, Text, Title, reply
from handlers.official.people_names import in_order
from handlers.organiser.own_tree import oversees, unit_below
from handlers.organiser.people_actions import (
    CANDIDATES,
    END_OFFICE,
    INVITE_SECRETARY,
    PEOPLE_BELOW,
    UNIT_CARD,
    UNITS,
)
from handlers.organiser.units_below import strictly_below
from handlers.permissions import organiser
from handlers.routing import Route
from handlers.secretary.member_actions import CHANGES
from handlers.secretary.member_card import joined_line
from handlers.secretary.members import counted
from handlers.secretary.personal_link import invited_already, make_link, show_link
from handlers.texts import Speech, mark
from handlers.turn import Turn
from storage.queries.unit_roster import Listed, Reach, children, unit_roster
from storage.tables import Unit

_REACH: dict[Reach, str] = {
    "off": mark("{line} Reminders are off."),
    "unreachable": mark("{line} Messages do not arrive."),
}


def unit_card(turn: Turn, unit: int, *parts_first: Part) -> Sequence[Reply]:
    """The secretaries of a unit, how many of its people have joined, and the ways on."""
    say, found = turn.say, unit_below(turn, unit)
    people = in_order(unit_roster(turn.session, unit))
    leading = [each for each in people if "secretary" in each.roles]
    closed = turn.session.get_one(Unit, unit).until
    until = None if closed is None else say("Closed since {day}.", day=closed.strftime("%d/%m/%Y"))
    nobody = None if leading else say("This unit has no secretary.")
    return [
        reply(
            *parts_first,
            Title(text=found.name),
            *(Text(text=each, tone="alert") for each in (until, nobody) if each),
            *(Text(text=secretary_line(say, each)) for each in leading),
            *(Text(text=each) for each in counted(say, people)),
            Choices(
                label=say("What would you like to do?"),
                choices=_ways(turn, unit, leading, closed=closed is not None),
            ),
        )
    ]


def secretary_line(say: Speech, person: Listed) -> str:
    """A secretary with whether they have joined and whether messages reach them."""
    line = say("Secretary: {name}.", name=person.full_name)
    line = say("{line} {joined}", line=line, joined=joined_line(say, person))
    return say(_REACH[person.reach], line=line) if person.reach in _REACH else line


def _ways(turn: Turn, unit: int, leading: Sequence[Listed], *, closed: bool) -> tuple[Choice, ...]:
    say, ways = turn.say, []
    own = turn.official.leads(unit) and not _is_below(turn, unit)
    if not own and not closed:
        ways += [_invite(turn, unit, each) for each in leading if not each.linked]
        action = CANDIDATES.build(unit=unit, page=0)
        ways.append(Choice(label=say("Appoint a secretary"), action=action))
    if not own:
        ways += [_end(say, unit, each) for each in leading]
    ways.append(Choice(label=say("Move a member"), action=PEOPLE_BELOW.build(unit=unit, page=0)))
    if children(turn.session, unit):
        action = UNITS.build(unit=unit, page=0)
        ways.append(Choice(label=say("Units below this one"), action=action))
    ways.append(Choice(label=say("Changes"), action=CHANGES.build(unit=unit, page=0)))
    ways.append(back_to_list(turn, unit))
    return tuple(ways)


def _is_below(turn: Turn, unit: int) -> bool:
    parent = turn.session.get_one(Unit, unit).parent_id
    return parent is not None and oversees(turn, parent)


def _invite(turn: Turn, unit: int, person: Listed) -> Choice:
    say, action = turn.say, INVITE_SECRETARY.build(unit=unit, person=person.id)
    if invited_already(turn, unit, person.id):
        label = say("Send {name} the invitation again", name=person.full_name)
    else:
        label = say("Invite {name}", name=person.full_name)
    return Choice(label=label, action=action, look="primary")


def _end(say: Speech, unit: int, person: Listed) -> Choice:
    label = say("End the office of {name}", name=person.full_name)
    return Choice(label=label, action=END_OFFICE.build(unit=unit, person=person.id))


def back_to_list(turn: Turn, unit: int) -> Choice:
    """The way back to the units beside this one."""
    parent = turn.session.get_one(Unit, unit).parent_id
    top = parent if parent is not None and oversees(turn, parent) else unit
    label = turn.say("Back to the units below")
    return Choice(label=label, action=UNITS.build(unit=top, page=0), look="quiet")


def back_to_unit(say: Speech, unit: int) -> Choice:
    """The way back to the card."""
    return Choice(label=say("Back to the unit"), action=UNIT_CARD.build(unit=unit), look="quiet")


def secretary_of(turn: Turn, unit: int, person: int) -> Listed | None:
    """Somebody who leads a unit below whoever asks."""
    strictly_below(turn, unit)
    people = unit_roster(turn.session, unit)
    found = (each for each in people if each.id == person and "secretary" in each.roles)
    return next(found, None)


def not_secretary(turn: Turn, unit: int) -> Sequence[Reply]:
    """For a button about somebody whose office has ended meanwhile."""
    gone = turn.say("They are not a secretary of this unit (any more).")
    return unit_card(turn, unit, Text(text=gone, tone="alert"))


def invite_secretary(turn: Turn, unit: int, person: int) -> Sequence[Reply]:
    """A personal link for a secretary the roster names; one sent before stops working."""
    found, say = secretary_of(turn, unit, person), turn.say
    if found is None:
        return not_secretary(turn, unit)
    if found.linked:
        joined = say("{name} has joined already.", name=found.full_name)
        return unit_card(turn, unit, Text(text=joined, tone="strong"))
    token = make_link(turn, unit, person, "secretary")
    return [show_link(turn, person, token, back_to_unit(say, unit))]


ROUTES = [
    Route(UNIT_CARD, unit_card, may=organiser),
    Route(INVITE_SECRETARY, invite_secretary, may=organiser, again=UNIT_CARD),
]

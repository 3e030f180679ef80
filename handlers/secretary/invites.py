"""Members and invitations of one's unit: the overview, and a one-time link for each person."""

from collections.abc import Sequence

from handlers.citizen.actions import START
from handlers.messages import Choice, Choices, Field, Reply, Text, Title, reply
from handlers.official.people_names import in_order, meant
from handlers.paging import PAGE, page_of
from handlers.permissions import secretary
from handlers.routing import Route
from handlers.secretary.invite_actions import (
    FIND_PERSON,
    GROUP_LINK,
    INVITE,
    INVITES,
    NOT_LINKED,
    OPEN_INVITES,
    REQUESTS,
    UNIT_INVITES,
)
from handlers.secretary.member_actions import CHANGES, MEMBERS, OFFICE
from handlers.secretary.members import back_to_overview
from handlers.secretary.own_unit import own_unit
from handlers.secretary.personal_link import make_link, show_link
from handlers.turn import Turn
from storage.queries.joining import open_invites, open_requests
from storage.queries.unit_people import UnitPerson, people_of_unit


def invites(turn: Turn) -> Sequence[Reply]:
    """Straight to the unit, or the choice among several."""
    units = turn.official.units("secretary")
    if len(units) == 1:
        return unit_invites(turn, units[0].unit_id)
    label = turn.say("For which unit?")
    return [
        reply(
            Title(text=label),
            Choices(
                label=label,
                choices=tuple(
                    Choice(label=each.unit_name, action=UNIT_INVITES.build(unit=each.unit_id))
                    for each in units
                ),
            ),
        )
    ]


def roster(turn: Turn, unit: int) -> list[UnitPerson]:
    """Everybody of a unit once; somebody with both roles as a member."""
    people = {each.id: each for each in people_of_unit(turn.session, unit, "secretary")}
    people |= {each.id: each for each in people_of_unit(turn.session, unit, "member")}
    return in_order(list(people.values()))


def unit_invites(turn: Turn, unit: int) -> Sequence[Reply]:
    """How many are in, what waits, and the ways to invite."""
    standing, say = own_unit(turn, unit), turn.say
    people = roster(turn, unit)
    count = sum(each.linked for each in people)
    waiting = len(open_requests(turn.session, unit, turn.now))
    links = len(open_invites(turn.session, unit, turn.now))
    choices = [
        Choice(label=say("Members"), action=MEMBERS.build(unit=unit, page=0), look="primary"),
        Choice(label=say("Invite a person"), action=NOT_LINKED.build(unit=unit, page=0)),
        Choice(label=say("Link for the chat group"), action=GROUP_LINK.build(unit=unit)),
    ]
    if links:
        label = say("Open invitations: {n}", n=links)
        choices.append(Choice(label=label, action=OPEN_INVITES.build(unit=unit, page=0)))
    if waiting:
        label = say("Requests waiting: {n}", n=waiting)
        choices.insert(0, Choice(label=label, action=REQUESTS.build(unit=unit), look="primary"))
    choices.append(Choice(label=say("Hand over the office"), action=OFFICE.build(unit=unit)))
    choices.append(Choice(label=say("Changes"), action=CHANGES.build(unit=unit, page=0)))
    choices.append(Choice(label=say("To my menu"), action=START.build(), look="quiet"))
    return [
        reply(
            Title(text=say("Members and invitations of {unit}", unit=standing.unit_name)),
            Text(text=say("{n} of {all} people have joined.", n=count, all=len(people))),
            Choices(label=say("What would you like to do?"), choices=tuple(choices)),
        )
    ]


def not_linked(turn: Turn, unit: int, page: int) -> Sequence[Reply]:
    """Whom to invite: those of the roster who have not joined."""
    own_unit(turn, unit)
    missing = [each for each in roster(turn, unit) if not each.linked]
    return [_to_invite(turn, unit, missing, page)]


def find_person(turn: Turn, unit: int) -> Sequence[Reply]:
    """Whom the typed name means."""
    own_unit(turn, unit)
    missing = [each for each in roster(turn, unit) if not each.linked]
    close = meant(missing, turn.text)[:PAGE]
    if close:
        return [_to_invite(turn, unit, close, 0)]
    sorry = turn.say("Nobody who has not joined yet is called that.")
    return [_to_invite(turn, unit, missing, 0, error=sorry)]


def _to_invite(
    turn: Turn, unit: int, people: Sequence[UnitPerson], page: int, error: str = ""
) -> Reply:
    say = turn.say
    back = Choices(choices=(back_to_unit(turn, unit),))
    if not people:
        return reply(Title(text=say("Everybody on your list has joined.")), back)
    label = say("Whom do you want to invite?")
    field = Field(
        action=FIND_PERSON.build(unit=unit),
        label=say("Or type a name"),
        send=say("Search"),
        value=turn.text if error else "",
        error=error,
        most=60,
        person=True,
    )
    pages = page_of(
        people,
        page,
        lambda each: Choice(label=each.full_name, action=INVITE.build(unit=unit, person=each.id)),
        lambda to: NOT_LINKED.build(unit=unit, page=to),
        say,
        label,
    )
    return reply(Title(text=label), *pages, field, back)


def back_to_unit(turn: Turn, unit: int) -> Choice:
    """The way back to the overview."""
    return back_to_overview(turn.say, unit)


def invite(turn: Turn, unit: int, person: int) -> Sequence[Reply]:
    """A one-time link for one person of the roster, shown this once."""
    own_unit(turn, unit)
    named = next((each for each in roster(turn, unit) if each.id == person), None)
    if named is None or named.linked:
        return not_linked(turn, unit, 0)
    token = make_link(turn, unit, named.id, named.role)
    label = turn.say("Invite another person")
    another = Choice(label=label, action=NOT_LINKED.build(unit=unit, page=0))
    return [show_link(turn, named.id, token, another, back_to_unit(turn, unit))]


ROUTES = [
    Route(INVITES, invites, may=secretary),
    Route(UNIT_INVITES, unit_invites, may=secretary),
    Route(NOT_LINKED, not_linked, may=secretary),
    Route(FIND_PERSON, find_person, may=secretary),
    Route(INVITE, invite, may=secretary, again=UNIT_INVITES),
]

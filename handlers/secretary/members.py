"""The members of a unit: who has joined, whom reminders reach; found by name; one card each."""

from collections.abc import Callable, Sequence

from handlers.messages import Choice, Choices, Field, Part, Reply, Text, Title, reply
from handlers.official.people_names import in_order, meant
from handlers.paging import PAGE, page_of
from handlers.permissions import secretary
from handlers.routing import Route
from handlers.secretary.invite_actions import UNIT_INVITES
from handlers.secretary.member_actions import (
    ADD,
    CARD,
    FIND_MEMBER,
    FORMER,
    FORMER_CARD,
    MEMBERS,
    MISSING,
)
from handlers.secretary.own_unit import own_unit
from handlers.texts import Speech
from handlers.turn import Turn
from storage.queries.unit_roster import Former, Listed, former_people, unit_roster


def members(turn: Turn, unit: int, page: int, *parts_first: Part) -> Sequence[Reply]:
    """Everybody of the unit by given name."""
    own_unit(turn, unit)
    people = in_order(unit_roster(turn.session, unit))
    return [_list(turn, unit, people, page, MEMBERS.build, parts_first)]


def missing(turn: Turn, unit: int, page: int) -> Sequence[Reply]:
    """Those who have not joined yet."""
    own_unit(turn, unit)
    people = [each for each in in_order(unit_roster(turn.session, unit)) if not each.linked]
    if not people:
        done = Text(text=turn.say("Everybody on your list has joined."), tone="strong")
        return members(turn, unit, 0, done)
    return [_list(turn, unit, people, page, MISSING.build, ())]


def find_member(turn: Turn, unit: int) -> Sequence[Reply]:
    """Whom a typed name means, accents or not."""
    own_unit(turn, unit)
    everybody: list[Listed | Former] = [
        *unit_roster(turn.session, unit),
        *former_people(turn.session, unit),
    ]
    close = meant(everybody, turn.text)[:PAGE]
    if close:
        return [_list(turn, unit, close, 0, MEMBERS.build, ())]
    sorry = turn.say("Nobody on your list is called that.")
    people = in_order(unit_roster(turn.session, unit))
    return [_list(turn, unit, people, 0, MEMBERS.build, (), error=sorry)]


def _list(
    turn: Turn,
    unit: int,
    shown: Sequence[Listed | Former],
    page: int,
    turn_to: Callable[..., str],
    parts_first: Sequence[Part],
    error: str = "",
) -> Reply:
    say, title = turn.say, turn.say("Members of {unit}", unit=own_unit(turn, unit).unit_name)
    everybody = unit_roster(turn.session, unit)
    field = Field(
        action=FIND_MEMBER.build(unit=unit),
        label=say("Or type a name"),
        send=say("Search"),
        value=turn.text if error else "",
        error=error,
        most=60,
        person=True,
    )
    pages = page_of(
        shown,
        page,
        lambda each: _person(say, unit, each),
        lambda to: turn_to(unit=unit, page=to),
        say,
        title,
    )
    return reply(
        *parts_first,
        Title(text=title),
        *(Text(text=each) for each in counted(say, everybody)),
        *pages,
        field if everybody else None,
        Choices(
            label=say("What would you like to do?"),
            choices=_ways(turn, unit, shown, everybody),
        ),
    )


def _person(say: Speech, unit: int, person: Listed | Former) -> Choice:
    if isinstance(person, Former):
        label = say("{name} (off the list)", name=person.full_name)
        return Choice(label=label, action=FORMER_CARD.build(unit=unit, person=person.id))
    return Choice(label=line(say, person), action=CARD.build(unit=unit, person=person.id))


def _ways(
    turn: Turn, unit: int, shown: Sequence[Listed | Former], everybody: Sequence[Listed]
) -> tuple[Choice, ...]:
    say = turn.say
    waiting = sum(not each.linked for each in everybody)
    ways = []
    if len(shown) < len(everybody):
        ways.append(Choice(label=say("Show everybody"), action=MEMBERS.build(unit=unit, page=0)))
    elif waiting:
        label = say("Only who has not joined yet: {n}", n=waiting)
        ways.append(Choice(label=label, action=MISSING.build(unit=unit, page=0)))
    ways.append(Choice(label=say("Put a new member on the list"), action=ADD.build(unit=unit)))
    if gone := len(former_people(turn.session, unit)):
        label = say("Off the list: {n}", n=gone)
        ways.append(Choice(label=label, action=FORMER.build(unit=unit, page=0), look="quiet"))
    ways.append(back_to_overview(say, unit))
    return tuple(ways)


def back_to_overview(say: Speech, unit: int) -> Choice:
    """The way back to members and invitations."""
    action = UNIT_INVITES.build(unit=unit)
    return Choice(label=say("Back to members and invitations"), action=action, look="quiet")


def counted(say: Speech, people: Sequence[Listed]) -> list[str]:
    """How many have joined, how many have not, whom reminders do not reach."""
    joined = [each for each in people if each.linked]
    lines = [say("{n} of {all} people have joined.", n=len(joined), all=len(people))]
    waiting = len(people) - len(joined)
    if waiting:
        lines.append(say("Not joined yet: {n}.", n=waiting))
    without = sum(each.reach != "on" for each in joined)
    if without:
        lines.append(say("Joined, but without reminders: {n}.", n=without))
    return lines


def line(say: Speech, person: Listed) -> str:
    """A member on a button: the name, ✓ for who has joined, and whether reminders arrive."""
    name = person.full_name
    if person.reach == "not joined":
        return name
    if person.reach == "off":
        return say("{name} ✓ (reminders off)", name=name)
    if person.reach == "unreachable":
        return say("{name} ✓ (unreachable)", name=name)
    return say("{name} ✓", name=name)


ROUTES = [
    Route(MEMBERS, members, may=secretary),
    Route(MISSING, missing, may=secretary),
    Route(FIND_MEMBER, find_member, may=secretary),
]

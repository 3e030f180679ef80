"""A secretary takes a day off a member unasked: whom, which day at which desk, sure."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from handlers.duty_days import (
    LAST_DAYS,
    DutyDay,
    day_label,
    duty_days,
    find_duty_day,
)
from handlers.errors import Refused
from handlers.messages import Choice, Choices, Part, Reply, Text, Title, reply
from handlers.paging import page_of
from handlers.permissions import secretary
from handlers.routing import Route
from handlers.secretary.detaching import accept
from handlers.secretary.dispute_actions import (
    DETACH,
    DETACH_DAYS,
    DETACH_SURE,
    DETACH_WHO,
    DISPUTES,
)
from handlers.secretary.disputed_days import outcome, sure_about
from handlers.secretary.own_unit import own_unit
from handlers.turn import Turn
from storage.queries.deciders import member_units
from storage.queries.dispute import (
    MemberLately,
    dispute_about,
    disputes_of,
    find_dispute,
    members_lately,
    raise_dispute,
)


def _members(turn: Turn, unit: int) -> list[MemberLately]:
    """Whose days this secretary may decide: the unit's members, never their own."""
    own_unit(turn, unit)
    since = turn.today - timedelta(days=LAST_DAYS)
    found = members_lately(turn.session, unit, since)
    return [each for each in found if each.id != turn.official.person_id]


def _member(turn: Turn, unit: int, person: int) -> MemberLately:
    for each in _members(turn, unit):
        if each.id == person:
            return each
    raise Refused(
        turn.say("This is for the secretary of that member's unit."),
        "a day of somebody who is not a member of that unit",
    )


def who(turn: Turn, unit: int, page: int) -> Sequence[Reply]:
    """Whose day it is about."""
    say, found = turn.say, _members(turn, unit)
    title = say("Whose shift was it not?") if found else say("Your unit has no other members.")
    return [
        reply(
            Title(text=title),
            *page_of(
                found,
                page,
                lambda each: Choice(
                    label=each.full_name,
                    action=DETACH_DAYS.build(unit=unit, person=each.id, page=0),
                ),
                lambda to: DETACH_WHO.build(unit=unit, page=to),
                say,
                title,
            ),
            _back(turn),
        )
    ]


def _back(turn: Turn) -> Choices:
    back = Choice(label=turn.say("‹ Go back"), action=DISPUTES.build(), look="quiet")
    return Choices(label=turn.say("What would you like to do?"), choices=(back,))


def days(turn: Turn, unit: int, person: int, page: int) -> Sequence[Reply]:
    """Which of their days."""
    return [_days(turn, unit, person, page)]


def _days(turn: Turn, unit: int, person: int, page: int, *parts_first: Part) -> Reply:
    say, whose, may = turn.say, _member(turn, unit, person), _may(turn, unit, person)
    found = [each for each in duty_days(turn, person) if may(each)]
    title = say("Which day was not the shift of {name}?", name=whose.full_name)
    text = (
        say("Days of the last {n} days that are over, whether or not anybody rated.", n=LAST_DAYS)
        if found
        else say("There is no day to choose from.")
    )
    return reply(
        *parts_first,
        Title(text=title),
        Text(text=text),
        *page_of(
            found,
            page,
            lambda each: Choice(
                label=day_label(each, say),
                action=DETACH.build(unit=unit, person=person, day=each.day, desk=each.desk_code),
            ),
            lambda to: DETACH_DAYS.build(unit=unit, person=person, page=to),
            say,
            title,
        ),
        _back(turn),
    )


def _may(turn: Turn, unit: int, person: int) -> Callable[[DutyDay], bool]:
    """Tells whether a day still counts, and they were this unit's member then or are now."""
    units = member_units(turn.session, [person])
    since = turn.today - timedelta(days=LAST_DAYS)
    gone = {
        (each.day, each.desk_code)
        for each in disputes_of(turn.session, person, since)
        if each.state == "accepted"
    }
    return lambda duty: (duty.day, duty.desk_code) not in gone and unit in units(person, duty.day)


def _chosen(turn: Turn, unit: int, person: int, day: date, desk: str) -> DutyDay | None:
    _member(turn, unit, person)
    found = find_duty_day(turn, person, day, desk)
    return found if found is not None and _may(turn, unit, person)(found) else None


def ask(turn: Turn, unit: int, person: int, day: date, desk: str) -> Sequence[Reply]:
    """Once more: this cannot be undone."""
    found = _chosen(turn, unit, person, day, desk)
    if found is None:
        return [_days(turn, unit, person, 0)]
    say = turn.say
    sure_choice = Choice(
        label=say("Yes, it does not count for them"),
        action=DETACH_SURE.build(unit=unit, person=person, day=day, desk=desk),
    )
    back = DETACH_DAYS.build(unit=unit, person=person, page=0)
    name = _member(turn, unit, person).full_name
    return [sure_about(turn, found, sure_choice, back, name)]


def sure(turn: Turn, unit: int, person: int, day: date, desk: str) -> Sequence[Reply]:
    """The day is taken off the member; what they asked about it before is decided with it."""
    found = _chosen(turn, unit, person, day, desk)
    if found is None:
        return [_days(turn, unit, person, 0)]
    raise_dispute(turn.session, person, found.desk_id, day)
    about = dispute_about(turn.session, person, found.desk_id, day)
    dispute = None if about is None else find_dispute(turn.session, about.id)
    if dispute is None or dispute.state == "accepted":
        return [_days(turn, unit, person, 0)]
    told = accept(turn, dispute)
    done = Text(text=outcome(turn.say, dispute, told=told), tone="strong")
    return [_days(turn, unit, person, 0, done)]


ROUTES = [
    Route(DETACH_WHO, who, secretary),
    Route(DETACH_DAYS, days, secretary),
    Route(DETACH, ask, secretary),
    Route(DETACH_SURE, sure, secretary, again=DETACH),
]

"""The page of a member's shift: where they are on duty, and where they may begin."""

from collections.abc import Sequence
from datetime import timedelta

from handlers.citizen.actions import START
from handlers.member.shift_actions import BEGIN, END, NOT_MINE, SHIFT_CODE, SHIFT_DESKS
from handlers.member.shift_log import end_if_lapsed
from handlers.member.shift_times import clock_time
from handlers.messages import Choice, Choices, Field, Part, Reply, Text, Title, reply
from handlers.paging import page_of
from handlers.turn import Turn
from storage.queries.duty import OpenDesk, Shift, lock_person, on_roster_now, open_shift, own_desks

_PROVEN = timedelta(days=1)  # who began by the staff code may come back without it


def running(turn: Turn) -> Shift | None:
    """The shift this member has running; one whose time is up is ended on the way."""
    lock_person(turn.session, turn.official.person_id)
    found = open_shift(turn.session, turn.official.person_id)
    return None if found is None or end_if_lapsed(turn.session, found, turn.now) else found


def show(turn: Turn, *parts_first: Part, page: int = 0, code: Field | None = None) -> Reply:
    """Where this member is on duty, and the desks where they may begin."""
    say, current = turn.say, running(turn)
    rostered = on_roster_now(turn.session, turn.official.person_id, turn.now)
    there = {each.desk_id for each in (*rostered, *([current] if current else []))}
    desks = [each for each in desks_of(turn) if each.id not in there]
    label = say("Where does your shift begin?")
    return reply(
        *parts_first,
        None if current is None and rostered else _standing(turn, current),
        *_by_roster(turn, rostered, first=current is None),
        None
        if current is None
        else Choices(label=say("Your shift"), choices=(end_choice(turn, current),)),
        Text(text=label, tone="strong") if desks else None,
        *page_of(
            desks,
            page,
            lambda desk: Choice(label=desk.name, action=BEGIN.build(desk=desk.code)),
            lambda to: SHIFT_DESKS.build(page=to),
            say,
            label,
        ),
        code or code_field(turn),
        further(turn),
    )


def desks_of(turn: Turn) -> list[OpenDesk]:
    """Where this member may begin without the staff code."""
    units = {each.unit_id for each in turn.official.standings}
    return own_desks(turn.session, turn.official.person_id, units, turn.today, turn.now - _PROVEN)


def _standing(turn: Turn, current: Shift | None) -> Title:
    say, zone = turn.say, turn.policy.timezone
    if current is None:
        return Title(text=say("You have no shift running."))
    since = clock_time(current.starts, zone)
    return Title(
        text=say("You are on duty at {desk} since {time}.", desk=current.desk_name, time=since)
    )


def _by_roster(turn: Turn, rostered: Sequence[Shift], *, first: bool) -> list[Part]:
    """Where the roster has them: `first` of all, where they began no shift themselves."""
    zone, say = turn.policy.timezone, turn.say
    found: list[Part] = []
    for each in rostered:
        if each.ends is None or each.ends.astimezone(zone).date() != turn.today:
            line = say("By the roster you are on duty at {desk} now.", desk=each.desk_name)
        else:
            until = clock_time(each.ends, zone)
            line = say(
                "By the roster you are on duty at {desk} until {time}.",
                desk=each.desk_name,
                time=until,
            )
        found.append(Title(text=line) if first and not found else Text(text=line))
    if rostered and first:
        found.append(Text(text=say("There is nothing to begin there.")))
    return found


def code_field(turn: Turn, value: str = "", error: str = "") -> Field:
    """Where a desk's code is typed."""
    say = turn.say
    return Field(
        action=SHIFT_CODE.build(),
        label=say("Or type the code of a desk"),
        hint=say("At a desk of another unit, scan the staff code behind the counter."),
        send=say("Begin my shift"),
        value=value,
        error=error,
        most=16,
    )


def end_choice(turn: Turn, shift: Shift) -> Choice:
    """The button that ends a shift."""
    return Choice(label=turn.say("End my shift"), action=END.build(duty=shift.id), look="primary")


def further(turn: Turn, *choices: Choice) -> Choices:
    """Where to go from what is about a shift."""
    say = turn.say
    not_mine = Choice(
        label=say("That day was not my shift"), action=NOT_MINE.build(page=0), look="quiet"
    )
    menu = Choice(label=say("To my menu"), action=START.build(), look="quiet")
    return Choices(label=say("What would you like to do?"), choices=(*choices, not_mine, menu))

"""Pledging: one to three items of the catalogue for a day, each tap stored at once."""

from collections.abc import Sequence
from datetime import date

from handlers.catalogue import offered
from handlers.member.actions import (
    AS_BEFORE,
    CHECKIN_DAY,
    MINE,
    PLEDGE,
    PLEDGE_AXIS,
    PLEDGE_DAY,
    PLEDGED,
    TAKE,
    TAKE_IN,
)
from handlers.member.choosing import MOST, REMEMBERED, Morning, choose, choose_of_axis, late_line
from handlers.member.days import closed, is_open, pledges_of_day, works, yesterday_choice
from handlers.messages import Choice, Choices, Part, Reply, Text, Title, reply
from handlers.permissions import member
from handlers.routing import Route
from handlers.turn import Turn
from storage.queries.days_off import preference
from storage.queries.pledge import OPEN, drop, lock_member, take, used_items
from storage.tables import Item


def morning_of(turn: Turn, day: date) -> Morning:
    """What this member chooses from on a day, as it stands now."""
    who = turn.official
    used = used_items(turn.session, [who.person_id], day - REMEMBERED, day)
    return Morning(
        name=who.given_name,
        day=day,
        today=turn.today,
        chosen=pledges_of_day(turn, day),
        used=used.get(who.person_id, []),
        catalogue=offered(turn.session),
        working=works(turn, day),
    )


def pledge_today(turn: Turn) -> Sequence[Reply]:
    """What to take on today; yesterday is offered while it can be logged."""
    first = choose(turn.say, morning_of(turn, turn.today))
    late = yesterday_choice(turn)
    if not late:
        return [first]
    more = Choices(label=turn.say("Yesterday"), choices=tuple(late))
    return [first.model_copy(update={"parts": (*first.parts, more)})]


def pledge_day(turn: Turn, day: date) -> Sequence[Reply]:
    """The same for a day that is named."""
    return [_screen(turn, day, "")] if is_open(turn, day) else closed(turn, day)


def pledge_axis(turn: Turn, day: date, axis: str) -> Sequence[Reply]:
    """All items of one responsibility."""
    return [_screen(turn, day, axis)] if is_open(turn, day) else closed(turn, day)


def toggle(turn: Turn, day: date, code: str, on: int, axis: str = "") -> Sequence[Reply]:
    """Take an item on, or take it back as long as it was not reported."""
    if not is_open(turn, day):
        return closed(turn, day)
    problem = _add(turn, day, [code]) if on else _take_back(turn, day, code)
    return [_screen(turn, day, axis, *problem)]


def as_before(turn: Turn, day: date) -> Sequence[Reply]:
    """Take on what was taken on last time, in one tap."""
    if not is_open(turn, day):
        return closed(turn, day)
    problem = _add(turn, day, [item.code for item in morning_of(turn, day).before()])
    return [_screen(turn, day, "", *problem)] if problem else finished(turn, day)


def finished(turn: Turn, day: date) -> Sequence[Reply]:
    """What is taken on, in words, and when it will be asked about."""
    chosen = pledges_of_day(turn, day)
    if not chosen:
        return pledge_day(turn, day)
    say, late = turn.say, day != turn.today
    title = (
        say("Thank you, {name}! Kept.", name=turn.official.given_name)
        if late
        else say("Thank you, {name}! All the best for today.", name=turn.official.given_name)
    )
    listed = (Text(text=say("• {item}", item=each.label(say.language))) for each in chosen)
    report = Choice(
        label=say("Say how it went"),
        action=CHECKIN_DAY.build(day=day),
        look="primary" if late else "plain",
    )
    return [
        reply(
            Title(text=title),
            *listed,
            Text(text=late_line(say, day)) if late else _asked_later(turn),
            Choices(
                label=say("What would you like to do?"),
                choices=(
                    report,
                    Choice(label=say("Choose otherwise"), action=PLEDGE_DAY.build(day=day)),
                    Choice(label=say("My record"), action=MINE.build(), look="quiet"),
                ),
            ),
        )
    ]


def _asked_later(turn: Turn) -> Text | None:
    if not works(turn, turn.today):
        return None
    own = preference(turn.session, turn.official.person_id).checkin_at
    at = own or f"{turn.policy.checkin_at:%H:%M}"
    return Text(text=turn.say("At {time} you will be asked how it went.", time=at))


def _screen(turn: Turn, day: date, axis: str, *parts_first: Part) -> Reply:
    morning = morning_of(turn, day)
    if axis:
        return choose_of_axis(turn.say, morning, axis, *parts_first)
    return choose(turn.say, morning, *parts_first)


def _add(turn: Turn, day: date, codes: Sequence[str]) -> list[Part]:
    """Store items as long as there is room; what to tell the member if one was not taken."""
    who, say = turn.official, turn.say
    lock_member(turn.session, who.person_id)
    chosen = {each.code for each in pledges_of_day(turn, day)}
    catalogue = offered(turn.session)
    for code in codes:
        item = catalogue.item(code)
        if code in chosen:
            continue
        if item is None:
            text = say("This item is not in the catalogue any more. Please choose another one.")
            return [Text(text=text, tone="alert")]
        if len(chosen) >= MOST:
            text = say(
                "Three items are enough for one day. To change, first take one of them back."
            )
            return [Text(text=text, tone="alert")]
        _store(turn, day, item)
        chosen.add(code)
    return []


def _store(turn: Turn, day: date, item: Item) -> None:
    who = turn.official
    unit = who.units("member")[0].unit_id
    late = day != turn.today
    take(turn.session, who.person_id, unit, day, item, late=late, now=turn.now)


def _take_back(turn: Turn, day: date, code: str) -> list[Part]:
    say, person = turn.say, turn.official.person_id
    if drop(turn.session, person, day, code, only_late=day != turn.today):
        return []
    kept = next((each for each in pledges_of_day(turn, day) if each.code == code), None)
    if kept is None:
        return []
    text = (
        say("You took this item on yesterday, so it stays. Just say how it went.")
        if kept.status == OPEN
        else say("You have already said how this item went, so it stays.")
    )
    return [Text(text=text, tone="alert")]


ROUTES = [
    Route(PLEDGE, pledge_today, may=member),
    Route(PLEDGE_DAY, pledge_day, may=member),
    Route(PLEDGE_AXIS, pledge_axis, may=member),
    Route(TAKE, toggle, may=member, again=PLEDGE_DAY),
    Route(TAKE_IN, toggle, may=member, again=PLEDGE_AXIS),
    Route(AS_BEFORE, as_before, may=member, again=PLEDGED),
    Route(PLEDGED, finished, may=member),
]

"""When a secretary gets a unit's digest, or not at all: one click, and one to undo it."""

from collections.abc import Sequence
from datetime import time

from handlers.local_times import read_week_time, write_time, write_week_time
from handlers.member.typed_days import read_time
from handlers.messages import Choice, Choices, Field, Reply, Text, Title, reply
from handlers.permissions import secretary
from handlers.routing import Route
from handlers.secretary.actions import (
    RESUME,
    STOP,
    WHEN,
    WHEN_AT,
    WHEN_DAY,
    WHEN_TYPED,
    WHEN_USUAL,
)
from handlers.secretary.own_unit import own_unit
from handlers.texts import Speech, mark
from handlers.turn import Turn
from storage.queries.digest_readers import preference

_DAYS = (
    mark("Monday"),
    mark("Tuesday"),
    mark("Wednesday"),
    mark("Thursday"),
    mark("Friday"),
    mark("Saturday"),
    mark("Sunday"),
)
_HOURS = (6, 7, 8, 9, 12, 14, 17, 19, 20)


def _day(say: Speech, weekday: int) -> str:
    return say(_DAYS[weekday])


def _now_at(turn: Turn, unit: int) -> tuple[int, time]:
    at = preference(turn.session, turn.official.person_id, unit).at
    return turn.policy.digest_at if at is None else read_week_time(at)


def when(turn: Turn, unit: int) -> Sequence[Reply]:
    """Which day of the week."""
    say, standing = turn.say, own_unit(turn, unit)
    weekday, at = _now_at(turn, unit)
    title = say("On which day would you like the digest?")
    usual_day, usual_at = turn.policy.digest_at
    days = tuple(
        Choice(
            label=_day(say, each),
            action=WHEN_DAY.build(unit=unit, weekday=each),
            pressed=True if each == weekday else None,
        )
        for each in range(7)
    )
    usual = say("As usual: {day} {time}", day=_day(say, usual_day), time=write_time(usual_at))
    return [
        reply(
            Title(text=title),
            Text(
                text=say(
                    "{unit}: now on {day} at {time}, about the week that has ended.",
                    unit=standing.unit_name,
                    day=_day(say, weekday),
                    time=write_time(at),
                )
            ),
            Choices(label=title, choices=days, columns=2),
            Choices(
                label=say("Other"),
                choices=(
                    Choice(label=usual, action=WHEN_USUAL.build(unit=unit), look="quiet"),
                    Choice(
                        label=say("Stop the digest"), action=STOP.build(unit=unit), look="quiet"
                    ),
                ),
            ),
        )
    ]


def when_day(turn: Turn, unit: int, weekday: int) -> Sequence[Reply]:
    """At which time of that day."""
    own_unit(turn, unit)
    if weekday >= len(_DAYS):
        return when(turn, unit)
    return [_ask_time(turn, unit, weekday)]


def _ask_time(turn: Turn, unit: int, weekday: int, value: str = "", error: str = "") -> Reply:
    say = turn.say
    title = say("At what time on {day}?", day=_day(say, weekday))
    hours = tuple(
        Choice(
            label=write_time(time(hour)),
            action=WHEN_AT.build(unit=unit, weekday=weekday, hour=hour),
        )
        for hour in _HOURS
    )
    return reply(
        Title(text=title),
        Choices(label=title, choices=hours, columns=3),
        Field(
            action=WHEN_TYPED.build(unit=unit, weekday=weekday),
            label=say("Or another time, such as 07:30"),
            send=say("Save"),
            value=value,
            error=error,
            most=5,
            digits_to=24,
        ),
    )


def when_at(turn: Turn, unit: int, weekday: int, hour: int) -> Sequence[Reply]:
    """A full hour was chosen."""
    own_unit(turn, unit)
    if weekday >= len(_DAYS) or hour >= 24:
        return when(turn, unit)
    return _set(turn, unit, (weekday, time(hour)))


def when_typed(turn: Turn, unit: int, weekday: int) -> Sequence[Reply]:
    """A time was typed."""
    own_unit(turn, unit)
    if weekday >= len(_DAYS):
        return when(turn, unit)
    at = read_time(turn.text)
    if at is None:
        error = turn.say("Please send a time such as 07:30.")
        return [_ask_time(turn, unit, weekday, turn.text[:5], error)]
    return _set(turn, unit, (weekday, at))


def when_usual(turn: Turn, unit: int) -> Sequence[Reply]:
    """Back to the installation's time."""
    own_unit(turn, unit)
    return _set(turn, unit, None)


def _set(turn: Turn, unit: int, at: tuple[int, time] | None) -> Sequence[Reply]:
    stored = preference(turn.session, turn.official.person_id, unit)
    stored.at, stored.stopped = None if at is None else write_week_time(at), False
    turn.session.add(stored)
    say, (weekday, moment) = turn.say, at or turn.policy.digest_at
    text = say(
        "The digest will come on {day} at {time}.",
        day=_day(say, weekday),
        time=write_time(moment),
    )
    return [reply(Title(text=text), _change(turn, unit))]


def _change(turn: Turn, unit: int) -> Choices:
    say = turn.say
    change = Choice(label=say("Another day or time"), action=WHEN.build(unit=unit), look="quiet")
    return Choices(label=say("What would you like to do?"), choices=(change,))


def stop(turn: Turn, unit: int) -> Sequence[Reply]:
    """No more digests of this unit to this secretary."""
    return [_stopped(turn, unit, stopped=True)]


def resume(turn: Turn, unit: int) -> Sequence[Reply]:
    """They come again."""
    return [_stopped(turn, unit, stopped=False)]


def _stopped(turn: Turn, unit: int, *, stopped: bool) -> Reply:
    say, standing = turn.say, own_unit(turn, unit)
    stored = preference(turn.session, turn.official.person_id, unit)
    stored.stopped = stopped
    turn.session.add(stored)
    if stopped:
        text = say(
            "{unit}: no more digests will come. /bantin shows them.", unit=standing.unit_name
        )
        undo = Choice(label=say("Send them again"), action=RESUME.build(unit=unit), look="primary")
    else:
        text = say("{unit}: the digest will come again.", unit=standing.unit_name)
        undo = Choice(label=say("Stop the digest"), action=STOP.build(unit=unit), look="quiet")
    return reply(
        Title(text=text),
        Choices(label=say("What would you like to do?"), choices=(undo,)),
        fresh=True,
    )


ROUTES = [
    Route(WHEN_USUAL, when_usual, secretary),
    Route(WHEN_AT, when_at, secretary),
    Route(WHEN_TYPED, when_typed, secretary),
    Route(WHEN_DAY, when_day, secretary),
    Route(WHEN, when, secretary),
    Route(STOP, stop, secretary),
    Route(RESUME, resume, secretary),
]

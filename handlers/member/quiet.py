"""When nothing is asked of a member: quiet hours each day, and a pause until a date."""

from collections.abc import Sequence
from datetime import date, time, timedelta

from handlers.member.actions import (
    PAUSE,
    PAUSE_UNTIL,
    QUIET,
    REMINDERS,
    RESUME,
    SET_QUIET,
    TYPED_PAUSE,
    TYPED_QUIET,
)
from handlers.member.days import dated
from handlers.member.preferences import kept, own_preference, read_hhmm, shown_hhmm
from handlers.member.typed_days import FARTHEST, read_day, read_times
from handlers.messages import Choice, Choices, Field, Reply, Text, Title, reply
from handlers.permissions import member
from handlers.routing import Route
from handlers.turn import Turn

NONE = "none"
_SPANS = ("2000-0700", "2100-0600", "1130-1330")


def ask_quiet(turn: Turn, error: str = "") -> Sequence[Reply]:
    """Choose or type quiet hours."""
    say = turn.say
    choices = [
        Choice(
            label=say("{first} – {last}", first=shown_hhmm(span[:4]), last=shown_hhmm(span[5:])),
            action=SET_QUIET.build(span=span),
        )
        for span in _SPANS
    ]
    choices.append(
        Choice(label=say("No quiet hours"), action=SET_QUIET.build(span=NONE), look="quiet")
    )
    return [
        reply(
            Title(text=say("When shall nothing be sent to you?")),
            Text(
                text=say(
                    "A question whose time lies in the quiet hours comes after them, "
                    "or not at all when it would be three hours late."
                )
            ),
            Choices(label=say("Quiet hours"), choices=tuple(choices), columns=2),
            Field(
                action=TYPED_QUIET.build(),
                label=say("Or type from when to when, such as 21:00 - 6:30"),
                send=say("Keep"),
                value=turn.text if error else "",
                error=error,
                most=40,
            ),
        )
    ]


def set_quiet(turn: Turn, span: str) -> Sequence[Reply]:
    """Keep quiet hours that were chosen."""
    if span == NONE:
        return _keep_quiet(turn, None)
    first, last = read_hhmm(span[:4]), read_hhmm(span[5:])
    if first is None or last is None or first == last:
        return ask_quiet(turn)
    return _keep_quiet(turn, (first, last))


def typed_quiet(turn: Turn) -> Sequence[Reply]:
    """Keep quiet hours that were typed."""
    times = read_times(turn.text)
    if times is None:
        return ask_quiet(turn, turn.say("Please type two times such as 21:00 - 6:30."))
    return _keep_quiet(turn, times)


def _keep_quiet(turn: Turn, times: tuple[time, time] | None) -> Sequence[Reply]:
    wanted = own_preference(turn)
    wanted.quiet_from = None if times is None else f"{times[0]:%H:%M}"
    wanted.quiet_to = None if times is None else f"{times[1]:%H:%M}"
    return kept(turn, wanted)


def ask_pause(turn: Turn, error: str = "") -> Sequence[Reply]:
    """Choose or type until when nothing shall be asked."""
    say, today = turn.say, turn.today
    sunday = today + timedelta(days=6 - today.weekday())
    choices = tuple(
        Choice(
            label=say("Until {day}", day=dated(until, say)), action=PAUSE_UNTIL.build(until=until)
        )
        for until in (sunday, sunday + timedelta(days=7), sunday + timedelta(days=28))
    )
    return [
        reply(
            Title(text=say("Until when shall nothing be asked?")),
            Choices(label=say("Pause reminders"), choices=choices),
            Field(
                action=TYPED_PAUSE.build(),
                label=say("Or type the last day, such as 26/11"),
                send=say("Keep"),
                value=turn.text if error else "",
                error=error,
                most=40,
                digits_to=31,
            ),
        )
    ]


def pause_until(turn: Turn, until: date) -> Sequence[Reply]:
    """Ask nothing up to and including that day."""
    if until < turn.today or until - turn.today > FARTHEST:
        return ask_pause(turn, turn.say("That day is over, or too far away."))
    wanted = own_preference(turn)
    wanted.paused_until = until
    return kept(turn, wanted)


def typed_pause(turn: Turn) -> Sequence[Reply]:
    """The same with a day that was typed."""
    until = read_day(turn.text, turn.today)
    if until is None:
        return ask_pause(turn, turn.say("Please type a day such as 26/11."))
    return pause_until(turn, until)


def resume(turn: Turn) -> Sequence[Reply]:
    """Ask again from now on."""
    wanted = own_preference(turn)
    wanted.paused_until = None
    return kept(turn, wanted)


ROUTES = [
    Route(QUIET, ask_quiet, may=member),
    Route(SET_QUIET, set_quiet, may=member, again=REMINDERS),
    Route(TYPED_QUIET, typed_quiet, may=member, again=REMINDERS),
    Route(PAUSE, ask_pause, may=member),
    Route(PAUSE_UNTIL, pause_until, may=member, again=REMINDERS),
    Route(TYPED_PAUSE, typed_pause, may=member, again=REMINDERS),
    Route(RESUME, resume, may=member, again=REMINDERS),
]

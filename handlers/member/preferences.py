"""When a member is asked: the overview, and own times of day."""

from collections.abc import Sequence
from datetime import time

from handlers.member.actions import (
    DAYS_OFF,
    MINE,
    PAUSE,
    QUIET,
    REMINDERS,
    RESUME,
    SET_TIME,
    TIME,
    TYPED_TIME,
)
from handlers.member.days import dated
from handlers.member.typed_days import read_time
from handlers.messages import Choice, Choices, Field, Part, Reply, Text, Title, reply
from handlers.permissions import member
from handlers.routing import Route
from handlers.texts import mark
from handlers.turn import Turn
from storage.queries.days_off import keep_preference, preference
from storage.tables import Preference

USUAL = "usual"
_TIMES = {
    "pledge": ("0700", "0730", "0800", "0830"),
    "checkin": ("1600", "1630", "1700", "2000"),
}
_ASKED = {
    "pledge": mark("When shall the morning question come?"),
    "checkin": mark("When shall the evening question come?"),
}


def overview(turn: Turn, *parts_first: Part) -> Sequence[Reply]:
    """What is set, and the ways to change it."""
    say, wanted = turn.say, own_preference(turn)
    return [
        reply(
            *parts_first,
            Title(text=say("Reminders and days off")),
            Text(text=say("Morning question: {time}", time=time_of(turn, wanted, "pledge"))),
            Text(text=say("Evening question: {time}", time=time_of(turn, wanted, "checkin"))),
            Text(text=_quiet_line(turn, wanted)),
            _pause_line(turn, wanted),
            Choices(label=say("What would you like to change?"), choices=_ways(turn, wanted)),
        )
    ]


def show(turn: Turn) -> Sequence[Reply]:
    """The overview, asked for by a button or a command."""
    return overview(turn)


def own_preference(turn: Turn) -> Preference:
    """What this member has set."""
    return preference(turn.session, turn.official.person_id)


def time_of(turn: Turn, wanted: Preference, what: str) -> str:
    """When a member is asked, as "HH:MM"."""
    own, usual = {
        "pledge": (wanted.pledge_at, turn.policy.pledge_at),
        "checkin": (wanted.checkin_at, turn.policy.checkin_at),
    }[what]
    return own or f"{usual:%H:%M}"


def _quiet_line(turn: Turn, wanted: Preference) -> str:
    if wanted.quiet_from is None or wanted.quiet_to is None:
        return turn.say("Quiet hours: none")
    return turn.say(
        "Quiet hours: {first} – {last}; nothing is sent then.",
        first=wanted.quiet_from,
        last=wanted.quiet_to,
    )


def _pause_line(turn: Turn, wanted: Preference) -> Text | None:
    until = wanted.paused_until
    if until is None or until < turn.today:
        return None
    say = turn.say
    text = say(
        "Paused up to and including {day}. Your streak goes on counting; for leave, note days off.",
        day=dated(until, say),
    )
    return Text(text=text, tone="strong")


def _ways(turn: Turn, wanted: Preference) -> tuple[Choice, ...]:
    say = turn.say
    paused = wanted.paused_until is not None and wanted.paused_until >= turn.today
    return (
        Choice(label=say("Morning question"), action=TIME.build(what="pledge")),
        Choice(label=say("Evening question"), action=TIME.build(what="checkin")),
        Choice(label=say("Quiet hours"), action=QUIET.build()),
        Choice(label=say("Resume reminders"), action=RESUME.build(), look="primary")
        if paused
        else Choice(label=say("Pause reminders"), action=PAUSE.build()),
        Choice(label=say("Leave and work trips"), action=DAYS_OFF.build()),
        Choice(label=say("My record"), action=MINE.build(), look="quiet"),
    )


def ask_time(turn: Turn, what: str, error: str = "") -> Sequence[Reply]:
    """Choose or type when to be asked."""
    if what not in _TIMES:
        return overview(turn)
    say = turn.say
    usual = turn.policy.pledge_at if what == "pledge" else turn.policy.checkin_at
    choices = [
        Choice(label=shown_hhmm(at), action=SET_TIME.build(what=what, at=at)) for at in _TIMES[what]
    ]
    choices.append(
        Choice(
            label=say("As usual here ({time})", time=f"{usual:%H:%M}"),
            action=SET_TIME.build(what=what, at=USUAL),
            look="quiet",
        )
    )
    return [
        reply(
            Title(text=say(_ASKED[what])),
            Choices(label=say(_ASKED[what]), choices=tuple(choices), columns=2),
            Field(
                action=TYPED_TIME.build(what=what),
                label=say("Or type a time, such as 7:45"),
                send=say("Keep"),
                value=turn.text if error else "",
                error=error,
                most=20,
                digits_to=24,
            ),
        )
    ]


def set_time(turn: Turn, what: str, at: str) -> Sequence[Reply]:
    """Keep a time that was chosen."""
    chosen = None if at == USUAL else read_hhmm(at)
    if what not in _TIMES or (chosen is None and at != USUAL):
        return ask_time(turn, what)
    return _keep_time(turn, what, chosen)


def typed_time(turn: Turn, what: str) -> Sequence[Reply]:
    """Keep a time that was typed."""
    at = read_time(turn.text)
    if what not in _TIMES or at is None:
        return ask_time(turn, what, turn.say("Please type a time such as 7:45 or 16h30."))
    return _keep_time(turn, what, at)


def _keep_time(turn: Turn, what: str, at: time | None) -> Sequence[Reply]:
    wanted = own_preference(turn)
    setattr(wanted, f"{what}_at", None if at is None else f"{at:%H:%M}")
    return kept(turn, wanted)


def kept(turn: Turn, wanted: Preference) -> Sequence[Reply]:
    """Store it, and show what is set now."""
    keep_preference(turn.session, wanted)
    return overview(turn, Text(text=turn.say("Kept."), tone="strong"))


def read_hhmm(hhmm: str) -> time | None:
    """The time in an action, such as 0730."""
    try:
        return time(int(hhmm[:2]), int(hhmm[2:]))
    except ValueError:
        return None


def shown_hhmm(hhmm: str) -> str:
    """The same as people read it."""
    return f"{hhmm[:2]}:{hhmm[2:]}"


ROUTES = [
    Route(REMINDERS, show, may=member),
    Route(TIME, ask_time, may=member),
    Route(SET_TIME, set_time, may=member, again=REMINDERS),
    Route(TYPED_TIME, typed_time, may=member, again=REMINDERS),
]

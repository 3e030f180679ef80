"""A shift that ended by itself: its member is asked whether that is right, and may correct it."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from handlers.member.preferences import read_hhmm
from handlers.member.shift_actions import (
    ENDED_AT,
    ENDED_EARLIER,
    ENDED_TYPED,
    LAPSED,
    LAPSED_RIGHT,
    STILL_ON,
)
from handlers.member.shift_log import log_shift
from handlers.member.shift_page import further, show
from handlers.member.shift_times import (
    CORRECTABLE,
    STILL_THERE,
    clock_time,
    day_of,
    end_time,
    half_hours,
    lapse_key,
    read_end,
)
from handlers.member.typed_days import read_time
from handlers.messages import Choice, Choices, Field, Reply, Text, Title, reply
from handlers.permissions import member
from handlers.routing import Route
from handlers.texts import Speech
from handlers.turn import Turn
from storage.queries.claims import claimed
from storage.queries.duty import Shift, correct_end, find_shift, lock_person


def question(say: Speech, shift: Shift, zone: ZoneInfo, *, still: bool) -> Reply:
    """The question to its member; `still`: they may say that they are there yet."""
    assert shift.lapses is not None
    asked = say(
        "{day}: your shift at {desk} began at {began} and was not ended; it was ended at {ended}. "
        "Is that right?",
        day=day_of(shift, zone, say),
        desk=shift.desk_name,
        began=clock_time(shift.starts, zone),
        ended=end_time(shift, shift.lapses, zone),
    )
    choices = [
        Choice(
            label=say("That is right"), action=LAPSED_RIGHT.build(duty=shift.id), look="primary"
        ),
        Choice(label=say("It ended earlier…"), action=ENDED_EARLIER.build(duty=shift.id)),
    ]
    if still:
        on = Choice(label=say("I am still on duty"), action=STILL_ON.build(duty=shift.id))
        choices.append(on)
    return reply(Title(text=asked), Choices(label=say("Is that right?"), choices=tuple(choices)))


def _lapsed(turn: Turn, duty: int) -> Shift | None:
    """A shift of one's own that ended by itself and may still be corrected."""
    lock_person(turn.session, turn.official.person_id)
    found = find_shift(turn.session, duty, turn.official.person_id)
    if found is None or found.ends is None or found.lapses is None:
        return None
    if turn.now - found.lapses > CORRECTABLE:
        return None
    return found if claimed(turn.session, [lapse_key(found)]) else None


def _over(turn: Turn) -> Sequence[Reply]:
    text = turn.say("There is nothing (any more) to correct about that shift.")
    return [show(turn, Text(text=text))]


def lapsed(turn: Turn, duty: int) -> Sequence[Reply]:
    """The question once more."""
    found = _lapsed(turn, duty)
    if found is None or found.lapses is None:
        return _over(turn)
    still = turn.now - found.lapses <= STILL_THERE
    return [question(turn.say, found, turn.policy.timezone, still=still)]


def right(turn: Turn, duty: int) -> Sequence[Reply]:
    """It ended when it lapsed; an earlier end that was given is taken back."""
    found = _lapsed(turn, duty)
    if found is None or found.ends is None or found.lapses is None:
        return _over(turn)
    if found.ends != found.lapses:
        correct_end(turn.session, duty, found.lapses)
        log_shift(turn, "shift.correct", found, ended=found.lapses, was=found.ends)
    thanks = turn.say(
        "Thank you. Your shift at {desk} ended at {time}.",
        desk=found.desk_name,
        time=end_time(found, found.lapses, turn.policy.timezone),
    )
    return [reply(Title(text=thanks), further(turn))]


def earlier(turn: Turn, duty: int, error: str = "") -> Sequence[Reply]:
    """At which time: the half hours, or any other that is typed."""
    found = _lapsed(turn, duty)
    if found is None or found.lapses is None:
        return _over(turn)
    say, zone = turn.say, turn.policy.timezone
    title = say("When did your shift at {desk} end?", desk=found.desk_name)
    times = tuple(
        Choice(
            label=clock_time(each, zone),
            action=ENDED_AT.build(duty=duty, at=f"{each.astimezone(zone):%H%M}"),
        )
        for each in half_hours(found, zone)
    )
    between = say(
        "It began on {day} at {began}; it was ended at {ended}.",
        day=day_of(found, zone, say),
        began=clock_time(found.starts, zone),
        ended=end_time(found, found.lapses, zone),
    )
    back = Choice(label=say("‹ Go back"), action=LAPSED.build(duty=duty), look="quiet")
    return [
        reply(
            Title(text=title),
            Text(text=between),
            Choices(label=title, choices=times, columns=3) if times else None,
            Field(
                action=ENDED_TYPED.build(duty=duty),
                label=say("Or type a time, such as 15:45"),
                send=say("Save"),
                value=turn.text if error else "",
                error=error,
                most=20,
                digits_to=24,
            ),
            Choices(label=say("What would you like to do?"), choices=(back,)),
        )
    ]


def ended_at(turn: Turn, duty: int, at: str) -> Sequence[Reply]:
    """A half hour was tapped."""
    return _end_at(turn, duty, f"{at[:2]}:{at[2:]}" if read_hhmm(at) else "")


def ended_typed(turn: Turn, duty: int) -> Sequence[Reply]:
    """A time was typed."""
    return _end_at(turn, duty, turn.text)


def _end_at(turn: Turn, duty: int, typed: str) -> Sequence[Reply]:
    found = _lapsed(turn, duty)
    if found is None or found.ends is None or found.lapses is None:
        return _over(turn)
    zone, say, at = turn.policy.timezone, turn.say, read_time(typed)
    moment = None if at is None else read_end(found, at, zone)
    if moment is None:
        wrong = say(
            "Please type a time after {began} and at most {ended}, such as 15:45.",
            began=clock_time(found.starts, zone),
            ended=end_time(found, found.lapses, zone),
        )
        return earlier(turn, duty, wrong)
    if moment != found.ends:
        correct_end(turn.session, duty, moment)
        log_shift(turn, "shift.correct", found, ended=moment, was=found.ends)
    noted = say(
        "Noted: your shift at {desk} ended at {time}.",
        desk=found.desk_name,
        time=end_time(found, moment, zone),
    )
    undo = Choice(
        label=say("No, {time} was right", time=end_time(found, found.lapses, zone)),
        action=LAPSED_RIGHT.build(duty=duty),
        look="quiet",
    )
    return [reply(Title(text=noted), further(turn, undo))]


ROUTES = [
    Route(LAPSED, lapsed, member),
    Route(LAPSED_RIGHT, right, member),
    Route(ENDED_EARLIER, earlier, member),
    Route(ENDED_AT, ended_at, member, again=LAPSED),
    Route(ENDED_TYPED, ended_typed, member, again=LAPSED),
]

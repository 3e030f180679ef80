"""/catruc: a member begins a shift at a desk with one tap and ends it with another."""

from collections.abc import Sequence

from handlers.errors import Refused
from handlers.member.shift_actions import (
    BEGIN,
    END,
    SHIFT,
    SHIFT_CODE,
    SHIFT_DESKS,
    STILL_ON,
)
from handlers.member.shift_log import log_shift
from handlers.member.shift_page import code_field, desks_of, end_choice, further, running, show
from handlers.member.shift_times import STILL_THERE, UNDO, clock_time, end_time, lapses_at
from handlers.messages import Choice, Reply, Text, Title, reply
from handlers.permissions import member
from handlers.routing import Route
from handlers.turn import Turn
from storage.queries.duty import (
    OpenDesk,
    Shift,
    begin_shift,
    end_shift,
    find_open_desk,
    find_shift,
    on_roster_now,
    open_shift,
    resume_shift,
)


def shift(turn: Turn) -> Sequence[Reply]:
    """The page itself."""
    return [show(turn)]


def more_desks(turn: Turn, page: int) -> Sequence[Reply]:
    """Another page of the desks."""
    return [show(turn, page=page)]


def typed_code(turn: Turn) -> Sequence[Reply]:
    """A desk's code was typed: begin there, or say why not."""
    code = turn.text.strip(" .").upper()
    known = BEGIN.match(f"shift/at/{code}") is not None
    desk = find_open_desk(turn.session, code, turn.today) if known else None
    if not code:
        error = turn.say("Please type the code of a desk, such as Q1.")
    elif desk is None:
        typed = turn.text.strip()[:16]
        error = turn.say("There is no open desk with the code {code}.", code=typed)
    elif may_begin(turn, desk):
        return begin(turn, desk)
    else:
        error = _only_by_staff_code(turn, desk)
    return [show(turn, code=code_field(turn, turn.text[:16], error))]


def begin_at(turn: Turn, desk: str) -> Sequence[Reply]:
    """A desk of the list was tapped (or tapped back to)."""
    found = find_open_desk(turn.session, desk, turn.today)
    if found is None:
        gone = turn.say("There is no open desk with the code {code}.", code=desk)
        return [show(turn, Text(text=gone, tone="alert"))]
    if not may_begin(turn, found):
        raise Refused(_only_by_staff_code(turn, found), "a shift at a desk that is not theirs")
    return begin(turn, found)


def may_begin(turn: Turn, desk: OpenDesk) -> bool:
    """Whether this member may begin there without the staff code."""
    return any(each.id == desk.id for each in desks_of(turn))


def _only_by_staff_code(turn: Turn, desk: OpenDesk) -> str:
    return turn.say(
        "{desk} is not a desk of your unit and the roster never gave it to you. "
        "To begin there, scan the staff code behind the counter.",
        desk=desk.name,
    )


def begin(turn: Turn, desk: OpenDesk) -> Sequence[Reply]:
    """Begin a shift there, where this member may; one running elsewhere ends."""
    say, session, person = turn.say, turn.session, turn.official.person_id
    current = running(turn)
    if current is not None and current.desk_id == desk.id:
        return [show(turn)]
    left = None if current is None else _leave(turn, current)
    back = [] if current is None else [_back_to(turn, current)]
    if any(each.desk_id == desk.id for each in on_roster_now(session, person, turn.now)):
        enough = say(
            "By the roster you are on duty at {desk} already: nothing more to do.", desk=desk.name
        )
        return [reply(Title(text=enough), left, further(turn, *back))]
    begin_shift(session, desk.id, person, turn.now, lapses_at(turn.now, turn.policy))
    begun = open_shift(session, person)
    assert begun is not None
    assert begun.lapses is not None
    log_shift(turn, "shift.begin", begun)
    return [
        reply(
            Title(text=say("Your shift at {desk} has begun. Have a good one!", desk=desk.name)),
            left,
            Text(
                text=say(
                    "If you forget to end it, it ends by itself at {time} and you are asked.",
                    time=end_time(begun, begun.lapses, turn.policy.timezone),
                )
            ),
            further(turn, end_choice(turn, begun), *back),
        )
    ]


def _leave(turn: Turn, current: Shift) -> Text:
    end_shift(turn.session, current.id, turn.now)
    log_shift(turn, "shift.end", current, ended=turn.now)
    return Text(text=turn.say("Your shift at {desk} was ended.", desk=current.desk_name))


def _back_to(turn: Turn, left: Shift) -> Choice:
    label = turn.say("Back to {desk}", desk=left.desk_name)
    return Choice(label=label, action=BEGIN.build(desk=left.desk_code))


def end(turn: Turn, duty: int) -> Sequence[Reply]:
    """End a running shift of one's own; the time is said and can be taken back."""
    current = running(turn)
    if current is not None and current.id == duty:
        end_shift(turn.session, duty, turn.now)
        log_shift(turn, "shift.end", current, ended=turn.now)
    ended = find_shift(turn.session, duty, turn.official.person_id)
    if ended is None or ended.ends is None:
        return [show(turn)]
    zone, say = turn.policy.timezone, turn.say
    text = say(
        "Your shift at {desk} has ended: {began} – {ended}. Thank you!",
        desk=ended.desk_name,
        began=clock_time(ended.starts, zone),
        ended=end_time(ended, ended.ends, zone),
    )
    still = Choice(label=say("I am still on duty"), action=STILL_ON.build(duty=duty), look="quiet")
    choices = (still,) if may_resume(turn, ended) else ()
    return [reply(Title(text=text), further(turn, *choices))]


def may_resume(turn: Turn, ended: Shift) -> bool:
    """Whether an end can be taken back: soon after it, while no other shift has begun."""
    if ended.ends is None or open_shift(turn.session, ended.person_id) is not None:
        return False
    window = STILL_THERE if ended.ends == ended.lapses else UNDO
    return turn.now - ended.ends <= window


def still_on(turn: Turn, duty: int) -> Sequence[Reply]:
    """Take back that a shift ended, until it lapses (again)."""
    say = turn.say
    current = running(turn)
    ended = find_shift(turn.session, duty, turn.official.person_id)
    if ended is None or (current is not None and current.id == duty):
        return [show(turn)]
    if not may_resume(turn, ended):
        late = say("That shift ended a while ago, or another has begun; it stays ended.")
        return [show(turn, Text(text=late))]
    assert ended.lapses is not None
    lapses = ended.lapses if ended.lapses > turn.now else lapses_at(turn.now, turn.policy)
    resume_shift(turn.session, duty, lapses)
    log_shift(turn, "shift.resume", ended)
    return [show(turn, Text(text=say("Noted: you are still on duty."), tone="strong"))]


ROUTES = [
    Route(SHIFT, shift, member),
    Route(SHIFT_DESKS, more_desks, member),
    Route(SHIFT_CODE, typed_code, member, again=SHIFT),
    Route(BEGIN, begin_at, member, again=SHIFT),
    Route(END, end, member, again=SHIFT),
    Route(STILL_ON, still_on, member, again=SHIFT),
]

"""Checking in: how each item went. "Not this time" costs nothing, anywhere."""

from collections.abc import Sequence
from datetime import date

from handlers.citizen.masking import masked
from handlers.member.actions import (
    ALL_DONE,
    CHECKIN,
    CHECKIN_DAY,
    CHECKIN_ITEM,
    MINE,
    NOTE,
    OUTCOME,
    PLEDGE_DAY,
)
from handlers.member.days import closed, is_open, pledges_of_day, yesterday_choice
from handlers.member.reporting import LONGEST_NOTE, Evening, ask, note_field, reported
from handlers.member.streak import streak_of
from handlers.messages import Choice, Choices, Field, Part, Reply, Text, Title, reply
from handlers.permissions import member
from handlers.routing import Route
from handlers.turn import Turn
from storage.queries.pledge import (
    OPEN,
    OUTCOMES,
    check_in,
    has_written,
    keep_note,
    lock_member,
    note_of,
)


def check_in_today(turn: Turn) -> Sequence[Reply]:
    """How today went; yesterday is offered while it can be logged."""
    first, *rest = check_in_day(turn, turn.today)
    late = yesterday_choice(turn)
    if not late:
        return [first, *rest]
    more = Choices(label=turn.say("Yesterday"), choices=tuple(late))
    return [first.model_copy(update={"parts": (*first.parts, more)}), *rest]


def check_in_day(turn: Turn, day: date) -> Sequence[Reply]:
    """The next question about a day, or how it went if there is none."""
    return _evening(turn, day) if is_open(turn, day) else closed(turn, day)


def ask_again(turn: Turn, day: date, code: str) -> Sequence[Reply]:
    """The question about one item, answered already or not."""
    if not is_open(turn, day):
        return closed(turn, day)
    evening = _evening_of(turn, day)
    item = next((each for each in evening.items if each.code == code), None)
    return _evening(turn, day) if item is None else [ask(turn.say, evening, item)]


def report(turn: Turn, day: date, code: str, outcome: str) -> Sequence[Reply]:
    """Keep how one item went."""
    codes = [code] if outcome in OUTCOMES else []
    return _report(turn, day, codes, outcome)


def report_all_done(turn: Turn, day: date) -> Sequence[Reply]:
    """Everything that was not reported yet is done."""
    open_ = [each.code for each in pledges_of_day(turn, day) if each.status == OPEN]
    return _report(turn, day, open_, "done")


def _report(turn: Turn, day: date, codes: Sequence[str], outcome: str) -> Sequence[Reply]:
    if not is_open(turn, day):
        return closed(turn, day)
    person, late = turn.official.person_id, day != turn.today
    if codes:
        lock_member(turn.session, person)
        check_in(turn.session, person, day, codes, outcome, late=late, now=turn.now)
    return _evening(turn, day)


def _evening_of(turn: Turn, day: date) -> Evening:
    return Evening(turn.official.given_name, day, turn.today, pledges_of_day(turn, day))


def _evening(turn: Turn, day: date, *parts_first: Part, note: Field | None = None) -> list[Reply]:
    evening = _evening_of(turn, day)
    if not evening.items:
        return [_nothing_chosen(turn, day)]
    if evening.open:
        return [ask(turn.say, evening, evening.open[0], *parts_first)]
    person = turn.official.person_id
    streak = streak_of(turn.session, person, turn.now, turn.policy)
    kept = note or _note(turn, day, note_of(turn.session, person, day))
    return [reported(turn.say, evening, streak, kept, *parts_first)]


def _nothing_chosen(turn: Turn, day: date) -> Reply:
    say = turn.say
    title = (
        say("Nothing is chosen for today yet. Shall we choose now?")
        if day == turn.today
        else say("Nothing was chosen for yesterday. Would you like to add it?")
    )
    return reply(
        Title(text=title),
        Choices(
            label=say("What would you like to do?"),
            choices=(
                Choice(label=say("Choose"), action=PLEDGE_DAY.build(day=day), look="primary"),
                Choice(label=say("My record"), action=MINE.build(), look="quiet"),
            ),
        ),
    )


def _note(turn: Turn, day: date, value: str, error: str = "") -> Field:
    who = turn.official
    return note_field(
        turn.say,
        day,
        value,
        unit=who.units("member")[0].unit_name,
        told=has_written(turn.session, who.person_id),
        error=error,
    )


def note(turn: Turn, day: date) -> Sequence[Reply]:
    """Keep a note to a day, personal numbers masked; an empty one removes what was there."""
    if not is_open(turn, day):
        return closed(turn, day)
    if not pledges_of_day(turn, day):
        return [_nothing_chosen(turn, day)]
    say = turn.say
    text, hidden = masked(turn.text)
    if len(text) > LONGEST_NOTE:
        error = say(
            "Your note has {length} characters; at most {most} fit. Please shorten it.",
            length=len(text),
            most=LONGEST_NOTE,
        )
        return _evening(turn, day, note=_note(turn, day, turn.text, error))
    keep_note(turn.session, turn.official.person_id, day, text)
    told = [Text(text=say("Your note is kept.") if text else say("Your note is removed."))]
    if hidden:
        told.append(Text(text=_told_hidden(turn, hidden), tone="alert"))
    return _evening(turn, day, *told)


def _told_hidden(turn: Turn, hidden: int) -> str:
    return turn.say.count(
        "{n} personal number or address in your note was masked before it was stored.",
        "{n} personal numbers or addresses in your note were masked before it was stored.",
        hidden,
    )


ROUTES = [
    Route(CHECKIN, check_in_today, may=member),
    Route(CHECKIN_DAY, check_in_day, may=member),
    Route(CHECKIN_ITEM, ask_again, may=member),
    Route(OUTCOME, report, may=member, again=CHECKIN_DAY),
    Route(ALL_DONE, report_all_done, may=member, again=CHECKIN_DAY),
    Route(NOTE, note, may=member, again=CHECKIN_DAY),
]

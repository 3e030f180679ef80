"""What can be typed in a chat without buttons: the numbers shown there, and how long they live."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from handlers.messages import Note, Offer, Part, Reply, Text, Title, offered, with_numbers
from handlers.turn import Turn
from storage.queries.traffic import ChatState, LiveChoice

STAYS_LIVE = timedelta(minutes=15)  # what a proactive message must not take the numbers of
MOST_NUMBER = 99
_LIKE_A_CHOICE = re.compile(r"^[ \t]*(\d{1,3})[.)][ \t]+", re.MULTILINE)


def keep_shown(turn: Turn, state: ChatState, replies: Sequence[Reply]) -> list[Reply]:
    """The answers to one update as they are sent; what they offer and ask replaces what was.

    Without buttons the numbers of several answers follow one another, and those of a message that
    came unasked meanwhile can still be typed, unless the answer shows one of them itself or asks
    for a number. An answer that neither offers nor asks anything leaves everything as it was.
    """
    sent, live, last = list[Reply](), dict[int, LiveChoice](), None
    for answer in replies if turn.buttons else map(_told_apart, replies):
        offers = offered(answer, every=not turn.buttons)
        follows = live and offers and not turn.buttons
        if follows:
            offers = _counted_on(offers, live)
        sent.append(_renumbered(answer, offers) if follows else answer)
        live |= _living(offers, live)
        last = answer if offers or answer.takes_text() or any(answer.choices()) else last
    if last is not None:
        digits, person = last.takes_digits(), last.takes_name()
        if not (turn.buttons or digits):
            live = _beside(live, _unasked(state, turn.now))
        state.ask(last.takes_text(), turn.now, digits=digits, person=person)
        # When it was is only of use where messages come unasked, and kept of nobody else.
        state.shown = turn.now if not turn.buttons and turn.who is not None else None
        state.live = live
    return sent


def take_in(state: ChatState, answer: Reply, now: datetime) -> Reply:
    """A message nobody just asked for, as it is sent to a chat without buttons.

    Its choices are numbered past those still live there, and both can be typed from now on; where
    nothing was shown of late, they begin at 1 and take the place of what was. What the next free
    text means stays as it is. The caller holds the chat's lock and writes the state.
    """
    answer = _told_apart(answer)
    offers = offered(answer)
    if not offers:
        return answer
    of_late = state.shown is None or now - state.shown < STAYS_LIVE
    live = state.live if of_late else {}
    if live:
        offers = _counted_on(offers, live)
        if max(each.number for each in offers) > MOST_NUMBER:
            offers, live = offered(answer), {}
    new = {n: replace(each, unasked=True) for n, each in _living(offers, live).items()}
    state.live = live | new
    state.shown = now
    return _renumbered(answer, offers)


def _unasked(state: ChatState, now: datetime) -> dict[int, LiveChoice]:
    """What came unasked of late and can still be chosen."""
    if state.shown is None or now - state.shown >= STAYS_LIVE:
        return {}
    return {number: each for number, each in state.live.items() if each.unasked}


def _beside(live: dict[int, LiveChoice], others: dict[int, LiveChoice]) -> dict[int, LiveChoice]:
    """Both, if no number means two things; else what was shown last alone."""
    if live.keys() & others.keys():
        return live
    past = max((each.group for each in live.values()), default=0)
    apart = {n: replace(each, group=each.group and each.group + past) for n, each in others.items()}
    return apart | live


def _told_apart(answer: Reply) -> Reply:
    """Words that begin like a choice ("2. …", somebody's comment) must not be taken for one."""

    def part(each: Part) -> Part:
        if not isinstance(each, Title | Text | Note):
            return each
        return each.model_copy(update={"text": _LIKE_A_CHOICE.sub(r"\1 – ", each.text)})

    return answer.model_copy(update={"parts": tuple(map(part, answer.parts))})


def _counted_on(offers: Sequence[Offer], live: dict[int, LiveChoice]) -> list[Offer]:
    numbers: dict[str, int] = {}
    for each in offers:
        numbers.setdefault(each.choice.action, max(live) + 1 + len(numbers))
    return [
        Offer(numbers[each.choice.action], each.choice, each.toggle, each.group) for each in offers
    ]


def _renumbered(answer: Reply, offers: Sequence[Offer]) -> Reply:
    return with_numbers(answer, {each.choice.action: each.number for each in offers})


def _living(offers: Sequence[Offer], beside: dict[int, LiveChoice]) -> dict[int, LiveChoice]:
    past = max((each.group for each in beside.values()), default=0)
    return {
        each.number: LiveChoice(
            each.choice.action,
            each.choice.label,
            each.choice.pressed,
            each.toggle,
            each.group and each.group + past,
        )
        for each in reversed(offers)
    }

"""What a typed number, several of them, or the words of a choice mean among those shown."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from handlers.citizen.actions import STALE, START
from handlers.messages import MENU_NUMBER, Choice, Choices, Reply, Text, reply
from handlers.names import folded
from handlers.routing import Matched, Pattern, Route, Router
from handlers.turn import Turn
from handlers.typed_numbers import TypedNumbers, digits_apart, read_numbers
from storage.queries.traffic import ChatState, LiveChoice

_LIST = Pattern("list")  # never sent: what a chat offers is shown again out of its state


def by_number(turn: Turn, text: str, state: ChatState, router: Router) -> str | Matched | None:
    """What typed numbers choose; None where they are an answer in words, or no numbers at all.

    Several are done in one go, or none of them. A number that is not there is never guessed at.
    """
    typed = read_numbers(text)
    if typed is None:
        return None
    alone = typed.numbers[0] if len(typed.numbers) == 1 and not typed.words else None
    if alone in state.live:
        return state.live[alone].action
    if turn.buttons:
        return None
    return START.build() if alone == MENU_NUMBER else _several(turn, typed, state, router)


def _several(
    turn: Turn, typed: TypedNumbers, state: ChatState, router: Router
) -> str | Matched | None:
    numbers = _taken_apart(typed.numbers, state)
    together = _together(numbers, typed.words, state, router)
    asked = [each for each in state.live.values() if not each.unasked]
    in_words = bool(typed.words) or (
        state.awaits and state.digits and not any(each.toggle for each in asked)
    )
    if together is None and not in_words:
        return _not_there(turn, numbers, state)
    return together


def by_word(turn: Turn, text: str, state: ChatState) -> str | None:
    """The choice whose label was typed, with or without accents; none that could mean two."""
    plain = "" if turn.buttons else folded(text)
    if len(plain) < 2 or plain.isdigit():
        return None
    meant = {each.action for each in state.live.values() if folded(each.label) == plain}
    return meant.pop() if len(meant) == 1 else None


def _taken_apart(numbers: tuple[int, ...], state: ChatState) -> tuple[int, ...]:
    """13 is 1 and 3 where there is no 13 and both can be sent at once: it can mean nothing else."""
    if len(numbers) != 1:
        return numbers
    digits = digits_apart(numbers[0])
    toggles = [number for number, each in state.live.items() if each.toggle]
    return digits if digits and set(digits) <= set(toggles) else numbers


def _together(
    numbers: Sequence[int], words: str, state: ChatState, router: Router
) -> Matched | None:
    """All of them as one route; None unless each is there and they go together."""
    chosen = [state.live[each] for each in numbers if each in state.live]
    if len(chosen) < len(numbers) or not _combine(chosen) or (words and not state.awaits):
        return None
    # What is taken back goes first: what follows may need its place.
    steps = [router.match(each.action) for each in sorted(chosen, key=lambda c: not c.pressed)]
    matched = [each for each in steps if each is not None]
    leads_to = {each.route.again_action(each.parameters) for each in matched}
    if len(matched) < len(chosen) or len(leads_to) > 1 or None in leads_to:
        return None
    if not words:
        return _one_turn([(each, "") for each in matched])
    awaited = router.match(state.awaits or "")
    if awaited is None or awaited.route.again_action(awaited.parameters) not in leads_to:
        return None
    return _one_turn([*((each, "") for each in matched), (awaited, words)])


def _combine(chosen: Sequence[LiveChoice]) -> bool:
    groups = [each.group for each in chosen if not each.toggle]
    return 0 not in groups and len(set(groups)) == len(groups)


def _one_turn(steps: Sequence[tuple[Matched, str]]) -> Matched:
    """One route that does them one after another and answers as the last does."""

    def act(turn: Turn, **_: object) -> Sequence[Reply]:
        answers: Sequence[Reply] = []
        for matched, text in steps:
            turn.incoming = replace(turn.incoming, text=text)
            answers = matched(turn)
        return answers

    def may(turn: Turn) -> bool:
        return all(matched.route.may(turn) for matched, _ in steps)

    first = steps[0][0]
    return Matched(Route(first.route.pattern, act, may), first.parameters)


def _not_there(turn: Turn, numbers: Sequence[int], state: ChatState) -> str | Matched:
    if not state.live:
        return STALE.build()
    say = turn.say
    missing = [str(each) for each in numbers if each not in state.live]
    if len(missing) == 1:
        text = say(
            "There is no {number} in the list, so nothing was changed. Please choose again:",
            number=missing[0],
        )
    elif missing:
        text = say(
            "These are not in the list: {numbers}. Nothing was changed. Please choose again:",
            numbers=", ".join(missing),
        )
    else:
        text = say("These cannot be sent together; nothing was changed. Please send one number:")
    return _shown_again(text, state)


def _shown_again(text: str, state: ChatState) -> Matched:
    """What the chat offers, under the numbers it has, and what it waits for: all as it was."""
    answer = reply(
        Text(text=text, tone="alert"),
        *_lists(state),
        awaits=state.awaits or "",
        digits=state.digits,
    )
    return Matched(Route(_LIST, lambda _turn: [answer]))


def _lists(state: ChatState) -> Iterator[Choices]:
    for (group, toggle), each in groupby(
        sorted(state.live.items()), lambda pair: (pair[1].group, pair[1].toggle)
    ):
        marked = bool(group) or toggle
        choices = tuple(
            Choice(
                label=live.label,
                action=live.action,
                number=number,
                pressed=live.pressed if marked else None,
            )
            for number, live in each
        )
        yield Choices(choices=choices, single=bool(group))

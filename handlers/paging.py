"""Lists longer than a screen: one page of choices, and the buttons that turn it."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from handlers.messages import Choice, Choices
from handlers.texts import Speech

T = TypeVar("T")

PAGE = 8


def page_of(
    items: Sequence[T],
    page: int,
    choice: Callable[[T], Choice],
    turn_to: Callable[[int], str],
    say: Speech,
    label: str,
) -> list[Choices]:
    """The choices of a page (the last one where `page` lies behind it), and how to turn it.

    `turn_to` builds the action that shows another page. Nothing for no items.
    """
    if not items:
        return []
    last = (len(items) - 1) // PAGE
    page = min(page, last)
    shown = items[page * PAGE : (page + 1) * PAGE]
    lists = [Choices(label=label, choices=tuple(choice(each) for each in shown))]
    turns = []
    if page > 0:
        turns.append(Choice(label=say("‹ Back"), action=turn_to(page - 1), look="quiet"))
    if page < last:
        turns.append(Choice(label=say("More ›"), action=turn_to(page + 1), look="quiet"))
    if turns:
        lists.append(Choices(label=say("Pages"), choices=tuple(turns), columns=2))
    return lists

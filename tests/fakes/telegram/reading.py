"""Finding a button or a message among those shown; saying what is shown when it is missing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .records import Button, Shown


def newest_from_bot(messages: Sequence[Shown]) -> Shown | None:
    return next((message for message in reversed(messages) if message.from_bot), None)


def find_button(messages: Sequence[Shown], label: str) -> Button:
    """AssertionError with what is shown when no message has such a button."""
    for message in reversed(messages):
        fitting = [button for button in message.buttons if label in button.text]
        if fitting:
            return min(fitting, key=lambda button: _distance(button.text, label))
    raise AssertionError(f"no button with {label!r}\n{describe(messages)}")


def _distance(text: str, label: str) -> int:
    bare = re.sub(r"^\W+|\W+$", "", text)
    return 0 if text == label else 1 if bare == label else 2


def describe(messages: Sequence[Shown]) -> str:
    """The last messages as lines; buttons in brackets."""
    if not messages:
        return "the chat is empty"
    return "shown, newest last:\n" + "\n".join(_line(message) for message in messages[-8:])


def _line(message: Shown) -> str:
    who = "bot" if message.from_bot else "person"
    rows = "".join(
        "\n      " + " ".join(f"[{button.text}]" for button in row) for row in message.keyboard
    )
    return f"  #{message.message_id} {who} ({message.kind}): {message.text}{rows}"

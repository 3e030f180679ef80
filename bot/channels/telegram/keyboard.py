"""Inline keyboards: choices in rows, toggles, links, and a button that copies a code."""

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from handlers.messages import Choice, Choices, Code, Part
from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

_LONGEST_COPY = 256  # characters: https://core.telegram.org/bots/api#copytextbutton
_MOST_IN_A_ROW = 8


def keyboard(parts: Iterable[Part]) -> InlineKeyboardMarkup:
    """The buttons of these parts, an empty keyboard if there are none."""
    return InlineKeyboardMarkup(list(_rows(parts)))


def can_be_button(url: str) -> bool:
    """Telegram refuses a whole message for one link to a host without a dot, such as localhost."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    host = parts.hostname or ""
    return parts.scheme in {"http", "https"} and ("." in host or ":" in host)


def _rows(parts: Iterable[Part]) -> Iterator[list[InlineKeyboardButton]]:
    for part in parts:
        if isinstance(part, Code) and 0 < len(part.text) <= _LONGEST_COPY:
            yield [InlineKeyboardButton(f"📋 {part.text}", copy_text=CopyTextButton(part.text))]
        if isinstance(part, Choices):
            wide = max(1, min(part.columns, _MOST_IN_A_ROW))
            for start in range(0, len(part.choices), wide):
                yield [_button(choice) for choice in part.choices[start : start + wide]]


def _button(choice: Choice) -> InlineKeyboardButton:
    label = f"{choice.icon} {choice.label}" if choice.icon else choice.label
    if choice.pressed:
        label = f"✅ {label}"
    if choice.url:
        return InlineKeyboardButton(label, url=choice.url)
    return InlineKeyboardButton(label, callback_data=choice.action)

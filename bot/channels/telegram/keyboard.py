"""Inline keyboards: choices in rows, toggles, links, and a button that copies a code."""

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from bot.channels.lengths import clean, units
from handlers.messages import Choice, Choices, Code, Part

_LONGEST_COPY = 256  # characters: https://core.telegram.org/bots/api#copytextbutton
_MOST_IN_A_ROW = 8


def keyboard(parts: Iterable[Part]) -> InlineKeyboardMarkup | None:
    """The buttons of these parts, if there are any."""
    rows = list(_rows(parts))
    return InlineKeyboardMarkup(rows) if rows else None


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
        if isinstance(part, Code) and 0 < units(code := clean(part.text)) <= _LONGEST_COPY:
            yield [InlineKeyboardButton(f"📋 {code}", copy_text=CopyTextButton(code))]
        if isinstance(part, Choices):
            wide = max(1, min(part.columns, _MOST_IN_A_ROW))
            for start in range(0, len(part.choices), wide):
                yield [_button(choice) for choice in part.choices[start : start + wide]]


def _button(choice: Choice) -> InlineKeyboardButton:
    label = clean(f"{choice.icon} {choice.label}")
    if choice.pressed:
        label = f"✅ {label}"
    if choice.url:
        return InlineKeyboardButton(label, url=choice.url)
    return InlineKeyboardButton(label, callback_data=choice.action)

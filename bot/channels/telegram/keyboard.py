"""Inline keyboards: choices in rows, toggles, links, and a button that copies a code.

Ready for the Bot API as they are: https://core.telegram.org/bots/api#inlinekeyboardmarkup
"""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from bot.channels.lengths import clean, units
from handlers.messages import Choice, Choices, Code, Part

Keyboard = dict[str, list[list[dict[str, Any]]]]
_LONGEST_COPY = 256  # characters: https://core.telegram.org/bots/api#copytextbutton
_MOST_IN_A_ROW = 8


def keyboard(parts: Iterable[Part]) -> Keyboard | None:
    """The buttons of these parts, if there are any."""
    rows = list(_rows(parts))
    return {"inline_keyboard": rows} if rows else None


def can_be_button(url: str) -> bool:
    """Telegram refuses a whole message for one link to a host without a dot, such as localhost."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    host = parts.hostname or ""
    return parts.scheme in {"http", "https"} and ("." in host or ":" in host)


def _rows(parts: Iterable[Part]) -> Iterator[list[dict[str, Any]]]:
    for part in parts:
        if isinstance(part, Code) and 0 < units(code := clean(part.text)) <= _LONGEST_COPY:
            yield [{"text": f"📋 {code}", "copy_text": {"text": code}}]
        if isinstance(part, Choices):
            wide = max(1, min(part.columns, _MOST_IN_A_ROW))
            for start in range(0, len(part.choices), wide):
                yield [_button(choice) for choice in part.choices[start : start + wide]]


def _button(choice: Choice) -> dict[str, Any]:
    label = clean(f"{choice.icon} {choice.label}")
    if choice.pressed:
        label = f"✅ {label}"
    if choice.url:
        return {"text": label, "url": choice.url}
    return {"text": label, "callback_data": choice.action}

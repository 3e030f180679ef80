"""From a Reply to Zalo's messages: numbered text, and up to five of the choices as buttons."""

from dataclasses import dataclass
from typing import Any

from bot.channels.lengths import clean, units
from bot.channels.numbered import plain_texts
from handlers.messages import MENU_NUMBER, Choice, Choices, Part, Reply, Text, reply, with_numbers

LONGEST_TEXT = 2000  # UTF-16 code units
MOST_BUTTONS = 5
LONGEST_TITLE = 100
LONGEST_PAYLOAD = 1000
MARK = "#3tn "  # begins the payload of a button: a press arrives as a text, and nobody types this
_MENU = f"{MENU_NUMBER}. Menu"


@dataclass(frozen=True)
class Message:
    """One message to send. `left` is what is left of the reply from this message on."""

    text: str
    buttons: tuple[dict[str, str], ...]
    left: Reply

    def body(self) -> dict[str, Any]:
        """The message as Zalo takes it."""
        if not self.buttons:
            return {"text": self.text}
        payload = {"buttons": list(self.buttons)}
        return {"text": self.text, "attachment": {"type": "template", "payload": payload}}


def messages(answer: Reply) -> list[Message]:
    """A reply (without pictures and files) as messages; the buttons stand under the last.

    Every choice has the number that is kept for the chat, so that whoever sees no buttons types
    it: what is taken out of the text changes no other's. A group that fits whole into what is left of the five slots
    becomes buttons, the others are lines of the text; links always are.
    """
    shown, groups = _apart(with_numbers(answer))
    texts = plain_texts(shown, most=LONGEST_TEXT) or ["…"]
    buttons = tuple(_button(choice) for group in groups for choice in group.choices)
    last = len(texts) - 1
    return [
        Message(text, buttons if index == last else (), _left(texts[index:], groups))
        for index, text in enumerate(texts)
    ]


def _apart(answer: Reply) -> tuple[Reply, list[Choices]]:
    """What stands in the text, and the groups that become buttons."""
    room, groups = MOST_BUTTONS, list[Choices]()
    parts: list[Part] = []
    for part in answer.parts:
        taps = tuple(c for c in part.choices if not c.url) if isinstance(part, Choices) else ()
        if not (isinstance(part, Choices) and 0 < len(taps) <= room and all(map(_fits, taps))):
            parts.append(part)
            continue
        room -= len(taps)
        groups.append(part.model_copy(update={"choices": taps}))
        if links := tuple(choice for choice in part.choices if choice.url):
            parts.append(part.model_copy(update={"choices": links, "label": ""}))
    return answer.model_copy(update={"parts": tuple(parts)}), groups


def _fits(choice: Choice) -> bool:
    """Whether it can be a button. What has 0 as its number stands where the menu would."""
    if choice.number is None or choice.number == MENU_NUMBER:
        return False
    return units(_title(choice)) <= LONGEST_TITLE and units(_payload(choice)) <= LONGEST_PAYLOAD


def _title(choice: Choice) -> str:
    mark = "✅ " if choice.pressed else ""
    return clean(f"{choice.number}. {mark}{choice.label}")


def _payload(choice: Choice) -> str:
    return f"{MARK}{choice.action}"


def _button(choice: Choice) -> dict[str, str]:
    return {"title": _title(choice), "type": "oa.query.hide", "payload": _payload(choice)}


def _left(texts: list[str], groups: list[Choices]) -> Reply:
    """One reply of what is left: its words as they stand, the menu's line comes by itself."""
    *others, last = texts
    words = [*others, last.removesuffix(_MENU).rstrip()]
    return reply(*(Text(text=each) for each in words if each), *groups)

"""What goes in and out of a flow, the same for every messenger: Incoming and Reply."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Literal

from handlers.parts import (
    NUMBERS,
    Choice,
    Choices,
    Code,
    Document,
    Field,
    Note,
    Part,
    Picture,
    Shown,
    Text,
    Title,
)

__all__ = [
    "MENU_NUMBER",
    "NUMBERS",
    "Choice",
    "Choices",
    "Code",
    "Document",
    "Field",
    "Incoming",
    "Note",
    "Offer",
    "Part",
    "Picture",
    "Reply",
    "SentFile",
    "Text",
    "Title",
    "numbered",
    "offered",
    "reply",
    "sound",
    "with_numbers",
]

MENU_NUMBER = 0


@dataclass(frozen=True)
class SentFile:
    """A file that came along; `name` is what the sender's system calls it."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Incoming:
    """What a person did, freed of the messenger's own types.

    `key` is unique for this update within the channel (redelivery repeats it). `chat` is where
    answers go, `person` who acted. Exactly one of these says what was done: `action` (a pressed
    button, a link, a web form; with `text` when a form field came along), `text` (typed), or
    `other` (something unreadable: "sticker", "photo", "voice", "edited", "group", …).
    `pressed` names the message whose button was pressed, so that the answer can replace it.
    `file` came along with a web form whose Field takes one. `device` is a keyed hash that looks the
    same for browsers that look alike, "" where a messenger stands between; `staff_device`: an
    official used this browser today.
    `language` is what the client says it speaks (BCP 47), or None.
    """

    channel: str
    chat: str
    person: str
    key: str
    action: str | None = None
    text: str | None = None
    other: str | None = None
    pressed: str | None = None
    language: str | None = None
    file: SentFile | None = None
    device: str = ""
    staff_device: bool = False

    def __post_init__(self) -> None:
        for name in ("chat", "person", "key", "action", "text"):
            value = getattr(self, name)
            if value and (better := sound(value)) is not value:
                object.__setattr__(self, name, better)


def sound(text: str) -> str:
    """The same text where it can be written and stored; halves of letters and zero bytes, which a
    messenger's JSON can hold and PostgreSQL and UTF-8 cannot, are taken out."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            text = text.encode(errors="ignore").decode()
    return text.replace("\x00", "") if "\x00" in text else text


class Reply(Shown):
    """One message (one page on the web), its parts in the order a person reads them.

    `fresh` asks for a new message where a press would otherwise replace the pressed one.
    `awaits` takes the chat's next free text without showing a field for it; with `digits` a
    number alone may be that text.
    """

    kind: Literal["reply"] = "reply"
    parts: tuple[Part, ...]
    fresh: bool = False
    awaits: str = ""
    digits: bool = True

    def choices(self) -> Iterator[Choice]:
        """Every button, in order."""
        for part in self.parts:
            if part.kind == "choices":  # cheaper than isinstance, which these classes overload
                yield from part.choices

    def field(self) -> Field | None:
        """The form field this reply shows, if any."""
        return next((part for part in self.parts if part.kind == "field"), None)

    def takes_text(self) -> str | None:
        """The action the chat's next free text goes to, if any."""
        field = self.field()
        return field.action if field is not None else self.awaits or None

    def takes_digits(self) -> bool:
        """Whether a number alone may be that text."""
        field = self.field()
        return self.digits if field is None else field.digits

    def takes_name(self) -> bool:
        """Whether that text is a person's name."""
        field = self.field()
        return field is not None and field.person


def reply(*parts: Part | None, fresh: bool = False, awaits: str = "", digits: bool = True) -> Reply:
    """A Reply of the parts that are there."""
    there = tuple(part for part in parts if part is not None)
    return Reply(parts=there, fresh=fresh, awaits=awaits, digits=digits)


@dataclass(frozen=True)
class Offer:
    """A choice and the number that stands for it. `toggle`: several such may be sent at once;
    `group`: and one of each such group along with them, 0 for none."""

    number: int
    choice: Choice
    toggle: bool = False
    group: int = 0


def offered(answer: Reply, every: bool = True) -> list[Offer]:
    """What a typed number can mean after this reply was shown, in the order of the reply.

    A choice with a number of its own keeps it. With `every` (a messenger without buttons) the
    others are counted on from 1: past the numbers taken, and past every number that may itself
    be the answer to the reply's field. Links are not counted; an action has one number.
    """
    if not (every or any(choice.number is not None for choice in _numberable(answer))):
        return []
    offers = list(_offers(answer))
    own: dict[int, str] = {}
    for each in offers:
        if each.choice.number is not None:
            own.setdefault(each.choice.number, each.choice.action)
    numbers = {action: number for number, action in reversed(own.items())}
    field = answer.field()
    first = 1 if field is None else -(-field.digits_to // 10) * 10 + 1  # past 24 comes 31
    free = (number for number in count(first) if number not in own)
    if every:
        for each in offers:
            if each.choice.action not in numbers:
                numbers[each.choice.action] = next(free)
    return [
        replace(each, number=numbers[each.choice.action])
        for each in offers
        if each.choice.action in numbers
    ]


def _numberable(answer: Reply) -> Iterator[Choice]:
    for part in answer.parts:
        if part.kind == "choices":
            yield from part.choices
        elif part.kind == "note" and part.see is not None:
            yield part.see


def _offers(answer: Reply) -> Iterator[Offer]:
    for index, part in enumerate(answer.parts, 1):
        match part:
            case Note(see=Choice() as see):
                yield Offer(0, see)
            case Choices():
                for choice in filter(lambda each: each.action, part.choices):
                    toggle = choice.pressed is not None and choice.look != "level"
                    single = part.single and choice.look != "level"
                    yield Offer(0, choice, toggle and not single, index if single else 0)


def numbered(answer: Reply, *, every: bool) -> dict[int, str]:
    """Which typed number means which action after this reply was shown."""
    return {each.number: each.choice.action for each in offered(answer, every)}


def with_numbers(answer: Reply, given: Mapping[str, int] | None = None) -> Reply:
    """The same, each choice carrying the number it is offered under, or was given by its action."""
    numbers = {each.choice.action: each.number for each in offered(answer)} | dict(given or {})

    def counted(choice: Choice) -> Choice:
        return choice.model_copy(update={"number": numbers.get(choice.action)})

    def part(each: Part) -> Part:
        match each:
            case Note(see=Choice() as see):
                return each.model_copy(update={"see": counted(see)})
            case Choices():
                return each.model_copy(update={"choices": tuple(map(counted, each.choices))})
        return each

    return answer.model_copy(update={"parts": tuple(map(part, answer.parts))})

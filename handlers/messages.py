"""What goes in and out of a flow, the same for every messenger: Incoming and Reply."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Setting

MENU_NUMBER = 0
NUMBERS = "{numbers}"  # stands in Choices.several for two of the numbers


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
    `file` came along with a web form whose Field takes one.
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


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Title(_Part):
    """The first line: what this is about."""

    kind: Literal["title"] = "title"
    text: str


class Text(_Part):
    """A paragraph; `strong` for a question, `alert` for an error or a referral."""

    kind: Literal["text"] = "text"
    text: str
    tone: Literal["plain", "strong", "alert"] = "plain"


class Code(_Part):
    """Something to keep or copy, such as a receipt code: `label` says what it is."""

    kind: Literal["code"] = "code"
    label: str
    text: str


class Choice(_Part):
    """One button. `icon` is decoration (never part of the accessible name); `number` is what to
    type where there are no buttons, when it has a meaning of its own (a level); `pressed` makes
    it a toggle; `url` makes it a link that leaves the bot (then `action` is empty)."""

    kind: Literal["choice"] = "choice"
    label: str
    action: str = ""
    icon: str = ""
    look: Literal["level", "primary", "plain", "quiet"] = "plain"
    number: int | None = None
    pressed: bool | None = None
    url: str = ""


class Note(_Part):
    """Small print; `more` is the long form, folded away where a channel can fold, under the
    words of `fold` ("" for what details are usually called).

    `see` opens the long form as a message of its own: a channel that cannot fold offers it in
    place of `more`.
    """

    kind: Literal["note"] = "note"
    text: str
    more: str = ""
    fold: str = ""
    see: Choice | None = None


class Choices(_Part):
    """A group of buttons, `columns` side by side where there is room.

    `label` names the group for a screen reader; what everybody reads stands in a Text before it.
    `single`: of its toggles one is chosen at a time. `headed`: `label` is shown as a heading
    wherever buttons stand beneath their group; a chat that has them under the text shows none.
    `several` says, where numbers are typed, that more than one may be sent at a time.
    """

    kind: Literal["choices"] = "choices"
    label: str = ""
    choices: tuple[Choice, ...]
    columns: int = 1
    single: bool = False
    headed: bool = False
    several: str = ""


class Field(_Part):
    """A question for free text: the chat's next text goes to `action`; a form on the web.

    `value` is what was typed before (kept after a mistake), `error` what was wrong with it.
    `files` are the endings of files that may be sent instead of text, where a channel takes any.
    `digits`: whether a number alone may be the answer; the choices beside the field are numbered
    from past `digits_to`, the highest that may be meant. `person`: a person's name is.
    """

    kind: Literal["field"] = "field"
    action: str
    label: str
    send: str
    hint: str = ""
    value: str = ""
    error: str = ""
    most: int = 200
    lines: int = 1
    numeric: bool = False
    files: tuple[str, ...] = ()
    digits: bool = True
    digits_to: int = 0
    person: bool = False


class Picture(_Part):
    """A picture, named by its recipe (handlers.documents.recipes) and the data it is drawn from.

    It is drawn where it is delivered, never in a handler. `alt` says in words what it shows.
    """

    kind: Literal["picture"] = "picture"
    recipe: str
    data: dict[str, Any]
    alt: str


class Document(_Part):
    """A file to keep, made like a Picture; `name` is the file's name with its ending."""

    kind: Literal["document"] = "document"
    recipe: str
    data: dict[str, Any]
    name: str


Part = Annotated[
    Title | Text | Note | Code | Choices | Field | Picture | Document,
    Setting(discriminator="kind"),
]


class Reply(_Part):
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
            if isinstance(part, Choices):
                yield from part.choices

    def field(self) -> Field | None:
        """The form field this reply shows, if any."""
        return next((part for part in self.parts if isinstance(part, Field)), None)

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

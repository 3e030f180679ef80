"""What goes in and out of a flow, the same for every messenger: Incoming and Reply."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Setting

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


class Note(_Part):
    """Small print; `more` is the long form, folded away where a channel can fold, under the
    words of `fold` ("" for what details are usually called)."""

    kind: Literal["note"] = "note"
    text: str
    more: str = ""
    fold: str = ""


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


class Choices(_Part):
    """A group of buttons, `columns` side by side where there is room.

    `label` names the group for a screen reader; what everybody reads stands in a Text before it.
    `single`: of its toggles one is chosen at a time. `headed`: `label` is shown as a heading
    wherever buttons stand beneath their group; a chat that has them under the text shows none.
    """

    kind: Literal["choices"] = "choices"
    label: str = ""
    choices: tuple[Choice, ...]
    columns: int = 1
    single: bool = False
    headed: bool = False


class Field(_Part):
    """A question for free text: the chat's next text goes to `action`; a form on the web.

    `value` is what was typed before (kept after a mistake), `error` what was wrong with it.
    `files` are the endings of files that may be sent instead of text, where a channel takes any.
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
    `awaits` takes the chat's next free text without showing a field for it.
    """

    kind: Literal["reply"] = "reply"
    parts: tuple[Part, ...]
    fresh: bool = False
    awaits: str = ""

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


def reply(*parts: Part | None, fresh: bool = False, awaits: str = "") -> Reply:
    """A Reply of the parts that are there."""
    there = tuple(part for part in parts if part is not None)
    return Reply(parts=there, fresh=fresh, awaits=awaits)


def numbered(answer: Reply, *, every: bool) -> dict[int, str]:
    """Which typed number means which action after this reply was shown.

    A choice with a number of its own keeps it. With `every` (a messenger without buttons) the
    others are counted on from 1, past the numbers taken; links are not counted.
    """
    own = {c.number: c.action for c in answer.choices() if c.number is not None and c.action}
    if not every:
        return own
    shown, following = dict(own), 1
    for choice in answer.choices():
        if choice.number is not None or not choice.action:
            continue
        while following in shown:
            following += 1
        shown[following] = choice.action
    return shown

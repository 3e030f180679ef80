"""What a reply is made of: its parts in the order a person reads them, the same for every messenger."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Setting

NUMBERS = "{numbers}"  # stands in Choices.several for two of the numbers


class Shown(BaseModel):
    """Whatever is shown: it never changes, and stands in the outbox as JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Title(Shown):
    """The first line: what this is about."""

    kind: Literal["title"] = "title"
    text: str


class Text(Shown):
    """A paragraph; `strong` for a question, `alert` for an error or a referral."""

    kind: Literal["text"] = "text"
    text: str
    tone: Literal["plain", "strong", "alert"] = "plain"


class Code(Shown):
    """Something to keep or copy, such as a receipt code: `label` says what it is."""

    kind: Literal["code"] = "code"
    label: str
    text: str


class Choice(Shown):
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


class Note(Shown):
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


class Choices(Shown):
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


class Field(Shown):
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


class Picture(Shown):
    """A picture, named by its recipe (handlers.documents.recipes) and the data it is drawn from.

    It is drawn where it is delivered, never in a handler. `alt` says in words what it shows.
    """

    kind: Literal["picture"] = "picture"
    recipe: str
    data: dict[str, Any]
    alt: str


class Document(Shown):
    """A file to keep, made like a Picture; `name` is the file's name with its ending."""

    kind: Literal["document"] = "document"
    recipe: str
    data: dict[str, Any]
    name: str


Part = Annotated[
    Title | Text | Note | Code | Choices | Field | Picture | Document,
    Setting(discriminator="kind"),
]

"""Turns replies into pages: one layout for everything a person sees in a browser."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from starlette.responses import HTMLResponse

from bot.channels.base import Door
from bot.web.assets import Assets
from bot.web.frame import Blank, Frames, Kind
from handlers.citizen.actions import LANGUAGE
from handlers.messages import Choices, Field, Part, Reply, Text, Title
from handlers.official.channel_names import channel_name
from handlers.policy import Policy
from handlers.texts import Speaker, mark, other_languages

KIOSK_SECONDS = 20
_TEMPLATES = Path(__file__).parent / "templates"
_PRODUCT = mark("3 responsibilities – Rate our service")


@dataclass(frozen=True)
class Typed:
    """Free text that came with a form: which question it answers, and what was typed."""

    field: str
    text: str


@dataclass(frozen=True)
class Way:
    """A door as a page shows it. `code` is what one sends there, "" where its link says it all."""

    door: Door
    code: str = ""

    @property
    def address(self) -> str:
        """The link as people read it, such as "zalo.me/0123456789"."""
        return self.door.url.partition("://")[2].rstrip("/") or self.door.url


@dataclass(frozen=True)
class View:
    """One page. `place` is the address its forms go to, and where it is found afresh.

    `doors` are other ways to the same: a desk's, an invitation's where `invited`, its staff code's
    where `staff`.
    `typed` is text that no answer has taken yet: it is shown again, in its field or on its own.
    `retry` offers the same action once more, under the same token; the `file` that came with it has
    to be chosen again. `restarts` is where a
    shared tablet goes when nobody touches it; `touched`: somebody already did. `sources`: where
    pictures and files come from (bot.web.sources). `listens`: new messages appear by themselves.
    """

    replies: Sequence[Reply]
    language: str
    place: str
    token: str = ""
    doors: Sequence[Way] = ()
    invited: bool = False
    staff: bool = False
    typed: Typed | None = None
    retry: str = ""
    file: str = ""
    restarts: str = ""
    touched: bool = True
    status: int = 200
    sources: Mapping[tuple[int, int], str] = field(default_factory=dict)
    listens: bool = False


@dataclass(frozen=True)
class Card:
    """A message nobody just asked for, with a form of its own; `key` names it. `held_at`: the
    channel it waits for as well."""

    key: str
    answer: Reply
    token: str
    sources: Mapping[tuple[int, int], str]
    held_at: str = ""


@dataclass(frozen=True)
class Placed:
    """A part with what depends on its neighbours: heading rank, label, kept text, its source."""

    part: Part
    id: str
    rank: int = 0
    labelled_by: str = ""
    before_heading: bool = False
    value: str = ""
    source: str = ""


def lay_out(
    replies: Sequence[Reply],
    typed: Typed | None,
    sources: Mapping[tuple[int, int], str] | None = None,
    *,
    prefix: str = "p",
    headed: bool = False,
) -> Iterator[list[Placed]]:
    """The parts of each reply, with what their neighbours decide."""
    for number, answer in enumerate(replies):
        section: list[Placed] = []
        for index, part in enumerate(map(_without_languages, answer.parts)):
            if isinstance(part, Choices) and not part.choices:
                continue  # nothing is left to choose
            placed = _place(part, f"{prefix}{number}-{index}", section, typed, headed=headed)
            if sources and (number, index) in sources:
                placed = replace(placed, source=sources[number, index])
            section.append(placed)
            headed = headed or isinstance(part, Title)
        yield section


def _without_languages(part: Part) -> Part:
    """The head of every page switches the language already."""
    if not isinstance(part, Choices):
        return part
    others = tuple(c for c in part.choices if LANGUAGE.match(c.action) is None)
    if not others or len(others) == len(part.choices):
        return part
    return part.model_copy(update={"choices": others})


def _place(
    part: Part, id_: str, before: Sequence[Placed], typed: Typed | None, *, headed: bool
) -> Placed:
    match part:
        case Title():
            return Placed(part, id_, rank=2 if headed else 1)
        case Text():
            return Placed(part, id_, before_heading=not headed)
        case Choices():
            said = next((p.id for p in reversed(before) if _says(p.part, part.label)), "")
            return Placed(part, id_, labelled_by=said)
        case Field():
            kept = typed is not None and typed.field == part.action
            return Placed(part, id_, value=typed.text if kept and typed else part.value)
    return Placed(part, id_)


def _says(part: Part, label: str) -> bool:
    return isinstance(part, Text | Title) and part.text == label


class Shell:
    """The layout with its texts, and the templates that draw it."""

    def __init__(self, assets: Assets, policy: Policy) -> None:
        self._policy = policy
        self._templates = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,  # else every page asks the disk for each of its templates
        )
        self.asset = assets.url
        self._templates.globals.update(asset=assets.url, kiosk_seconds=KIOSK_SECONDS)
        self._frames = Frames(self._frame)

    def say(self, language: str) -> Speaker:
        """Speech for the furniture of pages, as flows have theirs."""
        return Speaker(language, citizen=self._policy.citizen)

    def page(self, view: View) -> HTMLResponse:
        """The page of some replies."""
        sections = list(lay_out(view.replies, view.typed, view.sources))
        parts = [placed for section in sections for placed in section]
        title = next((p.part.text for p in parts if isinstance(p.part, Title)), "")
        asked = next((p.part for p in parts if isinstance(p.part, Field)), None)
        taken = asked is not None and view.typed is not None and view.typed.field == asked.action
        say = self.say(view.language)
        return self._render(
            "replies.html",
            view,
            sections=sections,
            title=title,
            field=asked,
            has_primary=any(c.look == "primary" for each in view.replies for c in each.choices()),
            loose=None if taken else view.typed,
            doors=[(channel_name(say, way.door.channel), way) for way in view.doors],
        )

    def messages(self, view: View, cards: Sequence[Card]) -> HTMLResponse:
        """The page of the messages that wait."""
        title = self.say(view.language)("Messages")
        shown = [self.card(card, view.language) for card in cards]
        return self._render("messages.html", view, title=title, cards=shown)

    def card(self, card: Card, language: str) -> Markup:
        """One message, to be put into a page."""
        sections = lay_out([card.answer], None, card.sources, prefix=f"m{card.key}-", headed=True)
        say = self.say(language)
        html = self._templates.get_template("card.html").render(
            card=card,
            view=View((), language, ""),
            say=say,
            held_at=channel_name(say, card.held_at) if card.held_at else "",
            section=next(sections),
            field=card.answer.field(),
            has_primary=any(choice.look == "primary" for choice in card.answer.choices()),
        )
        return Markup(html)  # noqa: S704 - rendered with autoescape

    def wrap(
        self, body: Markup, *, language: str, title: str, place: str = "/", status: int = 200
    ) -> HTMLResponse:
        """A page around ready-made HTML (which brings its own h1), for pages that are no replies."""
        return self._framed(View((), language, place, status=status), title, body)

    def _render(self, template: str, view: View, *, title: str, **values: object) -> HTMLResponse:
        say = self.say(view.language)
        main = self._templates.get_template(template).render(
            view=view, say=say, title=title, product=say(_PRODUCT), **values
        )
        return self._framed(view, title, main)

    def _framed(self, view: View, title: str, main: str) -> HTMLResponse:
        product = self.say(view.language)(_PRODUCT)
        kind = Kind(
            view.language, view.listens, bool(view.restarts), view.touched, bool(view.token)
        )
        values = {
            "title": f"{title} | {product}" if title and title != product else product,
            "place": view.place,
            "restarts": view.restarts,
            "token": view.token,
        }
        html = self._frames.fill(kind, main, values)
        # A page holds a receipt code and a token: nothing between us and the person keeps it.
        headers = {"Cache-Control": "no-store", "Content-Language": view.language}
        return HTMLResponse(html, view.status, headers)

    def _frame(self, view: Blank, title: str, main: str) -> str:
        say = self.say(view.language)
        return self._templates.get_template("page.html").render(
            view=view,
            say=say,
            title=title,
            main=main,
            product=say(_PRODUCT),
            controller=self._policy.controller,
            other_language=other_languages(view.language)[0],
        )

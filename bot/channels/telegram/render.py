"""From a Reply to Telegram's text and inline keyboard, within Telegram's limits."""

import html
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.channels.lengths import clean, cut, units
from bot.channels.telegram.keyboard import Keyboard, can_be_button, keyboard
from handlers.messages import (
    Choices,
    Code,
    Document,
    Field,
    Note,
    Part,
    Picture,
    Reply,
    Text,
    Title,
)

LONGEST_TEXT = 4096  # UTF-16 code units after entities: https://core.telegram.org/bots/api
LONGEST_CAPTION = 1024
_GAP = "\n\n"


@dataclass(frozen=True)
class Rendered:
    """One message: `html` and the same as `plain` text, and its keyboard, if it has buttons."""

    html: str
    plain: str
    keyboard: Keyboard | None


def render(answer: Reply) -> Rendered:
    """A reply as one message; `split` first what may be too long for one."""
    blocks = [block for part in answer.parts for block in _blocks(part)]
    if not blocks:  # Telegram shows no keyboard without a text
        labels = [_Block("", each.label) for each in _groups(answer) if each.label]
        blocks = [_Lines((label,)) for label in labels[:1]]
    return _rendered(blocks, answer.parts, "…")


def caption(answer: Reply) -> Rendered | None:
    """A reply (without its pictures) as the words under one; None if it is too long for that."""
    texts = [part for each in answer.parts for part in _in_text(each)]
    groups = [_without_text_links(each) for each in _groups(answer)]
    codes = [part for part in answer.parts if isinstance(part, Code)]
    blocks = [block for part in texts for block in _blocks(part)]
    rendered = _rendered(blocks, [*codes, *groups], "")
    return rendered if units(rendered.plain) <= LONGEST_CAPTION else None


def _rendered(blocks: Sequence["_Lines"], buttons: Iterable[Part], nothing: str) -> Rendered:
    return Rendered(
        _GAP.join(block.html for block in blocks) or nothing,
        _GAP.join(block.plain for block in blocks) or nothing,
        keyboard(buttons),
    )


def without_files(answer: Reply) -> Reply:
    """The words and buttons of a reply."""
    words = tuple(part for part in answer.parts if not isinstance(part, Picture | Document))
    if len(words) == len(answer.parts):
        return answer
    return answer.model_copy(update={"parts": words})


def split(answer: Reply) -> list[Reply]:
    """The reply as messages that fit; every button stands under the last one."""
    texts = [part for each in answer.parts for part in _in_text(each)]
    pages: list[list[Part]] = [[]]
    room = LONGEST_TEXT
    for part, long in _fitting(texts):
        size = long + len(_GAP)
        if pages[-1] and size > room:
            pages.append([])
            room = LONGEST_TEXT
        pages[-1].append(part)
        room -= size
    pages[-1].extend(_without_text_links(each) for each in _groups(answer))
    return [answer.model_copy(update={"parts": tuple(page)}) for page in pages]


def joined(pages: Sequence[Reply]) -> Reply:
    """One reply of what is left of a split one."""
    if len(pages) == 1:
        return pages[0]
    return pages[0].model_copy(
        update={"parts": tuple(part for page in pages for part in page.parts)}
    )


# Text.


class _Block:
    """A paragraph; `tag` is what surrounds it ("" for nothing)."""

    __slots__ = ("plain", "tag")

    def __init__(self, tag: str, text: str) -> None:
        self.tag, self.plain = tag, clean(text)

    @property
    def html(self) -> str:
        text = html.escape(self.plain, quote=False)
        return f"<{self.tag}>{text}</{self.tag.split()[0]}>" if self.tag else text


class _Lines:
    """Paragraphs that belong together, a line each."""

    __slots__ = ("lines",)

    def __init__(self, lines: Sequence[_Block]) -> None:
        self.lines = lines

    @property
    def plain(self) -> str:
        return "\n".join(line.plain for line in self.lines)

    @property
    def html(self) -> str:
        return "\n".join(line.html for line in self.lines)


def _blocks(part: Part) -> list[_Lines]:
    lines = tuple(line for line in _lines(part) if line.plain)
    return [_Lines(lines)] if lines else []


def _lines(part: Part) -> list[_Block]:
    lines: list[_Block] = []
    match part:
        case Title() | Text(tone="strong"):
            lines = [_Block("b", part.text)]
        case Text(tone="alert"):
            lines = [_Block("", f"⚠️ {part.text}")]
        case Text():
            lines = [_Block("", part.text)]
        case Note():
            lines = [_Block("", part.text), _Block("blockquote expandable", part.more)]
        case Code():
            lines = [_Block("", part.label), _Block("code", part.text)]
        case Field():
            error = f"⚠️ {part.error}" if part.error else ""
            lines = [_Block("", error), _Block("b", part.label), _Block("", part.hint)]
    return lines


def _size(part: Part) -> int:
    return sum(units(block.plain) for block in _blocks(part))


def _in_text(part: Part) -> Iterator[Part]:
    """What stands in the text: a link that no button can carry does, choices do not."""
    if not isinstance(part, Choices):
        yield part
        return
    for choice in part.choices:
        if choice.url and not can_be_button(choice.url):
            yield Text(text=f"{choice.label}\n{choice.url}")


def _without_text_links(group: Choices) -> Choices:
    kept = tuple(each for each in group.choices if not each.url or can_be_button(each.url))
    return group if kept == group.choices else group.model_copy(update={"choices": kept})


def _fitting(parts: Iterable[Part]) -> Iterator[tuple[Part, int]]:
    """The parts with their sizes; in place of one too long for a message several plain ones."""
    for part in parts:
        size = _size(part)
        if size <= LONGEST_TEXT:
            yield part, size
        else:
            yield from ((piece, _size(piece)) for piece in _in_pieces(part))


def _in_pieces(part: Part) -> Iterable[Part]:
    if isinstance(part, Note):
        text = [Note(text=piece) for piece in _pieces(part.text)]
        return [*text, *(Note(text="", more=piece) for piece in _pieces(part.more))]
    if isinstance(part, Text | Title):
        return [part.model_copy(update={"text": piece}) for piece in _pieces(part.text)]
    return [Text(text=piece) for line in _lines(part) for piece in _pieces(line.plain)]


def _pieces(text: str) -> Iterator[str]:
    return cut(text, LONGEST_TEXT - 8)  # room for the mark before an alert


def _groups(answer: Reply) -> list[Choices]:
    return [part for part in answer.parts if isinstance(part, Choices)]

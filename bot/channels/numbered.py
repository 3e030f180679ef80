"""From a Reply to plain text with numbered choices, for a messenger without buttons."""

from collections.abc import Iterator, Mapping, Sequence

from bot.channels.lengths import clean, cut, units
from handlers.messages import (
    MENU_NUMBER,
    NUMBERS,
    Choice,
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
    offered,
)

_GAP = "\n\n"


def plain_texts(answer: Reply, *, most: int, menu: str = "Menu") -> list[str]:
    """The reply as messages of at most `most` UTF-16 units; choices as `number. label`.

    The numbers are those that `offered(answer)` gives the chat. 0 is the menu (the same word in
    Vietnamese and English), unless the reply gives 0 a meaning of its own.
    """
    numbers = {each.choice.action: each.number for each in offered(answer)}
    said = {part.text for part in answer.parts if isinstance(part, Title | Text)}
    groups = [
        blocks
        for parts in _together(answer.parts)
        if (blocks := [block for part in parts if (block := _block(part, numbers, said))])
    ]
    if MENU_NUMBER not in numbers.values():
        groups.append([f"{MENU_NUMBER}. {menu}"])
    return list(_messages(groups, most))


def _together(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """The parts, each list of choices with the words above it: they are kept in one message."""
    heading: list[Part] = []
    for part in parts:
        if isinstance(part, Choices):
            yield [*heading, part]
            heading = []
            continue
        if heading:
            yield heading
        heading = [part]
    if heading:
        yield heading


def _block(part: Part, numbers: Mapping[str, int], said: set[str]) -> str:
    lines: list[str] = []
    match part:
        case Text(tone="alert"):
            lines = [f"⚠️ {part.text}"]
        case Title() | Text():
            lines = [part.text]
        case Note(see=None):
            lines = [part.text, part.more]
        case Note(see=Choice() as see):
            lines = [part.text, _choice(see, numbers)]
        case Code():
            lines = [part.label, part.text]
        case Field():
            lines = [f"⚠️ {part.error}" if part.error else "", part.label, part.hint]
        case Picture():
            lines = [part.alt]
        case Document():
            lines = [f"📎 {part.name}"]
        case Choices():
            heading = "" if part.label in said else part.label
            lines = [heading, *(_choice(each, numbers) for each in part.choices)]
            lines.append(_several(part, numbers))
    return "\n".join(line for line in map(clean, lines) if line)


def _choice(choice: Choice, numbers: Mapping[str, int]) -> str:
    if choice.url:
        return f"{choice.label}\n{choice.url}"
    mark = "✅ " if choice.pressed else ""
    label = " ".join(choice.label.split())  # on one line: no name can look like another choice
    return f"{numbers[choice.action]}. {mark}{label}"


def _several(part: Choices, numbers: Mapping[str, int]) -> str:
    """That several numbers may be sent at once, with two of them as the example."""
    toggles = [numbers[each.action] for each in part.choices if each.pressed is not None]
    if not part.several or len(toggles) < 2:
        return ""
    return part.several.replace(NUMBERS, f"{toggles[0]} {toggles[1:3][-1]}")


def _messages(groups: Sequence[Sequence[str]], most: int) -> Iterator[str]:
    """As few messages as the groups need; one is parted, and a block cut, only if it fits into none."""
    message = ""
    for piece in _pieces(groups, most):
        if message and units(message) + len(_GAP) + units(piece) > most:
            yield message
            message = ""
        message = f"{message}{_GAP}{piece}" if message else piece
    if message:
        yield message


def _pieces(groups: Sequence[Sequence[str]], most: int) -> Iterator[str]:
    for blocks in groups:
        whole = _GAP.join(blocks)
        if units(whole) <= most:
            yield whole
        else:
            yield from (piece for block in blocks for piece in cut(block, most))

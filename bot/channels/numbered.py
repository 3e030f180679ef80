"""From a Reply to plain text with numbered choices, for a messenger without buttons."""

from collections.abc import Iterator, Mapping

from bot.channels.lengths import clean, cut, units
from handlers.messages import (
    MENU_NUMBER,
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
    numbered,
)

_GAP = "\n\n"


def plain_texts(answer: Reply, *, most: int, menu: str = "Menu") -> list[str]:
    """The reply as messages of at most `most` UTF-16 units; choices as `number. label`.

    The numbers are those that `numbered(answer, every=True)` keeps for the chat. 0 is the menu
    (the same word in Vietnamese and English), unless the reply gives 0 a meaning of its own.
    """
    meanings = numbered(answer, every=True)
    numbers = {action: number for number, action in reversed(meanings.items())}
    shown = {part.text for part in answer.parts if isinstance(part, Title | Text)}
    blocks = [block for part in answer.parts if (block := _block(part, numbers, shown))]
    if MENU_NUMBER not in meanings:
        blocks.append(f"{MENU_NUMBER}. {menu}")
    return list(_messages(blocks, most))


def _block(part: Part, numbers: Mapping[str, int], shown: set[str]) -> str:
    lines: list[str] = []
    match part:
        case Text(tone="alert"):
            lines = [f"⚠️ {part.text}"]
        case Title() | Text():
            lines = [part.text]
        case Note():
            lines = [part.text, part.more]
        case Code():
            lines = [part.label, part.text]
        case Field():
            lines = [f"⚠️ {part.error}" if part.error else "", part.label, part.hint]
        case Picture():
            lines = [part.alt]
        case Document():
            lines = [f"📎 {part.name}"]
        case Choices():
            lines = [_choice(choice, numbers) for choice in part.choices]
            if part.label not in shown:
                lines.insert(0, part.label)
    return "\n".join(line for line in map(clean, lines) if line)


def _choice(choice: Choice, numbers: Mapping[str, int]) -> str:
    if choice.url:
        return f"{choice.label}\n{choice.url}"
    mark = "✅ " if choice.pressed else ""
    return f"{numbers[choice.action]}. {mark}{choice.label}"


def _messages(blocks: list[str], most: int) -> Iterator[str]:
    """As few messages as the blocks need; a block is cut only if it fits into none."""
    message = ""
    for piece in (piece for block in blocks for piece in cut(block, most)):
        if message and units(message) + len(_GAP) + units(piece) > most:
            yield message
            message = ""
        message = f"{message}{_GAP}{piece}" if message else piece
    if message:
        yield message

"""Text within a messenger's limits: counted in UTF-16 code units, cut between words."""

from collections.abc import Iterator


def units(text: str) -> int:
    """The length in UTF-16 code units, as messengers count it."""
    return len(text) + sum(char > "\uffff" for char in text)


def clean(text: str) -> str:
    """Without what UTF-8 cannot carry (half a surrogate pair) and white space around."""
    return text.strip().encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def cut(text: str, most: int) -> Iterator[str]:
    """Pieces of at most so many units, cut between lines or words where there are any."""
    text = clean(text)
    while units(text) > most:
        end = _fits(text, most)
        space = max(text.rfind("\n", end // 2, end), text.rfind(" ", end // 2, end))
        end = space if space > 0 else end
        yield text[:end].rstrip()
        text = text[end:].lstrip()
    if text:
        yield text


def _fits(text: str, most: int) -> int:
    """How many characters make at most so many units."""
    used = 0
    for index, char in enumerate(text):
        used += 2 if char > "\uffff" else 1
        if used > most:
            return index
    return len(text)

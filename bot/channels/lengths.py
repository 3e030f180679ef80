"""Text within a messenger's limits: counted in UTF-16 code units, cut where a reader would pause."""

import re
import unicodedata
from collections.abc import Iterator

_PAUSES = (  # the best first; a cut stands behind what is found
    re.compile(r"\n\s*\n"),
    re.compile(r"\n"),
    re.compile(r"[.!?…][\"'”’»)\]]*\s"),
    re.compile(r"\s"),
)
_JOINER = "\u200d"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)
_FLAG_TAGS = range(0xE0020, 0xE0080)


def units(text: str) -> int:
    """The length in UTF-16 code units, as messengers count it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str) -> str:
    """Without what UTF-8 cannot carry (half a surrogate pair) and white space around."""
    text = text.strip()
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def cut(text: str, most: int) -> Iterator[str]:
    """Pieces of at most so many units, cut between paragraphs, lines, sentences or words where
    there are any, and never within what is seen as one character."""
    text = clean(text)
    while units(text) > most:
        end = _pause(text, max(1, _fits(text, most)))
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


def _pause(text: str, end: int) -> int:
    """Where to cut at or before `end`, not sooner than half way."""
    for pause in _PAUSES:
        # One more character: white space just behind what fits is a pause too.
        found = [each.end() for each in pause.finditer(text, end // 2, end + 1)]
        if found:
            return found[-1]
    whole = end
    while whole > end // 2 and _joined(text, whole):
        whole -= 1
    return whole if whole > end // 2 else end


def _joined(text: str, at: int) -> bool:
    """Whether what stands before and behind a place is seen as one character."""
    before, behind = text[at - 1], ord(text[at])
    if unicodedata.category(text[at]).startswith("M") or _JOINER in (before, text[at]):
        return True
    if behind in _SKIN_TONES or behind in _FLAG_TAGS:
        return True
    return behind in _FLAG_LETTERS and _flag_letters_before(text, at) % 2 == 1


def _flag_letters_before(text: str, at: int) -> int:
    found = 0
    while found < at and ord(text[at - 1 - found]) in _FLAG_LETTERS:
        found += 1
    return found

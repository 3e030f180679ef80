"""Numbers as people type them for what they were shown: 5, 5️⃣, "số 5", "1 3", "1 và 3: rất nhanh"."""

import re
import unicodedata
from dataclasses import dataclass

_ONE = r"(?:(?:số|so|no|#|chọn|chon)\s*)?[0-9]{1,3}[.)]?"
_BETWEEN = r"(?:\s*[,;+&]\s*|\s+(?:và|va|and)\s+|\s+)"
_NUMBERS = rf"{_ONE}(?:{_BETWEEN}{_ONE})*[.,]?"
# Words follow behind a colon, a line break, or a dash that stands apart; never behind a space alone.
_FOLLOWED = re.compile(
    rf"({_NUMBERS})(?:\s*:|\s*\n|\s+[-–—]|[-–—]\s)\s*(\S.*)", re.DOTALL | re.IGNORECASE
)
_LONGEST_LIST = 200  # characters of numbers before words
_ALONE = re.compile(_NUMBERS, re.IGNORECASE)


@dataclass(frozen=True)
class TypedNumbers:
    """The numbers in the order they were typed, each once, and the words behind them."""

    numbers: tuple[int, ...]
    words: str = ""


def read_numbers(text: str) -> TypedNumbers | None:
    """What was typed, if it is numbers and nothing else, or numbers set apart from words."""
    plain = _plain(text)
    if _ALONE.fullmatch(plain):
        return TypedNumbers(_each(plain))
    found = _FOLLOWED.fullmatch(plain)
    if found is None or unicodedata.category(found[2][0]) == "Nd":
        return None  # "8:30", "2 - 3 lần": no list of numbers
    # The words as they were typed, not as the numbers were read.
    return TypedNumbers(_each(found[1]), _words_of(text, found[2]))


def digits_apart(number: int) -> tuple[int, ...]:
    """The digits of a number typed without anything between them; () if one comes twice."""
    digits = tuple(int(each) for each in str(number))
    return digits if len(digits) > 1 and len(set(digits)) == len(digits) else ()


def _plain(text: str) -> str:
    without = re.sub("[\\ufe0e\\ufe0f\\u20e3]", "", text)  # keycaps: 5️⃣
    return unicodedata.normalize("NFKC", without).strip()


def _words_of(text: str, plain_words: str) -> str:
    for start in range(min(len(text), _LONGEST_LIST)):
        if _plain(text[start:]) == plain_words:
            return text[start:].strip()
    return plain_words


def _each(text: str) -> tuple[int, ...]:
    return tuple(dict.fromkeys(int(each) for each in re.findall("[0-9]+", text)))

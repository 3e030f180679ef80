"""Names of a roster as a list reads best, and the one a person means by a few letters."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from rapidfuzz import fuzz

from handlers.names import folded

_CLOSE_ENOUGH = 80


class Named(Protocol):
    """Anybody with a name."""

    @property
    def full_name(self) -> str: ...


P = TypeVar("P", bound=Named)


def in_order(people: Sequence[P]) -> list[P]:
    """By given name, the last word of a Vietnamese name, as every list of a unit is."""
    return sorted(people, key=lambda each: _key(each.full_name))


def _key(name: str) -> tuple[str, str]:
    plain = folded(name)
    return plain.rpartition(" ")[2], plain


def meant(people: Sequence[P], typed: str) -> list[P]:
    """Whom a typed name or part of one means, best first; nobody for an empty one."""
    words = folded(typed).split()
    if not words:
        return []
    scored = [(_score(words, folded(each.full_name).split()), each) for each in in_order(people)]
    close = [pair for pair in scored if pair[0] >= _CLOSE_ENOUGH]
    return [each for _, each in sorted(close, key=lambda pair: -pair[0])]


def _score(words: Sequence[str], name: Sequence[str]) -> float:
    """0–100: every typed word finds its closest word of the name."""
    best = (max((_closeness(word, part) for part in name), default=0.0) for word in words)
    return sum(best) / len(words)


def _closeness(word: str, part: str) -> float:
    if part == word:
        return 100.0
    return 95.0 if part.startswith(word) else float(fuzz.ratio(word, part))

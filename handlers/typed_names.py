"""A full name or a position as somebody types it into a chat; ValueError says what is wrong, to them."""

from collections.abc import Callable

from handlers.roster import cells
from handlers.roster.mistakes import Wrong
from handlers.texts import Speech

LONGEST_NAME = 60
LONGEST_POSITION = 100
_FEWEST_LETTERS = 2
_BESIDES_LETTERS = " .'’-"


def typed_name(say: Speech, text: str) -> str:
    """A full name as it is kept; one typed in capitals or without any gets its capitals."""
    name = _tidy(say, cells.name, text)
    _at_most(say, name, LONGEST_NAME)
    odd = any(not (each.isalpha() or each in _BESIDES_LETTERS) for each in name)
    if odd or sum(each.isalpha() for each in name) < _FEWEST_LETTERS or " " not in name:
        raise ValueError(say("Please type the full name in letters, such as Nguyễn Văn An."))
    if name.islower() or name.isupper():
        name = " ".join(word.capitalize() for word in name.split())
    return name


def typed_position(say: Speech, text: str) -> str:
    """A position as it is kept, "" for none."""
    position = _tidy(say, cells.short_text, text)
    _at_most(say, position, LONGEST_POSITION)
    return "" if position in {"-", "–"} else position


def typed_person(say: Speech, text: str) -> tuple[str, str]:
    """Full name and position of "Nguyễn Văn An, Chuyên viên"; the position may be left out."""
    name, _, position = text.partition(",")
    return typed_name(say, name), typed_position(say, position)


def _tidy(say: Speech, read: Callable[[str], str], text: str) -> str:
    try:
        return read(text)
    except Wrong as wrong:
        raise ValueError(say(wrong.sentence, **wrong.values)) from None


def _at_most(say: Speech, text: str, most: int) -> None:
    if len(text) > most:
        raise ValueError(say("That is too long: at most {most} characters.", most=most))

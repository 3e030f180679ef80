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
    too_long = say("The name is too long: at most {most} characters.", most=LONGEST_NAME)
    name = _tidy(say, cells.name, text, LONGEST_NAME, too_long)
    odd = any(not (each.isalpha() or each in _BESIDES_LETTERS) for each in name)
    if odd or sum(each.isalpha() for each in name) < _FEWEST_LETTERS or " " not in name:
        raise ValueError(say("Please type the full name in letters, such as Nguyễn Văn An."))
    if name.islower() or name.isupper():
        name = " ".join(word.capitalize() for word in name.split())
    return name


def typed_position(say: Speech, text: str) -> str:
    """A position as it is kept, "" for none."""
    too_long = say("The position is too long: at most {most} characters.", most=LONGEST_POSITION)
    position = _tidy(say, cells.short_text, text, LONGEST_POSITION, too_long)
    return "" if position in {"-", "–"} else position


def typed_person(say: Speech, text: str) -> tuple[str, str]:
    """Full name and position of "Nguyễn Văn An, Chuyên viên"; the position may be left out."""
    _one_line(say, text)
    name, _, position = text.partition(",")
    return typed_name(say, name), typed_position(say, position)


def _tidy(say: Speech, read: Callable[[str], str], text: str, most: int, too_long: str) -> str:
    _one_line(say, text)
    if len(" ".join(text.split())) > most:
        raise ValueError(too_long)
    try:
        return read(text)
    except Wrong as wrong:
        raise ValueError(say(wrong.sentence, **wrong.values)) from None


def _one_line(say: Speech, text: str) -> None:
    if len(text.strip().splitlines()) > 1:
        raise ValueError(say("Please type one name on one line, without a line break."))

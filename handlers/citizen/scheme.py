"""The scoring scheme: five levels, their words and faces. Versioned; a rating names its version."""

from handlers.messages import Choice
from handlers.texts import Speech, mark

SCHEME = 1
LEVELS = (5, 4, 3, 2, 1)
LOWEST_PRAISE = 4  # from here on a rating counts as satisfied and shows the praising reasons
REFERRED = 2  # up to here the answer says where a complaint or petition belongs

_WORDS = {
    5: mark("Very satisfied"),
    4: mark("Satisfied"),
    3: mark("Neutral"),
    2: mark("Dissatisfied"),
    1: mark("Very dissatisfied"),
}
_FACES = {5: "😀", 4: "🙂", 3: "😐", 2: "🙁", 1: "😞"}


def level_word(say: Speech, level: int) -> str:
    """The level in words, such as "Rất hài lòng"."""
    return say(_WORDS[level])


def level_choice(say: Speech, level: int, action: str, *, chosen: bool | None = None) -> Choice:
    """The button of a level; where there are no buttons its number is the level itself."""
    return Choice(
        label=level_word(say, level),
        action=action,
        icon=_FACES[level],
        look="level",
        number=level,
        pressed=chosen,
    )

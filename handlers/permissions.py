"""Who may do what, in one place. A permission looks at the turn and answers yes or no."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from handlers.turn import Turn

Permission = Callable[["Turn"], bool]


def anyone(turn: "Turn") -> bool:
    """Citizens never register: rating, reading and withdrawing with a code is open to all."""
    del turn
    return True

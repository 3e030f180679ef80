"""What stands under a list of toggles where numbers are typed."""

from handlers.messages import NUMBERS
from handlers.texts import Speech


def several_numbers(say: Speech) -> str:
    """That several may be sent at once; two of the numbers shown stand in for the example."""
    return say("You can send several numbers at once, such as: {numbers}", numbers=NUMBERS)

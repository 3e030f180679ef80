"""How much is tried: EVERYTHING=1, as continuous integration has it, tries what else is mere repetition."""

import os
from typing import TypeVar

T = TypeVar("T")
EVERYTHING = bool(os.environ.get("EVERYTHING"))


def often(usually: T, with_everything: T) -> T:
    """A number of repetitions, or whatever says how often."""
    return with_everything if EVERYTHING else usually

"""What a digest says, a section per file; `ORDER` is the order in which a person reads them."""

from collections.abc import Callable

from handlers.digest.figures import Digest
from handlers.digest.sections import (
    adjusted,
    changes,
    comments,
    overview,
    people,
    pledges,
    ratings,
    suggestion,
)
from handlers.messages import Part
from handlers.texts import Speech

Section = Callable[[Digest, Speech], list[Part]]

ORDER: tuple[tuple[str, Section], ...] = (
    ("overview", overview.section),
    ("ratings", ratings.section),
    ("pledges", pledges.section),
    ("changes", changes.section),
    ("people", people.section),
    ("comments", comments.section),
    ("suggestion", suggestion.section),
    ("adjusted", adjusted.section),
)

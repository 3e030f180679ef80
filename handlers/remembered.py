"""Parts that look the same for everybody at a desk on a day, made once."""

from collections.abc import Callable
from functools import lru_cache
from typing import Concatenate, ParamSpec, TypeVar

from handlers.references import Mine, RatingRef
from handlers.texts import Speech

_MOST = 2048  # of each: the desks of a province, in two languages

P = ParamSpec("P")
T = TypeVar("T")
Making = Callable[Concatenate[Speech, RatingRef, P], T]


def remembered(make: Making[P, T]) -> Making[P, T]:
    """Make each once for all who name the rating by desk and day; what names one by its receipt
    code is never kept, as the code is its author's secret."""
    kept: Callable[..., T] = lru_cache(maxsize=_MOST)(make)

    def made(say: Speech, of: RatingRef, /, *more: P.args, **named: P.kwargs) -> T:
        how: Callable[..., T] = kept if isinstance(of, Mine) else make
        return how(say, of, *more, **named)

    return made

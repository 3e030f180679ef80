"""Parts that look the same for everybody at a desk on a day, made and written once."""

import json
from collections.abc import Callable
from functools import lru_cache
from threading import Lock
from typing import Any, Concatenate, ParamSpec, TypeVar

from handlers.messages import Part, Reply
from handlers.references import Mine, RatingRef
from handlers.texts import Speech

_MOST = 2048  # of each: the desks of a province, in two languages
_MOST_WRITTEN = 8 * _MOST
_BOOLEAN = ("false", "true")

P = ParamSpec("P")
T = TypeVar("T")
Making = Callable[Concatenate[Speech, RatingRef, P], T]

_writing = Lock()
_written: dict[int, tuple[Part, str]] = {}  # by id, which is theirs while they are kept here


def remembered(make: Making[P, T]) -> Making[P, T]:
    """Make each (a part, or several) once for all who name the rating by desk and day; what names one
    by its receipt code is never kept, as the code is its author's secret."""

    def write(*what: Any, **named: Any) -> T:
        made: Any = make(*what, **named)
        for part in made if isinstance(made, tuple) else (made,):
            _keep_written(part)
        return made  # type: ignore[no-any-return]

    kept: Callable[..., T] = lru_cache(maxsize=_MOST)(write)

    def made(say: Speech, of: RatingRef, /, *more: P.args, **named: P.kwargs) -> T:
        how: Callable[..., T] = kept if isinstance(of, Mine) else make
        return how(say, of, *more, **named)

    return made


def as_json(answer: Reply) -> str:
    """A reply as `model_dump_json` writes it; what is remembered was written before."""
    parts = ",".join(map(_json, answer.parts))
    awaits = json.dumps(answer.awaits, ensure_ascii=False)
    fresh, digits = _BOOLEAN[answer.fresh], _BOOLEAN[answer.digits]
    return (
        f'{{"kind":"reply","parts":[{parts}],"fresh":{fresh},"awaits":{awaits},"digits":{digits}}}'
    )


def _json(part: Part) -> str:
    known = _written.get(id(part))
    if known is not None and known[0] is part:
        return known[1]
    written = part.__pydantic_serializer__.to_json(part)  # what model_dump_json calls, at once
    return written.decode()


def _keep_written(part: Part) -> None:
    written = part.model_dump_json()
    with _writing:
        while len(_written) >= _MOST_WRITTEN:
            del _written[next(iter(_written))]
        _written[id(part)] = (part, written)

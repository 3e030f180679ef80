"""Actions as routes: one pattern builds an action and parses it, with typed parameters."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from handlers.permissions import Permission, anyone
from handlers.references import RatingRef, read_day, read_ref, write_day
from handlers.reports.periods import PERIOD, Period, read_period
from handlers.weeks import Week, read_week

if TYPE_CHECKING:
    from handlers.messages import Reply
    from handlers.turn import Turn

LONGEST_ACTION = 64  # bytes: Telegram's callback_data, https://core.telegram.org/bots/api

T = TypeVar("T")


@dataclass(frozen=True)
class Kind(Generic[T]):
    """How one parameter is written: a pattern, and both directions between text and value."""

    pattern: str
    write: Callable[[T], str]
    read: Callable[[str], T]


_DESK = r"(?=[A-Za-z_-]*\d)[A-Za-z][A-Za-z0-9_-]{0,15}"

KINDS: dict[str, Kind[Any]] = {
    "desk": Kind[str](_DESK, str, str.upper),
    "of": Kind[RatingRef](rf"{_DESK}/\d{{6}}/[1-9]|c/\d{{10,16}}", str, read_ref),
    "day": Kind[date](r"\d{6}", write_day, read_day),
    "level": Kind[int](r"[1-5]", str, int),
    "int": Kind[int](r"0|[1-9]\d{0,8}", str, int),
    "week": Kind[Week](r"2\d{3}-W\d{2}", str, read_week),
    "period": Kind[Period](PERIOD, str, read_period),
    "word": Kind[str](r"[A-Za-z0-9_-]{1,40}", str, str),
    "brief": Kind[str](r"[a-z0-9]{1,5}", str, str),
    "receipt": Kind[str](r"\d{10}", str, str),
    "query": Kind[str](r"[a-z0-9 ]{0,40}", str, str),
}

_PARAMETER = re.compile(r"\{(\w+):(\w+)\}")
_SHAPES = {name: re.compile(kind.pattern, re.ASCII) for name, kind in KINDS.items()}


@lru_cache(maxsize=256, typed=True)  # the buttons of one message name the same things
def _written(kind: str, value: Any) -> str:
    """A parameter as it stands in an action; ValueError for one that could not be read back."""
    text = KINDS[kind].write(value)
    if _SHAPES[kind].fullmatch(text) is None:
        raise ValueError(f"not an action: {text!r} is no {kind}")
    KINDS[kind].read(text)
    return text


class Pattern:
    """A path such as `rate/{desk:desk}/{level:level}`."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.parameters = dict(_PARAMETER.findall(path))
        pieces = _PARAMETER.split(path)
        self.head = pieces[0].split("/")[0]
        self._start = pieces[0]
        self._rest = list(zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True))
        self._regex = re.compile(
            "".join(
                re.escape(piece)
                if index % 3 == 0
                else ""
                if index % 3 == 1
                else f"(?P<{pieces[index - 1]}>{KINDS[piece].pattern})"
                for index, piece in enumerate(pieces)
            ),
            re.ASCII,
        )

    def build(self, **values: Any) -> str:
        """The action for these values; ValueError for one that could not be read back."""
        if values.keys() != self.parameters.keys():
            raise ValueError(f"{self.path} takes {sorted(self.parameters)}")
        action = self._start
        for name, kind, literal in self._rest:
            action += _written(kind, values[name]) + literal
        if len(action) > LONGEST_ACTION:
            raise ValueError(f"too long an action of {self.path}: {action!r}")
        return action

    def match(self, action: str) -> dict[str, Any] | None:
        """The typed parameters, or None if this is not such an action."""
        if len(action) > LONGEST_ACTION or not action.isascii():
            return None
        found = self._regex.fullmatch(action)
        if found is None:
            return None
        try:
            return {
                name: KINDS[self.parameters[name]].read(text)
                for name, text in found.groupdict().items()
            }
        except ValueError:  # such as 31 February: shaped like an action, but none
            return None


@dataclass(frozen=True)
class Route:
    """One action: its pattern, who may do it, what it does.

    `handler` takes the turn and the parameters by name and returns replies. `again` is the
    pattern that shows the state this action leads to: what a repeated web form renders instead
    of acting twice; None for an action that only shows something anyway.
    """

    pattern: Pattern
    handler: Callable[..., "Sequence[Reply]"]
    may: Permission = anyone
    again: Pattern | None = None

    def again_action(self, parameters: Mapping[str, Any]) -> str | None:
        """The action that shows where this one led."""
        if self.again is None:
            return None
        return self.again.build(**{name: parameters[name] for name in self.again.parameters})


@dataclass(frozen=True)
class Matched:
    """A route with the parameters an action gave it."""

    route: Route
    parameters: dict[str, Any] = field(default_factory=dict)

    def __call__(self, turn: "Turn") -> "Sequence[Reply]":
        return self.route.handler(turn, **self.parameters)


class Router:
    """The routes of the whole bot, in order; the first that matches wins."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = tuple(routes)
        self._by_head: dict[str, list[Route]] = {}
        for route in self.routes:
            self._by_head.setdefault(route.pattern.head, []).append(route)

    def match(self, action: str) -> Matched | None:
        """The route for an action, or None."""
        for route in self._by_head.get(action.split("/", 1)[0], ()):
            parameters = route.pattern.match(action)
            if parameters is not None:
                return Matched(route, parameters)
        return None

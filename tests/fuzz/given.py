"""Bytes turned into choices, texts and payloads, so that two fuzzers can share one target."""

import json
import pickle
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

T = TypeVar("T")

DEEP = 900  # levels: parsed by json, and close to what Python takes
LONG = 5000
ODD_TEXTS = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "\udfff" * 3,
    "\ufeff",
    "\u202e\u2066",
    "e\u0301" * 40,
    "😀" * 1500,
    "đ" * LONG,
    "0" * LONG,
    "1" * 4301,
    "-1",
    "９９",
    "١٢٣",
    "²",
    "1e999",
    "NaN",
    "%s%n{0}{}",
    "{{7*7}}{%x%}",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "../../etc/passwd",
    "\r\nSet-Cookie: a=b",
    "=cmd|' /C calc'!A0",
    "/start",
    "/" * LONG,
    "a b " * 1200,
    "(" * LONG,
    "\n" * LONG,
    "31/02 - 30/02",
    "99:99",
)
ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1,
    2**31,
    2**63,
    2**64,
    10**30,
    -(2**63) - 1,
    0.5,
    1e308,
    float("inf"),
    float("nan"),
    [],
    {},
    [[]],
    {"": None},
    [None],
    *ODD_TEXTS,
)


class Given:
    """Takes one value after another off the front of some bytes; nothing left means zeroes."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def byte(self) -> int:
        """A number from 0 to 255."""
        if self._at >= len(self._data):
            return 0
        self._at += 1
        return self._data[self._at - 1]

    def number(self, below: int) -> int:
        """A number from 0 on."""
        value, reach = 0, 1
        while reach < below:
            value, reach = value * 256 + self.byte(), reach * 256
        return value % below

    def pick(self, values: Sequence[T]) -> T:
        """One of these."""
        return values[self.number(len(values))]

    def yes(self, of_256: int = 128) -> bool:
        """True so often; never once the bytes are used up."""
        return self.byte() >= 256 - of_256

    def raw(self, most: int) -> bytes:
        """Some bytes as they are, at most what is left."""
        return self._take(min(self.number(most + 1), most))

    def rest(self) -> bytes:
        """Everything that is left."""
        return self._take(len(self._data))

    def text(self, most: int = 200) -> str:
        """Any text: an odd one, or what the bytes say."""
        if self.yes(64):
            return self.pick(ODD_TEXTS)
        return self.raw(most).decode(self.pick(("utf-8", "latin-1", "utf-16-le")), "replace")

    def value(self) -> Any:
        """Any value that JSON could hold, and some that it should not."""
        if self.yes(40):
            return self.text()
        if self.yes(8):
            return nested(self.number(DEEP + 90), self.pick(("list", "dict")))
        return pickle.loads(pickle.dumps(self.pick(ODD_VALUES)))

    def changed(self, payload: Any, most: int = 6) -> Any:
        """A payload with some of its values replaced, left out, or joined by others."""
        payload = json.loads(json.dumps(payload))
        for _ in range(self.number(most + 1)):
            places = list(_places(payload))
            if not places:
                return self.value()
            holder, key = self.pick(places)
            change = self.number(8)
            if change == 0 and isinstance(holder, dict):
                del holder[key]
            elif change == 1 and isinstance(holder, dict):
                holder[self.text(20)] = self.value()
            elif change == 2 and isinstance(holder, list):
                holder.append(self.value())
            else:
                holder[key] = self.value()
        return payload

    def _take(self, count: int) -> bytes:
        taken = self._data[self._at : self._at + count]
        self._at += len(taken)
        return taken


def nested(depth: int, kind: str = "list") -> Any:
    """A value inside a value inside a value …"""
    value: Any = 1
    for _ in range(depth):
        value = [value] if kind == "list" else {"a": value}
    return value


def as_json(payload: Any) -> bytes:
    """The payload as a messenger would post it; what is too deep is written by hand."""
    try:
        return json.dumps(payload).encode()
    except RecursionError:
        return b"[" * LONG + b"]" * LONG


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every key of every object and list inside, with what holds it."""
    todo = [value]
    while todo:
        here = todo.pop()
        keys: Any = (
            here if isinstance(here, dict) else range(len(here)) if isinstance(here, list) else ()
        )
        for key in list(keys):
            yield here, key
            todo.append(here[key])


Target = Callable[[bytes], None]

"""How much of an organisation a change ends, measured against what was open before."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from handlers.texts import Speech, mark
from storage.queries.roster_state import State, Values

_ASKED_FROM = 10  # percent

_SENTENCES = {
    "unit": mark("{ended} of {of} units"),
    "person": mark("the last role of {ended} of {of} people"),
    "membership": mark("{ended} of {of} roles"),
    "desk": mark("{ended} of {of} desks"),
    "duty": mark("{ended} of {of} duties that run or are to come"),
}


@dataclass(frozen=True)
class Ending:
    """How many of a table's open rows end. A move is no end."""

    table: str
    ended: int
    of: int

    def said(self, say: Speech) -> str:
        """The figures in words."""
        return say(_SENTENCES[self.table], ended=self.ended, of=self.of)


class EndsMuch(Exception):
    """More than a tenth of something would end, and nobody has agreed; nothing was stored."""

    def __init__(self, endings: list[Ending]) -> None:
        super().__init__(f"more than {_ASKED_FROM} % of {len(endings)} tables would end")
        self.endings = endings


def large_endings(before: State, after: State, now: datetime) -> list[Ending]:
    """What ends of units, people with a role, roles, desks and duties where it is over a tenth."""

    def is_open(row: Values) -> bool:
        return row["until"] is None

    def is_due(row: Values) -> bool:
        return row["ends"] is None or row["ends"] > now

    found = [
        _gone(before, after, "unit", is_open),
        *_roles(before, after),
        _gone(before, after, "desk", is_open),
        _gone(before, after, "duty", is_due),
    ]
    return [each for each in found if each.ended * 100 > each.of * _ASKED_FROM]


def _gone(before: State, after: State, table: str, counts: Callable[[Values], bool]) -> Ending:
    then = {id_ for id_, row in before[table].items() if counts(row)}
    now = {id_ for id_, row in after[table].items() if counts(row)}
    return Ending(table, len(then - now), len(then))


def _roles(before: State, after: State) -> list[Ending]:
    then = Counter(row["person_id"] for row in before["membership"].values())
    now = Counter(row["person_id"] for row in after["membership"].values())
    lost = then - now
    return [
        Ending("person", len(then.keys() - now.keys()), len(then)),
        Ending("membership", lost.total(), then.total()),
    ]

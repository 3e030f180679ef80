"""What of an organisation a change ends, measured against what was open before; what to ask."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.texts import Speech, mark
from storage.queries.roster_state import State, Values

_ASKED_FROM = 10  # percent
_MOST_NAMED = 10

_SENTENCES = {
    "unit": mark("{ended} of {of} units"),
    "person": mark("the last role of {ended} of {of} people"),
    "membership": mark("{ended} of {of} roles"),
    "member": mark("{ended} of {of} roles of members"),
    "secretary": mark("{ended} of {of} roles of secretaries"),
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
        """The figures in a sentence."""
        figures = say(_SENTENCES[self.table], ended=self.ended, of=self.of)
        return say("This would end {figures}.", figures=figures)


@dataclass(frozen=True)
class Unled:
    """Open units that had a secretary and would have none."""

    codes: tuple[str, ...]

    def said(self, say: Speech) -> str:
        """The units, by their codes."""
        shown = ", ".join(self.codes[:_MOST_NAMED])
        if len(self.codes) > _MOST_NAMED:
            shown = f"{shown}, …"
        return say.count(
            "{n} unit would be left without a secretary: {codes}.",
            "{n} units would be left without a secretary: {codes}.",
            len(self.codes),
            codes=shown,
        )


@dataclass(frozen=True)
class Redrawn:
    """Units whose place in the tree of weeks that have ended would become another one."""

    codes: tuple[str, ...]

    def said(self, say: Speech) -> str:
        """The units, and what that means."""
        shown = ", ".join(self.codes[:_MOST_NAMED])
        if len(self.codes) > _MOST_NAMED:
            shown = f"{shown}, …"
        return say(
            "This would change the tree of weeks that have ended, whose figures organisers have"
            " read: who compares them may see the few ratings of one unit ({codes}).",
            codes=shown,
        )


Concern = Ending | Unled | Redrawn


class EndsMuch(Exception):
    """Something that wants to be agreed to, and nobody has; nothing was stored."""

    def __init__(self, endings: Sequence[Concern]) -> None:
        super().__init__(f"{len(endings)} things have to be agreed to")
        self.endings = list(endings)


def large_endings(before: State, after: State, now: datetime) -> list[Concern]:
    """What ends of units, people with a role, roles, desks and duties where it is over a tenth, and
    the units that lose their last secretary."""

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
    large = [each for each in found if each.ended * 100 > each.of * _ASKED_FROM]
    if any(each.table == "membership" for each in large):  # which says it of members too
        large = [each for each in large if each.table != "member"]
    return [*large, *_unled(before, after)]


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
        *(_of_kind(before, after, kind, lost) for kind in ("member", "secretary")),
    ]


def _of_kind(before: State, after: State, kind: str, lost: Counter[int]) -> Ending:
    """One kind of role. Neither who becomes the other nor whom another follows has ended."""

    def held(state: State, column: str) -> Counter[int]:
        rows = state["membership"].values()
        return Counter(row[column] for row in rows if row["role"] == kind)

    then = held(before, "person_id")
    by_person = (then - held(after, "person_id")) & lost
    by_unit = held(before, "unit_id") - held(after, "unit_id")
    return Ending(kind, min(by_person.total(), by_unit.total()), then.total())


def _unled(before: State, after: State) -> list[Unled]:
    def led(state: State) -> set[int]:
        return {r["unit_id"] for r in state["membership"].values() if r["role"] == "secretary"}

    units = after["unit"]
    left = [units[id_] for id_ in led(before) - led(after) if id_ in units]
    codes = tuple(sorted(unit["code"] for unit in left if unit["until"] is None))
    return [Unled(codes)] if codes else []

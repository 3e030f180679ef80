"""The sections of a report: their headings, and the text of each until a secretary writes another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from handlers.reports import automatic
from handlers.reports.automatic import Told
from handlers.reports.figures import Axis
from handlers.texts import Speech, mark

PEOPLE = "nhan_dan"
"""The responsibility that citizens' ratings answer to."""

_ROMAN = ("I", "II", "III", "IV", "V", "VI")


@dataclass(frozen=True)
class Section:
    """One section. `key` is kept with what is written in it; `part` is the heading of the part
    that begins with it, "" for none; `number` and `title` are its own heading."""

    key: str
    number: str
    title: str
    write: Callable[[Told, Speech], list[str]]
    part: str = ""

    @property
    def heading(self) -> str:
        """Number and title, as they stand in the document."""
        return f"{self.number}. {self.title}"

    @property
    def level(self) -> int:
        """1 for a part, 2 for a section inside one."""
        return 1 if self.number in _ROMAN else 2

    def automatic(self, told: Told, say: Speech) -> str:
        """Its text made from the figures."""
        return "\n".join(self.write(told, say))


_REST: Sequence[tuple[str, str, Callable[[Told, Speech], list[str]]]] = (
    ("exemplars", mark("Exemplars and good practice"), automatic.exemplars),
    ("difficulties", mark("Difficulties and shortcomings"), automatic.difficulties),
    ("next", mark("What to do next"), automatic.following),
    ("proposals", mark("Proposals and requests"), automatic.proposals),
)


def sections(axes: Sequence[Axis], say: Speech) -> list[Section]:
    """Every section in order; the second part has one for each responsibility."""
    known = any(axis.code == PEOPLE for axis in axes)
    general = automatic.general if known else _with_citizens
    found = [Section("general", "I", say("General situation"), general)]
    results = f"II. {say('Results of the work')}"
    for place, axis in enumerate(axes, start=1):
        name = axis.vi if say.language == "vi" else axis.en
        write = _of_axis(axis.code)
        part = results if place == 1 else ""
        found.append(Section(f"axis-{axis.code}", str(place), name, write, part))
    for number, (key, title, write) in zip(_ROMAN[2:], _REST, strict=True):
        found.append(Section(key, number, say(title), write))
    return found


def _with_citizens(told: Told, say: Speech) -> list[str]:
    """Where the province's responsibilities are others, what citizens thought stands in front."""
    return [*automatic.general(told, say), *automatic.citizens(told, say)]


def _of_axis(code: str) -> Callable[[Told, Speech], list[str]]:
    def write(told: Told, say: Speech) -> list[str]:
        said = automatic.responsibility(told, code, say)
        return [*said, *automatic.citizens(told, say)] if code == PEOPLE else said

    return write

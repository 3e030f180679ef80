"""The figures of a report, in the form in which approving freezes them."""

from datetime import date
from typing import Self

from pydantic import BaseModel, ConfigDict

from handlers.digest.figures import STATUSES

STATES = (*STATUSES, "pledged")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Axis(_Frozen):
    """One responsibility as the province names it, and its pledges by status."""

    code: str
    vi: str
    en: str
    pledges: dict[str, int] = {}

    @property
    def all(self) -> int:
        """How many pledges, whatever came of them."""
        return sum(self.pledges.values())


class Share(_Frozen):
    """`n` of `of`."""

    n: int
    of: int

    @property
    def value(self) -> float | None:
        """Between 0 and 1; None of nothing."""
        return self.n / self.of if self.of else None


class Counted(_Frozen):
    """What some days of a unit and those below it came to.

    `members` stood there on the last day (in two units: twice); `pledged` of them pledged,
    `reported` of those told how every pledge of theirs went. `satisfied` is None where it would
    expose a small unit; `praised` and `blamed` are the reasons given most (side/code, how often).
    `left_out`: ratings that are kept but not counted.
    """

    first: date
    last: date
    members: int
    pledged: int
    reported: int
    axes: tuple[Axis, ...]
    ratings: int
    satisfied: Share | None
    praised: tuple[tuple[str, int], ...] = ()
    blamed: tuple[tuple[str, int], ...] = ()
    left_out: int = 0

    def of(self, status: str) -> int:
        """How many pledges of one status ("pledged": still open)."""
        return sum(axis.pledges.get(status, 0) for axis in self.axes)

    @property
    def pledges(self) -> int:
        """How many, whatever came of them."""
        return sum(axis.all for axis in self.axes)

    @property
    def told(self) -> int:
        """How many pledges somebody reported on."""
        return self.pledges - self.of("pledged")


class Below(_Frozen):
    """One unit right below, with those below it; `satisfied` is None where it is not shown."""

    code: str
    name: str
    pilot: bool
    members: int
    pledged: int
    pledges: int
    ratings: int
    satisfied: Share | None


class Panel(_Frozen):
    """One side of the scorecard: up to 100 points, and its indicators (Vietnamese, English, share,
    of how many)."""

    vi: str
    en: str
    points: float | None
    indicators: tuple[tuple[str, str, float | None, int], ...]


class Figures(_Frozen):
    """Everything counted in a report; `until` is the last day that is in it (an ended period's
    own last day, or the last Sunday of one that runs). `units`: how many were active, of the units
    it is about."""

    version: int = 1
    k: int
    until: date
    now: Counted
    before: Counted | None
    below: tuple[Below, ...] = ()
    units: Share | None = None
    panels: tuple[Panel, ...] = ()

    @classmethod
    def read(cls, text: str) -> Self:
        """What was frozen."""
        return cls.model_validate_json(text)

    def written(self) -> str:
        """The text that freezes them."""
        return self.model_dump_json()

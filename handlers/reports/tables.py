"""The tables of a report: each indicator with its period, of how many, and what it was before."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

from babel.numbers import format_decimal

from handlers.digest.wording import percent, points
from handlers.reports.figures import Counted, Figures, Share
from handlers.texts import DEFAULT, Speech

HIDDEN = "–"


@dataclass(frozen=True)
class Row:
    """One line of the table of figures, as it reads."""

    no: str
    name: str
    now: str
    before: str
    change: str

    def as_dict(self) -> dict[str, str]:
        """For the document's data."""
        return asdict(self)


@dataclass(frozen=True)
class UnitRow:
    """One unit below, as it reads."""

    no: str
    name: str
    members: str
    pledged: str
    pledges: str
    ratings: str
    satisfied: str

    def as_dict(self) -> dict[str, str]:
        """For the document's data."""
        return asdict(self)


@dataclass(frozen=True)
class Indicator:
    """One figure and what it was: numbers, or shares of something; None where it is not shown.

    `number` is "" for one that is part of the indicator before it.
    """

    number: str
    name: str
    now: int | Share | None
    before: int | Share | None


def whole(n: int) -> str:
    """A number as Vietnamese documents write it: 4.000."""
    return format_decimal(n, locale=DEFAULT)


def indicators(figures: Figures, say: Speech) -> list[Indicator]:
    """Every figure of the period."""
    now, before = figures.now, figures.before
    numbers = iter(range(1, 100))

    def line(name: str, of: Callable[[Counted], int | Share | None], *, part: bool) -> Indicator:
        then = None if before is None else of(before)
        return Indicator("" if part else str(next(numbers)), name, of(now), then)

    return [line(name, of, part=part) for name, of, part in _asked(figures, say)] + [
        Indicator(str(next(numbers)), say("Active units"), units, None)
        for units in [figures.units]
        if units is not None
    ]


Asked = tuple[str, Callable[[Counted], int | Share | None], bool]


def _asked(figures: Figures, say: Speech) -> Iterator[Asked]:
    yield say("Members on the last day"), lambda of: of.members, False
    yield say("Members who pledged"), lambda of: Share(n=of.pledged, of=of.members), False
    yield say("Tasks pledged"), lambda of: of.pledges, False
    for axis in figures.now.axes:
        yield f"– {axis.vi if say.language == DEFAULT else axis.en}", _axis_share(axis.code), True
    yield say("Tasks whose outcome was reported"), lambda of: Share(n=of.told, of=of.pledges), False
    for status, name in (
        ("done", say("Done that")),
        ("partly", say("Partly")),
        ("not_done", say("Not done")),
    ):
        yield f"– {name}", _status_share(status), True
    yield say("Citizens' ratings received"), lambda of: of.ratings, False
    if figures.now.left_out or (figures.before is not None and figures.before.left_out):
        yield f"– {say('Besides, kept but not counted')}", lambda of: of.left_out, True
    yield say("Ratings satisfied or very satisfied"), lambda of: of.satisfied, False


def _axis_share(code: str) -> Callable[[Counted], Share]:
    def share(of: Counted) -> Share:
        mine = sum(axis.all for axis in of.axes if axis.code == code)
        return Share(n=mine, of=of.pledges)

    return share


def _status_share(status: str) -> Callable[[Counted], Share]:
    return lambda of: Share(n=of.of(status), of=of.told)


def figure_rows(figures: Figures, say: Speech) -> list[Row]:
    """The same as text."""
    return [
        Row(
            each.number,
            each.name,
            _counted(each.now),
            _counted(each.before),
            _change(each, say),
        )
        for each in indicators(figures, say)
    ]


def _counted(value: int | Share | None) -> str:
    """A share with what it is of, the same way in every column: 6/7 (86%)."""
    if value is None:
        return HIDDEN
    if isinstance(value, int):
        return whole(value)
    counted = f"{whole(value.n)}/{whole(value.of)}"
    return counted if value.value is None else f"{counted} ({percent(value.value)})"


def _change(each: Indicator, say: Speech) -> str:
    now, before = each.now, each.before
    if isinstance(now, int) and isinstance(before, int):
        return _signed(now - before)
    if isinstance(now, Share) and isinstance(before, Share):
        if now.value is None or before.value is None:
            return HIDDEN
        moved = points(now.value) - points(before.value)
        return say("{points} % points", points=_signed(moved)) if moved else "0"
    return HIDDEN


def _signed(n: int) -> str:
    return f"+{whole(n)}" if n > 0 else f"−{whole(-n)}" if n else "0"


def unit_rows(figures: Figures) -> list[UnitRow]:
    """The units right below, by code."""
    return [
        UnitRow(
            str(number),
            each.name,
            whole(each.members),
            _of_members(Share(n=each.pledged, of=each.members)),
            whole(each.pledges),
            whole(each.ratings),
            HIDDEN if each.satisfied is None else _satisfied(each.satisfied),
        )
        for number, each in enumerate(figures.below, start=1)
    ]


def _of_members(share: Share) -> str:
    """The members stand in the column before."""
    return whole(share.n) if share.value is None else f"{whole(share.n)} ({percent(share.value)})"


def _satisfied(share: Share) -> str:
    return HIDDEN if share.value is None else percent(share.value)

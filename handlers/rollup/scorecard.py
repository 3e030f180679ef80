"""The four sides "được người, được việc, được tổ chức, được lòng dân": data says what they are of.

`scorecard.json` names the indicators of each panel with their weights and its own version; here is
how each indicator is counted. It orders what is known; it is no official score of anybody.
"""

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from handlers.rollup.figures import Figures, Indicator, Panel, Scorecard

Counted = tuple[int, int]  # so many of so many


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class IndicatorSpec(_Strict):
    """One line of a panel; `direction` down: less is better."""

    code: str
    vi: Annotated[str, Field(min_length=1, max_length=40)]
    en: Annotated[str, Field(min_length=1, max_length=40)]
    direction: Literal["up", "down"]
    weight: Annotated[float, Field(gt=0)]


class PanelSpec(_Strict):
    """One side."""

    code: str
    vi: Annotated[str, Field(min_length=1, max_length=30)]
    en: Annotated[str, Field(min_length=1, max_length=30)]
    indicators: Annotated[tuple[IndicatorSpec, ...], Field(min_length=1, max_length=4)]


class Composition(_Strict):
    """What the scorecard is made of. Another composition gets another version."""

    version: Annotated[str, Field(min_length=1, max_length=20)]
    panels: Annotated[tuple[PanelSpec, ...], Field(min_length=4, max_length=4)]


def _satisfied(of: Figures) -> Counted | None:
    scores = of.ratings.scores
    return None if scores is None else (scores.satisfied, scores.count)


INDICATORS: Mapping[str, Callable[[Figures], Counted | None]] = {
    "members_joined": lambda of: (of.joined, of.members),
    "members_active": lambda of: (of.pledges.people, of.members),
    "secretaries_joined": lambda of: (of.secretaries_joined, of.secretaries),
    "pledges_done": lambda of: (of.pledges.of("done"), of.pledges.all),
    "pledges_reported": lambda of: (of.pledges.all - of.pledges.of("pledged"), of.pledges.all),
    "pledges_open": lambda of: (of.pledges.of("pledged"), of.pledges.all),
    "units_active": lambda of: (of.active, of.units),
    "units_led": lambda of: (of.led, of.units),
    "satisfied": _satisfied,
    "comments_answered": lambda of: (of.answered, of.comments),
}
"""How often each indicator is met, of how many; None where it may not be told."""


@cache
def composition() -> Composition:
    """The composition in force."""
    text = Path(__file__).with_name("scorecard.json").read_text(encoding="utf-8")
    return Composition.model_validate(json.loads(text))


def scorecard(of: Figures, made_of: Composition | None = None) -> Scorecard:
    """The four sides of these figures; what there is none of weighs nothing."""
    made_of = composition() if made_of is None else made_of
    return Scorecard(made_of.version, tuple(_panel(each, of) for each in made_of.panels))


def _panel(spec: PanelSpec, of: Figures) -> Panel:
    found = tuple(_indicator(each, of) for each in spec.indicators)
    there = [
        (each.weight, one.points)
        for each, one in zip(spec.indicators, found, strict=True)
        if one.points is not None
    ]
    weights = sum(weight for weight, _ in there)
    points = sum(weight * points for weight, points in there) / weights if there else None
    return Panel(spec.code, spec.vi, spec.en, points, found)


def _indicator(spec: IndicatorSpec, of: Figures) -> Indicator:
    counted = INDICATORS[spec.code](of)
    if counted is None or not counted[1]:
        return Indicator(spec.code, spec.vi, spec.en, None, 0, None)
    value = counted[0] / counted[1]
    points = 100 * (value if spec.direction == "up" else 1 - value)
    return Indicator(spec.code, spec.vi, spec.en, value, counted[1], points)

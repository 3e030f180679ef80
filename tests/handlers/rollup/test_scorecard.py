"""The four sides: data says what they are made of, and the version of that is named."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from handlers.digest.figures import PledgeFigures, RatingFigures
from handlers.rollup import scorecard as module
from handlers.rollup.figures import Figures, Ratings
from handlers.rollup.scorecard import INDICATORS, Composition, composition, scorecard

FIGURES = Figures(
    ratings=Ratings(10, RatingFigures({5: 6, 4: 2, 3: 1, 2: 1, 1: 0})),
    pledges=PledgeFigures({"work": {"done": 30, "partly": 5, "pledged": 5}}, 20),
    members=40,
    joined=30,
    comments=4,
    answered=1,
    units=8,
    active=6,
    led=4,
)


def test_the_four_sides_are_those_of_the_movement_in_its_order() -> None:
    made_of = composition()
    assert [panel.vi for panel in made_of.panels] == [
        *("Được người", "Được việc", "Được tổ chức", "Được lòng dân"),
    ]
    assert made_of.version == "1"


def test_every_indicator_of_the_data_is_counted() -> None:
    codes = [each.code for panel in composition().panels for each in panel.indicators]
    assert set(codes) <= set(INDICATORS)
    assert len(codes) == len(set(codes))


def test_the_points_of_a_side_are_the_weighted_mean_of_its_indicators() -> None:
    points = {panel.code: panel.points for panel in scorecard(FIGURES).panels}
    assert points == {
        "people": pytest.approx(100 * (0.75 + 0.5) / 2),
        "work": pytest.approx(100 * (0.75 + 35 / 40) / 2),
        "organisation": pytest.approx(100 * (0.75 + 0.5) / 2),
        "trust": pytest.approx(100 * (0.8 + 0.25) / 2),
    }


def test_a_weight_counts_and_less_may_be_better() -> None:
    raw = composition().model_dump()
    raw["panels"][1]["indicators"] = [
        {"code": "pledges_done", "vi": "Đã làm", "en": "Done", "direction": "up", "weight": 3},
        {"code": "pledges_open", "vi": "Chưa", "en": "Open", "direction": "down", "weight": 1},
    ]
    found = scorecard(FIGURES, Composition.model_validate(raw)).panels[1]
    assert found.points == pytest.approx(100 * (3 * 0.75 + (1 - 5 / 40)) / 4)


def test_what_there_is_none_of_weighs_nothing_and_an_empty_side_has_no_points() -> None:
    found = scorecard(Figures(members=4, joined=3))
    assert [panel.points for panel in found.panels] == [pytest.approx(37.5), None, None, None]


def test_satisfaction_that_may_not_be_shown_is_not_in_the_points() -> None:
    hidden = Figures(ratings=Ratings(10, None), comments=4, answered=1)
    (trust,) = [panel for panel in scorecard(hidden).panels if panel.code == "trust"]
    assert (trust.points, trust.indicators[0].value) == (25, None)


def test_another_composition_is_other_data_with_another_version() -> None:
    file = Path(module.__file__).with_name("scorecard.json")
    raw = json.loads(file.read_text(encoding="utf-8"))
    raw["version"] = "2"
    raw["panels"][0]["indicators"] = [
        {
            "code": "secretaries_joined",
            "vi": "Bí thư đã kết nối",
            "en": "Secretaries who joined",
            "direction": "up",
            "weight": 1,
        }
    ]
    found = scorecard(Figures(secretaries=4, secretaries_joined=1), Composition.model_validate(raw))
    assert (found.version, found.panels[0].points) == ("2", 25)


@pytest.mark.parametrize("wrong", [{"weight": 0}, {"direction": "sideways"}, {"vi": ""}])
def test_wrong_data_is_refused(wrong: dict[str, object]) -> None:
    raw = composition().model_dump()
    raw["panels"][0]["indicators"][0].update(wrong)
    with pytest.raises(ValidationError):
        Composition.model_validate(raw)

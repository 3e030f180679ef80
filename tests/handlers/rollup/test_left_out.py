"""A roll-up tells how many ratings of all its units are kept but not counted."""

import pytest

from handlers.digest.text import plain
from handlers.organiser.rollup_card import card_parts
from handlers.rollup.files import card, sheet
from handlers.rollup.json_form import as_json
from handlers.rollup.text import parts
from handlers.texts import Speaker
from tests.handlers.digest.branch import W47
from tests.handlers.rollup.province import Province, furnish, live

SAY = Speaker("vi", citizen="Ông/Bà")


@pytest.fixture
def ids(province: Province) -> dict[str, int]:
    found = furnish(province)
    live(province)
    return found


def test_ratings_that_are_not_counted_are_added_up_over_the_units(
    province: Province, ids: dict[str, int]
) -> None:
    before = province.rollup(ids["TD"]).top.all.ratings
    province.rated("C1", W47.last, 2, 1, status="flagged")
    province.rated("C2", W47.first, 1, status="flagged")
    found = province.rollup(ids["TD"])
    assert found.top.all.left_out == 3
    assert found.top.all.ratings == before
    told = plain(parts(found, SAY))
    assert "3 lượt không tính vào điểm" in told
    assert "3 lượt không tính vào điểm" in plain(card_parts(found, SAY))


def test_the_workbook_has_a_column_for_them(province: Province, ids: dict[str, int]) -> None:
    province.rated("C1", W47.last, 2, 1, status="flagged")
    table = sheet(province.rollup(ids["TD"]), SAY).data["tables"][0]
    place = [name for name, _ in table["columns"]].index("Lượt không tính vào điểm")
    counted = {(row[0], row[4]): row[place] for row in table["rows"]}
    assert counted["C1", "riêng đơn vị"] == 2
    assert sum(n for (code, _), n in counted.items() if code == "C2") == 0


def test_the_picture_and_the_json_tell_them(province: Province, ids: dict[str, int]) -> None:
    assert card(province.rollup(ids["TD"]), SAY).data["left_out"] == ""
    province.rated("C1", W47.last, 2, 1, status="flagged")
    found = province.rollup(ids["TD"])
    assert "2 lượt không tính vào điểm" in str(card(found, SAY).data["left_out"])
    units = {each["unit"]: each for each in as_json(found)["roll_up"]["units"]}
    assert (units["C1"]["left_out"], units["TD"]["with_below"]["left_out"]) == (2, 2)

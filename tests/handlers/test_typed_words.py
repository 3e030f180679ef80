"""Words that are no answer: a greeting, thanks, and that there is nothing to add."""

import pytest

from tests.people import Place, Talker

pytestmark = pytest.mark.about_buttons("typed as it stands")


@pytest.fixture
def an(place: Place) -> Talker:
    return place.person("an", "zalo")


@pytest.mark.parametrize("typed", ["xong", "Xong rồi", "không", "ko", "khong co gi", "không ạ."])
@pytest.mark.parametrize("before", [[], ["Rất tốt"]])
async def test_nothing_more_to_say_is_no_comment(
    place: Place, an: Talker, typed: str, before: list[str]
) -> None:
    for each in ("Q1", "5", *before):
        await an.sends(each)
    assert "kính chúc" in await an.sends(typed)
    comment = (await place.rating()).comment
    assert ([] if comment is None else [place.database.keys.open(comment)]) == before


@pytest.mark.parametrize("typed", ["Xin chào", "alo", "cam on", "Cảm ơn cháu!"])
async def test_a_greeting_is_greeted_and_searches_nothing(an: Talker, typed: str) -> None:
    said = await an.sends(typed)
    assert "Kính chào" in said
    assert "ví dụ Q1" in said
    assert "bấm" not in said

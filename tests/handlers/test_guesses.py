"""Codes tried out from many chats: nobody who has the right one is kept out."""

import pytest

from handlers import guesses
from tests.conftest import Clock
from tests.people import Place


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guesses, "MOST_OF_ALL", 12)


async def rated(place: Place) -> str:
    an = place.person("an")
    await an.opens("rate/Q1/261116/1/4")
    return an.code()


async def tried_out(place: Place, chats: int, each: int) -> list[bool]:
    """Whether each wrong code was looked up at all."""
    looked_up = []
    for number in range(chats):
        eve = place.person(f"eve{number}")
        for wrong in range(each):
            await eve.opens(f"see/c/{9_000_000_000 + 100 * number + wrong}")
            looked_up.append("Mã sai quá nhiều lần" not in eve.text())
    return looked_up


@pytest.mark.about_buttons  # forged actions
async def test_many_chats_that_try_codes_have_one_try_each(place: Place) -> None:
    looked_up = await tried_out(place, chats=10, each=5)
    assert sum(looked_up) == 12 + 7, "the first dozen, then one a chat"


async def test_a_right_code_opens_whatever_others_try(place: Place) -> None:
    code = await rated(place)
    await tried_out(place, chats=10, each=3)
    binh = place.person("binh")
    await binh.sends("/ma")
    assert "Hài lòng" in await binh.sends(code)
    await binh.opens(f"see/c/{code}")
    assert "Hài lòng" in binh.text(), "and goes on opening"


async def test_an_hour_later_a_mistyped_code_may_be_typed_anew(place: Place, clock: Clock) -> None:
    await tried_out(place, chats=10, each=3)
    clock.move(hours=1)
    code = await rated(place)
    binh = place.person("binh")
    await binh.sends("/ma")
    await binh.sends("9000000001")
    assert "Hài lòng" in await binh.sends(code)


async def test_codes_for_linking_are_counted_apart_from_receipt_codes(place: Place) -> None:
    await tried_out(place, chats=10, each=3)
    eve = place.person("somebody")
    await eve.opens("join/0000000001")
    await eve.opens("join/0000000002")
    assert "Mã này không đúng hoặc không còn hiệu lực" in eve.text()

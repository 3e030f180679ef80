"""Receipt codes use all of their digits, and an installation may give out longer ones."""

import pytest

from handlers.messages import Code
from storage.database import Database
from storage.keys import Keys
from storage.queries.rating import receipt_code
from tests.conftest import SECRET
from tests.people import Place


def longer(place: Place, digits: int) -> Place:
    place.database.keys = Keys(SECRET, receipt_digits=digits)
    url = place.database.url.render_as_string(hide_password=False)
    return Place(Database(url, place.database.keys), place.clock, place.policy)


def test_every_code_is_as_likely_as_any_other() -> None:
    """As far as 20,000 of them tell: in what remains of them and in their first digits."""
    key = bytes(range(32))
    codes = [int(receipt_code(key, f"rating {number}", 0)) for number in range(20_000)]
    for modulus in (256, 512, 625, 9):
        counts = [0] * modulus
        for code in codes:
            counts[code % modulus] += 1
        expected = len(codes) / modulus
        chi = sum((n - expected) ** 2 / expected for n in counts)
        assert abs(chi - (modulus - 1)) < 6 * (2 * (modulus - 1)) ** 0.5, modulus
    assert {str(code)[0] for code in codes} == set("123456789")
    assert {len(str(code)) for code in codes} == {10}


@pytest.mark.parametrize(("digits", "groups"), [(10, [3, 3, 4]), (12, [3] * 4), (13, [3, 3, 3, 4])])
async def test_a_longer_code_is_shown_in_groups_and_opens(
    place: Place, digits: int, groups: list[int]
) -> None:
    place = longer(place, digits)
    an = place.person("an")
    await an.opens("rate/Q1/261116/1/4")
    code = an.code()
    assert len(code) == digits
    (shown,) = [p.text for answer in an.seen for p in answer.parts if isinstance(p, Code)]
    assert [len(each) for each in shown.split()] == groups
    binh = place.person("binh", "web")
    await binh.opens(f"see/c/{code}")
    assert "Hài lòng" in binh.text()
    chi = place.person("chi")
    assert "Hài lòng" in await chi.sends(shown)
    place.database.close()


async def test_a_code_from_before_codes_grew_opens_and_is_shown_on_the_day(place: Place) -> None:
    an = place.person("an")
    await an.opens("rate/Q1/261116/1/4")
    code = an.code()
    later = longer(place, 13)
    an = later.person("an")
    await an.opens("see/Q1/261116/1")
    assert an.code() == code
    assert "Hài lòng" in await later.person("binh").sends(code)
    chi = later.person("chi")
    await chi.sends("/ma")
    assert "Mã đánh giá có 13 chữ số" in await chi.sends("12345678901")
    later.database.close()

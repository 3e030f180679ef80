"""A desk is found by name or number of office or desk, without accents, with typing mistakes."""

import pytest
from sqlmodel import Session

from handlers.names import folded
from storage.tables import Desk, Unit
from tests.people import Place


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Hộ tịch", ["Quầy 1 – Hộ tịch – Chi đoàn Sở Nội vụ"]),
        ("ho tich", ["Quầy 1 – Hộ tịch – Chi đoàn Sở Nội vụ"]),
        ("dang ky kinh doan", ["Quầy 2 – Đăng ký kinh doanh – Chi đoàn Sở Nội vụ"]),
        ("dat dai", ["Quầy 3 – Đất đai – Chi đoàn Sở Tư pháp"]),
        ("quay 13", ["Quầy 13 – Chứng thực – Chi đoàn Sở Tư pháp"]),
        ("quầy 3", ["Quầy 3 – Đất đai – Chi đoàn Sở Tư pháp"]),
        ("so tu phap", ["Quầy 13 – Chứng thực – Chi đoàn Sở Tư pháp",
                        "Quầy 3 – Đất đai – Chi đoàn Sở Tư pháp"]),
        ("sở nội vụ quầy 2", ["Quầy 2 – Đăng ký kinh doanh – Chi đoàn Sở Nội vụ"]),
    ],
)  # fmt: skip
async def test_found_by_name_or_number(place: Place, typed: str, found: list[str]) -> None:
    an = place.person("an")
    await an.sends(typed)
    assert an.buttons()[: len(found)] == found
    assert await an.taps(found[0])
    assert "Rất hài lòng" in an.buttons()


async def test_a_code_is_opened_at_once_in_any_case(place: Place) -> None:
    assert "Quầy 13" in await place.person("an").sends("q13")


@pytest.mark.parametrize(
    "address", ["https://dg.example.vn/q/q1", "http://127.0.0.1:8080/q/Q1?x=1"]
)
async def test_a_desks_address_may_be_pasted(place: Place, address: str) -> None:
    assert "Quầy 1 – Hộ tịch" in await place.person("an").sends(address)


@pytest.mark.parametrize("typed", ["tôi muốn đánh giá Q13", "q13 5", "cho hỏi quầy q13 với ạ"])
async def test_a_code_among_other_words_names_its_desk_and_rates_nothing_yet(
    place: Place, typed: str
) -> None:
    an = place.person("an")
    await an.sends(typed)
    assert an.buttons() == ["Quầy 13 – Chứng thực – Chi đoàn Sở Tư pháp"]
    assert await place.ratings() == []


async def test_nothing_found_keeps_what_was_typed_and_offers_all(place: Place) -> None:
    web = place.person("an", "web")
    await web.does(action="search", text="xyzxyz")
    assert web.field().value == "xyzxyz"
    assert "Chưa tìm thấy" in web.field().error
    await web.taps("Xem tất cả các quầy")
    assert len(web.buttons()) == 4


async def test_many_desks_are_paged_there_and_back(place: Place) -> None:
    def more(session: Session) -> None:
        unit = session.get_one(Unit, 1)
        for n in range(20, 40):
            name = f"Quầy {n} – Thuế"
            session.add(Desk(code=f"T{n}", name=name, folded=folded(name), unit_id=unit.id or 0))

    await place.database.run(more)
    an = place.person("an")
    await an.sends("thuế")
    seen = []
    while True:
        seen += [b for b in an.buttons() if b.startswith("Quầy")]
        if "Tiếp ›" not in an.buttons():
            break
        await an.taps("Tiếp ›")
    assert len(seen) == len(set(seen)) == 20
    await an.taps("‹ Trước")
    assert "Tiếp ›" in an.buttons()
    await an.opens("found/99999/thue")
    assert an.buttons()

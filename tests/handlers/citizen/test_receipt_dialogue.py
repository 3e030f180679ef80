"""The receipt code alone shows, changes or withdraws a rating, from any door."""

import pytest

from handlers.jobs.forget import forget
from storage.queries.rating import forget_days
from tests.conftest import Clock
from tests.people import Place


async def rated(place: Place, level: int = 4) -> str:
    an = place.person("an")
    await an.opens(f"rate/Q1/261116/1/{level}")
    return an.code()


async def test_the_code_shows_the_rating_from_another_door(place: Place) -> None:
    code = await rated(place)
    assert len(code) == 10
    web = place.person("someone", "web")
    await web.does(action="code", text=f"{code[:3]} {code[3:6]}-{code[6:]}")
    assert "Đã ghi nhận đánh giá: Hài lòng." in web.text()


async def test_the_code_typed_into_a_chat_is_understood_without_a_command(place: Place) -> None:
    code = await rated(place)
    binh = place.person("b")
    await binh.sends("/start")
    assert "Hài lòng" in await binh.sends(f"mã {code[:3]} {code[3:]}")


async def test_the_code_sent_while_a_comment_is_awaited_is_no_comment(place: Place) -> None:
    an = place.person("an")
    await an.opens("rate/Q1/261116/1/4")
    await an.sends(an.code())
    assert (await place.rating()).comment is None
    await an.sends("0905123456")
    assert (await place.rating()).comment is not None


async def test_the_code_changes_level_reasons_and_comment_days_later(
    place: Place, clock: Clock
) -> None:
    code = await rated(place)
    clock.move(days=40)
    binh = place.person("binh")
    await binh.sends("/ma")
    await binh.sends(code)
    await binh.taps("Đổi mức đánh giá")
    await binh.taps("Rất không hài lòng")
    await binh.taps("Chưa hòa nhã")
    await binh.sends("Chờ lâu quá")
    rating = await place.rating()
    assert (rating.level, rating.reasons, rating.day.isoformat()) == (1, "low/nd1", "2026-11-16")
    assert rating.comment is not None


async def test_withdrawing_erases_the_content_at_once(place: Place) -> None:
    an = place.person("an")
    await an.opens("rate/Q1/261116/1/2")
    code = an.code()
    await an.taps("Chưa hòa nhã")
    await an.sends("Không vui")
    await an.taps("Rút đánh giá này")
    assert an.buttons() == ["Giữ lại", "Rút và xóa"]
    assert (await place.rating()).level == 2
    assert "đã được rút" in await an.taps("Rút và xóa")
    rating = await place.rating()
    assert (rating.status, rating.level, rating.reasons, rating.comment, rating.member_id) == (
        "withdrawn", None, "", None, None,
    )  # fmt: skip
    assert "đã được rút" in await place.person("b").sends(code)
    await an.opens("rate/Q1/261116/1/5")
    assert sorted(r.status for r in await place.ratings()) == ["active", "withdrawn"]


async def test_a_withdrawn_rating_cannot_be_revived_by_old_buttons(place: Place) -> None:
    code = await rated(place)
    binh = place.person("binh")
    await binh.sends(code)
    buttons = list(binh.seen)
    await binh.taps("Rút đánh giá này")
    await binh.taps("Rút và xóa")
    for choice in [c for answer in buttons for c in answer.choices()]:
        await binh.opens(choice.action)
    await binh.opens(f"rate/c/{code}/5")
    await binh.does(action=f"comment/c/{code}", text="Xin chào")
    rating = await place.rating()
    assert (rating.status, rating.level, rating.comment) == ("withdrawn", None, None)


async def test_wrong_codes_are_limited_per_hour(place: Place, clock: Clock) -> None:
    code = await rated(place)
    eve = place.person("eve")
    for wrong in range(10):
        await eve.sends("/ma")
        said = await eve.sends(str(9_000_000_000 + wrong))
        assert "Không có đánh giá nào" in said
    await eve.sends("/ma")
    assert "Mã sai quá nhiều lần" in await eve.sends(code)
    clock.move(hours=1)
    await eve.sends("/ma")
    assert "Hài lòng" in await eve.sends(code)


async def test_codes_guessed_through_forged_buttons_are_counted_too(place: Place) -> None:
    code = await rated(place)
    eve = place.person("eve")
    for wrong in range(10):
        await eve.opens(f"see/c/{9_000_000_000 + wrong}")
    assert "Mã sai quá nhiều lần" in await eve.opens(f"see/c/{code}")


async def test_the_code_is_shown_again_that_day_and_not_after_the_window(
    place: Place, clock: Clock
) -> None:
    an = place.person("an")
    await an.opens("rate/Q1/261116/1/4")
    code = an.code()
    await an.opens("see/Q1/261116/1")
    assert an.code() == code
    clock.move(hours=17, minutes=59)  # 02:59 the next day
    await place.database.run(lambda s: forget(s, clock(), place.policy))
    await an.opens("see/Q1/261116/1")
    assert an.code() == code
    clock.move(minutes=2)
    await place.database.run(lambda s: forget(s, clock(), place.policy))
    await an.opens("see/Q1/261116/1")
    assert "Câu hỏi này của ngày 16/11/2026" in an.text()
    await an.sends(code)
    assert "Hài lòng" in an.text()
    with pytest.raises(IndexError):
        an.code()


async def test_after_the_window_nothing_in_the_row_recognises_its_author(place: Place) -> None:
    await rated(place)
    assert (await place.rating()).encounter is not None
    day = (await place.rating()).day
    await place.database.run(lambda s: forget_days(s, day.replace(day=17)))
    assert (await place.rating()).encounter is None


async def test_ratings_past_retention_are_deleted(place: Place, clock: Clock) -> None:
    await rated(place)
    clock.move(days=729)
    await place.database.run(lambda s: forget(s, clock(), place.policy))
    assert len(await place.ratings()) == 1
    clock.move(days=3)
    await place.database.run(lambda s: forget(s, clock(), place.policy))
    assert await place.ratings() == []

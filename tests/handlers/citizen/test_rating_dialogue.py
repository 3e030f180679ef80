"""Rating an encounter, as the dialogue goes."""

import pytest
from sqlmodel import select

from handlers.citizen.notice import VERSION
from storage.tables import Person
from tests.conftest import Clock
from tests.people import Place, Talker

LEVELS = ["Rất hài lòng", "Hài lòng", "Bình thường", "Không hài lòng", "Rất không hài lòng"]


async def member_of(place: Place) -> str | None:
    rating = await place.rating()
    if rating.member_id is None:
        return None
    member = rating.member_id
    return await place.database.run(lambda s: s.get_one(Person, member).code)


async def test_a_link_asks_and_one_tap_stores(place: Place) -> None:
    an = place.person("an")
    asked = await an.sends("/start q-Q1")
    assert "Kính chào Ông/Bà! Xin dành 30 giây đánh giá việc phục vụ tại Quầy 1 – Hộ tịch." in asked
    assert "Chọn một mức là đồng ý để Tỉnh Đoàn lưu 24 tháng." in asked
    assert an.buttons() == LEVELS
    assert await place.ratings() == []

    thanked = await an.taps("Hài lòng")
    assert "Đã ghi nhận đánh giá: Hài lòng." in thanked
    rating = await place.rating()
    assert (rating.level, rating.channel, rating.status) == (4, "telegram", "active")
    assert rating.day.isoformat() == "2026-11-16"
    assert (rating.scheme, rating.notice) == (1, VERSION)
    assert rating.attribution == "duty"
    assert await member_of(place) == "P1"


async def test_a_second_tap_on_the_same_question_changes_the_rating_it_does_not_add_one(
    place: Place,
) -> None:
    an = place.person("an")
    await an.sends("/start q-Q1")
    question = list(an.seen)
    await an.taps("Rất hài lòng")
    code = an.code()
    await an.presses("Không hài lòng", on=question)
    assert (await place.rating()).level == 2
    assert an.code() == code


async def test_the_same_tap_delivered_twice_is_handled_once(place: Place) -> None:
    an = place.person("an")
    first = await an.does(key="7", action="rate/Q1/261116/1/5")
    again = await an.does(key="7", action="rate/Q1/261116/1/5")
    assert (first.duplicate, again.duplicate) == (False, True)
    assert an.seen == []
    assert len(await place.ratings()) == 1


async def test_coming_back_the_same_day_is_asked_whether_to_change_or_to_add(place: Place) -> None:
    an = place.person("an")
    await an.sends("/start q-Q1")
    await an.taps("Hài lòng")
    await an.sends("/start q-Q1")
    assert an.buttons() == ["Sửa đánh giá", "Đánh giá lần phục vụ khác"]
    await an.taps("Đánh giá lần phục vụ khác")
    assert an.buttons() == LEVELS
    await an.taps("Rất hài lòng")
    assert sorted(r.level or 0 for r in await place.ratings()) == [4, 5]

    await an.sends("/start q-Q1")
    assert "Đã ghi nhận đánh giá: Rất hài lòng." in await an.taps("Sửa đánh giá")


async def test_another_person_another_desk_and_another_day_are_other_encounters(
    place: Place, clock: Clock
) -> None:
    an, binh = place.person("an"), place.person("binh")
    for person, desk in ((an, "Q1"), (binh, "Q1"), (an, "Q3")):
        await person.sends(f"/start q-{desk}")
        await person.taps("Hài lòng")
    clock.move(days=1)
    await an.sends("/start q-Q1")
    assert an.buttons() == LEVELS
    await an.taps("Hài lòng")
    assert len(await place.ratings()) == 4


async def test_when_several_are_on_duty_it_is_asked_who_served_after_the_level_is_stored(
    place: Place,
) -> None:
    an = place.person("an")
    await an.sends("/start q-Q2")
    await an.taps("Hài lòng")
    assert (await place.rating()).attribution == "asked"
    assert await member_of(place) is None
    assert {"Trần Văn Minh", "Lê Thị Hoa", "Người khác / không rõ"} <= set(an.buttons())
    await an.taps("Lê Thị Hoa")
    assert await member_of(place) == "P3"
    rating = await place.rating()
    assert rating.attribution == "citizen"
    await an.taps("Người khác / không rõ")
    assert await member_of(place) is None
    assert (await place.rating()).unit_id != rating.unit_id


async def test_nobody_on_duty_rates_the_desk_alone(place: Place) -> None:
    an = place.person("an")
    await an.sends("/start q-Q3")
    await an.taps("Bình thường")
    rating = await place.rating()
    assert (rating.member_id, rating.attribution) == (None, "nobody")
    assert "Người khác / không rõ" not in an.buttons()


async def test_someone_not_on_duty_there_cannot_be_named_by_a_forged_action(place: Place) -> None:
    an = place.person("an")
    await an.opens("rate/Q2/261116/1/5")
    lan = await place.database.run(
        lambda s: s.exec(select(Person.id).where(Person.code == "P1")).one()
    )
    await an.opens(f"who/Q2/261116/1/{lan}")
    assert await member_of(place) is None


async def test_reasons_toggle_five_first_then_the_rest(place: Place) -> None:
    an = place.person("an")
    await an.opens("rate/Q1/261116/1/5")
    assert "Điều gì làm Ông/Bà hài lòng?" in an.text()
    praise = [b for b in an.buttons() if an.button(b).pressed is not None]
    assert praise == [
        "Ân cần, hòa nhã",
        "Hướng dẫn dễ hiểu",
        "Nhanh, chính xác",
        "Tận tình",
        "Biết lắng nghe",
    ]
    await an.taps("Nhanh, chính xác")
    await an.taps("Ân cần, hòa nhã")
    assert (await place.rating()).reasons == "high/nd1;high/cv4"
    assert an.button("Nhanh, chính xác").pressed is True
    await an.taps("Nhanh, chính xác")
    assert (await place.rating()).reasons == "high/nd1"
    await an.taps("Lý do khác…")
    await an.taps("Đối xử công bằng")
    assert (await place.rating()).reasons == "high/nd1;high/nd7"


async def test_a_change_of_side_clears_the_reasons_a_change_within_it_keeps_them(
    place: Place,
) -> None:
    an = place.person("an")
    await an.opens("rate/Q1/261116/1/5")
    await an.taps("Tận tình")
    await an.opens("rate/Q1/261116/1/4")
    assert (await place.rating()).reasons == "high/nd3"
    await an.opens("rate/Q1/261116/1/3")
    assert (await place.rating()).reasons == ""
    assert "Điều gì cần tốt hơn?" in an.text()
    await an.opens("why/Q1/261116/1/high/nd3/1")
    assert (await place.rating()).reasons == ""


@pytest.mark.parametrize(("level", "referred"), [(1, True), (2, True), (3, False), (5, False)])
async def test_low_levels_show_where_a_complaint_belongs(
    place: Place, level: int, referred: bool
) -> None:
    an = place.person("an")
    await an.opens(f"rate/Q1/261116/1/{level}")
    assert ("không tiếp nhận khiếu nại, tố cáo" in an.text()) is referred


async def test_harassment_is_referred_at_any_low_level(place: Place) -> None:
    an = place.person("an")
    await an.opens("rate/Q1/261116/1/3")
    await an.taps("Lý do khác…")
    await an.taps("Bị gây phiền hà")
    assert "dichvucong.gov.vn" in an.text()


async def comment(place: Place) -> str:
    rating = await place.rating()
    return "" if rating.comment is None else place.database.keys.open(rating.comment)


async def test_what_is_typed_after_rating_is_the_comment_with_numbers_masked(place: Place) -> None:
    an = place.person("an")
    await an.sends("/start q-Q1")
    await an.taps("Hài lòng")
    said = await an.sends("Cô Lan rất nhiệt tình, gọi tôi số 0905 123 456 nhé")
    assert "Đã lưu góp ý" in said
    assert "1 số hoặc địa chỉ riêng tư trong góp ý đã được che" in said
    assert await comment(place) == "Cô Lan rất nhiệt tình, gọi tôi số ••• nhé"
    assert (await place.rating()).comment != await comment(place)


async def test_in_a_chat_one_comment_follows_another_none_is_lost(place: Place) -> None:
    an = place.person("an")
    await an.opens("rate/Q1/261116/1/1")
    await an.sends("Cán bộ bắt tôi chờ 3 giờ.")
    await an.sends("ok cảm ơn")
    assert await comment(place) == "Cán bộ bắt tôi chờ 3 giờ.\nok cảm ơn"


async def test_a_form_replaces_the_comment_and_an_empty_one_removes_it(place: Place) -> None:
    web = place.person("an", "web")
    await web.opens("rate/Q1/261116/1/4")
    await web.does(action="comment/Q1/261116/1", text="Tốt")
    await web.does(action="comment/Q1/261116/1", text="Rất tốt")
    assert await comment(place) == "Rất tốt"
    await web.does(action="comment/Q1/261116/1", text="")
    assert await comment(place) == ""


async def test_done_keeps_a_comment_typed_but_not_sent(place: Place) -> None:
    web = place.person("an", "web")
    await web.opens("rate/Q1/261116/1/4")
    await web.does(action="done/Q1/261116/1", text="Chờ lâu")
    assert "Đã lưu góp ý." in web.text()
    assert await comment(place) == "Chờ lâu"
    await web.does(action="done/Q1/261116/1", text="x" * 1001)
    assert "tối đa 1000" in web.field().error
    assert await comment(place) == "Chờ lâu"


async def test_a_comment_to_a_withdrawn_rating_is_said_to_be_lost(place: Place) -> None:
    web = place.person("an", "web")
    await web.opens("rate/Q1/261116/1/4")
    await web.opens("erase/Q1/261116/1")
    await web.does(action="comment/Q1/261116/1", text="Quên mất")
    assert "chưa được lưu" in web.text()


async def test_a_comment_too_long_is_refused_and_what_was_saved_stays(place: Place) -> None:
    web = place.person("an", "web")
    await web.opens("rate/Q1/261116/1/4")
    await web.does(action="comment/Q1/261116/1", text="Tốt")
    await web.does(action="comment/Q1/261116/1", text="x" * 1001)
    assert "Góp ý dài 1001 ký tự, tối đa 1000 ký tự" in web.field().error
    assert web.field().value == "x" * 1001
    assert await comment(place) == "Tốt"


async def test_after_done_typed_words_are_no_comment(place: Place) -> None:
    an = place.person("an")
    await an.opens("rate/Q1/261116/1/4")
    assert "kính chúc" in await an.taps("Xong")
    await an.sends("Sở Tư pháp")
    assert await comment(place) == ""
    assert "Quầy 3 – Đất đai – Chi đoàn Sở Tư pháp" in an.buttons()


@pytest.mark.parametrize(
    ("typed", "level"),
    [
        ("5", 5),
        ("1", 1),
        ("⭐⭐⭐", 3),
        ("không hài lòng", 2),
        ("ko hai long", 2),
        ("Hài lòng ạ", 4),
    ],
)
async def test_without_buttons_the_typed_digit_word_or_stars_are_the_level(
    place: Place, typed: str, level: int
) -> None:
    zalo = place.person("an", "zalo")
    await zalo.sends("q1")
    await zalo.sends(typed)
    assert (await place.rating()).level == level


async def test_what_is_unclear_is_asked_never_guessed(place: Place) -> None:
    zalo = place.person("an", "zalo")
    await zalo.sends("Q1")
    assert "Xin gửi số từ 1 đến 5" in await zalo.sends("cũng được")
    assert await place.ratings() == []
    await zalo.sends("4")
    assert (await place.rating()).level == 4


async def test_a_stale_question_asks_before_it_rates(place: Place, clock: Clock) -> None:
    an = place.person("an")
    await an.sends("/start q-Q1")
    clock.move(days=1)
    asked = await an.presses("Rất hài lòng")
    assert "Câu hỏi này của ngày 16/11/2026" in asked
    assert await place.ratings() == []
    await an.taps("Có, đánh giá lần phục vụ hôm nay")
    await an.taps("Rất hài lòng")
    assert (await place.rating()).day.isoformat() == "2026-11-17"


async def test_a_comment_after_midnight_still_reaches_the_rating_of_the_evening(
    place: Place, clock: Clock
) -> None:
    an = place.person("an")
    clock.move(hours=14, minutes=50)  # 23:50
    await an.sends("/start q-Q1")
    await an.taps("Hài lòng")
    clock.move(minutes=20)
    await an.sends("Làm việc tận tình")
    assert await comment(place) == "Làm việc tận tình"


async def test_a_forged_ordinal_does_not_skip_ahead_and_nine_visits_are_the_most(
    place: Place,
) -> None:
    an = place.person("an")
    await an.opens("rate/Q1/261116/9/5")
    await an.opens("rate/Q1/261116/9/4")
    assert len(await place.ratings()) == 2
    for nth in range(1, 10):
        await an.opens(f"rate/Q1/261116/{nth}/3")
    for _ in range(3):
        await an.opens("rate/Q1/261116/9/2")
    assert len(await place.ratings()) == 9
    await an.sends("/start q-Q1")
    assert an.buttons() == ["Sửa đánh giá"]


async def test_english_for_those_whose_client_says_so_and_switchable(place: Place) -> None:
    ann = place.person("ann", language="en-GB")
    assert "Welcome! Please take 30 seconds" in await ann.sends("/start q-Q1")
    await ann.taps("Very satisfied")
    await ann.opens("language/vi")
    assert "Kính chào" in await ann.sends("/start")
    francois = place.person("f", language="fr")
    assert "Kính chào" in await francois.sends("/start q-Q1")


async def talk(person: Talker, *lines: tuple[str, str]) -> None:
    for said, expected in lines:
        answer = await person.sends(said)
        assert expected in answer, f"{said!r} was answered {answer!r}"


async def test_nonsense_is_answered_politely(place: Place) -> None:
    await talk(
        place.person("an"),
        ("/start", "Kính chào Ông/Bà!"),
        ("/start q-khongco1", "Không có quầy nào mang mã KHONGCO1"),
        ("/start rác rưởi 😀", "không còn dùng được"),
        ("/start i-abc", "Không tìm thấy lời mời"),
        ("/khongcolenhnay", "Cách đánh giá"),
        ("qwertyuiop", "Chưa tìm thấy quầy nào"),
        ("999", "Chưa tìm thấy quầy nào"),
        ("   ", "quầy nào"),
        ("/ma", "Mã đánh giá (mười chữ số)"),
        ("abc", "Mã đánh giá có mười chữ số"),
        ("/riengtu", "khóa ngẫu nhiên"),
        ("/ngonngu", "chọn ngôn ngữ"),
        ("/trogiup", "Cách đánh giá"),
    )
    assert await place.ratings() == []


@pytest.mark.parametrize(
    "action",
    ["", "x" * 500, "rate/Q1/261116/1/6", "rate/Q1/261116/1/5/5", "rate/Q1/261332/1/5", "rate/Q1",
     "rate/../../etc/passwd", "rate/NOPE9/261116/1/5", "who/Q1/261116/1/999999999", "nope/ù"],
)  # fmt: skip
async def test_forged_actions_change_nothing_and_are_answered(place: Place, action: str) -> None:
    an = place.person("an")
    assert await an.opens(action) != ""
    assert await place.ratings() == []


@pytest.mark.parametrize("what", ["sticker", "photo", "voice", "edited", "group", "weird thing"])
async def test_what_cannot_be_read_is_said_and_the_question_stays_open(
    place: Place, what: str
) -> None:
    an = place.person("an")
    await an.sends("/start q-Q1")
    await an.does(other=what)
    assert "xin" in an.text().lower()
    await an.sends("5")
    assert (await place.rating()).level == 5


async def test_a_handler_that_raises_leaves_nothing_and_the_person_gets_a_reference(
    place: Place, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from bot.observability import set_up_logs

    set_up_logs()

    def explode(*_: object, **__: object) -> None:
        raise RuntimeError("0905123456 should not be in a log")

    monkeypatch.setattr("handlers.citizen.rate.show", explode)
    an = place.person("an")
    handled = await an.does(key="1", action="rate/Q1/261116/1/5")
    assert await place.ratings() == []
    assert handled.reference
    assert handled.reference in an.text()
    logged = capfd.readouterr().err
    assert handled.reference in logged
    assert "RuntimeError" in logged
    assert "0905123456" not in logged
    monkeypatch.undo()
    assert (await an.does(key="1", action="rate/Q1/261116/1/5")).duplicate
    await an.does(key="2", action="rate/Q1/261116/1/5")
    assert len(await place.ratings()) == 1

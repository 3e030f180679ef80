"""Dialogues in a chat without buttons, as somebody with a cheap telephone types them."""

import unicodedata

import pytest

from bot.channels.numbered import plain_texts
from storage.tables import Rating
from tests.conftest import Clock
from tests.people import Place, Talker

pytestmark = pytest.mark.about_buttons("typed as it stands")
MOST = 2000


@pytest.fixture
def an(place: Place) -> Talker:
    return place.person("an", "zalo")


async def comment(place: Place) -> str:
    rating = await place.rating()
    return "" if rating.comment is None else place.database.keys.open(rating.comment)


def messages(talker: Talker) -> list[str]:
    """What arrives, message by message."""
    return [text for answer in talker.seen for text in plain_texts(answer, most=MOST)]


def columns(rating: Rating) -> dict[str, object]:
    return {
        name: value
        for name, value in rating.model_dump().items()
        if name not in {"id", "channel", "comment", "receipt", "encounter"}
    }


@pytest.mark.parametrize("desk", ["Q1", "Q2", "Q3"])
@pytest.mark.parametrize("level", [5, 1])
async def test_a_rating_with_reasons_and_a_comment_costs_three_messages(
    place: Place, an: Talker, desk: str, level: int
) -> None:
    came = []
    first_reason = {"Q1": 2, "Q2": 4, "Q3": 1}[desk]
    for typed in (desk, str(level), f"{first_reason} {first_reason + 2}: Chờ hơi lâu"):
        await an.sends(typed)
        came += messages(an)
    assert len(came) == 3
    assert all(len(each) <= MOST for each in came)
    rating = await place.rating()
    assert rating.level == level
    assert len(rating.reasons.split(";")) == 2
    assert await comment(place) == "Chờ hơi lâu"
    assert "Đã lưu góp ý" in came[2]
    assert len(came[2]) < 500 or level == 1


async def test_what_is_stored_is_what_buttons_would_have_stored(place: Place, an: Talker) -> None:
    for typed in ("q2", "4", "1", "4 6", "Rất chu đáo"):
        await an.sends(typed)
    (by_typing,) = await place.ratings()
    binh = place.person("binh")
    await binh.sends("/start q-Q2")
    for label in ("Hài lòng", "Lê Thị Hoa", "Ân cần, hòa nhã", "Nhanh, chính xác"):
        await binh.taps(label)
    await binh.sends("Rất chu đáo")
    (tapped,) = [each for each in await place.ratings() if each.channel == "telegram"]
    assert columns(by_typing) == columns(tapped)


async def test_the_question_says_what_to_send_and_hides_the_long_notice(an: Talker) -> None:
    await an.sends("Q1")
    (text,) = messages(an)
    assert "5. Rất hài lòng\n4. Hài lòng" in text
    assert "Xin gửi một số từ 1 đến 5." in text
    assert "6. Xem chi tiết" in text
    assert "khóa ngẫu nhiên" not in text
    assert text.endswith("0. Menu")


async def test_the_long_notice_is_read_and_the_question_stays_open(
    place: Place, an: Talker
) -> None:
    await an.sends("Q1")
    assert "khóa ngẫu nhiên" in await an.sends("6")
    await an.sends("4")
    assert (await place.rating()).level == 4


@pytest.mark.parametrize("typed", ["2 4", "2,4", "2 và 4", "2️⃣ 4️⃣", "24", "số 2, số 4"])
async def test_several_reasons_are_set_in_one_turn(place: Place, an: Talker, typed: str) -> None:
    await an.sends("Q1")
    await an.sends("5")
    await an.sends(typed)
    assert (await place.rating()).reasons == "high/nd1;high/cv4"
    assert len(an.seen) == 1


@pytest.mark.parametrize("typed", ["2 77", "2, 4 và 99", "77"])
async def test_one_number_that_is_not_there_changes_nothing(
    place: Place, an: Talker, typed: str
) -> None:
    await an.sends("Q1")
    await an.sends("5")
    before = an.seen[0]
    said = await an.sends(typed)
    assert typed.rsplit(maxsplit=1)[-1] in said
    assert "chưa có gì thay đổi" in said.lower()
    assert (await place.rating()).reasons == ""
    assert await comment(place) == ""
    assert set(an.buttons()) == {choice.label for choice in before.choices()}
    await an.sends("2 4")  # the numbers are those they were
    assert (await place.rating()).reasons == "high/nd1;high/cv4"


async def test_who_served_and_reasons_go_together_but_two_people_do_not(
    place: Place, an: Talker
) -> None:
    await an.sends("Q2")
    await an.sends("5")
    assert "cùng lúc" in await an.sends("1 2 4")
    assert (await place.rating()).attribution == "asked"
    await an.sends("1 4")
    rating = await place.rating()
    assert (rating.attribution, rating.reasons) == ("citizen", "high/nd1")


async def test_somebody_else_and_reasons_go_together_where_one_is_on_duty(
    place: Place, an: Talker
) -> None:
    for each in ("Q1", "5", "1,2: cảm ơn"):
        await an.sends(each)
    rating = await place.rating()
    assert (rating.attribution, rating.reasons) == ("unknown", "high/nd1")
    assert await comment(place) == "cảm ơn"


@pytest.mark.parametrize(
    "typed",
    ["2, 3 lần phải quay lại", "2 người tiếp rất tốt", "2 4 nhanh", "8:30 tôi đến, 10:00 mới xong",
     "1-cửa làm nhanh", "9 8: tốt"],
)  # fmt: skip
async def test_what_only_begins_with_numbers_is_the_comment(
    place: Place, an: Talker, typed: str
) -> None:
    await an.sends("Q1")
    await an.sends("5")
    await an.sends(typed)
    assert await comment(place) == typed
    assert (await place.rating()).reasons == ""


@pytest.mark.parametrize("typed", ["5: phục vụ tốt", "5 - phục vụ tốt", "5\nphục vụ tốt"])
async def test_a_level_and_a_comment_in_one_message(place: Place, an: Talker, typed: str) -> None:
    await an.sends("Q1")
    await an.sends(typed)
    assert (await place.rating()).level == 5
    assert await comment(place) == "phục vụ tốt"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
async def test_labels_are_typed_with_or_without_accents(
    place: Place, an: Talker, form: str
) -> None:
    await an.sends("Q1")
    await an.sends(unicodedata.normalize(form, "RẤT HÀI LÒNG"))  # type: ignore[arg-type]
    assert (await place.rating()).level == 5
    await an.sends("an can hoa nha")
    assert (await place.rating()).reasons == "high/nd1"
    assert await comment(place) == ""
    assert "kính chúc" in await an.sends(unicodedata.normalize(form, "xong"))  # type: ignore[arg-type]


async def test_the_number_of_a_choice_is_never_stored_as_a_comment(
    place: Place, an: Talker
) -> None:
    await an.sends("Q1")
    await an.sends("5")
    done = an.number(an.button("Xong"))
    assert "kính chúc" in await an.sends(str(done))
    assert await comment(place) == ""


async def test_after_a_comment_a_bare_number_is_neither_comment_nor_level(
    place: Place, an: Talker
) -> None:
    for typed in ("Q1", "5", "Tốt", "3"):
        await an.sends(typed)
    assert (await place.rating()).level == 5
    assert await comment(place) == "Tốt"
    assert "Không có số 3" in an.text()


async def test_an_old_number_shows_the_menu_and_searches_nothing(
    place: Place, an: Talker, clock: Clock
) -> None:
    await an.sends("Q1")
    clock.move(days=2)
    for typed in ("5", "13"):
        said = await an.sends(typed)
        assert "danh sách cũ" in said or "Không có số 13" in said
        assert "Đánh giá một quầy" in an.buttons()
    assert await place.ratings() == []


async def test_a_number_typed_first_of_all_shows_the_menu(place: Place, an: Talker) -> None:
    assert "danh sách cũ" in await an.sends("5")
    assert "Đánh giá một quầy" in an.buttons()


@pytest.mark.parametrize(
    "typed", ["huỷ", "hủy", "huy", "HỦY", "cancel", "thôi", "/huy", "hu\u0309y"]
)
async def test_what_is_asked_is_stopped_by_a_word(place: Place, an: Talker, typed: str) -> None:
    await an.sends("Q1")
    await an.sends("4")
    assert "không thay đổi gì thêm" in await an.sends(typed)
    assert "Đánh giá một quầy" in an.buttons()
    await an.sends("Sở Tư pháp")
    assert await comment(place) == ""


async def test_with_buttons_the_word_stops_too_and_numbers_stay_words(place: Place) -> None:
    binh = place.person("binh")
    await binh.sends("/start q-Q1")
    await binh.taps("Hài lòng")
    await binh.sends("2 4")
    assert await comment(place) == "2 4"
    assert "không thay đổi gì thêm" in await binh.sends("huỷ")
    await binh.sends("Sở Tư pháp")
    assert await comment(place) == "2 4"


async def test_whoever_is_not_satisfied_is_shown_an_example_that_fits(an: Talker) -> None:
    await an.sends("Q1")
    await an.sends("1")
    assert "2 4: phải chờ lâu" in "\n".join(messages(an))


@pytest.mark.parametrize("typed", ["0", "menu", "Menu", "MENU", "/menu", "０"])
async def test_the_menu_is_never_far(an: Talker, typed: str) -> None:
    await an.sends("Q1")
    await an.sends("4")
    assert "Kính chào" in await an.sends(typed)


@pytest.mark.parametrize("typed", ["mã Q1", "Quầy Q1", "q1.", "Ｑ１"])
async def test_a_desk_code_is_read_with_what_stands_around_it(an: Talker, typed: str) -> None:
    assert "Quầy 1 – Hộ tịch" in await an.sends(typed)


async def test_a_receipt_code_in_any_groups_is_no_list_of_numbers(place: Place, an: Talker) -> None:
    await an.sends("Q1")
    await an.sends("5")
    code = an.code()
    groups = " ".join((code[:3], code[3:6], code[6:9], code[9:]))
    assert "Rất hài lòng" in await an.sends(groups)
    assert await comment(place) == ""
    await an.sends("/ma")
    assert "Mã đánh giá có mười chữ số" in await an.sends("123")
    assert "Rất hài lòng" in await an.sends(code)


@pytest.mark.parametrize(
    ("typed", "said"),
    [("riêng tư", "khóa ngẫu nhiên"), ("Mã", "Mã đánh giá (mười chữ số)"), ("tro giup", "Cách đánh giá"),
     ("Đánh giá", "quầy nào"), ("bản tin", "Chưa tìm thấy"), ("quầy", "quầy nào")],
)  # fmt: skip
async def test_a_citizen_s_commands_need_no_slash(an: Talker, typed: str, said: str) -> None:
    await an.sends("0")
    assert said in await an.sends(typed)


async def test_while_a_comment_is_awaited_a_command_s_word_is_the_comment(
    place: Place, an: Talker
) -> None:
    await an.sends("Q1")
    await an.sends("5")
    await an.sends("trợ giúp")
    assert await comment(place) == "trợ giúp"
    await an.sends("Đánh giá một quầy")  # a line of the menu, word by word
    assert await comment(place) == "trợ giúp"


async def test_in_english_it_is_the_same(place: Place) -> None:
    ann = place.person("ann", "zalo", "en")
    await ann.sends("Q1")
    (text,) = messages(ann)
    assert "5. Very satisfied" in text
    assert "6. See the details" in text
    await ann.sends("not satisfied")
    assert (await place.rating()).level == 2
    assert "nothing more was changed" in await ann.sends("cancel")


async def test_an_emoji_that_a_messenger_cut_in_half_loses_no_comment(
    place: Place, an: Talker
) -> None:
    await an.sends("Q1")
    await an.sends("5")
    await an.sends("Nhanh lắm \ud83d")
    assert await comment(place) == "Nhanh lắm"

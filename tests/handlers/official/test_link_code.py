"""One more messenger, linked by a code that is typed there."""

import asyncio
import re

import pytest

from handlers.official.link_code import looks_like_link_code, names_link_code
from storage.database import Database
from storage.queries.audit import entries_of
from storage.tables import Link
from tests.conftest import Clock
from tests.officials import inbox, invites, joined, linked_as, links, unit_id
from tests.people import Place, Talker

CODE = re.compile(r"\b0\d{2} \d{3} \d{4}\b")


async def makes_code(talker: Talker) -> str:
    """The code as it is shown."""
    await talker.sends("/kenh")
    return await _shown(talker, "Kết nối thêm một kênh")


async def _shown(talker: Talker, label: str) -> str:
    (code,) = CODE.findall(await talker.taps(label))
    return str(code)


@pytest.mark.parametrize(
    ("typed", "code"),
    [("012 345 6789", "0123456789"), ("mã 0123456789", "0123456789"),
     ("Mã: 0123.456.789", "0123456789"), ("01-2345-6789", "0123456789"),
     ("１２３", None), ("01 23 45 67 89", "0123456789"), ("０１２ ３４５ ６７８９", "0123456789"), ("1234567890", None),
     ("012345678", None), ("01234567890", None), ("Q0123456789", None), ("", None)],
)  # fmt: skip
def test_a_code_is_ten_digits_that_begin_with_0_in_any_grouping(
    typed: str, code: str | None
) -> None:
    assert looks_like_link_code(typed) == code


@pytest.mark.parametrize(
    ("action", "is_code"),
    [("join/0123456789", True), ("join-yes/0123456789", True), ("join-me/0123456789/3", True),
     ("join-names/0123456789/0", True), ("join/AAAAAAAAAAAAAAAAAAAAAA", False),
     ("search", False), ("join", False)],
)  # fmt: skip
def test_a_button_that_carries_a_code_is_told_from_one_with_a_token(
    action: str, *, is_code: bool
) -> None:
    assert names_link_code(action) is is_code


async def test_the_code_typed_in_the_other_messenger_links_it_and_the_first_one_hears(
    staffed: Place,
) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    code = await makes_code(lan)
    assert "có hiệu lực 15 phút" in lan.text()
    phone = staffed.person("0901", channel="zalo")
    asked = await phone.sends(code)
    assert "Kết nối kênh này với tên bạn tại Chi đoàn Sở Nội vụ?" in asked
    assert await linked_as(staffed, "0901", "zalo") is None
    await phone.sends("1")
    assert await linked_as(staffed, "0901", "zalo") == "P1"
    told = await inbox(lan)
    assert "Vừa có thêm một kênh kết nối với tên bạn, qua Zalo." in told
    assert "Từ nay lời nhắc và bản tin được gửi tới kênh đó trước" in told


@pytest.mark.parametrize("typed", ["{}", "mã {}", " Mã: {} "])
async def test_it_opens_from_telegram_however_it_is_grouped(staffed: Place, typed: str) -> None:
    phone = await joined(staffed, "0901", "C1", "member", "P1", channel="zalo")
    code = (await makes_code(phone)).replace(" ", "")
    lan = staffed.person("lan")
    await lan.sends("/start")
    await lan.sends(typed.format(f"{code[:4]}-{code[4:7]}.{code[7:]}"))
    await lan.taps(lan.buttons()[0])
    assert await linked_as(staffed, "lan") == "P1"


@pytest.mark.parametrize("field", ["search", "code"])
async def test_it_may_be_typed_into_a_field_of_the_web_page(staffed: Place, field: str) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    code = await makes_code(lan)
    web = staffed.person("browser", channel="web")
    await web.does(action=field, text=code)
    await web.taps(web.buttons()[0])
    assert await linked_as(staffed, "browser", "web") == "P1"


async def test_grouped_in_pairs_it_is_no_list_of_choices(staffed: Place) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    code = (await makes_code(lan)).replace(" ", "")
    phone = staffed.person("0901", channel="zalo")
    await phone.sends("menu")
    pairs = " ".join(code[start : start + 2] for start in range(0, 10, 2))
    assert "Kết nối kênh này" in await phone.sends(pairs)


async def test_a_tablet_that_everybody_uses_is_linked_to_nobody(staffed: Place) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    tablet = staffed.person("tablet", channel="web")
    tablet.kiosk = True
    await tablet.does(action="search", text=await makes_code(lan))
    assert "Chưa tìm thấy quầy nào." in tablet.text()


async def test_a_code_is_good_for_a_quarter_of_an_hour_and_once(
    staffed: Place, clock: Clock
) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    code = await makes_code(lan)
    clock.move(minutes=14, seconds=59)
    first, second = staffed.person("first", channel="zalo"), staffed.person("second")
    await first.sends(code)
    await first.sends("1")
    assert "không còn hiệu lực" in await second.sends(code)
    later = await _shown(lan, "Tạo mã mới") if "Tạo mã mới" in lan.buttons() else ""
    later = later or await makes_code(lan)
    clock.move(minutes=15)
    said = await second.sends(later)
    assert "không còn hiệu lực" in said
    assert "gõ /kenh" in said
    assert await linked_as(staffed, "second") is None


async def test_a_new_code_withdraws_the_codes_and_links_made_before(staffed: Place) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    await joined(staffed, "minh", "C1", "member", "P2")
    earlier = await makes_code(lan)
    newer = await _shown(lan, "Tạo mã mới")
    assert earlier != newer
    phone = staffed.person("0901", channel="zalo")
    assert "không còn hiệu lực" in await phone.sends(earlier)
    assert "Kết nối kênh này" in await phone.sends(newer)
    own = [each for each in await invites(staffed) if each.invited_by is not None]
    assert [each.revoked for each in own] == [True, True, False, False]

    def logged(session):  # type: ignore[no-untyped-def]
        return len(list(entries_of(session, unit_id(session, "C1"), "chat.invite")))

    assert await staffed.database.run(logged) == 2


@pytest.mark.parametrize("everything", [True, False])
async def test_a_chat_that_is_unlinked_leaves_no_code_behind(
    staffed: Place, everything: bool
) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    other = staffed.person("lan-z", "zalo")
    await other.sends(await makes_code(lan))
    await other.sends("1")
    code = await makes_code(lan)
    await lan.sends("/roi")
    await lan.taps(lan.buttons()[-1 if everything else 1])
    assert len(await links(staffed)) == (0 if everything else 1)
    thief = staffed.person("thief", "zalo")
    await thief.sends(code)
    assert not any("Nguyễn Thị Lan" in each for each in thief.buttons())
    assert await linked_as(staffed, "thief", "zalo") is None


async def test_only_a_hash_of_the_code_is_stored(staffed: Place) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    code = (await makes_code(lan)).replace(" ", "")
    assert code not in {each.token for each in await invites(staffed)}


async def test_typed_where_it_was_made_it_says_where_it_belongs_and_stays_good(
    staffed: Place,
) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    code = await makes_code(lan)
    said = await lan.sends(code)
    assert "Kênh này đã kết nối với bạn rồi." in said
    assert "ứng dụng nhắn tin kia" in said
    phone = staffed.person("0901", channel="zalo")
    await phone.sends(code)
    await phone.sends("1")
    assert await linked_as(staffed, "0901", "zalo") == "P1"
    assert "đã tham gia" in await phone.sends(code)


async def test_another_officials_chat_does_not_become_somebody_elses(staffed: Place) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    minh = await joined(staffed, "minh", "C1", "member", "P2")
    code = await makes_code(lan)
    said = await minh.sends(code)
    assert "Mã này là của người khác." in said
    assert "Trần Văn Minh" in said
    assert "Lan" not in said
    await minh.opens(f"join-yes/{code.replace(' ', '')}")
    assert await linked_as(staffed, "minh") == "P2"


async def test_a_phone_number_that_was_asked_for_is_no_code(staffed: Place) -> None:
    an = staffed.person("an")
    await an.opens("rate/Q1/261116/1/4")
    await an.sends("0905123456")
    assert (await staffed.rating()).comment is not None


async def test_a_good_code_is_taken_even_where_something_else_was_asked_for(
    staffed: Place,
) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    code = await makes_code(lan)
    an = staffed.person("an")
    await an.opens("rate/Q1/261116/1/4")
    assert "Kết nối kênh này" in await an.sends(code)
    assert (await staffed.rating()).comment is None


@pytest.mark.parametrize("way", ["typed", "button", "while asked"])
async def test_wrong_codes_are_counted_and_limited_per_hour_however_they_come(
    staffed: Place, clock: Clock, way: str
) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    eve = staffed.person("eve")

    async def guesses(code: str) -> str:
        if way == "button":
            return await eve.opens(f"join-yes/{code}")
        if way == "while asked":
            await eve.opens("rate/Q1/261116/1/4")
        return await eve.sends(code)

    code = (await makes_code(lan)).replace(" ", "")
    for wrong in range(10):
        await guesses(f"00000{wrong:05d}")
    said = await guesses(code)
    assert await linked_as(staffed, "eve") is None
    assert "Kết nối kênh này" not in said
    assert "Mã sai quá nhiều lần" in await eve.opens(f"join/{code}")
    clock.move(hours=1)
    code = (await makes_code(lan)).replace(" ", "")
    await eve.opens(f"join/{code}")
    await eve.opens(f"join-yes/{code}")
    assert await linked_as(staffed, "eve") == "P1"


async def test_guesses_do_not_use_up_the_tries_of_receipt_codes(staffed: Place) -> None:
    eve = staffed.person("eve")
    for wrong in range(11):
        await eve.opens(f"join/00000{wrong:05d}")
    await eve.sends("/ma")
    assert "Không có đánh giá nào" in await eve.sends("9000000000")


async def test_of_two_chats_that_type_the_same_code_at_once_one_wins(
    staffed: Place, database: Database
) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    code = (await makes_code(lan)).replace(" ", "")
    other = Place(
        Database(database.url.render_as_string(hide_password=False), database.keys),
        staffed.clock,
        staffed.policy,
    )
    try:
        phone, thief = staffed.person("phone", "zalo"), other.person("thief")
        await asyncio.gather(phone.sends(code), thief.sends(code))
        await asyncio.gather(
            phone.does(action=f"join-yes/{code}"), thief.does(action=f"join-yes/{code}")
        )
        found: list[Link] = await links(staffed)
        assert len(found) == 2
        assert sum(each.used is not None for each in await invites(staffed)) == 2
    finally:
        other.database.close()

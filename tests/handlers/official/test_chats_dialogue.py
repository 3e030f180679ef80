"""Where reminders go, one more messenger, and leaving."""

from sqlmodel import select

from handlers.messages import Text, reply
from handlers.proactive import send
from storage.keys import Keys
from storage.queries.link import mark_unreachable, reminded_links
from storage.queries.outbox import outbox_depth
from storage.queries.traffic import chat_name
from storage.tables import JoinRequest, Link
from tests.officials import (
    URL,
    invited,
    joined,
    linked_as,
    links,
    person_id,
    requests,
)
from tests.people import Place


async def reminded(place: Place, code: str) -> list[str]:
    """The channels on which a person gets reminders."""

    def look(session):  # type: ignore[no-untyped-def]
        person = person_id(session, code)
        return [link.channel for link in reminded_links(session, [person]).get(person, [])]

    return await place.database.run(look)


async def waits(place: Place) -> int:
    return sum((await place.database.run(outbox_depth)).values())


async def test_each_chat_is_switched_on_or_off_and_none_at_all_is_warned_of(
    staffed: Place,
) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    await joined(staffed, "0901", "C1", "member", "P1", channel="zalo")
    said = await lan.sends("/kenh")
    assert "Các kênh của bạn" in said
    assert "Chưa bật kênh nào" not in said
    here, there = "Telegram, từ 16/11/2026 (kênh này)", "Zalo, từ 16/11/2026"
    assert [lan.button(each).pressed for each in (here, there)] == [True, True]
    await lan.taps(here)
    assert await reminded(staffed, "P1") == ["zalo"]
    said = await lan.taps(there)
    assert "Chưa bật kênh nào: bạn sẽ không nhận được lời nhắc hay bản tin." in said
    assert await reminded(staffed, "P1") == []
    assert "Chưa bật kênh nào" not in await lan.taps(here)
    assert await reminded(staffed, "P1") == ["telegram"]


async def test_somebody_elses_chat_is_neither_switched_nor_unlinked_by_a_forged_action(
    staffed: Place,
) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    await joined(staffed, "minh", "C1", "member", "P2")
    theirs = (await links(staffed))[1].id
    for forged in (f"chats/{theirs}/0", f"leave/{theirs}", "chats/999999/0"):
        assert (await lan.does(action=forged)).refused
    assert await reminded(staffed, "P2") == ["telegram"]
    assert await linked_as(staffed, "minh") == "P2"


async def test_one_more_messenger_is_linked_by_a_link_of_ones_own(staffed: Place) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    await lan.sends("/kenh")
    said = await lan.taps("Kết nối thêm một kênh")
    token = said.split(f"{URL}/i/")[1].split(maxsplit=1)[0]
    web = staffed.person("browser", channel="web")
    asked = await web.opens(f"join/{token}")
    assert "Kết nối kênh này với tên bạn tại Chi đoàn Sở Nội vụ?" in asked
    await web.taps(web.buttons()[0])
    assert await linked_as(staffed, "browser", "web") == "P1"


async def test_leaving_asks_once_forgets_the_chat_and_drops_what_waits_for_it(
    staffed: Place,
) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    (link,) = await links(staffed)
    await staffed.database.run(
        lambda s: send(s, s.get_one(Link, link.id), [reply(Text(text="Chào buổi sáng!"))])
    )
    asked = await lan.sends("/roi")
    assert "Những cam kết đã ghi vẫn lưu tại đơn vị." in asked
    assert lan.buttons() == ["Ở lại", "Bỏ kết nối: Telegram, từ 16/11/2026 (kênh này)"]
    assert await linked_as(staffed, "lan") == "P1"

    await staffed.database.run(
        lambda s: send(s, s.get_one(Link, link.id), [reply(Text(text="Chiều nay thế nào?"))])
    )
    said = await lan.taps("Bỏ kết nối: Telegram, từ 16/11/2026 (kênh này)")
    assert "Bạn đã rời chương trình." in said
    assert "Chiều nay thế nào?" not in said
    assert await waits(staffed) == 0
    assert await links(staffed) == []
    assert "chưa kết nối với ai" in await lan.sends("/roi")
    assert (await lan.does(text="/kenh")).refused


async def test_leaving_one_of_two_chats_keeps_the_other_and_all_means_all(staffed: Place) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    await joined(staffed, "0901", "C1", "member", "P1", channel="zalo")
    await lan.sends("/roi")
    await lan.taps("Bỏ kết nối: Zalo, từ 16/11/2026")
    assert [link.channel for link in await links(staffed)] == ["telegram"]
    await joined(staffed, "0901", "C1", "member", "P1", channel="zalo")
    await lan.sends("/roi")
    await lan.taps("Bỏ kết nối tất cả các kênh")
    assert await links(staffed) == []
    assert await waits(staffed) == 0


async def test_leaving_takes_back_what_the_chat_asked_another_unit_for(staffed: Place) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")

    def ask(session):  # type: ignore[no-untyped-def]
        keys: Keys = session.info["keys"]
        (link,) = session.exec(select(Link)).all()
        session.add(
            JoinRequest(
                unit_id=1,
                person_id=link.person_id,
                channel="telegram",
                chat=link.chat,
                address=keys.seal("lan"),
                expires=staffed.clock().replace(year=2027),
            )
        )

    await staffed.database.run(ask)
    await lan.sends("/roi")
    await lan.taps(lan.buttons()[1])
    assert await requests(staffed) == []


async def test_whoever_left_comes_back_by_a_new_invitation(staffed: Place) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    await lan.sends("/roi")
    await lan.taps(lan.buttons()[1])
    await joined(staffed, "lan", "C1", "member", "P1")


async def test_a_chat_that_blocked_the_bot_is_reached_again_once_its_person_writes(
    staffed: Place,
) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    chat = chat_name(staffed.database.keys, "telegram", "lan")
    for what in ({"text": "/danhgia"}, {"action": "chats"}):
        await staffed.database.run(lambda s: mark_unreachable(s, "telegram", chat))
        assert await reminded(staffed, "P1") == []
        await lan.does(**what)
        assert await reminded(staffed, "P1") == ["telegram"]


async def test_a_chat_that_cannot_be_reached_is_named_as_such(staffed: Place) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    await joined(staffed, "0901", "C1", "member", "P1", channel="zalo")
    chat = chat_name(staffed.database.keys, "zalo", "0901")
    await staffed.database.run(lambda s: mark_unreachable(s, "zalo", chat))
    assert "Zalo, từ 16/11/2026: tin nhắn không tới được." in await lan.sends("/kenh")
    await lan.taps("Telegram, từ 16/11/2026 (kênh này)")
    assert "Chưa bật kênh nào" in lan.text()


async def test_after_a_change_of_the_secret_a_person_is_known_and_a_blocked_chat_still_noticed(
    staffed: Place,
) -> None:
    from storage.database import Database
    from tests.conftest import SECRET

    await joined(staffed, "lan", "C1", "member", "P1")
    token = await invited(staffed, "C1", "member", "P2")
    new = Keys("another secret for the tests, long enough", (SECRET,))
    changed = Database(staffed.database.url.render_as_string(hide_password=False), new)
    try:
        place = Place(changed, staffed.clock, staffed.policy)
        assert await linked_as(place, "lan") == "P1"
        minh = place.person("minh")
        await minh.opens(f"join-yes/{token}")
        assert await linked_as(place, "minh") == "P2"

        def reminds(session):  # type: ignore[no-untyped-def]
            link = session.exec(select(Link).order_by(Link.id)).first()
            send(session, link, [reply(Text(text="Chào buổi sáng!"))])

        await changed.run(reminds)
        await changed.run(
            lambda s: mark_unreachable(s, "telegram", chat_name(new, "telegram", "lan"))
        )
        assert await reminded(place, "P1") == []
    finally:
        changed.close()

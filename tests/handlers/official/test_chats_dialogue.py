"""Where reminders go, one more messenger, and leaving."""

from dataclasses import replace
from datetime import timedelta

from sqlmodel import Session, select

from handlers.messages import Text, reply
from handlers.proactive import send
from storage.database import keys_of as session_keys
from storage.keys import Keys
from storage.queries.claims import claim
from storage.queries.doors import shut_door, wanted_links
from storage.queries.link import links_of, mark_unreachable, reminded_links
from storage.queries.moving import move_on
from storage.queries.outbox import outbox_depth
from storage.queries.traffic import chat_name
from storage.tables import JoinRequest, Link
from tests.conftest import Clock
from tests.officials import (
    URL,
    inbox,
    invited,
    joined,
    linked_as,
    links,
    person_id,
    requests,
)
from tests.people import Place, Talker


async def reminded(place: Place, code: str) -> list[str]:
    """The channels on which a person gets reminders."""

    def look(session):  # type: ignore[no-untyped-def]
        person = person_id(session, code)
        return [link.channel for link in reminded_links(session, [person]).get(person, [])]

    return await place.database.run(look)


async def waits(place: Place) -> int:
    return sum((await place.database.run(outbox_depth)).values())


TELEGRAM, ZALO = "Telegram, từ 16/11/2026", "Zalo, từ 16/11/2026"
HERE = f"{TELEGRAM} (kênh này)"
NOWHERE = "Không nhận ở kênh nào"


async def goes_to(place: Place, code: str) -> list[str]:
    """The channels a person's reminders go to, first to last."""

    def look(session: Session) -> list[str]:
        links = links_of(session, person_id(session, code))
        return [link.channel for link in wanted_links(links)]

    return await place.database.run(look)


async def changed(place: Place, channel: str, **to: object) -> None:
    """The first chat on that channel becomes like this."""

    def change(session: Session) -> None:
        link = session.exec(select(Link).where(Link.channel == channel)).first()
        assert link is not None
        for name, value in to.items():
            setattr(link, name, value)
        session.add(link)

    await place.database.run(change)


def chosen(talker: Talker) -> list[str]:
    return [c.label for answer in talker.seen for c in answer.choices() if c.pressed]


async def test_one_chat_is_chosen_to_go_first_the_others_follow_or_none_at_all(
    staffed: Place,
) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    await joined(staffed, "0901", "C1", "member", "P1", channel="zalo")
    said = await lan.sends("/kenh")
    assert "Các kênh của bạn" in said
    assert "Lời nhắc và bản tin ưu tiên gửi tới:" in said
    assert "Khi không gửi được tới kênh đó" in said
    assert "Chưa bật kênh nào" not in said
    assert chosen(lan) == [ZALO]
    await lan.taps(HERE)
    assert chosen(lan) == [HERE]
    assert await goes_to(staffed, "P1") == ["telegram", "zalo"]
    await lan.taps(ZALO)
    assert await goes_to(staffed, "P1") == ["zalo", "telegram"]
    said = await lan.taps(NOWHERE)
    assert "Chưa bật kênh nào: bạn sẽ không nhận được lời nhắc hay bản tin." in said
    assert chosen(lan) == [NOWHERE]
    assert await goes_to(staffed, "P1") == []
    assert "Chưa bật kênh nào" not in await lan.taps(HERE)
    assert await goes_to(staffed, "P1") == ["telegram", "zalo"]


async def test_a_browser_joined_last_is_not_shown_as_the_one_that_goes_first(
    staffed: Place,
) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    await joined(staffed, "browser", "C1", "member", "P1", channel="web")
    await lan.sends("/kenh")
    assert await goes_to(staffed, "P1") == ["telegram", "web"]
    assert chosen(lan) == [HERE]


async def test_who_has_one_chat_reads_nothing_about_others(staffed: Place) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    assert "Khi không gửi được tới kênh đó" not in await lan.sends("/kenh")
    assert lan.buttons()[:2] == [HERE, NOWHERE]
    assert chosen(lan) == [HERE]


async def test_buttons_of_messages_sent_before_still_switch_a_chat_on_and_off(
    staffed: Place,
) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    await joined(staffed, "0901", "C1", "member", "P1", channel="zalo")
    here, there = [link.id for link in await links(staffed)]
    said = await lan.opens(f"chats/{there}/0")
    assert f"{ZALO}: đang tắt." in said
    assert await goes_to(staffed, "P1") == ["telegram"]
    await lan.opens(f"chats/{here}/0")
    assert await goes_to(staffed, "P1") == []
    await lan.opens(f"chats/{there}/1")
    assert await goes_to(staffed, "P1") == ["zalo", "telegram"]


async def test_a_chat_linked_later_comes_behind_the_chosen_one(staffed: Place) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    await lan.sends("/kenh")
    await lan.taps(HERE)
    await joined(staffed, "0901", "C1", "member", "P1", channel="zalo")
    assert await goes_to(staffed, "P1") == ["telegram", "zalo"]
    assert "Từ nay nhắc việc" not in await inbox(lan)


async def test_a_browser_that_is_linked_takes_nothing_over_from_a_messenger(staffed: Place) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    await joined(staffed, "browser", "C1", "member", "P1", channel="web")
    told = await inbox(lan)
    assert "Vừa có thêm một kênh kết nối với tên bạn" in told
    assert "Từ nay nhắc việc" not in told
    assert await goes_to(staffed, "P1") == ["telegram", "web"]


async def test_a_new_chat_takes_over_what_waits_but_never_the_warning_about_itself(
    staffed: Place, clock: Clock
) -> None:
    windows = {"zalo_oa": timedelta(hours=48)}
    place = Place(staffed.database, clock, replace(staffed.policy, windows=windows))
    await joined(place, "oa", "C1", "member", "P1", channel="zalo_oa")
    await changed(place, "zalo_oa", heard=None)

    def waits_at_oa(session: Session) -> None:
        (link,) = links_of(session, person_id(session, "P1"))
        send(session, link, [reply(Text(text="Lời nhắc đang chờ"))])

    await place.database.run(waits_at_oa)
    lan = await joined(place, "lan", "C1", "member", "P1")
    assert lan.text().startswith("Lời nhắc đang chờ")  # goes ahead of the welcome

    def delivery_moves_on(session: Session) -> int:
        chat = chat_name(session_keys(session), "zalo_oa", "oa")
        return move_on(session, "zalo_oa", chat, clock(), windows)

    assert await place.database.run(delivery_moves_on) == 0
    oa = place.person("oa", "zalo_oa")
    assert "Vừa có thêm một kênh kết nối với tên bạn, qua Telegram." in await inbox(oa)


async def test_zalo_and_its_official_account_are_told_apart(staffed: Place) -> None:
    await joined(staffed, "b", "C1", "member", "P1", channel="zalo_bot")
    await joined(staffed, "oa", "C1", "member", "P1", channel="zalo_oa")
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    await lan.sends("/kenh")
    assert lan.buttons()[:2] == ["Zalo, từ 16/11/2026", "Zalo OA, từ 16/11/2026"]


async def test_an_official_account_that_waits_for_a_message_says_so_and_who_stands_in(
    staffed: Place, clock: Clock
) -> None:
    staffed = Place(
        staffed.database,
        clock,
        replace(staffed.policy, windows={"zalo_oa": timedelta(hours=48)}),
    )
    oa = await joined(staffed, "oa", "C1", "member", "P1", channel="zalo_oa")
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    await oa.sends("/kenh")
    await oa.taps("Zalo OA, từ 16/11/2026 (kênh này)")
    assert "chờ đến khi bạn nhắn lại" not in oa.text()
    await changed(staffed, "zalo_oa", heard=clock())
    assert "chờ đến khi" not in await lan.sends("/kenh")
    clock.move(hours=48)
    said = await lan.sends("/kenh")
    assert (
        "Zalo OA, từ 16/11/2026: lời nhắc và bản tin sẽ chờ đến khi bạn nhắn tin ở kênh đó." in said
    )
    assert f"Lúc này tin được gửi tới: {HERE}." in said
    assert chosen(lan) == ["Zalo OA, từ 16/11/2026"]


async def test_a_chat_whose_messages_are_used_up_says_so(staffed: Place, clock: Clock) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    await joined(staffed, "0901", "C1", "member", "P1", channel="zalo")
    await staffed.database.run(lambda s: shut_door(s, "zalo", clock() + timedelta(days=3)))
    said = await lan.sends("/kenh")
    assert f"{ZALO}: tạm thời không gửi thêm tin được vì đã hết hạn mức của gói." in said
    assert f"Lúc này tin được gửi tới: {HERE}." in said


async def test_somebody_elses_chat_is_neither_switched_nor_unlinked_by_a_forged_action(
    staffed: Place,
) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    await joined(staffed, "minh", "C1", "member", "P2")
    theirs = (await links(staffed))[1].id
    for forged in (
        f"chats/{theirs}/0",
        f"chats/{theirs}/1",
        f"leave/{theirs}",
        "chats/999999/0",
    ):
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


async def test_what_waits_for_a_chat_that_is_unlinked_goes_to_the_other_one(
    staffed: Place,
) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    there = await joined(staffed, "0901", "C1", "member", "P1", channel="zalo")
    await inbox(lan)
    _, zalo = await links(staffed)
    question = [reply(Text(text="Chiều nay thế nào?"))]
    await staffed.database.run(lambda s: send(s, s.get_one(Link, zalo.id), question, claim="q/1"))
    await staffed.database.run(lambda s: claim(s, "q/1", lan.place.clock().date()))
    await lan.sends("/roi")
    await lan.taps("Bỏ kết nối: Zalo, từ 16/11/2026")
    assert "Chiều nay thế nào?" in lan.text()
    assert await inbox(there) == ""
    assert not await staffed.database.run(lambda s: claim(s, "q/1", lan.place.clock().date()))


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
    said = await lan.sends("/kenh")
    assert "Zalo, từ 16/11/2026: tin nhắn không tới được." in said
    assert f"Lúc này tin được gửi tới: {HERE}." in said
    await lan.taps(NOWHERE)
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

"""What waits for an official on another messenger is shown in their browser too, and only there."""

from collections.abc import AsyncIterator

import pytest
from sqlmodel import Session, select

from handlers.messages import Text, reply
from storage.keys import Keys
from storage.queries.link import add_link
from storage.queries.moving import hold
from storage.queries.traffic import ANSWER, PROACTIVE, chat_name, put_in_outbox
from storage.tables import Person
from tests.bot.test_web_messages import (
    LAN,
    MINH,
    box,
    browser,
    page,
    pledge,
    queue,
    served,
    waiting,
)
from tests.bot.web_site import Site, furnished_site
from tests.conftest import Clock

ZALO = "zalo_oa"


@pytest.fixture
async def site(sqlite_url: str, keys: Keys, clock: Clock) -> AsyncIterator[Site]:
    async with furnished_site(sqlite_url, keys, clock) as furnished:
        await furnished.database.run(lambda session: _linked(session, clock))
        yield furnished


def _linked(session: Session, clock: Clock) -> None:
    """Two officials with a browser and Zalo each."""
    people = session.exec(select(Person).order_by(Person.code).limit(2)).all()
    for person, name in zip(people, ("lan", "minh"), strict=True):
        for channel in ("web", ZALO):
            add_link(
                session,
                person.id or 0,
                channel,
                name,
                language=None,
                notice="1",
                since=clock().date(),
            )


async def held(site: Site, clock: Clock, who: str = "lan", *, lane: int = PROACTIVE) -> None:
    content = {"reply": reply(Text(text="Kết quả hôm nay?")).model_dump(mode="json"), "edit": None}

    def work(session: Session) -> None:
        put_in_outbox(session, ZALO, who, [content], lane=lane)
        hold(session, ZALO, chat_name(site.database.keys, ZALO, who), clock(), answers_to=10**9)

    await site.database.run(work)


async def test_a_held_message_is_shown_with_where_it_waits_and_goes_once_it_was_seen(
    site: Site, clock: Clock
) -> None:
    await queue(site.database, pledge("Sáng"))
    await held(site, clock)
    async with browser(site, LAN) as reader:
        text = await reader.opens("/nhan")
        assert "Kết quả hôm nay?" in text
        assert text.count("đang chờ bạn trên Zalo") == 1
        form = [form for form in reader.page.forms if "Đã xem" in form.buttons][-1]
        await reader.sends("/nhan", {**form.hidden, "done": "1"})
        text = await reader.opens("/nhan")
    assert "Kết quả hôm nay?" not in text
    assert "Sáng" in text
    assert await waiting(site) == 1


async def test_nobody_elses_held_message_is_shown_or_taken(site: Site, clock: Clock) -> None:
    await held(site, clock)
    async with browser(site, LAN) as lan, browser(site, MINH) as minh, browser(site, None) as other:
        await lan.opens("/nhan")
        key = next(f.hidden["message"] for f in lan.page.forms if "message" in f.hidden)
        for thief in (minh, other):
            assert "Kết quả hôm nay?" not in await thief.opens("/nhan")
            await thief.client.post("/nhan/da-nhan", data={"key": key})
            assert await waiting(site) == 1
        await lan.client.post("/nhan/da-nhan", data={"key": key})
    assert await waiting(site) == 0


async def test_answers_and_messages_on_their_way_stay_in_their_own_chat(
    site: Site, clock: Clock
) -> None:
    await held(site, clock, lane=ANSWER)
    content = {"reply": reply(Text(text="Đang đi")).model_dump(mode="json"), "edit": None}
    await site.database.run(
        lambda session: put_in_outbox(session, ZALO, "lan", [content], lane=PROACTIVE)
    )
    async with browser(site, LAN) as reader:
        text = await reader.opens("/nhan")
    assert "Kết quả hôm nay?" not in text
    assert "Đang đi" not in text
    assert await waiting(site) == 2


async def test_a_held_message_comes_by_itself_to_a_page_that_is_opened(
    site: Site, clock: Clock
) -> None:
    await held(site, clock)
    async with served(site, box(site)) as client, page(client, site, LAN) as lan:
        assert "Kết quả hôm nay?" in (await lan.message())["html"]

"""Messages nobody just asked for, in a browser: shown to their own visitor, kept until taken."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
import time_machine
from sqlmodel import Session

from bot.config import WebSettings
from bot.web.app import server
from bot.web.identity import Signatures, Visitor
from bot.web.letterbox import Letterbox
from handlers.jobs.give_up_pages import DAYS, give_up_pages
from handlers.messages import Choice, Choices, Document, Reply, Text, Title, reply
from handlers.policy import Policy
from storage.database import Database
from storage.keys import Keys
from storage.queries.outbox import outbox_depth
from storage.queries.traffic import PROACTIVE, put_in_outbox
from tests.bot.test_drawing import MONTH, SHEET_FILE, UNKNOWN
from tests.bot.test_web_server import free_port
from tests.bot.web_site import HOME, Reader, Site, furnished_site
from tests.conftest import Clock

LAN, MINH = Visitor("lan", official=True), Visitor("minh", official=True)


@pytest.fixture
async def site(sqlite_url: str, keys: Keys, clock: Clock) -> AsyncIterator[Site]:
    async with furnished_site(sqlite_url, keys, clock) as furnished:
        yield furnished


def signatures(site: Site) -> Signatures:
    return Signatures(site.database.keys, https=False)


@asynccontextmanager
async def browser(site: Site, who: Visitor | None) -> AsyncIterator[Reader]:
    async with site.reader() as reader:
        if who is not None:
            reader.client.cookies.set("visitor", signatures(site).write_cookie(who))
        yield reader


def pledge(text: str = "Chào buổi sáng, Lan!") -> Reply:
    button = Choice(label="Xem quyền riêng tư", action="privacy", look="primary")
    return reply(Title(text=text), Choices(choices=(button,)))


async def queue(database: Database, answer: Reply, who: str = "lan") -> None:
    content = {"reply": answer.model_dump(mode="json"), "edit": None}
    await database.run(
        lambda session: put_in_outbox(session, "web", who, [content], lane=PROACTIVE)
    )


async def waiting(site: Site) -> int:
    return sum((await site.database.run(outbox_depth)).values())


async def test_a_message_is_shown_to_its_own_visitor_and_to_nobody_else(site: Site) -> None:
    await queue(site.database, pledge())
    for who, sees in ((LAN, True), (MINH, False), (Visitor("someone"), False), (None, False)):
        async with browser(site, who) as reader:
            text = await reader.opens("/nhan")
            assert reader.status == 200
            assert ("Chào buổi sáng, Lan!" in text) is sees, who
    assert await waiting(site) == 1


async def test_without_scripts_it_stays_until_it_was_seen(site: Site) -> None:
    await queue(site.database, pledge("Sáng"))
    await queue(site.database, pledge("Chiều"))
    async with browser(site, LAN) as reader:
        await reader.opens("/nhan")
        assert "Sáng" in await reader.opens("/nhan")
        form = next(form for form in reader.page.forms if "Đã xem" in form.buttons)
        await reader.sends("/nhan", {**form.hidden, "done": "1"})
        assert reader.status == 303
        text = await reader.opens("/nhan")
    assert "Sáng" not in text
    assert "Chiều" in text
    assert await waiting(site) == 1


async def test_a_button_of_a_message_does_what_it_says_and_the_message_goes(site: Site) -> None:
    await queue(site.database, pledge())
    async with browser(site, LAN) as reader:
        await reader.opens("/nhan")
        text = await reader.taps("Xem quyền riêng tư")
        assert "Chào buổi sáng" not in text
        assert "quyền riêng tư" in text.lower()
        assert "Chưa có tin nhắn mới" in await reader.opens("/nhan")
    assert await waiting(site) == 0


async def test_only_ones_own_messages_can_be_taken(site: Site) -> None:
    await queue(site.database, pledge())
    async with browser(site, LAN) as lan, browser(site, MINH) as minh, browser(site, None) as other:
        await lan.opens("/nhan")
        key = next(f.hidden["message"] for f in lan.page.forms if "message" in f.hidden)
        for thief, status in ((minh, 204), (other, 403)):
            response = await thief.client.post("/nhan/da-nhan", data={"key": key})
            assert response.status_code == status
            assert await waiting(site) == 1
        response = await lan.client.post("/nhan/da-nhan", data={"key": ["no such", key]})
        assert response.status_code == 204
    assert await waiting(site) == 0


async def test_another_site_can_take_nothing(site: Site) -> None:
    await queue(site.database, pledge())
    async with browser(site, LAN) as reader:
        await reader.opens("/nhan")
        key = next(f.hidden["message"] for f in reader.page.forms if "message" in f.hidden)
        response = await reader.client.post(
            "/nhan/da-nhan", data={"key": key}, headers={"origin": "https://evil.example"}
        )
    assert response.status_code == 403
    assert await waiting(site) == 1


async def test_a_message_shows_its_picture_and_says_in_words_what_it_shows(site: Site) -> None:
    await queue(site.database, reply(Title(text="Tháng 11"), MONTH))
    await queue(site.database, reply(Title(text="Hỏng"), UNKNOWN))
    async with browser(site, LAN) as reader:
        text = await reader.opens("/nhan")
    assert 'src="data:image/png;base64,iVBOR' in reader.response.text
    assert f'alt="{MONTH.alt}"' in reader.response.text
    assert "A rainbow" in text
    assert "img-src 'self' data:" in reader.response.headers["content-security-policy"]


async def test_a_message_of_an_unknown_shape_is_dropped_not_shown_for_ever(site: Site) -> None:
    await site.database.run(
        lambda session: put_in_outbox(session, "web", "lan", [{"reply": 7}], lane=PROACTIVE)
    )
    await queue(site.database, pledge())
    async with browser(site, LAN) as reader:
        assert "Chào buổi sáng" in await reader.opens("/nhan")
    assert await waiting(site) == 1


async def test_the_language_is_switched_on_the_page_of_messages_itself(site: Site) -> None:
    await queue(site.database, pledge())
    async with browser(site, LAN) as reader:
        await reader.opens("/nhan")
        await reader.taps("English")
        assert reader.response.headers["location"] == "/nhan"
        text = await reader.opens("/nhan")
        assert reader.page.language == "en"
    assert "Chào buổi sáng, Lan!" in text
    assert "Seen" in reader.labels() or "Seen" in text


# Files.


async def order(site: Site, who: Visitor, part: Document = SHEET_FILE) -> dict[str, str]:
    await queue(site.database, reply(Text(text="Bản tin"), part), who.id)
    async with browser(site, who) as reader:
        await reader.opens("/nhan")
        label = f"Tải về {part.name}"
        form = next(form for form in reader.page.forms if label in form.buttons)
        return {"token": form.hidden["token"], "document": form.buttons[label]}


async def test_a_file_is_made_when_its_button_is_pressed(site: Site) -> None:
    async with browser(site, LAN) as reader:
        ordered = await order(site, LAN)
        response = await reader.client.post("/file", data=ordered)
        reader.refuse_cookies()
        again = await reader.client.post("/file", data=ordered)
    assert response.status_code == again.status_code == 200
    assert response.content.startswith(b"PK")
    assert "filename*=UTF-8''tuan-47.xlsx" in response.headers["content-disposition"]
    assert response.headers["content-disposition"].startswith("attachment")
    assert response.headers["cache-control"] == "no-store"


async def test_a_file_is_given_only_to_the_visitor_it_was_offered_to(site: Site) -> None:
    ordered, others = await order(site, LAN), await order(site, MINH)
    async with browser(site, MINH) as reader:
        stolen = {"token": others["token"], "document": ordered["document"]}
        assert (await reader.client.post("/file", data=stolen)).status_code == 403
        forged = {"token": others["token"], "document": ordered["document"][:-2] + "xx"}
        assert (await reader.client.post("/file", data=forged)).status_code == 403
        assert (await reader.client.post("/file", data={"token": "x"})).status_code == 400
        with time_machine.travel(timedelta(hours=25)):
            assert (await reader.client.post("/file", data=others)).status_code == 400


async def test_a_files_name_cannot_leave_its_folder(site: Site) -> None:
    part = SHEET_FILE.model_copy(update={"name": '../../bản "tin".xlsx\n'})
    ordered = await order_by_hand(site, part)
    async with browser(site, LAN) as reader:
        response = await reader.client.post("/file", data=ordered)
    said = response.headers["content-disposition"]
    assert said == "attachment; filename*=UTF-8''b%E1%BA%A3n%20tin.xlsx"


async def order_by_hand(site: Site, part: Document) -> dict[str, str]:
    ordered = await order(site, LAN)
    return {**ordered, "document": signatures(site).write_order(LAN, part)}


async def test_a_file_that_cannot_be_made_is_an_error_page(site: Site) -> None:
    part = SHEET_FILE.model_copy(update={"data": {"sheets": []}})
    async with browser(site, LAN) as reader:
        response = await reader.client.post("/file", data=await order_by_hand(site, part))
    assert response.status_code == 500
    assert "<h1" in response.text


# The stream.


@asynccontextmanager
async def served(site: Site, letterbox: Letterbox) -> AsyncIterator[httpx.AsyncClient]:
    """The site as a process of its own would serve it."""
    site.letterbox, site.public_url = letterbox, f"http://127.0.0.1:{free_port()}"
    web = WebSettings(port=int(site.public_url.rsplit(":", 1)[1]))
    serving = server(site.app(), web)
    tasks = [asyncio.create_task(serving.serve()), asyncio.create_task(letterbox.run())]
    while not serving.started:
        await asyncio.sleep(0.01)
    async with httpx.AsyncClient(base_url=site.public_url, timeout=10) as client:
        yield client
    serving.should_exit = True
    await asyncio.wait_for(tasks[0], 3)  # no open stream holds it up
    tasks[1].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    site.public_url = HOME


def box(site: Site) -> Letterbox:
    return Letterbox(site.database, looks_every=0.02)


class Listening:
    """An open page: what its stream brought, as it comes."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.aiter_lines()

    async def message(self, within: float = 3.0) -> dict[str, Any]:
        async with asyncio.timeout(within):
            async for line in self._lines:
                if line.startswith("data:"):
                    found: dict[str, Any] = json.loads(line.removeprefix("data:"))
                    return found
        raise AssertionError("the stream ended")

    async def ends(self) -> None:
        async with asyncio.timeout(3):
            async for _ in self._lines:
                pass


@asynccontextmanager
async def page(client: httpx.AsyncClient, site: Site, who: Visitor) -> AsyncIterator[Listening]:
    cookie = {"cookie": f"visitor={signatures(site).write_cookie(who)}"}
    async with client.stream("GET", "/nhan/stream", headers=cookie) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        yield Listening(response)


async def take(client: httpx.AsyncClient, site: Site, who: Visitor, key: str) -> None:
    cookie = {"cookie": f"visitor={signatures(site).write_cookie(who)}"}
    response = await client.post("/nhan/da-nhan", data={"key": key}, headers=cookie)
    assert response.status_code == 204


async def test_what_waits_and_what_comes_arrives_in_order_on_the_right_page(site: Site) -> None:
    await queue(site.database, pledge("Một"))
    async with served(site, box(site)) as client:
        async with page(client, site, LAN) as lan, page(client, site, MINH) as minh:
            assert "Một" in (await lan.message())["html"]
            await queue(site.database, pledge("Của Minh"), "minh")
            await queue(site.database, pledge("Hai"))
            assert "Hai" in (await lan.message())["html"]
            assert "Của Minh" in (await minh.message())["html"]
            with pytest.raises(TimeoutError):
                await lan.message(within=0.2)
    assert await waiting(site) == 3


async def test_a_page_that_dies_before_it_took_the_message_gets_it_again(site: Site) -> None:
    await queue(site.database, pledge())
    async with served(site, box(site)) as client:
        async with page(client, site, LAN) as lan:
            first = await lan.message()
    async with served(site, box(site)) as client:  # the program was killed as well
        async with page(client, site, LAN) as lan:
            again = await lan.message()
            assert again["key"] == first["key"]
            await take(client, site, LAN, again["key"])
        async with page(client, site, LAN) as lan:
            with pytest.raises(TimeoutError):
                await lan.message(within=0.2)
    assert await waiting(site) == 0


async def test_a_page_open_in_another_process_gets_the_message_without_delay(
    site: Site, keys: Keys
) -> None:
    other = Database(str(site.database.url), keys)
    async with served(site, box(site)) as client, page(client, site, LAN) as lan:
        await queue(other, pledge())
        assert "Chào buổi sáng" in (await lan.message())["html"]
    other.close()


async def test_the_end_of_the_program_ends_open_streams_at_once(site: Site) -> None:
    letterbox = box(site)
    async with served(site, letterbox) as client, page(client, site, LAN) as lan:
        letterbox.close()
        await lan.ends()


async def test_whoever_has_not_joined_has_no_stream(site: Site) -> None:
    async with browser(site, Visitor("someone")) as reader:
        assert (await reader.client.get("/nhan/stream")).status_code == 204
        reader.refuse_cookies()
        assert (await reader.client.get("/nhan/stream")).status_code == 204


async def test_one_visitor_cannot_keep_any_number_of_streams_open(site: Site) -> None:
    letterbox = box(site)
    async with browser(site, LAN) as reader:
        listening = [letterbox.listening("lan") for _ in range(8)]
        for each in listening:
            each.__enter__()
        site.letterbox = letterbox
        async with browser(site, LAN) as another:
            assert (await another.client.get("/nhan/stream")).status_code == 503
        for each in listening:
            each.__exit__(None, None, None)
        assert not letterbox.full("lan")
        del reader


async def test_nothing_is_asked_of_the_database_while_no_page_is_open(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    real = site.database.run

    async def counted(work: Any) -> Any:
        asked.append(work)
        return await real(work)

    monkeypatch.setattr(site.database, "run", counted)
    letterbox = Letterbox(site.database, looks_every=0.005)
    looking = asyncio.create_task(letterbox.run())
    await asyncio.sleep(0.05)
    assert asked == []
    with letterbox.listening("lan") as news:
        await asyncio.sleep(0.05)
        assert asked
        assert not news.is_set()
        await queue(site.database, pledge())
        await asyncio.wait_for(news.wait(), 2)
        news.clear()
        await asyncio.sleep(0.05)
        assert not news.is_set()  # told once, not at every look
    looking.cancel()


async def test_what_no_page_fetched_for_a_week_of_running_days_is_given_up(
    database: Database, clock: Clock
) -> None:
    def job(session: Session) -> int:
        return give_up_pages(session, clock(), Policy())["gave_up"]

    await queue(database, pledge())
    await database.run(
        lambda session: put_in_outbox(session, "telegram", "1", [{"reply": 1}], lane=PROACTIVE)
    )
    for _ in range(DAYS):
        assert await database.run(job) == 0
        assert await database.run(job) == 0  # twice a day counts once
        clock.move(days=1)
    clock.move(days=30)  # the program was down: that is one more day
    assert await database.run(job) == 1
    assert await database.run(outbox_depth) == {("telegram", PROACTIVE): 1}

"""What the Zalo bot sends: pictures by address, files as links, long texts, and a used-up plan."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator

import httpx
import pytest

from bot.channels.base import SendError, Throttled, TryAgain
from bot.channels.zalo_bot import out_of_reach
from bot.channels.zalo_bot.sending import LONGEST_CAPTION
from handlers.messages import Choice, Choices, Document, Picture, Reply, Text, Title, reply
from storage.queries.traffic import put_in_outbox
from tests.bot.running import FlakyDatabase
from tests.bot.zalo_bot_running import ZaloBot, posted_to, running
from tests.conftest import Clock
from tests.fakes.zalo_bot import FakeZaloBot, Fault

QR = Picture(recipe="no_such_recipe", data={}, alt="Không vẽ được.")
MORE = Choices(choices=(Choice(label="Xem thêm", action="more"),))


def chart(alt: str = "Biểu đồ tháng 11.") -> Picture:
    data = {
        "title": "Tháng 11/2026",
        "weekday_names": ["T2", "T3", "T4", "T5", "T6", "T7", "CN"],
        "first": "2026-11-01",
        "today": "2026-11-16",
        "days": {"2": "done"},
        "legend": [["done", "Đã làm"]],
        "footer": "",
    }
    return Picture(recipe="month_calendar", data=data, alt=alt)


@pytest.fixture
def zalo() -> Iterator[FakeZaloBot]:
    with FakeZaloBot() as fake:
        yield fake


@pytest.fixture
async def bot(
    zalo: FakeZaloBot, file_database: FlakyDatabase, clock: Clock
) -> AsyncIterator[ZaloBot]:
    """A bot in webhook mode, whose web server serves the pictures."""
    async with posted_to(zalo, file_database, clock) as running:
        yield await running.up()


async def failed(bot: ZaloBot, person_id: str, answer: Reply) -> SendError:
    with pytest.raises(SendError) as caught:
        await bot.channel.send(person_id, answer, None)
    return caught.value


# Pictures and files.


async def test_a_picture_is_fetched_from_our_address_and_is_one(
    zalo: FakeZaloBot, bot: ZaloBot
) -> None:
    ted = zalo.person()
    await bot.channel.send(ted.id, reply(Title(text="Tháng 11"), chart(), MORE), None)
    picture, words = ted.messages
    assert picture.picture.startswith(b"\x89PNG")
    assert picture.photo.startswith(f"{bot.public_url}/tep/")
    assert picture.text == "Biểu đồ tháng 11."
    assert words.text == "Tháng 11\n\n1. Xem thêm\n\n0. Menu"
    assert bot.channel.calls == 2


async def test_the_address_of_a_picture_expires(
    zalo: FakeZaloBot, bot: ZaloBot, clock: Clock
) -> None:
    ted = zalo.person()
    await bot.channel.send(ted.id, reply(chart()), None)
    (shown,) = ted.messages
    async with httpx.AsyncClient() as client:
        assert (await client.get(shown.photo)).status_code == 200
        clock.move(hours=25)
        assert (await client.get(shown.photo)).status_code >= 400


@pytest.mark.parametrize(
    "fault",
    [
        Fault.refusal(400, "Bad Request: photo cannot be fetched"),
        Fault.refusal(403, "Internal server error", status=200),
        Fault.refusal(500, "Internal server error"),
    ],
)
async def test_a_picture_that_zalo_does_not_take_goes_out_in_words(
    zalo: FakeZaloBot, bot: ZaloBot, fault: Fault
) -> None:
    ted = zalo.person()
    zalo.fault("sendPhoto", fault)
    await bot.channel.send(ted.id, reply(Title(text="Tháng 11"), chart(), MORE), None)
    assert ted.texts() == ["Tháng 11\n\nBiểu đồ tháng 11.\n\n1. Xem thêm\n\n0. Menu"]


async def test_a_picture_that_cannot_be_drawn_goes_out_in_words(
    zalo: FakeZaloBot, bot: ZaloBot
) -> None:
    ted = zalo.person()
    await bot.channel.send(ted.id, reply(QR), None)
    assert ted.texts() == ["Không vẽ được.\n\n0. Menu"]


async def test_a_file_is_a_link_a_person_can_open(zalo: FakeZaloBot, bot: ZaloBot) -> None:
    ted = zalo.person()
    file = Document(recipe="no_such_recipe", data={}, name="bảng 47.xlsx")
    await bot.channel.send(ted.id, reply(Text(text="Đây ạ:"), file), None)
    (message,) = ted.texts()
    link = re.search(r"📎 bảng 47\.xlsx\n(\S+)\n", message)
    assert link is not None
    async with httpx.AsyncClient() as client:
        assert (await client.get(link[1])).status_code == 500  # found, though it cannot be made


async def test_a_long_description_of_a_picture_is_cut_to_a_caption(
    zalo: FakeZaloBot, bot: ZaloBot
) -> None:
    ted = zalo.person()
    await bot.channel.send(ted.id, reply(chart("từ " * 800), MORE), None)
    assert len(ted.messages[0].text) <= LONGEST_CAPTION
    assert len(ted.messages) == 2


async def test_no_address_without_the_database(
    zalo: FakeZaloBot, bot: ZaloBot, file_database: FlakyDatabase
) -> None:
    file_database.down = True
    error = await failed(bot, zalo.person().id, reply(chart()))
    assert type(error) is TryAgain
    file_database.down = False


@pytest.mark.parametrize(
    ("public_url", "api_base", "out"),
    [
        ("http://127.0.0.1:8080", "https://bot-api.zaloplatforms.com/bot", True),
        ("http://localhost:8080", "https://bot-api.zaloplatforms.com/bot", True),
        ("http://192.168.1.7", "https://bot-api.zaloplatforms.com/bot", True),
        ("http://mayban.local", "https://bot-api.zaloplatforms.com/bot", True),
        ("http://[::1]:8080", "https://bot-api.zaloplatforms.com/bot", True),
        ("https://danhgia.example.vn", "https://bot-api.zaloplatforms.com/bot", False),
        ("http://127.0.0.1:8080", "http://127.0.0.1:9000/bot", False),
    ],
)
def test_zalo_is_not_sent_to_an_address_of_this_network(
    public_url: str, api_base: str, out: bool
) -> None:
    assert out_of_reach(public_url, api_base) is out


# Long replies that go out in part.


def long_answer() -> Reply:
    sentences = " ".join(f"Câu số {n} rất rõ ràng." for n in range(200))
    return reply(Title(text="Dài"), chart(), Text(text=sentences), MORE)


async def test_the_rest_of_a_long_reply_follows_without_repeating_anything(
    zalo: FakeZaloBot, bot: ZaloBot
) -> None:
    whole, ted = zalo.person("whole"), zalo.person("ted")
    await bot.channel.send(whole.id, long_answer(), None)
    assert len(whole.messages) > 3
    answer: Reply | None = long_answer()
    for sent in range(2, len(whole.messages)):  # the picture and one text, then a text at a time
        assert answer is not None
        zalo.fault("sendMessage", Fault.late(0), chat=ted.id)
        zalo.fault("sendMessage", Fault.dropped(executed=False), chat=ted.id)
        error = await failed(bot, ted.id, answer)
        assert type(error) is TryAgain
        assert len(ted.messages) == sent
        answer = error.rest
    assert answer is not None
    await bot.channel.send(ted.id, answer, None)
    assert ted.texts() == whole.texts()


async def test_a_picture_sent_is_not_sent_again_with_the_rest(
    zalo: FakeZaloBot, bot: ZaloBot
) -> None:
    ted = zalo.person()
    zalo.fault("sendMessage", Fault.refusal(500, "Internal server error"))
    answer = reply(Title(text="Tháng 11"), chart(), MORE)
    error = await failed(bot, ted.id, answer)
    assert error.rest == reply(Title(text="Tháng 11"), MORE)
    assert error.rest is not None
    await bot.channel.send(ted.id, error.rest, None)
    assert [bool(each.photo) for each in ted.messages] == [True, False]


async def test_nothing_sent_leaves_the_whole_reply(zalo: FakeZaloBot, bot: ZaloBot) -> None:
    zalo.fault("sendPhoto", Fault.dropped(executed=False))
    assert (await failed(bot, zalo.person().id, long_answer())).rest is None


# The plan.


async def test_a_used_up_plan_is_told_once_tried_rarely_and_receiving_goes_on(
    zalo: FakeZaloBot, file_database: FlakyDatabase, clock: Clock, logged: Callable[[], str]
) -> None:
    zalo.methods.quota, zalo.methods.longest_poll = 1, 0.02
    ted, ann = zalo.person("ted"), zalo.person("ann")
    async with running(zalo, file_database, clock) as bot:
        ted.says("first")
        await ted.reads("You said: first")
        for person in (ted, ann):
            person.says("second")
        await zalo.until(lambda: "used up (429)" in bot.channel.state.why)
        ann.says("third")
        await zalo.until(lambda: not zalo.updates.pending)
        polls = len(zalo.calls("getUpdates"))
        await zalo.until(lambda: len(zalo.calls("getUpdates")) > polls + 5)
        assert bot.channel.state.up
        assert "used up (429)" in bot.channel.state.why
        assert (await bot.notes())["ann"] == ["second", "third"]
        refused = [each for each in zalo.calls("sendMessage") if each.code == 429]
        assert len(refused) <= 2  # those under way together
        error = await failed(bot, ted.id, reply(Text(text="by hand")))
        assert isinstance(error, Throttled)
        assert (error.seconds, error.everyone, error.quota) == (3600, True, True)
        zalo.methods.quota = None
        await bot.channel.send(ted.id, reply(Text(text="by hand")), None)
        assert bot.channel.state.why == ""
    assert logged().count("door needs attention") == 1
    assert bot.channel.calls == 2


async def test_a_token_refused_while_sending_closes_the_door_until_zalo_knows_it_again(
    zalo: FakeZaloBot, file_database: FlakyDatabase, clock: Clock
) -> None:
    zalo.methods.longest_poll = 0.3
    ted = zalo.person()
    async with running(zalo, file_database, clock) as bot:
        zalo.fault("sendMessage", Fault.refusal(401, "Unauthorized"))
        error = await failed(bot, ted.id, reply(Text(text="hi")))
        assert type(error) is TryAgain
        assert not bot.channel.state.up
        assert "check [zalo_bot] token" in bot.channel.state.why
        await bot.up()


async def test_what_waits_leaves_in_order_once_zalo_answers_again(
    zalo: FakeZaloBot, file_database: FlakyDatabase, clock: Clock
) -> None:
    ted = zalo.person()
    zalo.fault("sendMessage", Fault.page(), times=1)
    async with running(zalo, file_database, clock) as bot:
        contents = [
            {"reply": reply(Text(text=text)).model_dump(mode="json"), "edit": None}
            for text in ("one", "two")
        ]
        await file_database.run(lambda s: put_in_outbox(s, "zalo_bot", ted.id, contents))
        bot.delivery.wake("zalo_bot")
        async with asyncio.timeout(10):
            while len(ted.messages) < 2:
                clock.move(seconds=5)
                await asyncio.sleep(0.02)
        await bot.quiet()
    assert [text.split("\n")[0] for text in ted.texts()] == ["one", "two"]

"""Pictures and files on Telegram: what a person sees, in which order, and what a retry repeats."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from handlers.citizen.actions import HELP, OLD, OTHER, SEARCH, START
from handlers.messages import Choice, Choices, Reply, Text, Title, reply
from handlers.routing import Pattern, Route, Router
from handlers.turn import Turn
from storage.queries.traffic import PROACTIVE, put_in_outbox
from tests.bot.running import Bot, FlakyDatabase, running
from tests.bot.test_drawing import CHART_PICTURE, MONTH, SHEET_FILE, UNKNOWN
from tests.conftest import Clock
from tests.fakes.telegram import FakeTelegram, Fault, Shown

ALBUM, WORDS, LONG, FILE, BROKEN, NEXT = (
    Pattern("album"),
    Pattern("words"),
    Pattern("long"),
    Pattern("file"),
    Pattern("broken"),
    Pattern("next"),
)
HEADING = "BẢN TIN TUẦN 47"
BUTTONS = Choices(
    choices=tuple(
        Choice(label=each.path, action=each.build())
        for each in (ALBUM, WORDS, LONG, FILE, BROKEN, NEXT)
    )
)
MANY_WORDS = "Chi đoàn Sở Nội vụ " * 60  # more than a caption, less than a message


def _says(answer: Reply) -> Callable[[Turn], Sequence[Reply]]:
    return lambda _turn: [answer]


TWO = reply(Title(text=HEADING), CHART_PICTURE, MONTH, BUTTONS)
DIGEST = reply(Title(text=HEADING), Text(text=MANY_WORDS), CHART_PICTURE, BUTTONS)
ROUTER = Router(
    [
        Route(START, _says(reply(Title(text="Month"), MONTH, BUTTONS))),
        Route(NEXT, _says(reply(Title(text="Week"), CHART_PICTURE, BUTTONS))),
        Route(WORDS, _says(reply(Text(text="Only words"), BUTTONS))),
        Route(LONG, _says(DIGEST)),
        Route(ALBUM, _says(TWO)),
        Route(FILE, _says(reply(Text(text="Here is the file"), SHEET_FILE))),
        Route(BROKEN, _says(reply(Title(text="Broken"), UNKNOWN, BUTTONS))),
        *(Route(each, lambda _turn, **_: []) for each in (HELP, OLD, OTHER, SEARCH)),
    ]
)


@asynccontextmanager
async def album(
    server: FakeTelegram, database: FlakyDatabase, clock: Clock
) -> AsyncIterator[tuple[Bot, Any]]:
    anna = server.user(1001)
    async with running(server, database, clock, router=ROUTER) as bot:
        anna.send("/start")
        await anna.seen("Month")
        await bot.quiet()
        yield bot, anna
        await bot.quiet()
    assert server.refusals == []


def from_bot(anna: Any) -> list[Shown]:
    return [each for each in anna.messages() if each.from_bot]


async def test_a_picture_with_few_words_is_one_message_with_caption_and_buttons(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    async with album(server, file_database, clock) as (_, anna):
        (only,) = from_bot(anna)
    assert only.kind == "photo"
    assert only.raw["caption"] == "Month"
    assert only.labels == [each.path for each in (ALBUM, WORDS, LONG, FILE, BROKEN, NEXT)]
    assert only.file is not None
    assert only.file.content.startswith(b"\x89PNG")


async def test_a_picture_takes_the_place_of_a_picture(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    async with album(server, file_database, clock) as (bot, anna):
        first = from_bot(anna)[0].file
        anna.tap("next")
        await server.until(lambda: from_bot(anna)[0].raw.get("caption") == "Week")
        await bot.quiet()
        (only,) = from_bot(anna)
    assert only.edited == 1
    assert only.file is not None
    assert first is not None
    assert only.file.content != first.content


async def test_words_after_a_picture_are_a_new_message_and_the_old_buttons_go(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    async with album(server, file_database, clock) as (bot, anna):
        anna.tap("words")
        await anna.seen("Only words")
        await bot.quiet()
        picture, words = from_bot(anna)
        assert picture.kind == "photo"
        assert picture.labels == []
        assert words.labels


async def test_after_a_restart_a_picture_is_still_known_as_one(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    async with album(server, file_database, clock) as (_, anna):
        pass
    async with running(server, file_database, clock, router=ROUTER) as bot:
        anna.tap("words")
        await anna.seen("Only words")
        await bot.quiet()
        assert [each.labels != [] for each in from_bot(anna)] == [False, True]
    assert server.refusals == []


async def test_two_taps_on_one_message_that_becomes_a_picture_both_get_their_answer(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    async with album(server, file_database, clock) as (bot, anna):
        anna.tap("words")
        await anna.seen("Only words")
        with server._world.lock:
            anna.tap("next")
            anna.tap("words")
        await server.until(lambda: len(from_bot(anna)) == 3)
        await bot.quiet()
        assert [each.kind for each in from_bot(anna)] == ["photo", "photo", "text"]
        assert [each.labels != [] for each in from_bot(anna)] == [False, False, True]


async def test_a_picture_takes_the_place_of_words(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    async with album(server, file_database, clock) as (bot, anna):
        anna.tap("words")
        words = await anna.seen("Only words")
        anna.tap("next")
        await server.until(lambda: from_bot(anna)[-1].raw.get("caption") == "Week")
        await bot.quiet()
        assert from_bot(anna)[-1].message_id == words.message_id
        assert len(from_bot(anna)) == 2


async def test_long_words_follow_their_picture_and_the_heading_stands_in_one_message(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    async with album(server, file_database, clock) as (bot, anna):
        anna.tap("long")
        await anna.seen(lambda shown: HEADING in shown.text)
        await bot.quiet()
        asked, picture, words = from_bot(anna)
    assert asked.labels == []
    assert picture.kind == "photo"
    assert picture.raw.get("caption") is None
    assert picture.labels == []
    assert words.labels
    assert sum(HEADING in str(each.raw) for each in from_bot(anna)) == 1


async def test_two_pictures_come_one_after_the_other_before_the_words(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    async with album(server, file_database, clock) as (bot, anna):
        anna.tap("album")
        await anna.seen(lambda shown: HEADING in shown.text)
        await bot.quiet()
        kinds = [each.kind for each in from_bot(anna)[1:]]
    assert kinds == ["photo", "photo", "text"]


async def test_a_file_comes_with_its_name_and_leaves_the_pressed_message_alone(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    async with album(server, file_database, clock) as (bot, anna):
        anna.tap("file")
        await server.until(lambda: len(from_bot(anna)) == 2)
        await bot.quiet()
        asked, file = from_bot(anna)
    assert asked.labels
    assert file.kind == "document"
    assert file.raw["caption"] == "Here is the file"
    assert file.file is not None
    assert file.file.name == "tuan-47.xlsx"
    assert file.file.content.startswith(b"PK")


async def test_a_picture_that_cannot_be_drawn_is_said_in_words(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock, logged: Callable[[], str]
) -> None:
    async with album(server, file_database, clock) as (bot, anna):
        anna.tap("broken")
        shown = await anna.seen(lambda shown: "A rainbow" in shown.text)
        await bot.quiet()
        assert shown.labels
    assert "no recipe 'rainbow'" in logged()


@pytest.mark.parametrize("fault", [Fault.server_error(), Fault.too_many_requests(1)])
async def test_what_was_sent_is_not_sent_again_when_the_rest_fails(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock, fault: Fault
) -> None:
    server.user(1001, started=True)
    server.fault("sendMessage", fault)
    async with running(server, file_database, clock, router=ROUTER) as bot:
        await queue(bot, DIGEST)
        await server.until(lambda: server.faults_left == 0)
        await retried(bot, clock)
    assert [each.kind for each in server.messages(1001)] == ["photo", "text"]
    assert len(server.calls_of("sendPhoto")) == 1
    assert len(server.calls_of("sendMessage")) == 2


async def test_a_picture_that_failed_to_leave_is_not_drawn_again(
    server: FakeTelegram,
    file_database: FlakyDatabase,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[str] = []

    def counted(recipe: str, data: Any, language: str) -> bytes:
        drawn.append(recipe)
        return b"\x89PNG\r\n\x1a\n" + bytes(8)

    monkeypatch.setattr("bot.drawing.draw", counted)
    server.user(1001, started=True)
    server.fault("sendPhoto", Fault.server_error())
    async with running(server, file_database, clock, router=ROUTER) as bot:
        await queue(bot, DIGEST)
        await server.until(lambda: server.faults_left == 0)
        await retried(bot, clock)
    assert [each.kind for each in server.messages(1001)] == ["photo", "text"]
    assert drawn == ["digest_chart"]


async def retried(bot: Bot, clock: Clock) -> None:
    """Until everything has left, however long it was put off."""
    for _ in range(100):
        if await bot.waiting() == 0:
            return
        clock.move(minutes=10)
        await asyncio.sleep(0.05)
    raise AssertionError("it never left")


async def queue(bot: Bot, answer: Reply) -> None:
    content = {"reply": answer.model_dump(mode="json"), "edit": None}
    await bot.database.run(
        lambda session: put_in_outbox(session, "telegram", "1001", [content], lane=PROACTIVE)
    )
    bot.delivery.wake("telegram")

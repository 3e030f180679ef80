"""Ratings through the whole program, tapped, pressed and typed: the same rows, in few messages."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator

import pytest
from sqlmodel import Session, select

from bot.app import Program
from storage.queries.outbox import outbox_depth
from storage.queries.rating import comment_of
from storage.tables import Rating, Seen
from tests.bot.messengers import WAYS, Messengers, Someone, everywhere
from tests.bot.running import FlakyDatabase
from tests.conftest import Clock
from tests.fakes.telegram import FakeTelegram
from tests.fakes.zalo_bot import FakeZaloBot
from tests.fakes.zalo_oa import FakeZaloOa
from tests.people import furnish

ASKED, STORED = "hài lòng ở mức nào", "Đã ghi nhận"
CODE = re.compile(r"\d{3} \d{3} \d{4}")
LEVELS = {
    "5": 5,
    "rất hài lòng": 5,
    "⭐⭐": 2,
    "ko hài lòng": 2,
    "chưa hài lòng": 2,
    "binh thuong": 3,
}


@pytest.fixture
def messengers() -> Iterator[Messengers]:
    with FakeTelegram() as telegram, FakeZaloBot() as zalo, FakeZaloOa() as oa:
        yield Messengers(telegram, zalo, oa)


@pytest.fixture
def furnished(file_database: FlakyDatabase, clock: Clock) -> FlakyDatabase:
    file_database.run_now(lambda session: furnish(session, clock()))
    return file_database


async def ratings(program: Program) -> list[Rating]:
    return await program.database.run(lambda s: list(s.exec(select(Rating)).all()))


async def told(program: Program) -> set[tuple[object, ...]]:
    """What is known of each rating, but for the channel."""

    def work(session: Session) -> set[tuple[object, ...]]:
        return {
            (
                *(each.desk_id, each.member_id, each.level, each.reasons),
                *(comment_of(session, each), each.day, each.status),
            )
            for each in session.exec(select(Rating))
        }

    return await program.database.run(work)


async def quiet(program: Program) -> None:
    """Until everything is sent and written down."""
    async with asyncio.timeout(10):
        while sum((await program.database.run(outbox_depth)).values()):
            await asyncio.sleep(0.01)


async def rate(person: Someone, level: str) -> str:
    """To the thanks; the receipt code."""
    person.says("q1")
    await person.sees(ASKED)
    person.chooses(level)
    found = CODE.search(await person.sees(STORED))
    assert found is not None
    return found[0]


async def change_of_mind(person: Someone) -> None:
    """Rate, say why, comment, change it; and withdraw another rating by its code."""
    await rate(person, "Không hài lòng")
    person.chooses("Chưa hòa nhã")
    await person.sees("✅ Chưa hòa nhã")
    person.says("Chờ lâu quá")
    await person.sees("Đã lưu góp ý")
    if not person.offers("Đổi mức đánh giá"):  # where each message counts, the closing is short
        person.chooses("Xem hoặc sửa đánh giá")
        await person.sees("Đổi mức đánh giá")
    person.chooses("Đổi mức đánh giá")
    await person.sees(ASKED)
    person.chooses("Rất không hài lòng")
    await person.sees("Rất không hài lòng.")
    person.chooses("Xong")
    await person.sees("cảm ơn")
    person.says("q2")
    await person.sees("Quầy 2")
    person.chooses("Bình thường")
    code = CODE.search(await person.sees(STORED))
    assert code is not None
    person.says(code[0])
    await person.sees("Rút đánh giá này")
    person.chooses("Rút đánh giá này")
    await person.sees("Rút và xóa")
    person.chooses("Rút và xóa")
    await person.sees("đã được rút")


async def test_ratings_are_the_same_however_and_wherever_they_are_given(
    messengers: Messengers, furnished: FlakyDatabase, clock: Clock
) -> None:
    people = [messengers.person(way, n) for n, way in enumerate(WAYS, 1)]
    async with everywhere(messengers, furnished, clock) as program:
        await asyncio.gather(*(change_of_mind(person) for person in people))
        stored = await told(program)
        given = await ratings(program)
        assert len(given) == 2 * len(WAYS)
        assert len(stored) == 2  # of each kind all are alike
        assert {(each[2], each[3], each[4], each[6]) for each in stored} == {
            (1, "low/nd1", "Chờ lâu quá", "active"), (None, "", "", "withdrawn"),
        }  # fmt: skip
        by_channel = [each.channel for each in given]
        assert {name: by_channel.count(name) for name in by_channel} == {
            "telegram": 2, "zalo_bot": 2, "zalo_oa": 4,
        }  # fmt: skip

        await quiet(program)
        shown = [person.shown() for person in people]
        seen = await program.database.run(_updates)
        await messengers.replay(10)
        await quiet(program)
        assert await told(program) == stored
        assert len(await ratings(program)) == len(given)
        assert [person.shown() for person in people] == shown
        assert await program.database.run(_updates) == seen
    assert messengers.refusals() == []


def _updates(session: Session) -> int:
    return len(session.exec(select(Seen)).all())


@pytest.mark.parametrize("way", ["zalo_bot", "zalo_oa typed"])
async def test_a_rating_with_reasons_and_a_comment_costs_three_messages(
    messengers: Messengers, furnished: FlakyDatabase, clock: Clock, way: str
) -> None:
    person = messengers.person(way, 1)
    async with everywhere(messengers, furnished, clock) as program:
        await rate(person, "Không hài lòng")
        numbers = person.number("Chưa hòa nhã"), person.number("Chưa lắng nghe")
        person.says(f"{' '.join(numbers)}: Chờ lâu quá")
        await person.sees("Đã lưu")
        await quiet(program)
        (rating,) = await ratings(program)
    assert (rating.level, rating.reasons) == (2, "low/nd1;low/nd2")
    assert rating.comment is not None
    print(f"{way}: {len(person.shown())} messages for a rating with reasons and a comment")
    assert len(person.shown()) <= 3
    assert messengers.refusals() == []


async def test_digits_words_and_stars_say_the_level(
    messengers: Messengers, furnished: FlakyDatabase, clock: Clock
) -> None:
    async with everywhere(messengers, furnished, clock) as program:

        async def say(person: Someone, word: str) -> None:
            person.says("Mã Q1")
            await person.sees(ASKED)
            person.says(word)
            await person.sees(STORED)
            assert len(person.shown()) == 2

        for number, (word, level) in enumerate(LEVELS.items()):
            pair = [messengers.person(way, number) for way in ("zalo_bot", "zalo_oa typed")]
            before = Counter(each.level for each in await ratings(program))
            await asyncio.gather(*(say(person, word) for person in pair))
            after = Counter(each.level for each in await ratings(program))
            assert after - before == {level: 2}, word
    assert messengers.refusals() == []

"""The Official Account's webhook: signatures, what is acknowledged when, replays, who comes and goes."""

import asyncio
import dataclasses
import hashlib
import json
from collections.abc import Callable

import pytest

from bot.channels.posted import LARGEST_BODY
from tests.bot.oa_running import SHORT, OaBot, oa_running
from tests.bot.running import FlakyDatabase
from tests.conftest import Clock
from tests.fakes.zalo_oa import APP_ID, APP_SECRET, OA_SECRET, FakeZaloOa

TIME = "1750316131602"
RAW = {
    "app_id": APP_ID,
    "sender": {"id": "77"},
    "recipient": {"id": "1"},
    "event_name": "user_send_text",
    "message": {"text": "words", "msg_id": "m1"},
    "timestamp": TIME,
}


def body(**changed: object) -> bytes:
    return json.dumps({**RAW, **changed}, indent=1).encode()  # raw: not as anybody would write it


def mac(posted: bytes, secret: str, *, app: str = APP_ID, time: str = TIME) -> str:
    signed = app.encode() + posted + time.encode() + secret.encode()
    return "mac=" + hashlib.sha256(signed).hexdigest()


async def taken(bot: OaBot, posted: bytes, signature: str | None) -> int:
    headers = {} if signature is None else {"x-zevent-signature": signature}
    return await bot.channel.hooks["zalo-oa"](headers, posted)


async def test_what_a_person_types_and_presses_is_handled_and_answered(
    oa: FakeZaloOa, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna = oa.user()
    async with oa_running(oa, file_database, clock) as bot:
        anna.send("/start")
        await anna.sees("Welcome")
        assert anna.titles() == ["1. Count", "2. Same", "3. Fail"]
        anna.press("Count")
        await anna.sees("Count 1")
        anna.send("1")
        await anna.sees("Count 2")
        await oa.until(lambda: not oa.undelivered())
        assert await bot.notes() == {anna.id: ["count 1", "count 2"]}
    assert oa.refusals == []


@pytest.mark.parametrize(
    ("signed_with", "secret", "status"),
    [
        ("either", OA_SECRET, 200),
        ("either", APP_SECRET, 200),
        ("oa_secret", OA_SECRET, 200),
        ("oa_secret", APP_SECRET, 403),
        ("app_secret", APP_SECRET, 200),
        ("app_secret", OA_SECRET, 403),
        ("either", "another", 403),
        ("either", "", 403),
    ],
)
async def test_only_the_secret_of_the_settings_signs(
    oa: FakeZaloOa,
    file_database: FlakyDatabase,
    clock: Clock,
    signed_with: str,
    secret: str,
    status: int,
) -> None:
    bot = OaBot(oa, file_database, clock, settings={"signed_with": signed_with})
    assert await taken(bot, body(), mac(body(), secret)) == status
    assert await bot.notes() == ({"77": ["words"]} if status == 200 else {})
    await bot.channel.close()


async def test_a_missing_secret_signs_nothing(
    oa: FakeZaloOa, file_database: FlakyDatabase, clock: Clock
) -> None:
    bot = OaBot(oa, file_database, clock, settings={"oa_secret": ""})
    assert await taken(bot, body(), mac(body(), "")) == 403
    assert await taken(bot, body(), mac(body(), APP_SECRET)) == 200
    await bot.channel.close()


@pytest.mark.parametrize(
    ("posted", "signature", "status"),
    [
        (body(), None, 403),
        (body(), "", 403),
        (body(), "mac=", 403),
        (body(), "mac=chữ ký", 403),
        (body(), mac(body() + b" ", OA_SECRET), 403),
        (body(), mac(body(), OA_SECRET).upper().replace("MAC", "mac"), 200),
        (body(timestamp="1"), mac(body(timestamp="1"), OA_SECRET), 403),
        (body(timestamp="1"), mac(body(timestamp="1"), OA_SECRET, time="1"), 200),
        (body(timestamp=1), mac(body(timestamp=1), OA_SECRET, time="1"), 200),
        (body(app_id="2"), mac(body(app_id="2"), OA_SECRET, app="2"), 403),
        (body(app_id="2"), mac(body(app_id="2"), OA_SECRET), 403),
        (b"{no json", mac(b"{no json", OA_SECRET), 403),
        (b"[" * 100_000, mac(b"[" * 100_000, OA_SECRET), 403),
        (b"[1, 2]", mac(b"[1, 2]", OA_SECRET), 403),
        (b"\xff\xfe", mac(b"\xff\xfe", OA_SECRET), 403),
        (b"x" * (LARGEST_BODY + 1), None, 413),
        (body(message=None), mac(body(message=None), OA_SECRET), 200),
        (body(message={"text": 5}), mac(body(message={"text": 5}), OA_SECRET), 200),
        (body(sender="?"), mac(body(sender="?"), OA_SECRET), 200),
        (body(event_name="hologram"), mac(body(event_name="hologram"), OA_SECRET), 200),
        (body(event_name=["?"]), mac(body(event_name=["?"]), OA_SECRET), 200),
    ],
)
async def test_a_forged_post_is_refused_and_signed_nonsense_is_taken_quietly(
    oa: FakeZaloOa,
    file_database: FlakyDatabase,
    clock: Clock,
    posted: bytes,
    signature: str | None,
    status: int,
) -> None:
    bot = OaBot(oa, file_database, clock)
    assert await taken(bot, posted, signature) == status
    handled = status == 200 and json.loads(posted)["message"] == RAW["message"]
    plain = handled and json.loads(posted)["event_name"] == RAW["event_name"]
    wrote = plain and json.loads(posted)["sender"] == RAW["sender"]
    assert await bot.notes() == ({"77": ["words"]} if wrote else {})
    await bot.channel.close()


async def test_a_refused_post_is_told_once_and_without_its_content(
    oa: FakeZaloOa, file_database: FlakyDatabase, clock: Clock, logged: Callable[[], str]
) -> None:
    bot = OaBot(oa, file_database, clock)
    posted = body(message={"text": "confidential words", "msg_id": "m1"})
    for _ in range(5):
        assert await taken(bot, posted, "mac=0") == 403
    strange = body(event_name="user_send_text", message={"msg_id": {"confidential": 1}})
    assert await taken(bot, strange, mac(strange, OA_SECRET)) == 200
    assert logged().count("wrong signature") == 1
    assert "signed_with" in logged()
    assert "cannot be read" in logged()
    assert "confidential" not in logged()
    await bot.channel.close()


async def test_what_the_database_did_not_take_is_posted_again(
    oa: FakeZaloOa, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna = oa.user()
    async with oa_running(oa, file_database, clock) as bot:
        file_database.down = True
        anna.send("kept")
        await oa.until(lambda: oa.poster.events and oa.poster.events[0].statuses)
        assert oa.poster.events[0].statuses[0] == 503
        file_database.down = False
        await anna.sees("You said: kept")
        await oa.until(lambda: not oa.undelivered())
        assert await bot.notes() == {anna.id: ["kept"]}


async def test_what_takes_too_long_is_answered_in_time_goes_on_and_happens_once(
    oa: FakeZaloOa, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna = oa.user()
    waits = dataclasses.replace(SHORT, answer=0.1)
    async with oa_running(oa, file_database, clock, waits=waits) as bot:
        file_database.held = asyncio.Event()
        anna.send("slow")
        await oa.until(lambda: oa.poster.events and oa.poster.events[0].statuses)
        assert oa.poster.events[0].statuses[0] == 503
        file_database.held.set()
        file_database.held = None
        await anna.sees("You said: slow")
        await oa.until(lambda: not oa.undelivered())
        await bot.quiet()
        assert await bot.notes() == {anna.id: ["slow"]}
        assert anna.text().count("You said: slow") == 1


async def test_the_messages_of_one_person_are_handled_in_their_order(
    oa: FakeZaloOa, file_database: FlakyDatabase, clock: Clock
) -> None:
    people = [oa.user(n) for n in range(1, 6)]
    async with oa_running(oa, file_database, clock) as bot:
        for n in range(8):
            for person in people:
                person.send(f"n{n}")
        await oa.until(lambda: len(oa.poster.events) >= 40 and not oa.undelivered(), timeout=20)
        assert set(map(tuple, (await bot.notes()).values())) == {tuple(f"n{n}" for n in range(8))}
        await bot.quiet()


async def test_every_event_ten_times_over_makes_no_second_row_and_no_second_answer(
    oa: FakeZaloOa, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna, minh = oa.user(1), oa.user(2, follows=False)
    async with oa_running(oa, file_database, clock) as bot:
        minh.follow()
        await minh.sees("Welcome")
        anna.send("/start")
        await anna.sees("Welcome")
        anna.press("Count")
        await anna.sees("Count 1")
        anna.send_other("sticker")
        await anna.sees("Something else: sticker")
        anna.read()
        anna.send("words")
        await anna.sees("You said: words")
        minh.unfollow()
        await oa.until(lambda: len(bot.gone) == 1)
        await oa.until(lambda: not oa.undelivered())
        await bot.quiet()
        before = (await bot.notes(), anna.messages, minh.messages, bot.gone[:])
        await asyncio.to_thread(oa.replay, 10)
        await bot.quiet()
        clock.move(days=6)  # within the days in which Zalo is expected to bring it again
        await asyncio.to_thread(oa.replay, 1)
        await bot.quiet()
        assert (await bot.notes(), anna.messages, minh.messages, bot.gone) == before
        assert all(set(each.statuses) == {200} for each in oa.poster.events)


async def test_whoever_follows_is_greeted_each_time_and_whoever_leaves_is_forgotten(
    oa: FakeZaloOa, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna = oa.user(follows=False)
    async with oa_running(oa, file_database, clock) as bot:
        anna.follow()
        await anna.sees("Welcome")
        anna.unfollow()
        await oa.until(lambda: len(bot.gone) == 1)
        oa.move(seconds=5)
        anna.follow()
        await anna.sees("Welcome", since=1)
        assert len(bot.gone) == 1


async def test_every_kind_of_file_is_answered_politely(
    oa: FakeZaloOa, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna = oa.user()
    async with oa_running(oa, file_database, clock):
        for kind in ("image", "gif", "audio", "video", "file", "location", "business_card"):
            anna.send_other(kind)
            await anna.sees(f"Something else: {kind}")


async def test_an_event_that_fails_is_passed_over_and_told_by_its_place_alone(
    oa: FakeZaloOa, file_database: FlakyDatabase, clock: Clock, logged: Callable[[], str]
) -> None:
    bot = OaBot(oa, file_database, clock)

    async def broken(address: str, key: str) -> None:
        raise RuntimeError("confidential words")

    bot.channel._webhook._forget = broken
    left = {**RAW, "event_name": "unfollow", "follower": {"id": "77"}}
    posted = json.dumps(left).encode()
    assert await taken(bot, posted, mac(posted, OA_SECRET)) == 200
    assert "event failed, passed over" in logged()
    assert "confidential" not in logged()
    await bot.channel.close()

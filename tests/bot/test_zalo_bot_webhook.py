"""The Zalo bot by webhook: the secret, the probe, what is acknowledged when, how trouble is told."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.channels.posted import LARGEST_BODY
from storage.database import Database
from tests.bot.running import FlakyDatabase
from tests.bot.zalo_bot_running import HOOK_SECRET, ZaloBot, posted_to
from tests.conftest import Clock
from tests.fakes.zalo_bot import FakeZaloBot, Fault

ELSEWHERE = {"url": "https://elsewhere.example.vn", "updated_at": 1}


@pytest.fixture
def zalo() -> Iterator[FakeZaloBot]:
    with FakeZaloBot() as fake:
        yield fake


@pytest.mark.parametrize("form", ["envelope", "bare"])
async def test_a_message_posted_is_answered_and_nothing_is_polled(
    zalo: FakeZaloBot, file_database: FlakyDatabase, clock: Clock, form: str
) -> None:
    ted = zalo.person()
    zalo.updates.form = form  # type: ignore[assignment]
    async with posted_to(zalo, file_database, clock) as bot:
        await bot.up()
        ted.says("words")
        await ted.reads("You said: words")
        ted.sends("unsupported")
        await ted.reads("Something else: unknown")
        assert zalo.updates.webhook is not None
        assert zalo.updates.webhook["url"] == f"{bot.public_url}/hooks/zalo-bot"
    assert set(zalo.updates.posts) == {200}
    assert zalo.calls("getUpdates") == zalo.calls("deleteWebhook") == []
    assert zalo.refusals == []


async def test_what_was_posted_ten_times_is_stored_and_answered_once(
    zalo: FakeZaloBot, database: Database, clock: Clock
) -> None:
    ted = zalo.person()
    async with posted_to(zalo, database, clock) as bot:
        await bot.up()
        name = ted.says("words")
        await ted.reads("You said: words")  # which may come before the post itself is answered
        await zalo.until(lambda: any(_is(each, name) for each in zalo.updates.consumed))
        update = next(each for each in zalo.updates.consumed if _is(each, name))
        for _ in range(10):
            assert await bot.post(json.dumps({"ok": True, "result": update}).encode()) == 200
        again = ZaloBot(zalo, database, clock, mode="webhook")  # another process, or a later one
        for _ in range(10):
            assert await again.post(json.dumps(update).encode()) == 200
        await again.channel.close()
        await bot.quiet()
        assert await bot.notes() == {ted.id: ["words"]}
    assert len(ted.messages) == 1


async def test_what_the_database_did_not_take_is_posted_again(
    zalo: FakeZaloBot, file_database: FlakyDatabase, clock: Clock
) -> None:
    ted = zalo.person()
    async with posted_to(zalo, file_database, clock) as bot:
        await bot.up()
        file_database.down = True
        ted.says("kept")
        await zalo.until(lambda: Counter(zalo.updates.posts)[503] > 1)
        file_database.down = False
        await ted.reads("You said: kept")
        await bot.quiet()
        assert await bot.notes() == {ted.id: ["kept"]}
    assert len(ted.messages) == 1
    assert zalo.updates.posts[-1] == 200


async def test_a_slow_probe_with_a_strange_body_opens_the_door(
    zalo: FakeZaloBot, file_database: FlakyDatabase, clock: Clock, logged: Callable[[], str]
) -> None:
    zalo.methods.probe_delay = 0.3
    async with posted_to(zalo, file_database, clock) as bot:
        await bot.up()
        assert await bot.notes() == {}
    assert "door closed" not in logged()


def posted(text: str = "words") -> bytes:
    message = {
        "from": {"id": "6ede", "is_bot": False},
        "chat": {"id": "6ede", "chat_type": "PRIVATE"},
        "text": text,
        "message_id": "m1",
    }
    return json.dumps({"event_name": "message.text.received", "message": message}).encode()


@pytest.mark.parametrize(
    ("secret", "body", "status"),
    [
        (HOOK_SECRET, posted(), 200),
        ("wrong-secret", posted(), 403),
        ("", posted(), 403),
        (None, posted(), 403),
        ("mật khẩu", posted(), 403),
        (HOOK_SECRET, b"", 200),
        (HOOK_SECRET, b"{no json", 200),
        (HOOK_SECRET, b"null", 200),
        (HOOK_SECRET, b'[1, "x", null, {}]', 200),
        (HOOK_SECRET, b'"ping"', 200),
        (HOOK_SECRET, b"[" * 100_000, 200),
        (HOOK_SECRET, b'{"event_name": "message.text.received", "message": {"text": 1}}', 200),
        (HOOK_SECRET, b'{"ok": true, "result": {"url": "https://x"}}', 200),
        (HOOK_SECRET, b"\xff\xfe", 200),
        (HOOK_SECRET, b"x" * (LARGEST_BODY + 1), 413),
    ],
)
async def test_only_the_secret_opens_and_any_body_with_it_is_welcome_unless_it_is_huge(
    zalo: FakeZaloBot,
    file_database: FlakyDatabase,
    clock: Clock,
    secret: str | None,
    body: bytes,
    status: int,
) -> None:
    bot = ZaloBot(zalo, file_database, clock, mode="webhook")
    assert await bot.post(body, secret) == status
    handled = await bot.notes()
    assert handled == ({"6ede": ["words"]} if body == posted() and status == 200 else {})
    await bot.channel.close()


async def test_in_polling_mode_nothing_is_taken_from_a_post(
    zalo: FakeZaloBot, file_database: FlakyDatabase, clock: Clock
) -> None:
    bot = ZaloBot(zalo, file_database, clock)
    assert await bot.post(posted()) == 404
    await bot.channel.close()


@pytest.mark.parametrize(
    ("missing", "words"), [({"secret": ""}, "webhook_secret"), ({"public_url": ""}, "public_url")]
)
async def test_without_what_it_needs_nobody_gets_in_and_the_door_says_why(
    zalo: FakeZaloBot,
    file_database: FlakyDatabase,
    clock: Clock,
    missing: dict[str, str],
    words: str,
) -> None:
    async with ZaloBot(zalo, file_database, clock, mode="webhook", **missing) as bot:  # type: ignore[arg-type]
        await zalo.until(lambda: words in bot.channel.state.why)
        assert not bot.channel.state.up
        if "secret" in missing:
            assert await bot.post(posted(), "") == 403
            assert await bot.post(posted(), None) == 403
    assert zalo.all_calls == []


async def test_a_webhook_that_zalo_cannot_reach_closes_the_door_until_it_can(
    zalo: FakeZaloBot, file_database: FlakyDatabase, clock: Clock, logged: Callable[[], str]
) -> None:
    async with ZaloBot(zalo, file_database, clock, mode="webhook") as bot:
        await zalo.until(lambda: "did not get through (UNREACHABLE)" in bot.channel.state.why)
        assert not bot.channel.state.up
        assert bot.channel.invite_door("t") is None
        await zalo.until(lambda: len(zalo.calls("setWebhook")) > 2)
        zalo.methods.probes = False
        await bot.up()
    assert logged().count("did not get through") == 1


async def test_a_webhook_that_is_refused_is_told_and_tried_again(
    zalo: FakeZaloBot, file_database: FlakyDatabase, clock: Clock
) -> None:
    zalo.fault("setWebhook", Fault.refusal(400, "Bad Request: HTTPS needed"))
    async with posted_to(zalo, file_database, clock) as bot:
        await zalo.until(lambda: bot.channel.state.why == "Zalo refuses the webhook: Bad Request")
        await bot.up()


@pytest.mark.parametrize("instead", [None, ELSEWHERE])
async def test_a_webhook_that_is_gone_or_elsewhere_is_set_again(
    zalo: FakeZaloBot,
    file_database: FlakyDatabase,
    clock: Clock,
    instead: dict[str, object] | None,
) -> None:
    async with posted_to(zalo, file_database, clock) as bot:
        await bot.up()
        ours = zalo.updates.webhook
        assert ours is not None
        zalo.updates.webhook = instead
        await zalo.until(lambda: (zalo.updates.webhook or {}).get("url") == ours["url"])
        await bot.up()
    assert len(zalo.calls("setWebhook")) == 2


async def test_a_token_that_is_refused_is_told_with_the_cure(
    zalo: FakeZaloBot, file_database: FlakyDatabase, clock: Clock
) -> None:
    async with posted_to(zalo, file_database, clock) as bot:
        await bot.up()
        zalo.fault("getWebhookInfo", Fault.refusal(401, "Unauthorized"))
        await zalo.until(lambda: "check [zalo_bot] token" in bot.channel.state.why)
        await bot.up()


def _is(update: dict[str, Any], name: str) -> bool:
    name_of: str = update["message"]["message_id"]
    return name_of == name

"""Telegram by webhook: the secret, what is acknowledged when, and how its trouble is told."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.posted import LARGEST_BODY
from tests.bot.running import Bot, FlakyDatabase, running
from tests.conftest import Clock
from tests.fakes.telegram import FakeTelegram, Fault

SECRET = "hook-secret"


@asynccontextmanager
async def listening(bot_of: "list[Bot]") -> AsyncIterator[str]:
    """A door for Telegram's posts, as bot.web mounts it; yields its address."""
    import asyncio
    import socket

    async def hook(request: Request) -> Response:
        secret = request.headers.get("x-telegram-bot-api-secret-token")
        return Response(status_code=await bot_of[0].channel.webhook(secret, await request.body()))

    app = Starlette(routes=[Route("/hooks/telegram", hook, methods=["POST"])])
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


async def test_an_update_posted_is_handled_and_answered(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna, bots = server.user(1001), []
    async with listening(bots) as url:
        how = {"mode": "webhook", "public_url": url + "/", "secret": SECRET}
        async with running(server, file_database, clock, **how) as bot:
            bots.append(bot)
            anna.send("/start")
            first = await anna.seen("Welcome")
            anna.tap("Count")
            counted = await anna.seen("Count 1")
            await server.until(lambda: len(anna.toasts) == 1 and not server.unconfirmed())
            assert counted.message_id == first.message_id
            assert server.webhook_info["url"] == f"{url}/hooks/telegram"
            assert server.webhook_info["allowed_updates"] == [
                "callback_query",
                "edited_message",
                "message",
                "my_chat_member",
            ]
    assert server.calls_of("getUpdates") == []
    assert server.refusals == []


async def test_what_the_database_did_not_take_is_posted_again(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    anna, bots = server.user(1001), []
    async with listening(bots) as url:
        how = {"mode": "webhook", "public_url": url, "secret": SECRET}
        async with running(server, file_database, clock, **how) as bot:
            bots.append(bot)
            file_database.down = True
            anna.send("kept")
            await server.until(lambda: "503" in server.webhook_info.get("last_error_message", ""))
            await server.until(lambda: "503" in bot.channel.state.why)
            assert not bot.channel.state.up
            assert len(server.unconfirmed()) == 1
            file_database.down = False
            await anna.seen("You said: kept")
            await server.until(lambda: bot.channel.state.up)
            assert await bot.notes() == {"1001": ["kept"]}


def posted(update_id: int = 1, text: str = "hi") -> bytes:
    person = {"id": 1001, "is_bot": False, "first_name": "Anna"}
    chat = {"id": 1001, "type": "private"}
    message = {"message_id": 1, "date": 1, "chat": chat, "from": person, "text": text}
    return json.dumps({"update_id": update_id, "message": message}).encode()


@pytest.mark.parametrize(
    ("secret", "body", "status"),
    [
        (SECRET, posted(), 200),
        ("wrong", posted(), 403),
        ("", posted(), 403),
        (None, posted(), 403),
        ("mật khẩu", posted(), 403),
        (SECRET, b"x" * (LARGEST_BODY + 1), 413),
        ("wrong", b"x" * (LARGEST_BODY + 1), 403),
        (SECRET, b"{no json", 200),
        (SECRET, b"[1, 2]", 200),
        (SECRET, b'{"update_id": 1, "message": {"message_id": "?"}}', 200),
        (SECRET, b"\xff\xfe", 200),
    ],
)
async def test_only_the_secret_opens_and_nonsense_is_taken_quietly(
    server: FakeTelegram,
    file_database: FlakyDatabase,
    clock: Clock,
    secret: str | None,
    body: bytes,
    status: int,
) -> None:
    bot = Bot(server, file_database, clock, mode="webhook", secret=SECRET)
    assert await bot.channel.webhook(secret, body) == status
    handled = await bot.notes()
    assert handled == ({"1001": ["hi"]} if body == posted() and status == 200 else {})
    await bot.stop()


async def test_the_same_update_posted_twice_is_handled_once(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    bot = Bot(server, file_database, clock, mode="webhook", secret=SECRET)
    for _ in range(2):
        assert await bot.channel.webhook(SECRET, posted()) == 200
    assert await bot.notes() == {"1001": ["hi"]}
    assert await bot.waiting() == 1
    await bot.stop()


async def test_without_a_secret_nobody_gets_in_and_the_door_says_why(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    async with Bot(server, file_database, clock, mode="webhook", secret="") as bot:
        assert await bot.channel.webhook("", posted()) == 403
        assert await bot.channel.webhook(None, posted()) == 403
        await server.until(lambda: "webhook_secret" in bot.channel.state.why)
        assert not bot.channel.state.up


async def test_without_a_public_address_the_door_says_why(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    async with Bot(server, file_database, clock, mode="webhook", public_url="") as bot:
        await server.until(lambda: "public_url" in bot.channel.state.why)
    assert server.calls_of("setWebhook") == []


async def test_in_polling_mode_nothing_is_taken_from_a_post(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    bot = Bot(server, file_database, clock, mode="polling", secret=SECRET)
    assert await bot.channel.webhook(SECRET, posted()) == 404
    await bot.stop()


async def test_a_refused_webhook_address_is_reported_and_tried_again(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    refusal = Fault.api_error(400, "Bad Request: bad webhook: An HTTPS URL must be provided")
    server.fault("setWebhook", refusal)
    async with Bot(server, file_database, clock, mode="webhook") as bot:
        await server.until(lambda: "https url" in bot.channel.state.why)
        assert bot.channel.state.why.startswith("Telegram refuses the webhook: ")
        await bot.up()


async def test_a_webhook_taken_away_is_set_again(
    server: FakeTelegram, file_database: FlakyDatabase, clock: Clock
) -> None:
    how = {"mode": "webhook", "public_url": "https://danhgia.example.vn"}
    async with running(server, file_database, clock, **how) as bot:
        await bot.channel._api.delete_webhook()
        address = "https://danhgia.example.vn/hooks/telegram"
        await server.until(lambda: server.webhook_info["url"] == address)
        await bot.up()

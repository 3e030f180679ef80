"""The fake Bot Platform is as strict, and as odd, as the real one was seen to be."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from tests.fakes.zalo_bot import TOKEN, FakeZaloBot

HOOK = {"url": "http://127.0.0.1:9/hook", "secret_token": "long-enough"}


@pytest.fixture
def zalo() -> Iterator[FakeZaloBot]:
    with FakeZaloBot() as fake:
        fake.methods.probes = fake.methods.fetches = False
        fake.methods.longest_poll = 0.05
        yield fake


@pytest.fixture
async def client(zalo: FakeZaloBot) -> AsyncIterator[httpx.AsyncClient]:
    base = f"{zalo.api_base}{TOKEN}/"
    async with httpx.AsyncClient(base_url=base, trust_env=False) as client:
        yield client


async def call(client: httpx.AsyncClient, method: str, **body: Any) -> tuple[int, dict[str, Any]]:
    answer = await client.post(method, json=body)
    return answer.status_code, answer.json()


async def test_a_token_or_method_it_does_not_know(
    zalo: FakeZaloBot, client: httpx.AsyncClient
) -> None:
    assert (await call(client, "getMe"))[1]["result"]["account_type"] == "BASIC"
    assert (await call(client, "getme"))[1]["error_code"] == 404
    stranger = await client.post(f"{zalo.api_base}1:x/getMe", json={})
    assert stranger.json() == {"ok": False, "description": "Unauthorized", "error_code": 401}


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("sendMessage", {"chat_id": "ted", "text": ""}),
        ("sendMessage", {"chat_id": "ted", "text": "😀" * 1001}),
        ("sendMessage", {"chat_id": "ted", "text": "a", "parse_mode": "MarkdownV2"}),
        ("sendMessage", {"chat_id": "ted", "text": "a", "reply_markup": "{}"}),
        ("sendMessage", {"chat_id": 5, "text": "a"}),
        ("sendMessage", {"chat_id": "nobody", "text": "a"}),
        ("sendMessage", {"text": "a"}),
        ("sendPhoto", {"chat_id": "ted"}),
        ("sendChatAction", {"chat_id": "ted", "action": "dancing"}),
        ("getUpdates", {"timeout": "soon"}),
        ("getUpdates", {"timeout": True}),
        ("getUpdates", {"offset": "1"}),
        ("setWebhook", {"url": "http://a.vn"}),
        ("setWebhook", {"url": "http://a.vn", "secret_token": "short"}),
        ("setWebhook", {"url": "ftp://a.vn", "secret_token": "long-enough"}),
    ],
)
async def test_what_it_refuses(
    zalo: FakeZaloBot, client: httpx.AsyncClient, method: str, body: dict[str, Any]
) -> None:
    zalo.person("ted")
    assert (await call(client, method, **body))[1]["error_code"] == 400
    zalo.errors_with_200 = True
    status, said = await call(client, method, **body)
    assert (status, said["ok"]) == (200, False)


@pytest.mark.parametrize("timeout", ["30", 30])
async def test_an_idle_poll_ends_with_408(client: httpx.AsyncClient, timeout: object) -> None:
    status, said = await call(client, "getUpdates", timeout=timeout)
    assert (status, said["ok"], said["error_code"]) == (408, False, 408)


async def test_what_was_consumed_comes_back_on_every_poll(
    zalo: FakeZaloBot, client: httpx.AsyncClient
) -> None:
    zalo.updates.replays = True
    name = zalo.person("ted").says("hi")
    for _ in range(10):
        _, said = await call(client, "getUpdates")
        assert said["result"]["message"]["message_id"] == name


async def test_polling_and_webhook_exclude_each_other(
    zalo: FakeZaloBot, client: httpx.AsyncClient
) -> None:
    assert (await call(client, "getWebhookInfo"))[0] == 404
    zalo.methods.longest_poll = 0.5
    polling = asyncio.create_task(call(client, "getUpdates"))
    await zalo.until(lambda: zalo.updates.polling)
    assert (await call(client, "setWebhook", **HOOK))[1]["error_code"] == 409
    assert (await call(client, "getUpdates"))[1]["error_code"] == 409
    await polling
    _, said = await call(client, "setWebhook", **HOOK)
    assert said["result"]["verification"]["ok"]
    assert (await call(client, "getUpdates"))[1]["error_code"] == 400
    assert (await call(client, "deleteWebhook"))[1]["result"]["url"] == ""
    assert (await call(client, "getUpdates"))[0] == 408


async def test_a_probe_that_fails_is_told_in_a_good_answer(
    zalo: FakeZaloBot, client: httpx.AsyncClient
) -> None:
    zalo.methods.probes = True
    status, said = await call(client, "setWebhook", **HOOK)
    assert (status, said["ok"], said["result"]["verification"]["ok"]) == (200, True, False)
    assert zalo.updates.webhook is None


async def test_the_plan_is_counted(zalo: FakeZaloBot, client: httpx.AsyncClient) -> None:
    ted, zalo.methods.quota = zalo.person("ted"), 1
    assert (await call(client, "sendMessage", chat_id="ted", text="a"))[1]["error_code"] == 0
    _, said = await call(client, "sendMessage", chat_id="ted", text="b")
    assert (said["error_code"], said["description"]) == (429, "Quota exceeded")
    assert ted.texts() == ["a"]


async def test_a_picture_is_fetched_or_refused(
    zalo: FakeZaloBot, client: httpx.AsyncClient
) -> None:
    zalo.methods.fetches = True
    zalo.person("ted")
    _, said = await call(client, "sendPhoto", chat_id="ted", photo="http://127.0.0.1:9/a.png")
    assert (said["error_code"], "fetched" in said["description"]) == (400, True)

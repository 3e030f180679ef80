"""How calls travel: time-outs and refused connections told without the token, files, proxies."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from telegram.error import TelegramError, TimedOut

from bot.channels.telegram.errors import Unreachable, trouble
from bot.channels.telegram.request import Request, multipart, proxy_for
from tests.fakes.telegram import TOKEN, FakeTelegram


@pytest.fixture
async def request_() -> AsyncIterator[Request]:
    request = Request(connections=4)
    yield request
    await request.shutdown()


def told(error: BaseException | None) -> str:
    """Everything that an error and what it drags along say."""
    if error is None:
        return ""
    return f"{error!r}{told(error.__cause__)}{told(error.__context__)}"


@asynccontextmanager
async def listening(answer: bytes) -> AsyncIterator[str]:
    """A server that reads, answers so, and hangs up; says nothing at all to an empty answer."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if answer:
            writer.write(answer)
        else:
            await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        yield f"http://127.0.0.1:{port}/bot{TOKEN}/getMe"


async def test_a_server_that_cannot_be_reached_is_told_without_the_token(request_: Request) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/bot{TOKEN}/getMe"
    with pytest.raises(Unreachable) as caught:
        await request_.post(url)
    assert TOKEN not in told(caught.value)
    assert trouble(caught.value) == "Telegram cannot be reached (ClientConnectorError)"


async def test_an_answer_that_does_not_come_in_time_is_timed_out(request_: Request) -> None:
    async with listening(b"") as url:
        with pytest.raises(TimedOut) as caught:
            await request_.post(url, read_timeout=0.1)
    assert TOKEN not in told(caught.value)


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", b"no HTTP at all\r\n\r\n"],
)
async def test_an_answer_that_breaks_off_is_an_error_of_the_network(
    request_: Request, answer: bytes
) -> None:
    async with listening(answer) as url:
        with pytest.raises(Unreachable) as caught:
            await request_.post(url)
    assert TOKEN not in told(caught.value)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"ok":true}', b"\xff\xfe"])
async def test_an_answer_that_is_not_telegrams_is_an_error_that_callers_know(
    request_: Request, body: bytes
) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    async with listening(head + body) as url:
        with pytest.raises(TelegramError) as caught:
            await request_.post(url)
    assert TOKEN not in told(caught.value)


async def test_after_it_let_go_of_its_connections_it_can_call_again(
    request_: Request, server: FakeTelegram
) -> None:
    url = f"{server.api_base}{server.token}/getMe"
    for _ in range(2):
        me = await request_.post(url)
        assert isinstance(me, dict)
        assert me["is_bot"]
        await request_.shutdown()


def test_the_name_of_a_file_stays_as_it_is_written() -> None:
    body, headers = multipart({"chat_id": "1"}, {"document": ('bản "tin".xlsx', b"abc", "a/b")})
    boundary = headers["Content-Type"].partition("boundary=")[2].encode()
    assert 'name="document"; filename="bản %22tin%22.xlsx"\r\nContent-Type: a/b'.encode() in body
    assert body.count(b"--" + boundary) == 3
    assert body.endswith(b"--" + boundary + b"--\r\n")


def test_calls_go_through_the_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1")
    assert proxy_for("https://api.telegram.org/bot1:a/getMe") == "http://proxy.example:3128"
    assert proxy_for("https://127.0.0.1:8081/bot1:a/getMe") is None
    assert proxy_for("http://api.example/bot1:a/getMe") is None
